"""Breaks everything and counts what is left: `nox -s chaos -- --workflows N --seed S --json FILE`; a soak, nothing.

Real processes under the local stack, one for each service. They are killed with SIGKILL before and after their external
calls and at random, frozen for a while, and answered for by a front; deliveries are late, repeated and lost on their
way back, engine and storage calls fail, connections are lost without a word, and now and then Firestore and Cloud
Storage are out altogether, the cloud's own parts are killed, or their disk is full. Each podcast has a listener:
reconnecting, cut off within 200 ms of a token's use, renaming the podcast at any stage, and now and then deleting the
podcast and asking again. At the end all have to be COMPLETED, each heard once and whole, word for word and packet for
packet what is made without faults (but for turns that have cost all the calls of a paid voice that a turn may, which
the embedded voice says), and deleted without a trace.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import requests

from common.ogg import read_opus
from common.policy import POLICIES
from local.entry_points import ROOT
from local.front_faults import Fault
from local.provision import QUEUES
from local.stack import Options, Stack
from tests.chaos.customer import Customer, Podcast
from tests.chaos.outside import Outside, outside
from tests.chaos.plan import MOMENTS, Plan, draw
from tests.chaos.soak import soak
from tests.fakes.speech import FakeSpeechServer
from tests.fakes.spoken import spoken

HOOKS = Path(__file__).with_name("hooks")
TEXTS = [
    "The tide is the rise and fall of the sea. The Moon pulls at the water, and the water goes with it. "
    "Sailors have known this for ages.",
    "A bridge carries a road over a river. The oldest bridges were logs that had fallen across a stream. The Romans "
    "built theirs of stone, with round arches, and some still carry traffic.",
    "Bread is made of flour, water, salt and time. Yeast turns the sugar of the flour into gas, and the dough rises. "
    "Every region of the world has a bread of its own.",
]
SCRIPT = (
    "Ada: What is a lock on a river?\nBen: A chamber with two gates, in which a boat is lifted.\nAda: And who lifts it?"
)
PAGE = "A pendulum swings at a pace that its length alone decides. The best clocks count the light of atoms."
AT_ONCE = 10
VOICED_AT_ONCE = sum(QUEUES[queue] for queue in POLICIES["voice_forge"].queues)
CALLS = POLICIES["voice_forge"].calls
"""Of a paid voice, that a turn may cost at most, whatever breaks."""
REMOVED_AGAIN_AFTER_S = 10
"""No podcast here has work under way for longer, once it has been heard to its end."""
AFTERWARDS_S = 120.0
"""How long what comes after a podcast may take: that its end is told, that what was deleted is removed for good."""
WITHIN_S = 600.0
"""How long one podcast may take before it counts as hanging."""


@dataclass
class Report:
    """What came of a run. `troubles` lists the failures, a line each; there has to be none."""

    seed: int
    workflows: int
    completed: int = 0
    segments: int = 0
    packets: int = 0
    reconnections: int = 0
    fresh_streams: int = 0
    kills_at_moments: int = 0
    moments_struck: int = 0
    moments_passed: int = 0
    kills_at_random: int = 0
    outages: int = 0
    full_disks: int = 0
    restarts: int = 0
    cuts: int = 0
    renames: int = 0
    asked_again: int = 0
    losses: int = 0
    freezes: int = 0
    fronts: int = 0
    answered_by_fronts: int = 0
    engine_calls: int = 0
    engine_calls_failed: int = 0
    embedded: int = 0
    deliveries_repeated: int = 0
    wall_s: float = 0.0
    troubles: list[str] = field(default_factory=list)


class Run:
    """One run over a stack of its own, in a folder of its own."""

    def __init__(self, plan: Plan, workflows: int, folder: Path, logs: Path | None = None) -> None:
        self.plan = plan
        self.folder = folder
        self.report = Report(plan.seed, workflows)
        self._workflows = workflows
        self._logs = logs
        self._random = Random(plan.seed + 1)
        self.own_scripts = 0
        """Podcasts whose script came with the request: no writer is asked for it."""
        self._voices = FakeSpeechServer(spoken)
        self._turns: Counter[str] = Counter()
        self.killed: Counter[str] = Counter()
        self.lost: Counter[str] = Counter()
        self._calm, self._over = threading.Event(), threading.Event()
        (folder / "passed").mkdir()
        (folder / "plan.json").write_text(json.dumps(plan.as_json()))

    def run(self) -> Report:
        options = Options(
            isolate=True,
            lossy=True,
            private_addresses=True,
            disorder=(self.plan.seed, self.plan.disorder),
            queues_ramp=True,
            taken_is_forbidden=self.plan.seed % 2 == 1,  # nobody knows which it is: let both have their turn
            sweep_every_s=5,
            data_dir=self.folder / "cloud",
            environment=(
                ("PYTHONPATH", f"{HOOKS}:{ROOT}"),
                ("SPEECH_ENGINE", "openai"),  # a voice that is paid for
                ("SPEECH_BASE_URL", self._voices.url),
                ("SPEECH_VOICES", "first,second"),
                ("CHAOS_DIR", str(self.folder)),
                ("REMOVED_AGAIN_AFTER_S", str(REMOVED_AGAIN_AFTER_S)),
            ),
        )
        with self._voices, outside(PAGE) as world, Stack(options) as stack:
            restarting = threading.Thread(target=self._restart, args=(stack,), daemon=True)
            restarting.start()
            try:
                self._run(stack, world)
            finally:
                self._over.set()
                restarting.join()
                for child in stack.children.values():
                    if child.name != "cloud":
                        child.kill()  # there is nothing left to be said goodbye to
                if self._logs:
                    shutil.copytree(stack.logs, self._logs, dirs_exist_ok=True)
        return self.report

    def _run(self, stack: Stack, world: Outside) -> None:
        customer = Customer(stack.endpoints, WITHIN_S, f"{world.url}/hook")
        kinds: list[dict[str, Any]] = [{"text": TEXTS[0], "draft": True}, {"script": SCRIPT}]
        kinds += [{"script": SCRIPT, "draft": True}, *({"text": text, "urls": [f"{world.url}/page"]} for text in TEXTS)]
        sources = kinds[: self._workflows]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            calm = list(pool.map(customer.podcast, sources, [f"calm {number}" for number in range(len(sources))]))
            assert all(podcast.state == "COMPLETED" and podcast.heard.whole() for podcast in calm), calm
            self._voices.requests.clear()
            (self.folder / "armed").touch()
            began = time.monotonic()
            disturbing = threading.Thread(target=self._disturb, args=(stack,), daemon=True)
            disturbing.start()
            asked = [sources[number % len(sources)] for number in range(self._workflows)]
            self.own_scripts = sum("script" in source for source in asked)
            customer.unruly = Random(self.plan.seed)
            podcasts = list(pool.map(customer.podcast, asked, [f"storm {n}" for n in range(self._workflows)]))
            self.report.wall_s = round(time.monotonic() - began, 1)
            for number, podcast in enumerate(podcasts):
                self._judge(podcast, calm[number % len(calm)])
            everyone = {podcast.workflow_id for podcast in [*calm, *podcasts]}
            if untold := self._still(lambda: everyone - world.told):
                self.report.troubles.append(f"the end of {len(untold)} podcasts was not told: {untold[:5]}")
            self.report.troubles += filter(None, pool.map(customer.tidy, [*calm, *podcasts]))
        if left := self._still(lambda: stack.remains("")):
            self.report.troubles.append(f"deleting all podcasts left {len(left)} things behind: {left[:5]}")
        (self.folder / "armed").unlink()
        self._calm.set()
        disturbing.join()
        self._count()

    def _still(self, found: Callable[[], Collection[str]]) -> list[str]:
        """Leftovers of a finished run, where none are allowed: what has not become fewer for so long."""
        left, until = found(), time.monotonic() + AFTERWARDS_S
        while left and time.monotonic() < until:
            time.sleep(0.5)
            before, left = len(left), found()
            if len(left) < before:
                until = time.monotonic() + AFTERWARDS_S
        return list(left)

    # The trouble

    def _restart(self, stack: Stack) -> None:
        """Do as the platform does: start again what has died, and tell a new cloud of the scheduler's job."""
        scheduled = True
        while not self._over.wait(0.2):
            for child in stack.children.values():
                if child.process.poll() is not None:
                    child.restart()
                    scheduled &= child.name != "cloud"
            if not scheduled:  # as soon as it listens; it may as well have died again
                with suppress(requests.RequestException):
                    stack.schedule_sweeps()
                    scheduled = True

    def _disturb(self, stack: Stack) -> None:
        """Let trouble come at any moment from when somebody listens."""
        claimed = self.folder / "passed" / "streamer write after"
        while not claimed.exists():
            if self._calm.wait(0.1):
                return
        for trouble in self.plan.troubles:
            if self._calm.wait(self._random.uniform(0.5, 4.0)):
                return
            self._strike(stack, trouble.split(), self._random.uniform(0.5, 4.0))

    def _strike(self, stack: Stack, trouble: list[str], lasting_s: float) -> None:
        match trouble:
            case ["front", service, status, body]:
                with stack.front(service, Fault(int(status), body)) as answered:
                    self._calm.wait(lasting_s)
                    self.report.answered_by_fronts += answered()
                self.report.fronts += 1
            case ["frozen", service]:
                with stack.children[service].frozen():
                    self._calm.wait(lasting_s)
                self.report.freezes += 1
            case ["lost", name]:
                stack.proxies[name].lose()
                self.lost[name] += 1
            case ["full", "disk"]:
                with self._disk_full(stack):
                    self._calm.wait(lasting_s / 2)
                self.report.full_disks += 1
            case ["everything"]:
                for child in stack.children.values():
                    child.kill()
                    self.killed[child.name] += 1
                self.report.restarts += 1
            case ["outage"]:
                (self.folder / "outage").touch()
                self._calm.wait(lasting_s / 2)
                (self.folder / "outage").unlink()
                self.report.outages += 1
            case [service]:
                stack.children[service].kill()
                self.killed[service] += 1

    @contextmanager
    def _disk_full(self, stack: Stack) -> Iterator[None]:
        """Let no file of the cloud's grow while the block runs: of its journals neither."""
        cloud = stack.children["cloud"].process.pid
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)  # as its children have it
        with suppress(ProcessLookupError):  # it may just have been killed
            resource.prlimit(cloud, resource.RLIMIT_FSIZE, (0, hard))
        try:
            yield
        finally:
            with suppress(ProcessLookupError):
                resource.prlimit(cloud, resource.RLIMIT_FSIZE, (soft, hard))

    # The judgement

    def _judge(self, podcast: Podcast, calm: Podcast) -> None:
        """Compare with the `calm` one: the same request, made without faults."""
        heard, troubles = podcast.heard, []
        if podcast.trouble:
            troubles.append(podcast.trouble)
        if podcast.state != "COMPLETED":
            troubles.append(f"is {podcast.state} ({podcast.error})")
        else:
            self.report.completed += 1
            if not heard.whole():
                troubles.append(f"{heard.repeated} packets were repeated, {len(heard.packets)} heard")
            others = other_turns(podcast, calm)
            self.report.embedded += len(others)
            if early := [turn for turn in others if turn["engine_calls"] < CALLS]:
                troubles.append(f"{len(early)} turns do not sound as they do without faults: {early[:2]}")
            if _audio(podcast) != read_opus(podcast.episode).packets:
                troubles.append("what was heard is not what the episode's file holds")
            if _words(podcast) != _words(calm):
                troubles.append("its words are not those of a run without faults")
            told = {segment["index"]: segment["text"] for segment in heard.segments()}
            if [told.get(index) for index in range(len(calm.segments))] != [text for _, text in _words(calm)]:
                troubles.append("its listener was told other words")
        if calls := [segment for segment in podcast.segments if segment["engine_calls"] > CALLS]:
            troubles.append(f"{len(calls)} of its turns cost more than {CALLS} calls: {calls[:2]}")
        self.report.segments += len(podcast.segments)
        self._turns.update(segment["text"] for segment in podcast.segments)
        self.report.packets += len(heard.packets)
        self.report.reconnections += podcast.reconnections
        self.report.cuts += podcast.cuts
        self.report.renames += podcast.renames
        self.report.asked_again += podcast.asked_again
        self.report.fresh_streams += podcast.fresh_streams
        self.report.troubles += [f"{podcast.workflow_id} {trouble}" for trouble in troubles]

    def _count(self) -> None:
        passed = Counter({path.name: path.stat().st_size for path in (self.folder / "passed").iterdir()})
        killed = self.folder / "killed"
        struck = Counter(killed.read_text().splitlines()) if killed.exists() else Counter()
        self.report.kills_at_moments, self.report.moments_struck = struck.total(), len(struck)
        self.report.kills_at_random, self.report.losses = self.killed.total(), self.lost.total()
        self.report.moments_passed = sum(passed[moment] > 0 for moment in MOMENTS)
        self.report.troubles += [f"{moment} never came" for moment in MOMENTS if not passed[moment]]
        # Every delivery of a segment's task begins; the first of each is no repetition
        self.report.deliveries_repeated = passed["voice_forge begin before"] - self.report.segments
        for moment, times in struck.items():
            self.killed[moment.split()[0]] += times
        self.judge_engines(passed)

    def judge_engines(self, passed: Counter[str]) -> None:
        """What engines are paid for: a call a turn and a podcast, and those more that a failure or a kill explains.

        A turn that is voiced and stored is never voiced again, and none costs more than CALLS, as the voice itself
        counts them. A call that came to nothing failed, or its process was killed, or its answer was lost: the cost is
        as many calls as can run at once.
        """
        lost = self.lost["MODEL_SERVING_URL"] + self.killed["cloud"] + self.report.full_disks
        failed = Counter({kind: passed[f"model_serving {kind} struck"] for kind in ("speech", "dialogue")})
        voiced = passed["model_serving storage POST after"]
        in_vain = passed["model_serving speech before"] - failed["speech"] - voiced
        again = (
            passed["model_serving dialogue before"] - failed["dialogue"] - (self.report.workflows - self.own_scripts)
        )
        self.report.engine_calls = passed["model_serving speech before"] + passed["model_serving dialogue before"]
        self.report.engine_calls_failed = failed.total()
        for text, times in Counter(str(body["input"]) for body in self._voices.requests).items():
            turns = self._turns[text]
            if times > CALLS * turns:
                self.report.troubles.append(f"{times} calls for {turns} turns: {text}")
        if voiced > self.report.segments + lost * VOICED_AT_ONCE:
            self.report.troubles.append(f"{voiced} turns were voiced, of {self.report.segments} there are")
        if in_vain > (self.killed["model_serving"] + lost) * VOICED_AT_ONCE:
            self.report.troubles.append(
                f"{in_vain} turns were voiced in vain, more than were cut off by kills and losses"
            )
        if again > (self.killed["model_serving"] + self.killed["script_weaver"] + lost) * QUEUES["weave"]:
            self.report.troubles.append(f"scripts were asked for {again} times more than kills and losses explain")


