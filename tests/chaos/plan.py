"""What a chaos run does, drawn from a seed: where processes are killed, and how often what fails.

A kill is at a named moment (hooks/sitecustomize.py) of a service, at its n-th passage counted over all processes.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

_TASK = ("begin", "create", "commit", "publish")
_MOMENTS = {
    "api_gateway": ("begin", "store", "commit", "publish", "create"),
    "orchestrator": ("create", "enqueue", "update"),
    "content_harvester": (*_TASK, "read", "store"),
    "script_weaver": (*_TASK, "read", "call"),
    "voice_forge": (*_TASK, "call"),
    "model_serving": ("store",),
    "mastering": (*_TASK, "read", "store"),
    "streamer": ("update", "call"),
}
MOMENTS = tuple(
    f"{service} {moment} {side}"
    for service, moments in _MOMENTS.items()
    for moment in moments
    for side in ("before", "after")
)
"""Every moment that a podcast passes at least once."""
SERVICES = tuple(_MOMENTS)


@dataclass(frozen=True)
class Plan:
    """How a run is disturbed: `kills` at moments, and `troubles` in their order, at any time: services that are killed
    whole, and outages of Firestore and Cloud Storage. Probabilities are of each call and of each delivery."""

    seed: int
    kills: dict[str, list[int]]
    troubles: list[str]
    engine: float = 0.2
    storage: float = 0.2
    disorder: float = 0.1

    def as_json(self) -> dict[str, Any]:
        return {"seed": self.seed, "engine": self.engine, "storage": self.storage, "kills": self.kills}


def draw(seed: int, workflows: int) -> Plan:
    """As many kills at named moments as there are workflows, each moment once before any is struck twice."""
    random = Random(seed)
    moments: list[str] = []
    while len(moments) < workflows:
        moments += random.sample(MOMENTS, len(MOMENTS))
    kills: dict[str, list[int]] = {}
    for moment in moments[:workflows]:
        # Every workflow passes each moment at least once, so that so many passages are sure to come
        kills.setdefault(moment, []).append(random.randint(1, workflows))
    services = [random.choice(SERVICES) for _ in range(workflows // 3)]
    troubles = random.sample(more := [*services, *["outage"] * (workflows // 20)], len(more))
    return Plan(seed, kills, ["streamer", "outage", *troubles])  # these two in a short run, too
