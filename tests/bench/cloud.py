"""The first sound where every hop costs: nox -s bench -- cloud [ROW …] [--stretch K] [--json FILE] [--plot].

The whole system on this machine, with the delays and cold starts of emulators/delays.py, a speech server like a hosted
one (300 ms to its first sound, then five times real time, with the sound of espeak-ng) and a writer of 40 tokens a
second. Podcasts one after the other, from the click to the first packet at a listener, with round trips of its own:

    warm      everything has an instance, and the voices have been heard before
    unvoiced  the same, for a host that nobody has heard before; and from when the greeting's voicing begins
    page      nothing has; the page was opened 4 s before the click, and plays the opening that it has from then on
    program   nothing has, and nobody has opened anything; the answer brings the opening
    busy      warm, while six podcasts of ten minutes are made, with eight places to voice at
    silence   what `warm` keeps has an instance: how long the listener hears nothing once the greeting has begun

Page, program and silence hear on past the greeting, and tell in how many podcasts the sound stopped, before which
segments, and for how long. Each tells p50 and p95 in ms; the same of the delays alone that lie on the way to the first
packet (walked back from it: what ended last before that began), for the rest is processors and whatever else the
machine is busy with; the share and the number of each kind of operation on the critical path; and what a calculation by
hand from the table's medians gives. On a busy machine stretch the delays, so that the processor weighs less: they are
divided out again. Rows measured before stay in FILE.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import requests
from websockets.sync.client import connect

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from common.contract import PACKET_MS  # noqa: E402 - after the path is laid
from emulators.delays import CLOUD, Delays  # noqa: E402
from local import provision  # noqa: E402
from local.entry_points import ENTRY_POINTS  # noqa: E402
from local.listener import TELL_EVERY, Heard, start  # noqa: E402
from local.network import Network, kept_warm  # noqa: E402
from local.podcast import SAMPLE  # noqa: E402
from local.stack import Stack  # noqa: E402
from tests.bench.pipeline import FIRST_S, SPEED, TOKENS_A_SECOND, engines  # noqa: E402
from tests.fakes.language import FakeChatServer  # noqa: E402
from tests.fakes.speech import FakeSpeechServer, Pace  # noqa: E402
from tests.fakes.spoken import spoken  # noqa: E402

EVERY_SERVICE = frozenset({"streamer", *ENTRY_POINTS})
PAGE_S = 4.0
PLACES = 8
CROWD, CROWD_MINUTES = 6, 10
SETTLED = 6
"""Once this segment begins it is settled whether there was silence after the greeting, which has four at the most."""

BY_HAND: dict[str, dict[str, float]] = {
    # What lies one after the other on the way to the first packet, by the code as it is. Reads side by side are one,
    # the text is stored beside the commit, a stream is redeemed while the first documents are read, and what is voiced
    # is read while that is claimed
    "warm": {
        "listener": 5,
        "firestore_read": 3,
        "storage_write": 1,
        "pubsub_publish": 1,
        "firestore_commit": 1,
    },
    "unvoiced": {
        "listener": 1,
        "firestore_read": 3,
        "storage_write": 1,
        "firestore_commit": 2,
        "pubsub_publish": 1,
        "pubsub_push": 1,
        "tasks_create": 1,
        "tasks_dispatch": 1,
        "service_hop": 1,
        "engine": 1,
        "firestore_listen": 1,
    },
    # The opening comes with the answer, so that the streamer is started beside what is heard
    "program": {
        "start_function": 1,
        "firestore_read": 3,
        "firestore_query": 1,
        "storage_write": 1,
        "pubsub_publish": 1,
        "listener": 1,
    },
}
BY_HAND["page"] = BY_HAND["warm"]  # the page has woken everything
_ELSEWHERE = re.compile(
    r"harvest|weave|segments/(?!00000)|-forge-(?!00000)|/0000[1-9]|script\.|voice\.|content\.|podcast\.[^r]"
    r"|services\.wake|signed-urls|signBlob|/download/|dialogue|commit openings/"
)
"""What is done for a podcast beside its greeting, by kind and the names of documents, tasks and objects."""
_ASKED_WITH = re.compile(
    r"listener|start|service_hop api_gateway /api|firestore_(read|query|commit)|storage_write|pubsub_publish"
)
_HEARD_WITH = re.compile(r"listener|start_container|firestore_(read|commit) streams/|firestore_query")
"""What the sound of an opening that is kept may wait for, by kind and subject: before the request is answered, and
after it."""


@dataclass(frozen=True)
class Step:
    """An operation on the way to the first packet: kind and subject, begin in seconds since the click, and length."""

    kind: str
    about: str
    begin_s: float
    length_s: float


@dataclass
class Run:
    """One podcast as its listener met it. Times are seconds since 1970 on this machine's clock, and stretched."""

    stretch: float
    workflow_id: str = ""
    clicked: float = 0.0
    answered: float = 0.0
    opened: bool = False
    """Whether the greeting was committed with its sound."""
    arrived: list[float] = field(default_factory=list)
    """Of each packet."""
    had: int = 0
    """Packets that the listener's page had before the click, and played from then on."""
    begins: dict[int, int] = field(default_factory=dict)
    """A segment's first packet, by its index."""
    forging: float = 0.0
    """When the greeting's voicing began; 0: nobody voiced it for this podcast."""

    @property
    def first_ms(self) -> float:
        return 1000 * (self.arrived[0] - self.clicked) / self.stretch

    @property
    def forging_ms(self) -> float:
        return 1000 * (self.arrived[0] - self.forging) / self.stretch

    @property
    def silent_ms(self) -> float:
        return sum(self.silences.values())

    @cached_property
    def silences(self) -> dict[int, float]:
        """Silence in mid-podcast, for a player starting the first packet on arrival: by the segment before which, in
        ms."""
        arrivals = [self.clicked] * self.had + self.arrived[self.had :]
        due, silences = arrivals[0], Counter[int]()
        for packet, arrived in enumerate(arrivals):
            if arrived > due:
                segment = max(index for index, first in self.begins.items() if first <= packet)
                silences[segment] += 1000 * (arrived - due) / self.stretch  # type: ignore[assignment]
            due = max(due, arrived) + PACKET_MS / 1000 * self.stretch
        return {segment: silent for segment, silent in silences.items() if silent > PACKET_MS}

    def way(self, delays: list[dict[str, Any]]) -> list[Step]:
        """The operations that the first packet waited for, from the click on."""
        mine = [delay for delay in delays if self._is_of(delay)]
        voiced = sorted((one for one in mine if one["kind"] == "engine" and one["at"] > self.clicked), key=_began)
        mine = [one for one in mine if one["kind"] != "engine" or one in voiced[:1]]
        steps: list[Step] = []
        at = self.arrived[0]
        while True:
            ended = [one for one in mine if self.clicked <= one["at"] and one["at"] + one["s"] <= at + 0.0005]
            if not ended:
                return steps[::-1]
            last = max(ended, key=lambda one: one["at"] + one["s"])
            mine.remove(last)
            at = last["at"]
            steps.append(
                Step(last["kind"], last["about"], (at - self.clicked) / self.stretch, last["s"] / self.stretch)
            )

    def _is_of(self, delay: dict[str, Any]) -> bool:
        if self.opened:
            waits_for = _ASKED_WITH if delay["at"] < self.answered else _HEARD_WITH
            return bool(waits_for.match(f"{delay['kind']} {delay['about']}"))
        if _ELSEWHERE.search(f"{delay['kind']} {delay['about']}") or delay["kind"] == "firestore_target":
            return False
        return "workflows/" not in delay["about"] or self.workflow_id in delay["about"]