def _words(podcast: Podcast) -> list[tuple[str, str]]:
    return [(segment["speaker"], segment["text"]) for segment in podcast.segments]


def other_turns(podcast: Podcast, calm: Podcast) -> list[dict[str, Any]]:
    """The turns that sound otherwise: the embedded voice speaks once a turn has cost as many calls as it may."""
    turns = zip(podcast.segments, _sounds(podcast), _sounds(calm), strict=False)  # their number is held by their words
    return [segment for segment, one, other in turns if one != other]


def _sounds(podcast: Podcast) -> list[list[bytes]]:
    """The packets of each turn."""
    packets = iter(_audio(podcast))
    return [list(islice(packets, segment["packets"] or 0)) for segment in podcast.segments]


def _audio(podcast: Podcast) -> list[bytes]:
    return [podcast.heard.packets[number] for number in sorted(podcast.heard.packets)]


def run(seed: int, workflows: int, logs: Path | None = None) -> Report:
    """One run; the services' logs are left in the folder `logs`, if one is named."""
    with tempfile.TemporaryDirectory(prefix="aethercast-chaos-") as folder:
        return Run(draw(seed, workflows), workflows, Path(folder), logs).run()


def main() -> int:
    parser = argparse.ArgumentParser(prog="nox -s chaos --", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--workflows", type=int, default=50, help="podcasts to make (default 50)")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000, help="of all that is drawn")
    parser.add_argument("--json", type=Path, help="write the report there")
    parser.add_argument("--logs", type=Path, help="leave the services' logs in that folder")
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="break nothing, and see that nothing is left")
    options = parser.parse_args()
    if options.soak is not None:
        return _soaked(options.soak, options.seed, options.json)
    print(f"seed {options.seed}: {options.workflows} podcasts, {AT_ONCE} at a time", flush=True)
    report: dict[str, Any] = asdict(run(options.seed, options.workflows, options.logs))
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")
    for trouble in report["troubles"]:
        print(f"  {trouble}")
    print(json.dumps({name: value for name, value in report.items() if name != "troubles"}))
    if report["troubles"]:
        print(f"{len(report['troubles'])} troubles; draw the same again with --seed {options.seed}")
    return 1 if report["troubles"] else 0


def _soaked(minutes: float, seed: int, into: Path | None) -> int:
    found = soak(minutes, seed, partial(print, flush=True))
    if into:
        into.write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps(found, indent=2))
    return 1 if found["troubles"] else 0


if __name__ == "__main__":
    sys.exit(main())
