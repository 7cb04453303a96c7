"""What a chaos run does, drawn from a seed: where processes are killed, and how often what fails.

A kill is at a named moment (hooks/sitecustomize.py) of a service, at its n-th passage counted over all processes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from local.entry_points import ENTRY_POINTS
from local.front_faults import BODIES
from local.stack import CALLED

_STATE = ("get", "write")
_TASK = ("begin", *_STATE, "commit", "publish")
_MOMENTS = {
    "api_gateway": (
        "at once",
        *_STATE,
        "publish",
        "query",
        "count",
        "list",
        "bulk write",
        "storage POST",
        "storage GET",
        "storage DELETE",
        "web",
    ),
    "orchestrator": (*_STATE, "query", "count", "enqueue", "http POST"),
    "content_harvester": (*_TASK, "storage GET", "storage POST", "web"),
    "script_weaver": (*_TASK, "query", "storage GET", "http POST"),
    "voice_forge": (*_TASK, "http POST", "hand-over"),
    "model_serving": ("speech", "dialogue", "turn", "storage GET", "storage POST", "keys"),
    "mastering": (*_TASK, "query", "storage GET", "storage POST", "storage PUT"),
    "streamer": (*_STATE, "listen", "http POST", "storage GET"),
}
_ONCE = {"listen", "keys"}
"""What a process does once, not for each podcast."""
MOMENTS = tuple(
    f"{service} {moment} {side}"
    for service, moments in _MOMENTS.items()
    for moment in moments
    for side in ("before", "after")
)
"""Every moment that a podcast passes at least once from its request to its removal. A run that misses one, fails."""
SERVICES = (*ENTRY_POINTS, "streamer")
LOSSES = tuple(f"lost {name}" for name in sorted(CALLED))
FRONTS = tuple(
    f"front {service} {status} {body}"
    for service in SERVICES
    for status in (401, 403, 404, 413, 429, 500, 502, 503, 504)
    for body in BODIES
) + tuple(f"front {service} 200 {body}" for service in ("api_gateway", "model_serving") for body in BODIES)
"""Who is answered for, and with what. (Of a task or an event that a front takes with a success of its own nothing is
heard before a sweep is due: tests/pipeline/test_fronts.py.)"""
OF_THE_CLOUD = ("cloud", "full disk")
"""The emulators of Firestore, Cloud Storage, Cloud Tasks, Pub/Sub and the token service, which are killed and started
again from their journals; and the disk of these journals, which takes nothing for a while."""
FROZEN = tuple(f"frozen {service}" for service in SERVICES)


@dataclass(frozen=True)
class Plan:
    """How a run is disturbed: `kills` at moments, and `troubles` in their order, at any time: services that are killed
    whole, the cloud's among them, or all at once, frozen for a while or answered for by a front, losses of all
    connections to something, without a word, outages of Firestore and Cloud Storage, and a full disk.
    Probabilities are of each call and of each delivery."""

    seed: int
    kills: dict[str, list[int]]
    troubles: list[str]
    engine: float = 0.2
    storage: float = 0.2
    disorder: float = 0.1

    def as_json(self) -> dict[str, Any]:
        return {"seed": self.seed, "engine": self.engine, "storage": self.storage, "kills": self.kills}


def draw(seed: int, workflows: int) -> Plan:
    """As many kills at named moments as there are workflows, and a third as many of whole services."""
    random = Random(seed)
    kills: dict[str, list[int]] = {}
    for moment in _in_turns(random, MOMENTS, workflows):
        # Every workflow passes each moment at least once, so that so many passages are sure to come
        passages = 1 if moment.split()[1] in _ONCE else workflows
        kills.setdefault(moment, []).append(random.randint(1, passages))
    troubles = [
        *_in_turns(random, SERVICES, workflows // 3),
        *_in_turns(random, LOSSES, workflows // 4),
        *_in_turns(random, FRONTS, workflows // 3),
        *_in_turns(random, FROZEN, workflows // 6),
        *["outage"] * (workflows // 20),
        *_in_turns(random, OF_THE_CLOUD, workflows // 8),
        *["everything"] * (workflows // 20),
    ]
    random.shuffle(troubles)
    # These in a short run, too: whoever is begun anew passes what a process does once
    first = [
        "streamer",
        "front model_serving 404 html",
        "model_serving",
        "frozen model_serving",
        "outage",
        "cloud",
        "full disk",
    ]
    return Plan(seed, kills, [*first, *troubles])


def _in_turns(random: Random, things: Sequence[str], count: int) -> list[str]:
    """So many of them in any order, each once before any comes twice."""
    drawn: list[str] = []
    while len(drawn) < count:
        drawn += random.sample(things, len(things))
    return drawn[:count]
