"""Many podcasts requested at once, and what listening live saves: nox -s bench -- load.

completed            of those requested at once
voiced_s_a_second    seconds of sound made a second of time, from the first request to the last segment
raw_s_a_second       the same for engine and encoder alone, on all cores, before and after; the mean
of_raw               the one against the other: what queues, state and storage leave of the machine
most_at_once         segments that were forged at one time, against what the queue allows
saved_at_a_tenth     of the characters to be voiced, for a listener who leaves at a tenth, with LOOKAHEAD_SEGMENTS
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from common.contract import PACKET_MS  # noqa: E402
from common.settings import Settings  # noqa: E402
from functions.model_serving import tts  # noqa: E402 - after the path is laid
from local.listener import Heard, listen, start  # noqa: E402
from local.podcast import SAMPLE  # noqa: E402
from local.provision import QUEUES  # noqa: E402
from local.stack import Options, Stack  # noqa: E402

TEXTS = sorted((ROOT / "tests" / "unit" / "texts").glob("*.en.txt")) or [SAMPLE]
MINUTES, LOOKAHEAD = 10, 6


class Customer:
    """A program that uses a stack's API."""

    def __init__(self, stack: Stack) -> None:
        self.api = f"{stack.endpoints.api_url}/api/v1/podcasts"
        self.headers = {"Authorization": f"Bearer {stack.endpoints.api_key}"}

    def generate(self, **asked: Any) -> dict[str, Any]:
        answer = requests.post(f"{self.api}/generate", json=asked, headers=self.headers, timeout=60)
        answer.raise_for_status()
        return dict(answer.json())

    def show(self, accepted: dict[str, Any], part: str = "") -> dict[str, Any]:
        return dict(requests.get(accepted["status_url"] + part, headers=self.headers, timeout=60).json())

    def states(self) -> dict[str, str]:
        """How each of the last hundred podcasts stands: a single question for all, so asking costs next to nothing."""
        answer = requests.get(self.api, params={"limit": 100}, headers=self.headers, timeout=60)
        return {podcast["workflow_id"]: podcast["state"] for podcast in answer.json()["podcasts"]}

    def segments(self, accepted: dict[str, Any]) -> list[dict[str, Any]]:
        return list(self.show(accepted, "/segments")["segments"])


def at_once(count: int, minutes: int, within_s: float) -> dict[str, Any]:
    """Request so many podcasts at once, wait until all have ended, and compare with the engine alone.

    As in the cloud, each function is a process of its own: in one, they would wait for each other's Python.
    """
    with Stack(Options(isolate=True)) as stack:
        customer = Customer(stack)
        with ThreadPoolExecutor(count) as pool:
            began = time.time()
            asked = [{"text": SAMPLE.read_text(), "minutes": minutes} for _ in range(count)]
            accepted = list(pool.map(lambda one: customer.generate(**one), asked))
        states = _ended(customer, accepted, within_s)
        segments = [segment for one in accepted for segment in customer.segments(one)]
    voiced = [segment for segment in segments if segment["forged_at"]]
    spans = [(_time(segment["forging_at"]), _time(segment["forged_at"])) for segment in voiced]
    sound_s = sum(segment["packets"] for segment in voiced) * PACKET_MS / 1000
    return {
        "podcasts": count,
        "minutes": minutes,
        "completed": states.count("COMPLETED"),
        "segments": len(segments),
        "sound_s": round(sound_s),
        "voiced_s_a_second": round(sound_s / (max(end for _, end in spans) - began), 2),
        "most_at_once": max(sum(a <= begin < b for a, b in spans) for begin, _ in spans),
        "queue_allows": QUEUES["forge"],
        "texts": [segment["text"] for segment in voiced],
    }


def raw(texts: list[str]) -> float:
    """Seconds of sound a second that engine and encoder make of these texts, on all cores."""
    engine = tts.engine(Settings())

    def spoken(text: str) -> int:
        return len(list(tts.speak(engine, text, voice="first", language="en", pause_ms=400)))

    spoken(texts[0])
    began = time.monotonic()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        packets = sum(pool.map(spoken, texts))
    return packets * PACKET_MS / 1000 / (time.monotonic() - began)


def saved() -> dict[str, Any]:
    """Measure the turns left unvoiced when a listener leaves at a tenth."""
    text = "\n\n".join(path.read_text() for path in TEXTS)
    with Stack(Options(environment=(("LOOKAHEAD_SEGMENTS", str(LOOKAHEAD)),))) as stack:
        customer = Customer(stack)
        accepted = customer.generate(text=text, minutes=MINUTES, language="en")
        heard = Heard()
        for _ in listen(accepted["websocket_url"], heard, {**start(accepted["stream_id"]), "window_ms": 30_000}):
            if heard.next_packet * PACKET_MS >= MINUTES * 60_000 / 10:
                break
        segments = _quiet(customer, accepted)
    characters = [len(segment["text"]) for segment in segments if segment["state"] != "FORGED"]
    return {
        "lookahead_segments": LOOKAHEAD,
        "segments_of_the_long_one": len(segments),
        "voiced": len(segments) - len(characters),
        "saved_at_a_tenth": round(sum(characters) / sum(len(segment["text"]) for segment in segments), 3),
    }


def _ended(customer: Customer, accepted: list[dict[str, Any]], within_s: float) -> list[str]:
    """The states of all, once none is in the making or the time is over."""
    deadline = time.monotonic() + within_s
    while True:
        found = customer.states()
        states = [found[one["cpoa_workflow_id"]] for one in accepted]
        if "GENERATING" not in states or time.monotonic() > deadline:
            return states
        time.sleep(5)  # what is asked for is asked of the machine that is measured


def _quiet(customer: Customer, accepted: dict[str, Any]) -> list[dict[str, Any]]:
    """The segments, once the script is written and nothing has been voiced for 10 seconds."""
    before, since = -1, time.monotonic()
    while True:
        podcast = customer.show(accepted)
        if podcast["segments"]["voiced"] != before or podcast["segments"]["total"] is None:
            before, since = podcast["segments"]["voiced"], time.monotonic()
        if time.monotonic() - since > 10:
            return customer.segments(accepted)
        time.sleep(0.5)


def _time(told: str) -> float:
    return datetime.fromisoformat(told).timestamp()


def main() -> int:
    parser = argparse.ArgumentParser(prog="nox -s bench -- load", description=(__doc__ or "").partition(":")[0])
    parser.add_argument(
        "--podcasts",
        type=int,
        default=50,
        choices=range(1, 101),
        metavar="N",
        help="requested at once, 100 at most (default 50)",
    )
    parser.add_argument("--minutes", type=int, default=3, help="how long each is to be (default 3)")
    parser.add_argument("--within-s", type=float, default=1800.0, help="how long to wait for them (default 1800)")
    parser.add_argument("--json", type=Path, help="write the figures there")
    options = parser.parse_args()
    sample = SAMPLE.read_text().split("\n\n")
    before = raw(sample * 4)
    figures = at_once(options.podcasts, options.minutes, options.within_s)
    texts = figures.pop("texts")
    after = raw(texts[: len(texts) // 4])
    figures["raw_s_a_second"] = round((before + after) / 2, 2)
    figures["of_raw"] = round(figures["voiced_s_a_second"] / ((before + after) / 2), 2)
    figures |= saved()
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))
    held = figures["most_at_once"] <= figures["queue_allows"]
    return 0 if held and figures["completed"] == options.podcasts else 1


if __name__ == "__main__":
    sys.exit(main())
