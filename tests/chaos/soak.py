"""A soak: podcasts, listeners and renames without end, `nox -s chaos -- --soak MINUTES`, and what they leave behind.

Nothing is broken here. After each round every podcast is deleted, and the stack's holdings are measured: the memory,
files and sockets of every service, the documents and objects there are, and the bytes of the journals. What grows from
round to round, beyond what the first rounds take to warm up, is a leak, and the run fails.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from local.stack import Options, Stack
from tests.chaos.customer import Customer, Podcast
from tests.chaos.outside import outside

AT_ONCE = 4
"""Podcasts of a round, each with its listener."""
WARMED_UP = 2
"""Rounds in which pools, caches and threads come to be."""
ROUNDS = 6
"""At the least, for anything to be said."""
SETTLES_S = 60.0
"""How long what was deleted takes to be removed for good."""
ALLOWED: Mapping[str, float] = {"memory_mb": 0.15, "files": 0.15, "sockets": 0.15, "documents": 0.0, "objects": 0.0}
"""Kind of thing -> by how much of it the last rounds may have more than those after the first."""
SLACK: Mapping[str, float] = {"memory_mb": 32.0, "files": 8.0, "sockets": 8.0, "documents": 0.0, "objects": 0.0}
"""Likewise, in numbers: pools breathe. And the first full garbage collection of a worker, which may come after minutes,
takes the pages for its own that it shared with the process that it was forked from: 22 to 31 MB, once."""

Measured = Mapping[str, float]
"""`{service} {kind}` -> how much of it there is."""


def leaks(rounds: Sequence[Measured]) -> list[str]:
    """Measures without a return to the baseline, a line each: the medians of two thirds of the rounds are compared."""
    later = rounds[WARMED_UP:]
    if len(rounds) < ROUNDS:
        return [f"{len(rounds)} rounds are too few to tell: let it take longer"]
    third = max(1, len(later) // 3)
    found = []
    for name in sorted(later[-1]):
        kind = name.rpartition(" ")[2]
        before = median(each.get(name, 0.0) for each in later[:third])
        after = median(each.get(name, 0.0) for each in later[-third:])
        if after > before * (1 + ALLOWED[kind]) + SLACK[kind]:
            found.append(f"{name}: {before:.0f} became {after:.0f}")
    return found


def soak(minutes: float, seed: int, tell: Callable[[str], None] = print) -> dict[str, Any]:
    """Run a stack for that long. Returns the figures of each round, and the `troubles`."""
    rounds: list[Measured] = []
    troubles: list[str] = []
    made, renames, cuts = 0, 0, 0
    options = Options(
        isolate=True,
        private_addresses=True,
        sweep_every_s=1,
        environment=(("SPEECH_ENGINE", "espeak"), ("REMOVED_AGAIN_AFTER_S", "2"), ("MINUTES_A_DAY", "0")),
    )
    with outside("A pendulum swings at a pace that its length alone decides.") as world, Stack(options) as stack:
        customer = Customer(stack.endpoints, patience_s=300.0, webhook_url=f"{world.url}/hook")
        customer.unruly = Random(seed)
        until = time.monotonic() + 60 * minutes
        while time.monotonic() < until or len(rounds) < ROUNDS:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                podcasts = list(pool.map(lambda n: _heard(customer, len(rounds), n), range(AT_ONCE)))
                troubles += filter(None, pool.map(customer.tidy, podcasts))
            troubles += [f"{each.workflow_id}: {each.trouble or each.state}" for each in podcasts if _failed(each)]
            _until_removed(stack)
            rounds.append(measured(stack))
            made += len(podcasts)
            renames += sum(each.renames for each in podcasts)
            cuts += sum(each.cuts for each in podcasts)
            world.told.clear()
            tell(json.dumps({"round": len(rounds), **summed(rounds[-1])}))
    troubles += leaks(rounds)
    totals = {"podcasts": made, "renames": renames, "cuts": cuts, "rounds": len(rounds)}
    memory = {name: [round(each.get(name, 0)) for each in rounds] for name in rounds[-1] if name.endswith("memory_mb")}
    found = {"first": summed(rounds[WARMED_UP]), "last": summed(rounds[-1]), "memory": memory}
    return {**totals, **found, "troubles": troubles}


def _heard(customer: Customer, turn: int, number: int) -> Podcast:
    text = f"The tide of day {turn} and {number} is the rise and fall of the sea. The Moon pulls at the water."
    return customer.podcast({"text": text}, f"round {turn} podcast {number}")


def _failed(podcast: Podcast) -> bool:
    return bool(podcast.trouble) or podcast.state != "COMPLETED" or not podcast.heard.whole()


def _until_removed(stack: Stack) -> None:
    until = time.monotonic() + SETTLES_S
    while stack.remains("") and time.monotonic() < until:
        time.sleep(0.2)


def measured(stack: Stack) -> Measured:
    """The present holdings of all processes of a stack, each service's with its descendants; documents and objects."""
    found: dict[str, float] = {}
    for name, child in stack.children.items():
        for pid in family(child.process.pid):
            for kind, number in held_by(Path("/proc") / str(pid)).items():
                found[f"{name} {kind}"] = found.get(f"{name} {kind}", 0.0) + number
    left = stack.remains("")
    objects = [name for name in left if name.endswith((".ogg", ".json", ".txt")) or name.startswith("workflows/")]
    return {**found, "all documents": float(len(left) - len(objects)), "all objects": float(len(objects))}


def family(pid: int) -> Iterator[int]:
    """A process and all its descendants."""
    yield pid
    with suppress(OSError):
        for children in (Path("/proc") / str(pid) / "task").glob("*/children"):
            with suppress(OSError):
                for child in children.read_text().split():
                    yield from family(int(child))


def held_by(process: Path) -> dict[str, float]:
    """Memory of its own, in MB, and open files and sockets of a process, by its folder in /proc; none once it ended."""
    with suppress(OSError):
        memory_kb = 0
        for line in (process / "smaps_rollup").read_text().splitlines():
            if line.startswith(("Private_Clean:", "Private_Dirty:")):
                memory_kb += int(line.split()[1])
        opened = []
        for each in (process / "fd").iterdir():
            with suppress(OSError):
                opened.append(str(each.readlink()))
        sockets = sum(target.startswith("socket:") for target in opened)
        return {"memory_mb": memory_kb / 1024, "files": len(opened) - sockets, "sockets": sockets}
    return {}


def summed(each: Measured) -> dict[str, int]:
    """The same of all services together."""
    kinds = {name.rpartition(" ")[2] for name in each}
    return {
        kind: round(sum(number for name, number in each.items() if name.endswith(f" {kind}"))) for kind in sorted(kinds)
    }
