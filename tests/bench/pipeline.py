"""First sound, stalls, forging time and intelligibility with engines like hosted ones: nox -s bench -- pipeline.

The whole system runs on this machine, with a speech server that takes 300 ms to its first sound and then speaks at five
times real time, and a language model that writes 40 tokens a second. For podcasts of each length, in a single run:

    over_engine_ms    first sound at the listener after the click, less the engine's own first sound for that text
    sooner_than_all   how many times sooner that is than making it all and then playing it
    stalls            moments at which a listener who plays from the first packet on has nothing to play
    forging_ratio     wall time during which written turns were not yet voiced, against that of the engine alone, given
                      the same turns at the same moments, as many at once as the queue allows
    stoi              intelligibility of what was heard against what the engine said
    writer            the extractive writer: main terms covered, three-word runs said twice, length against that asked
"""

from __future__ import annotations

import argparse
import heapq
import json
import statistics
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from common.contract import PACKET_MS  # noqa: E402 - after the path is laid
from local.listener import Heard, listen, start  # noqa: E402
from local.podcast import SAMPLE  # noqa: E402
from local.provision import QUEUES  # noqa: E402
from local.stack import Options, Stack  # noqa: E402
from tests.fakes.language import FakeChatServer  # noqa: E402
from tests.fakes.speech import RATE, FakeSpeechServer, Pace  # noqa: E402
from tests.fakes.spoken import spoken  # noqa: E402
from tests.fakes.web import FakeEngine  # noqa: E402
from tests.intelligibility import Turn, heard_samples, intelligibility  # noqa: E402
from tests.script_figures import script_figures  # noqa: E402

FIRST_S, SPEED, TOKENS_A_SECOND = 0.3, 5.0, 40.0
VOICES = {"Ada": "first", "Ben": "second"}


@dataclass
class Run:
    """One podcast: the time of the request, and of each packet's arrival."""

    accepted: dict[str, Any]
    clicked: float
    heard: Heard = field(default_factory=Heard)
    arrived: list[float] = field(default_factory=list)
    segments: list[dict[str, Any]] = field(default_factory=list)

    @property
    def first_s(self) -> float:
        return self.arrived[0] - self.clicked

    def stalls(self) -> int:
        """How often a packet was late, for a player starting the first on arrival."""
        return len(self.silences())

    def silences(self) -> list[float]:
        """By how many seconds each of those was late."""
        due, silences = self.arrived[0], []
        for arrived in self.arrived:
            if arrived > due:
                silences.append(arrived - due)
                due = arrived
            due += PACKET_MS / 1000
        return silences


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, nargs="+", default=[1, 10, 30], help="lengths (default 1 10 30)")
    parser.add_argument("--times", type=int, default=5, help="how often first sound is measured (default 5)")
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    options = parser.parse_args()
    figures: dict[str, Any] = {"writer": script_figures()}
    print("writer ", figures["writer"])
    pace = Pace(FIRST_S, SPEED)
    with (
        FakeSpeechServer(spoken, pace) as speech,
        FakeChatServer(tokens_per_second=TOKENS_A_SECOND) as language,
        Stack(engines(speech, language)) as stack,
    ):
        made(stack, 1)  # what a first podcast loads, no later one waits for
        for minutes in options.minutes:
            firsts = [first_sound(stack, minutes, speech, language) for _ in range(options.times - 1)]
            figures[f"{minutes:g} min"] = measured = _figures(made(stack, minutes), speech, firsts)
            print(f"{minutes:g} min ", measured)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


def engines(speech: FakeSpeechServer, language: FakeChatServer) -> Options:
    """A stack that is told to speak and write with these. Each function is a process of its own, as in the cloud."""
    environment = {
        "SPEECH_ENGINE": "openai",
        "SPEECH_BASE_URL": speech.url,
        "SPEECH_VOICES": "first,second",
        "LANGUAGE_ENGINE": "openai",
        "LANGUAGE_BASE_URL": language.url,
    }
    return Options(environment=tuple(environment.items()), isolate=True)


def made(stack: Stack, minutes: float) -> Run:
    """Have a podcast made, and hear every packet on arrival."""
    run = asked(stack, minutes)
    for message in listen(run.accepted["websocket_url"], run.heard, start(run.accepted["stream_id"])):
        if message is None:
            run.arrived += [time.monotonic()] * (len(run.heard.packets) - len(run.arrived))
    if not run.heard.whole():
        raise SystemExit("the stream was not whole")
    url = f"{stack.endpoints.api_url}/api/v1/podcasts/{run.accepted['cpoa_workflow_id']}/segments"
    run.segments = requests.get(url, headers=key(stack), timeout=60).json()["segments"]
    return run


