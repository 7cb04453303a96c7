"""Doing a thing once, though it is asked for many times: one Firestore record a piece of work.

The model is AWS Powertools' idempotency record (https://docs.aws.amazon.com/powertools/python/latest/utilities/
idempotency/) with a fencing owner added. `create()` of the record is the lock; whoever holds it has a lease; what the
work changes is committed in the same batch as the record's COMPLETED, under the precondition that the record is still
as its owner left it, so that a worker that lost its lease can commit nothing.

    begin(key, request)   no record yet            -> a Claim, attempt 1
                          COMPLETED or FAILED      -> the stored Outcome, for its events to be told again
                          another request hash     -> Unprocessable "idempotency_key_reused"
                          IN_PROGRESS, lease runs  -> LeaseHeld: the queue comes back later
                          IN_PROGRESS, lease over  -> a Claim, attempt n + 1
    claim.commit(outcome) the outcome's writes and the record, together; LeaseLost if overtaken
    claim.kept()          a block during which the lease is renewed before it runs out
    claim.forget()        what the work was about is gone, and the record with it
    claim.release()       the attempt failed, or waited for a service that is away, and may be tried again at once

Cost in the normal case: two commits, two billed writes beside the work's own.
"""

from __future__ import annotations

import hashlib
import json
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from google.api_core import exceptions as google_errors
from google.cloud.firestore_v1._helpers import LastUpdateOption

from common.clients import RETRY, TIMEOUT
from common.errors import Busy, LeaseHeld, LeaseLost, ServiceBroken, Unprocessable
from common.events import Event
from common.policy import LEASE

if TYPE_CHECKING:
    from google.cloud import firestore

TTL = timedelta(days=7)
"""How long a record is kept: well past the longest that a queue remembers a task's name."""

IN_PROGRESS, COMPLETED, FAILED = "IN_PROGRESS", "COMPLETED", "FAILED"


@dataclass(frozen=True)
class Begun:
    """How a claim came about: its lease, the clock it runs by, and `at` what time of it the work was first begun."""

    lease: timedelta
    clock: Callable[[], datetime]
    at: datetime


@dataclass(frozen=True)
class Outcome:
    """What a piece of work came to: a small JSON `result`, the `writes` that make it so, the `events` that tell it."""

    result: dict[str, Any] = field(default_factory=dict)
    writes: Callable[[firestore.WriteBatch], None] | None = None
    events: tuple[Event, ...] = ()
    failed: bool = False


def record_ref(db: firestore.Client, agent: str, key: str) -> firestore.DocumentReference:
    return db.collection("idempotency").document(f"{agent}:{key}")


def record_prefixes(workflow_id: str, agents: Iterable[str]) -> list[str]:
    """What the ids of all records about a workflow begin with, one for each of these agents."""
    return [f"{agent}:{workflow_id}" for agent in agents]


