"""Retry and failure policy, one line an agent: how long work may take and how often it may be tried.

Queues retry without end and with backoff (terraform/, local/); the agent counts attempts, in its idempotency record,
and ends the work as FAILED after the last. A crash counts half: it is as often the fault of other work on the same
instance, or of a new version. So does Busy. A service away is waited for, and so is an engine with a used-up quota,
counted by time alone: nothing was done or paid meanwhile, and how many others are before this work says nothing about
it. What is retried is said by the error's type (common/errors.py): Busy and Broken are, Refused is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

LEASE = timedelta(seconds=15)
"""How long a worker's claim outlives its last sign of life, and so how long a crash can hold work up. A worker that is
longer at it renews its claim every third of this."""

PATIENCE = timedelta(minutes=20)
"""How long after it was first begun work waits for one of our services that is away, or for an engine's quota; from
then on that is a failure as any other. Shorter than the sweeper waits before it fails a podcast, so that a listener
hears an apology rather than nothing. A new binding takes 2 minutes, and may take 7 and longer (https://cloud.google.com/iam/docs/access-change-propagation)."""

OPENING = 5
"""Segments from the first on that somebody may wait for in silence: the cold open, and a turn or two after it.

Few, for they go ahead of what all other podcasts have voiced for later."""


@dataclass(frozen=True)
class Policy:
    """The `queue` of waiting work, the `deadline` of one attempt, and how many `attempts` may fail.

    Work that somebody waits for goes to the `urgent` queue, which has places of its own, where there is one.

    `calls` of a paid engine, at most, in all attempts together, and `calls_an_attempt` in each: none are made where the
    work has no such engine, and any number where the work has another bound of its own.
    """

    queue: str
    deadline: timedelta
    attempts: int
    calls: int = 0
    calls_an_attempt: int = 0
    urgent: str = ""

    @property
    def queues(self) -> tuple[str, ...]:
        """Every queue of the agent."""
        return (self.queue, self.urgent) if self.urgent else (self.queue,)

    @property
    def attempts_in_all(self) -> int:
        """How often the work may be begun, counting those attempts that ended Busy or without a word."""
        return 2 * self.attempts


POLICIES = {
    "content_harvester": Policy("harvest", timedelta(minutes=5), 4),
    "script_weaver": Policy("weave", timedelta(minutes=30), 8),
    "voice_forge": Policy("forge", timedelta(minutes=3), 8, calls=6, calls_an_attempt=2, urgent="urgent"),
    "mastering": Policy("master", timedelta(minutes=15), 5),
    "editions": Policy("editions", timedelta(minutes=30), 4),
    "webhooks": Policy("webhooks", timedelta(minutes=1), 10),
}