def _past_greeting(heard: Heard) -> bool:
    return any(segment["index"] >= SETTLED for segment in heard.segments())


def _began(delay: dict[str, Any]) -> float:
    return float(delay["at"])


class TimedSpeech(FakeSpeechServer):
    """Notes each call as a delay is noted."""

    def __init__(self, pace: Pace) -> None:
        super().__init__(spoken, pace)
        self.calls: list[dict[str, Any]] = []

    def answer(self, body: dict[str, Any], path: str) -> Iterator[bytes]:
        began = time.time()
        yield from super().answer(body, path)
        self.calls.append({"kind": "engine", "about": body["input"], "at": began, "s": time.time() - began})


class Listener:
    """A customer with round trips of its own, asking for podcasts and hearing each to the end."""

    def __init__(self, stack: Stack, network: Network) -> None:
        self._stack, self._stretch = stack, network.stretch
        self._delays = Delays(f"{network.seed} listener", stretch=network.stretch)
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {stack.endpoints.api_key}"
        self._api = f"{stack.endpoints.api_url}/api/v1"
        self._numbers = count()
        self.trips: list[dict[str, Any]] = []

    def opens_the_page(self) -> None:
        """What a browser asks for when it shows the page, then some time for the person to type."""
        self._session.get(f"{self._stack.endpoints.player_url}/", timeout=60).raise_for_status()
        self._session.get(f"{self._stack.endpoints.player_url}/config.json", timeout=60).raise_for_status()
        with ThreadPoolExecutor(2) as browser:
            list(browser.map(self.get, ("/engines", "/podcasts")))
        time.sleep(PAGE_S * self._stretch)

    def clicks(
        self,
        until: Callable[[Heard], bool] = lambda heard: bool(heard.packets),
        opening: str = "digest",
        *,
        from_page: bool = False,
        **wanted: Any,
    ) -> Run:
        """Have a podcast made, and hear it until `until` says so. The answer brings the `opening` as "sound"; a click
        `from_page` comes from a page with the opening."""
        trip = self._delays.draw("listener")
        run = Run(self._stretch, clicked=time.time())
        self._travels(trip / 2)
        accepted = self.asks(minutes=1, params={"opening": opening}, **wanted)
        run.workflow_id, run.answered = accepted["cpoa_workflow_id"], time.time()
        run.opened = accepted["opening"] is not None
        run.had = accepted["opening"]["packets"] if run.opened and from_page else 0
        heard, told, asks = Heard(), 0, start(accepted["stream_id"])
        if run.opened and "sound" in accepted["opening"]:
            heard.take(base64.b64decode(accepted["opening"]["sound"]))
            run.arrived = [run.answered + trip / 2] * len(heard.packets)
            asks["next_packet"] = heard.next_packet
        self._travels(trip / 2 + 2 * trip)  # and TCP and TLS
        url = accepted["websocket_url"]
        with connect(url, open_timeout=60, max_size=2**22, max_queue=None, ping_interval=None) as socket:
            self._travels(trip + trip / 2)  # the upgrade, and the way of the first message
            socket.send(json.dumps(asks))
            while not heard.ended and not until(heard):
                if heard.take(socket.recv(timeout=180)) is None:
                    run.arrived += [time.time() + trip / 2] * (len(heard.packets) - len(run.arrived))
                if heard.next_packet - told >= TELL_EVERY:
                    told = heard.next_packet
                    socket.send(json.dumps({"type": "client_metrics", "played_ms": told * PACKET_MS}))
        run.begins = {segment["index"]: segment["firstPacket"] for segment in heard.segments()}
        self.trips.append({"kind": "listener", "about": "", "at": run.arrived[0] - trip / 2, "s": trip / 2})
        if not run.opened:
            greeting = self.get(f"/podcasts/{run.workflow_id}/segments")["segments"][0]
            run.forging = datetime.fromisoformat(greeting["forging_at"]).timestamp()
        return run

    def _travels(self, seconds: float) -> None:
        self.trips.append({"kind": "listener", "about": "", "at": time.time(), "s": seconds})
        time.sleep(seconds)

    def asks(self, minutes: int, params: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
        # A text of its own each time: nothing that an earlier podcast left behind may help this one
        text = f"{SAMPLE.read_text()}\n\nThis is number {next(self._numbers)}."
        wanted = {"text": text, "minutes": minutes, **more}
        answer = self._session.post(f"{self._api}/podcasts/generate", json=wanted, params=params, timeout=120)
        answer.raise_for_status()
        return dict(answer.json())

    def cancels(self, workflow_id: str) -> None:
        answer = self._session.post(f"{self._api}/podcasts/{workflow_id}/cancel", timeout=120)
        if answer.status_code != 409:  # it may be over
            answer.raise_for_status()

    def get(self, path: str) -> dict[str, Any]:
        answer = self._session.get(f"{self._api}{path}", timeout=120)
        answer.raise_for_status()
        return dict(answer.json())


class Rows:
    """The rows of the table, each a number of runs."""

    def __init__(self, stack: Stack, network: Network, speech: TimedSpeech, language: FakeChatServer) -> None:
        assert stack.reach
        self._reach, self._network = stack.reach, network
        self._listener = Listener(stack, network)
        self._speech, self._engines = speech, (speech, language)
        self._reach.keep(EVERY_SERVICE, network)
        # What a first podcast loads, or has voiced for good, no later one waits for: all of the greeting is heard
        self._quiet(self._listener.clicks(until=_past_greeting))

    def delays(self) -> list[dict[str, Any]]:
        """Everything that took its time so far."""
        return [*self._reach.delays(), *self._speech.calls, *self._listener.trips]

    def warm(self, times: int) -> Iterator[Run]:
        self._reach.keep(EVERY_SERVICE, self._network)
        for _ in range(times):
            yield (run := self._listener.clicks())
            self._quiet(run)

    def unvoiced(self, times: int) -> Iterator[Run]:
        self._reach.keep(EVERY_SERVICE, self._network)
        for number in range(times):
            hosts = [{"name": "Ada", "persona": f"guest number {number}"}, {"name": "Ben"}]  # with a sound of its own
            yield (run := self._listener.clicks(hosts=hosts))
            self._quiet(run)

    def page(self, times: int) -> Iterator[Run]:
        for _ in range(times):
            self._at_zero()
            self._listener.opens_the_page()
            yield (run := self._listener.clicks(until=_past_greeting, from_page=True))
            self._quiet(run)

    def program(self, times: int) -> Iterator[Run]:
        for _ in range(times):
            self._at_zero()
            yield (run := self._listener.clicks(until=_past_greeting, opening="sound"))
            self._quiet(run)

    def silence(self, times: int) -> Iterator[Run]:
        for _ in range(times):
            self._at_zero(kept_warm())
            yield (run := self._listener.clicks(until=_past_greeting))
            self._quiet(run)

    def busy(self, times: int) -> Iterator[Run]:
        self._reach.keep(EVERY_SERVICE, self._network)
        crowd: list[str] = []
        for _ in range(times):
            making = [one for one in crowd if self._listener.get(f"/podcasts/{one}")["state"] == "GENERATING"]
            new = [self._listener.asks(CROWD_MINUTES)["cpoa_workflow_id"] for _ in range(CROWD - len(making))]
            crowd = making + new
            time.sleep((10.0 if new else 3.0) * self._network.stretch)
            yield (run := self._listener.clicks())
            self._listener.cancels(run.workflow_id)
        for one in crowd:
            self._listener.cancels(one)

    def _at_zero(self, kept: set[str] | None = None) -> None:
        self._reach.keep(kept or (), self._network)
        time.sleep(0.02)  # a file's time is that of the kernel's last tick
        self._reach.scale_to_zero()
        time.sleep(0.02)

    def _quiet(self, run: Run) -> None:
        """End a podcast, and wait until nothing is done for it any more: the next podcast must not wait behind this
        one."""
        self._listener.cancels(run.workflow_id)
        for engine in self._engines:
            engine.await_idle()
        time.sleep(1.0 * self._network.stretch)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known = ("warm", "unvoiced", "page", "program", "silence", "busy")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(known)} (default: all)")
    parser.add_argument("--times", type=int, default=20, help="podcasts a row (default 20)")
    parser.add_argument("--stretch", type=float, default=1.0, help="how many times as long as they are delays are")
    parser.add_argument("--seed", type=int, default=0, help="of the delays")
    parser.add_argument("--isolate", action="store_true", help="a process for every function")
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    parser.add_argument("--plot", nargs="?", type=Path, const=ROOT / "docs" / "cloud.svg", metavar="FILE")
    options = parser.parse_args()
    if unknown := set(options.rows) - set(known):
        parser.error(f"no such row: {', '.join(unknown)}")
    network = Network(options.seed, options.stretch)
    provision.QUEUES["urgent"] = urgent = -(-PLACES // 3)  # as terraform/queues.tf shares them out
    provision.QUEUES["forge"] = PLACES - urgent
    figures: dict[str, Any] = {}
    if options.json and options.json.exists():
        figures = json.loads(options.json.read_text())
    with (
        TimedSpeech(Pace(FIRST_S * network.stretch, SPEED / network.stretch)) as speech,
        FakeChatServer(tokens_per_second=TOKENS_A_SECOND / network.stretch) as language,
        Stack(replace(engines(speech, language), isolate=options.isolate, network=network)) as stack,
    ):
        rows = Rows(stack, network, speech, language)
        for name in options.rows or known:
            runs = list(getattr(rows, name)(options.times))
            figures[name] = _figures(name, runs, rows.delays(), network.stretch)
            _report(name, figures[name])
            if options.json:
                options.json.write_text(json.dumps(figures, indent=2) + "\n")
    if options.plot and figures:
        from tests.bench.plot import draw_ways  # what draws is loaded for nothing else

        draw_ways(figures, options.plot)
    return 0


def _figures(name: str, runs: list[Run], delays: list[dict[str, Any]], stretch: float) -> dict[str, Any]:
    figures: dict[str, Any] = {
        "podcasts": len(runs),
        "stretch": stretch,
        "load": round(os.getloadavg()[0], 1),
        "first_packet_ms": _spread([run.first_ms for run in runs]),
    }
    if voiced := [run.forging_ms for run in runs if run.forging]:
        figures["forging_to_first_packet_ms"] = _spread(voiced)
    if name in {"page", "program", "silence"}:
        figures["silence_ms"] = _spread([run.silent_ms for run in runs])
        figures["silent_podcasts"] = sum(bool(run.silences) for run in runs)
        figures["silences"] = [{index: round(ms) for index, ms in run.silences.items()} for run in runs if run.silences]
    if name != "busy":
        ways = [run.way(delays) for run in runs]
        figures["delays_alone_ms"] = _spread([1000 * sum(step.length_s for step in way) for way in ways])
        figures["shares"] = _shares(runs, ways)
        figures["operations"] = _operations(ways)
        median = sorted(range(len(runs)), key=lambda at: runs[at].first_ms)[len(runs) // 2]
        figures["way"] = {
            "first_packet_ms": round(runs[median].first_ms),
            "steps": [
                [step.kind, step.about, round(1000 * step.begin_s, 1), round(1000 * step.length_s, 1)]
                for step in ways[median]
            ],
        }
    if name in BY_HAND:
        medians = {"engine": 1000 * FIRST_S, **{kind: delay.p50_ms for kind, delay in CLOUD.items()}}
        table = {kind: times * medians[kind] for kind, times in BY_HAND[name].items()}
        figures["by_hand_ms"] = {"total": round(sum(table.values())), **table}
    return figures


def _shares(runs: list[Run], ways: list[list[Step]]) -> dict[str, float]:
    """Of the time to the first packet, kind by kind; "else" is processors, and what no delay was drawn for."""
    total_s = sum(run.first_ms for run in runs) / 1000
    spent: Counter[str] = Counter()
    for way in ways:
        for step in way:
            spent[step.kind] += step.length_s  # type: ignore[assignment]
    spent["else"] = total_s - sum(spent.values())  # type: ignore[assignment]
    return {kind: round(seconds / total_s, 3) for kind, seconds in spent.most_common()}


def _operations(ways: list[list[Step]]) -> dict[str, float]:
    """How many of each kind lie on a way, on average: whatever the machine is busy with, these stay the same."""
    counted = Counter(step.kind for way in ways for step in way)
    return {kind: round(times / len(ways), 1) for kind, times in counted.most_common()}


def _spread(values: list[float]) -> dict[str, int]:
    ranked = sorted(values)
    last = statistics.quantiles(ranked, n=20, method="inclusive")[-1] if len(ranked) > 1 else ranked[0]
    return {"p50": round(statistics.median(ranked)), "p95": round(last), "most": round(ranked[-1])}


def _report(name: str, figures: dict[str, Any]) -> None:
    told = {key: value for key, value in figures.items() if key not in {"way", "shares", "by_hand_ms", "operations"}}
    print(f"{name:8} {told}", flush=True)
    if "shares" in figures:
        print("         " + ", ".join(f"{kind} {share:.1%}" for kind, share in figures["shares"].items()))
        print("         " + ", ".join(f"{times:g} {kind}" for kind, times in figures["operations"].items()))
    if "by_hand_ms" in figures:
        print(f"         by hand {figures['by_hand_ms']['total']} ms", flush=True)


if __name__ == "__main__":
    sys.exit(main())
