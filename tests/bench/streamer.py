"""How many listeners the streamer can hold, beside Icecast on the same core: nox -s bench -- streamer [--json FILE].

The server has a core to itself and the crowd another. Both servers send the same sound, 32 kbit/s of Opus, to as many
listeners; the streamer's listeners do what browsers do: they offer permessage-deflate, answer pings, and tell every
20 seconds how it goes. Around the streamer all is real: gateway, signed URLs, and the emulators of Firestore and
Cloud Storage, on the crowd's core.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

sys.path = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]

from local.stack_settings import BUCKET, PROJECT  # noqa: E402 - this folder, off the path now, has a `streamer` too
from tests.bench.streaming import machine, server  # noqa: E402
from tests.bench.streaming.figures import (  # noqa: E402
    Latency,
    Load,
    Target,
    as_json,
    ratio,
    table,
    verdicts,
)
from tests.bench.streaming.icecast import BURST_BYTES, QUEUE_BYTES, installed, version  # noqa: E402
from tests.bench.streaming.material import Podcasts, make_sound  # noqa: E402
from tests.bench.streaming.player import WINDOW_MS  # noqa: E402
from tests.bench.streaming.runs import (  # noqa: E402
    Bench,
    commit_to_first_byte,
    segments_needed,
    stream_from_icecast,
    stream_to,
)

SHORT_WINDOW_MS = 2_000
"""A window whose pieces are of 200 ms."""
LATENCY_WORKFLOWS = 200


PARTS = ("icecast", "one", "many", "latency")


def main() -> int:
    arguments = _arguments()
    core, others = machine.share_cores()
    machine.raise_file_limit()
    print(f"server on core {core}, load on {sorted(others)}, load average {os.getloadavg()[0]:.2f}", flush=True)
    loads: list[Load] = []
    with server.stack(arguments.listeners) as running:
        sound = make_sound()
        bench = Bench(core, running, Podcasts(PROJECT, BUCKET, sound), sound, arguments.seconds)
        for load in _loads(bench, arguments.listeners, arguments.only):
            loads.append(load)
            print(
                f"  {load.name}: {load.cpu:.1%} of a core, p99 {load.lateness_p99_s * 1000:.1f} ms, "
                f"{len(load.faults)} faults, load average {load.load_average:.1f}",
                flush=True,
            )
        workflows = min(LATENCY_WORKFLOWS, arguments.listeners)
        latency = commit_to_first_byte(bench, workflows) if "latency" in arguments.only else None
    targets = _targets({load.name: load for load in loads}, latency)
    print(f"\n{table(loads)}\n\n{_told(latency) if latency else ''}\n\n{verdicts(targets)}")
    if arguments.json:
        arguments.json.write_text(json.dumps(_report(arguments, loads, latency, targets), indent=2) + "\n")
    return 1 if any(load.faults for load in loads) or (latency and latency.faults) else 0


ONE, ONE_SHORT = "one workflow, as players listen", "one workflow, 200 ms"
MANY, MANY_SHORT = "a workflow each, as players listen", "a workflow each, 200 ms"
ICECAST, ICECAST_SHORT = "Icecast, pages of 1 s", "Icecast, pages of 200 ms"


def _loads(bench: Bench, listeners: int, parts: Sequence[str]) -> Iterator[Load]:
    """Every load of these parts, one after the other."""
    for name, packets_a_page in ((ICECAST_SHORT, 10), (ICECAST, 50)):
        if "icecast" in parts and installed():
            yield stream_from_icecast(bench, name, listeners, packets_a_page)
    windows = (WINDOW_MS, SHORT_WINDOW_MS)
    segments = max(segments_needed(bench.seconds, window_ms) for window_ms in windows)
    for part, names, count in (("one", (ONE, ONE_SHORT), 1), ("many", (MANY, MANY_SHORT), listeners)):
        if part not in parts:
            continue
        workflows = bench.podcasts.make(count, segments)
        for name, window_ms in zip(names, windows, strict=True):
            yield stream_to(bench, name, listeners, workflows, window_ms)


def _targets(loads: dict[str, Load], latency: Latency | None) -> list[Target]:
    """The reached figures, as far as measured."""
    ours = [loads[name] for name in (ONE, ONE_SHORT, MANY, MANY_SHORT) if name in loads]
    return [
        *(Target(f"{load.name}: listeners not served every packet in order", len(load.faults), 0) for load in ours),
        *(Target(f"{load.name}: lateness p99", load.lateness_p99_s * 1000, 100, "ms") for load in ours),
        Target("CPU, one workflow as players listen / Icecast", _cpu(loads, ONE, ICECAST), 1.0),
        Target("CPU, one workflow at 200 ms / Icecast at 200 ms", _cpu(loads, ONE_SHORT, ICECAST_SHORT), 2.0),
        Target("lateness p99, as players listen / Icecast", _late(loads, ONE, ICECAST), 1.0),
        Target("lateness p99, at 200 ms / Icecast at 200 ms", _late(loads, ONE_SHORT, ICECAST_SHORT), 1.0),
        *(
            Target(f"{load.name}: memory a listener above idle", load.resident_a_listener / 1000, 50, "kB")
            for load in ours
            if load.name == ONE
        ),
        *(
            Target(f"commit to first byte, {name}", value * 1000, limit_ms, "ms")
            for name, value, limit_ms in ((("p50", latency.p50_s, 30), ("p99", latency.p99_s, 150)) if latency else ())
        ),
    ]


def _cpu(loads: dict[str, Load], ours: str, theirs: str) -> float | None:
    return ratio(loads[ours].cpu, loads[theirs].cpu) if {ours, theirs} <= loads.keys() else None


def _late(loads: dict[str, Load], ours: str, theirs: str) -> float | None:
    return ratio(loads[ours].lateness_p99_s, loads[theirs].lateness_p99_s) if {ours, theirs} <= loads.keys() else None


def _ratios(loads: dict[str, Load]) -> dict[str, float | None]:
    """Every load of ours over every one of Icecast's: CPU, and p99 of lateness."""
    return {
        f"{what}: {ours} / {theirs}": of(loads, ours, theirs)
        for what, of in (("cpu", _cpu), ("lateness p99", _late))
        for ours in (ONE, ONE_SHORT, MANY, MANY_SHORT)
        for theirs in (ICECAST, ICECAST_SHORT)
    }