def first_sound(stack: Stack, minutes: float, *busy: FakeEngine) -> float:
    """Seconds from the click to the first packet. The podcast is cancelled then, and the engines' remaining work for
    the podcast is awaited: the next podcast must not wait behind this work.
    """
    run = asked(stack, minutes)
    for message in listen(run.accepted["websocket_url"], run.heard, start(run.accepted["stream_id"])):
        if message is None:
            run.arrived.append(time.monotonic())  # here, for leaving the loop says goodbye, which takes 40 ms
            break
    url = f"{stack.endpoints.api_url}/api/v1/podcasts/{run.accepted['cpoa_workflow_id']}/cancel"
    answer = requests.post(url, headers=key(stack), timeout=60)
    if answer.status_code != 409:  # it is over by then where the goodbye took long
        answer.raise_for_status()
    for engine in busy:
        engine.await_idle()
    return run.first_s


def asked(stack: Stack, minutes: float) -> Run:
    url = f"{stack.endpoints.api_url}/api/v1/podcasts/generate"
    wanted = {"text": SAMPLE.read_text(), "minutes": int(minutes)}
    clicked = time.monotonic()
    response = requests.post(url, json=wanted, headers=key(stack), timeout=60)
    response.raise_for_status()
    return Run(response.json(), clicked)


def key(stack: Stack) -> dict[str, str]:
    return {"Authorization": f"Bearer {stack.endpoints.api_key}"}


def _figures(run: Run, speech: FakeSpeechServer, firsts: list[float]) -> dict[str, Any]:
    greeting = run.segments[0]
    own_first_s = statistics.median(_engine_first_s(speech, greeting) for _ in range(5))
    first_s = statistics.median([*firsts, run.first_s])
    voiced_s = run.arrived[-1] - run.clicked
    turns = [
        Turn(_said(segment), RATE, message["firstPacket"], message["packets"])
        for segment, message in zip(run.segments, run.heard.segments(), strict=True)
    ]
    packets = [run.heard.packets[number] for number in range(len(run.heard.packets))]
    return {
        "duration_s": round(len(packets) * PACKET_MS / 1000, 1),
        "segments": len(run.segments),
        "engine_first_ms": round(1000 * own_first_s),
        "first_sound_ms": round(1000 * first_s),
        "over_engine_ms": round(1000 * (first_s - own_first_s)),
        "all_made_s": round(voiced_s, 1),
        "sooner_than_all": round(voiced_s / first_s, 1),
        "stalls": run.stalls(),
        "forging_ratio": round(_forging_ratio(run.segments), 3),
        "stoi": round(intelligibility(turns, heard_samples(packets, run.heard.pre_skip)), 4),
    }


def _forging_ratio(segments: list[dict[str, Any]]) -> float:
    free = [0.0] * QUEUES["forge"]  # when each of the engine's places is
    alone, forged = [], []
    for segment in sorted(segments, key=lambda segment: _time(segment, "scripted_at")):
        scripted = _time(segment, "scripted_at")
        voiced = max(scripted, free[0]) + FIRST_S + len(_said(segment)) / 2 / RATE / SPEED
        heapq.heapreplace(free, voiced)
        alone.append((scripted, voiced))
        forged.append((scripted, _time(segment, "forged_at")))
    return _covered_s(forged) / _covered_s(alone)


def _covered_s(spans: Iterable[tuple[float, float]]) -> float:
    """The seconds covered by any of the spans."""
    covered, reached = 0.0, 0.0
    for begin, end in sorted(spans):
        covered += max(0.0, end - max(begin, reached))
        reached = max(reached, end)
    return covered


def _engine_first_s(speech: FakeSpeechServer, segment: dict[str, Any]) -> float:
    """The engine's own first sound: from the request to the first byte of PCM."""
    body = {"model": "m", "input": segment["text"], "voice": VOICES[segment["speaker"]], "response_format": "pcm"}
    asked = time.monotonic()
    with requests.post(f"{speech.url}/v1/audio/speech", json=body, stream=True, timeout=30) as response:
        next(response.iter_content(1))
    return time.monotonic() - asked


def _said(segment: dict[str, Any]) -> bytes:
    return spoken(segment["text"], VOICES[segment["speaker"]])


def _time(segment: dict[str, Any], name: str) -> float:
    return datetime.fromisoformat(segment[name]).timestamp()


if __name__ == "__main__":
    sys.exit(main())
