"""What was measured, as figures: percentiles, ratios, a table to read and JSON to keep."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field


@dataclass
class Load:
    """A server under steady load for `seconds`. CPU is a share of one core, `cpu_system` the share of the kernel.

    Times are seconds, sizes bytes.
    """

    name: str
    listeners: int
    seconds: float
    cpu: float
    cpu_system: float
    threads: int
    idle_threads: int
    idle_resident: int
    resident: int
    resident_a_listener: int
    lateness_p50_s: float
    lateness_p99_s: float
    lateness_max_s: float
    sends: int
    packets: int
    bytes_received: int
    faults: list[str]
    """Of listeners: whatever was not as it has to be. None means that every packet came, in order, as it was stored."""
    least_ahead_s: float | None = None
    """The least sound that anybody had ahead of the ear at the end."""
    begin_s: float = 0.0
    """How long it took until all of them had sound."""
    counted: dict[str, float] = field(default_factory=dict)
    """What the server counted itself meanwhile."""
    load_average: float = 0.0


@dataclass
class Latency:
    """From the commit of a segment in Firestore to its first byte at a listener who waits for it, in seconds."""

    workflows: int
    segments: int
    missing: int
    p50_s: float
    p99_s: float
    max_s: float
    cpu: float
    faults: list[str]
    load_average: float = 0.0


@dataclass(frozen=True)
class Target:
    """What is to be reached: `value` at most `limit`, in `unit`."""

    name: str
    value: float | None
    limit: float
    unit: str = ""

    @property
    def met(self) -> bool | None:
        return None if self.value is None else self.value <= self.limit


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so large a share of the values does not exceed; NaN where there is none."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def ratio(value: float, other: float) -> float | None:
    return value / other if other else None


def table(loads: Sequence[Load]) -> str:
    """The loads, a line each."""
    head = f"{'':46} {'CPU of':>8} {'lateness, ms':^23} {'resident':>9} {'kB a':>9} {'':>8} {'sends':>7}"
    under = f"{'':46} {'a core':>8} {'p50':>7} {'p99':>7} {'max':>7} {'MB':>9} {'listener':>9} {'threads':>8} {'/s':>7}"
    lines = [head, under]
    for load in loads:
        lines.append(
            f"{load.name:46} {load.cpu:8.1%} {_ms(load.lateness_p50_s)} {_ms(load.lateness_p99_s)} "
            f"{_ms(load.lateness_max_s)} {load.resident / 1e6:9.1f} {load.resident_a_listener / 1e3:9.1f} "
            f"{load.threads:8} {load.sends / load.seconds:7.0f}"
        )
        lines += [f"    fault: {fault}" for fault in load.faults[:3]]
    return "\n".join(lines)


def verdicts(targets: Sequence[Target]) -> str:
    """The targets, a line each."""
    said = {True: "reached", False: "MISSED", None: "not measured"}
    return "\n".join(
        f"{target.name:72} {'-' if target.value is None else format(target.value, '8.2f'):>8} {target.unit:3} "
        f"of {target.limit:g}: {said[target.met]}"
        for target in targets
    )


def as_json(value: Load | Latency | Target) -> dict[str, object]:
    made = asdict(value)
    if isinstance(value, Target):
        made["met"] = value.met
    return made


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:7.1f}"