def _told(latency: Latency) -> str:
    return (
        f"commit in Firestore to first byte, {latency.workflows} workflows, {latency.segments} segments "
        f"({latency.missing} never came): p50 {latency.p50_s * 1000:.1f} ms, p99 {latency.p99_s * 1000:.1f} ms, "
        f"max {latency.max_s * 1000:.1f} ms; CPU {latency.cpu:.1%} of a core"
    )


def _report(
    arguments: argparse.Namespace, loads: Sequence[Load], latency: Latency | None, targets: Sequence[Target]
) -> dict[str, object]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cpus": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()},
        "listeners": arguments.listeners,
        "seconds": arguments.seconds,
        "icecast": {
            "version": version(),
            "page_ms": [200, 1000],
            "queue_bytes": QUEUE_BYTES,
            "burst_bytes": BURST_BYTES,
            "listeners_are_sent": "each page as the source sends it; no WebSocket, nothing heard from the listener",
        },
        "loads": [as_json(load) for load in loads],
        "commit_to_first_byte": as_json(latency) if latency else None,
        "ratios": _ratios({load.name: load for load in loads}),
        "targets": [as_json(target) for target in targets],
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="nox -s bench -- streamer", description="Measure the streamer under load, beside Icecast."
    )
    parser.add_argument("--listeners", type=int, default=1000, metavar="N", help="at a time (default 1000)")
    parser.add_argument("--seconds", type=float, default=20, metavar="S", help="of each measurement (default 20)")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="some of the parts (default all)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure and ratio there")
    arguments = parser.parse_args()
    if arguments.listeners < 1 or arguments.seconds <= 0:
        parser.error("there must be listeners, and time to measure")
    if not installed():
        print("icecast2 is not installed (Debian: apt-get install icecast2): nothing to compare with", file=sys.stderr)
    return arguments


if __name__ == "__main__":
    sys.exit(main())