def request_hash(request: Mapping[str, Any]) -> str:
    """A digest of what was asked, independent of the order of its fields."""
    return hashlib.sha256(json.dumps(request, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


class Claim:
    """The right to do one piece of work, until the lease is over.

    `attempt` counts from 1, crashes included; of those before it `failures` lived to be released, and in `waited` a
    service was away.
    """

    def __init__(
        self,
        record: firestore.DocumentReference,
        owner: str,
        attempt: int,
        update_time: Any,
        begun: Begun,
        failures: int = 0,
        waited: int = 0,
    ) -> None:
        self._record = record
        self._owner = owner
        self._begun = begun
        self._update_time = update_time  # the fence: every later write to the record demands that it is unchanged
        self._writing = threading.Lock()
        self.attempt = attempt
        self.failures = failures
        self.waited = waited

    @property
    def age(self) -> timedelta:
        """How long ago the work was first begun."""
        return self._begun.clock() - self._begun.at

    def commit(self, outcome: Outcome) -> None:
        """Commit the outcome's writes and the record as one.

        Raises LeaseLost when another worker took over, Busy when a precondition of the outcome's own writes failed (the
        work is then to be done again on what is there now), ServiceBroken when Firestore cannot be reached.
        """
        with self._writing:
            batch = self._record._client.batch()
            batch.update(
                self._record,
                {
                    "state": FAILED if outcome.failed else COMPLETED,
                    "result": outcome.result,
                    "events": [event.as_dict() for event in outcome.events],
                    "completed_at": self._begun.clock(),
                },
                option=LastUpdateOption(self._update_time),
            )
            if outcome.writes:
                outcome.writes(batch)
            try:
                try:
                    batch.commit(retry=RETRY, timeout=TIMEOUT)
                except (google_errors.FailedPrecondition, google_errors.NotFound, google_errors.AlreadyExists):
                    self._explain_refusal()
            except google_errors.GoogleAPIError as error:
                raise ServiceBroken("store_unreachable", "The result could not be stored.") from error

    def _explain_refusal(self) -> None:
        """Why a commit was refused. Returns where it had landed: a commit whose answer was lost is sent again, and then
        fails on its own success."""
        record = self._record.get(retry=RETRY, timeout=TIMEOUT).to_dict() or {}
        if record.get("owner") != self._owner:
            raise LeaseLost("lease_lost", "Another worker has taken this over.")
        if record["state"] == IN_PROGRESS:
            raise Busy("state_changed", "What this work builds on has changed meanwhile.")

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Renew the lease every third of it while the block runs; work shorter than that costs no write."""
        over = threading.Event()
        keeper = threading.Thread(target=self._keep, args=(over,), daemon=True)
        keeper.start()
        try:
            yield
        finally:
            over.set()
            keeper.join()

    def _keep(self, over: threading.Event) -> None:
        while not over.wait(self._begun.lease.total_seconds() / 3):
            with self._writing:
                try:
                    written = self._record.update(
                        {"lease_expires": self._begun.clock() + self._begun.lease},
                        option=LastUpdateOption(self._update_time),
                        timeout=TIMEOUT,
                    )
                    self._update_time = written.update_time
                except google_errors.FailedPrecondition:
                    return  # overtaken: the commit will find out
                except google_errors.GoogleAPIError:
                    continue  # unreachable just now: tried again before the lease is over

    def forget(self) -> None:
        """Delete the record, for work whose object is gone. Best effort: if this fails, it goes when its time is up."""
        with self._writing, suppress(google_errors.GoogleAPIError):
            self._record.delete(option=LastUpdateOption(self._update_time), retry=RETRY, timeout=TIMEOUT)

    def release(self, *, failed: bool = True, waited: bool = False) -> None:
        """Let the next attempt begin at once. Best effort: if this fails, the lease runs out by itself.

        `failed` says whether this one counts as a failure, `waited` whether it is not to count at all.
        """
        counts = {"failures": self.failures + failed, "waited": self.waited + waited}
        with self._writing, suppress(google_errors.GoogleAPIError):
            self._record.update(
                {"lease_expires": self._begun.clock(), **counts},
                option=LastUpdateOption(self._update_time),
                retry=RETRY,
                timeout=TIMEOUT,
            )


def begin(
    db: firestore.Client,
    agent: str,
    key: str,
    request: Mapping[str, Any],
    *,
    lease: timedelta = LEASE,
    kept: timedelta = TTL,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    owner: str | None = None,
) -> Claim | Outcome:
    """Claim the work `key` of `agent`, or learn what became of it (see the table above). The record is `kept` so long.

    Raises LeaseHeld, Unprocessable, or ServiceBroken when Firestore cannot be reached.
    """
    owner = owner or uuid.uuid4().hex
    record = record_ref(db, agent, key)
    digest = request_hash(request)
    now = clock()
    fresh = {
        "state": IN_PROGRESS,
        "owner": owner,
        "attempt": 1,
        "request_hash": digest,
        "lease_expires": now + lease,
        "expires_at": now + kept,
    }
    try:
        try:
            written = record.create(fresh, retry=RETRY, timeout=TIMEOUT)
            return Claim(record, owner, 1, written.update_time, Begun(lease, clock, now))
        except google_errors.AlreadyExists:
            snapshot = record.get(retry=RETRY, timeout=TIMEOUT)
        found = snapshot.to_dict()
        if found is None:  # deleted between the two calls: the next delivery starts afresh
            raise LeaseHeld("work_in_progress", "This is being cleaned up.")
        if found["request_hash"] != digest:
            raise Unprocessable("idempotency_key_reused", "This idempotency key was used for another request.")
        if found["state"] in {COMPLETED, FAILED}:
            events = tuple(Event(**event) for event in found.get("events", []))
            return Outcome(found.get("result", {}), None, events, found["state"] == FAILED)
        counts = int(found.get("failures", 0)), int(found.get("waited", 0))
        begun = Begun(lease, clock, snapshot.create_time)
        if found["owner"] == owner:  # our own create, whose answer was lost and which was sent again
            return Claim(record, owner, found["attempt"], snapshot.update_time, begun, *counts)
        if found["lease_expires"] > now:
            raise LeaseHeld("work_in_progress", "This is being worked on.")
        written = record.update(
            {"owner": owner, "attempt": found["attempt"] + 1, "lease_expires": now + lease},
            option=LastUpdateOption(snapshot.update_time),
            retry=RETRY,
            timeout=TIMEOUT,
        )
        return Claim(record, owner, found["attempt"] + 1, written.update_time, begun, *counts)
    except google_errors.FailedPrecondition:
        raise LeaseHeld("work_in_progress", "Another worker has just taken this up.") from None
    except google_errors.GoogleAPIError as error:
        raise ServiceBroken("store_unreachable", "The state of this work cannot be read.") from error
