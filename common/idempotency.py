"""Doing a thing once, though it is asked for many times: one Firestore record a piece of work.

The model is AWS Powertools' idempotency record (https://docs.aws.amazon.com/powertools/python/latest/utilities/
idempotency/) with a fencing owner added. `create()` of the record is the lock; the holder of the lock has a lease; the
work's changes are committed in the same batch as the record's COMPLETED, under the precondition that the record is
still as its owner left it, so that a worker that lost its lease can commit nothing.

    begin(key, request)   no record yet            -> a Claim, attempt 1
                          COMPLETED or FAILED      -> the stored Outcome, for its events to be told again
                          another request hash     -> Unprocessable "idempotency_key_reused", for a key of a customer's
                          IN_PROGRESS, lease runs  -> LeaseHeld: the queue comes back later
                          IN_PROGRESS, lease over  -> a Claim, attempt n + 1
    claim.commit(outcome) the outcome's writes and the record, together; LeaseLost if overtaken
    claim.kept()          a block during which the lease is renewed before it runs out
    claim.forget()        what the work was about is gone, and the record with it
    claim.settle(work)    does it, commits the outcome, and lets go of the claim where that fails
    claim.release()       the attempt failed, or waited for who could not be asked, and may be tried again at once

    at_once(key, request, work)  for work that only its commit makes known: the record is created COMPLETED in the
                                 commit of the work's own writes, and there is no claim to die with

Cost in the normal case: two commits, two billed writes beside the work's own; at once, one read, one commit, one write.
"""

from __future__ import annotations

import hashlib
import json
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from common.errors import AethercastError, Busy, LeaseHeld, LeaseLost, Refused, Unprocessable
from common.events import Event
from common.policy import LEASE
from common.records import IdempotencyRecord
from common.settings import Settings
from common.states import WorkState
from common.store import work
from common.store.access import Changed, Missing, Taken
from common.store.writes import Write

TTL = timedelta(days=7)
"""How long a record is kept: well past the longest that a queue remembers a task's name."""


@dataclass(frozen=True)
class Begun:
    """How a claim came about: its lease, and the clock it runs by."""

    lease: timedelta
    clock: Callable[[], datetime]
    calls: int = 0
    """Of an engine, that an attempt may make: counted as made from its beginning, until it tells."""


@dataclass(frozen=True)
class Outcome:
    """What a piece of work came to: a small JSON `result`, the `writes` to store, the `events` to publish."""

    result: Mapping[str, Any] = field(default_factory=dict)
    writes: tuple[Write, ...] = ()
    events: tuple[Event, ...] = ()
    failed: bool = False
    rest: Callable[[], Any] | None = None
    """Awaits what goes on beside the commit, and changes nothing of it: the claim is held, and the queue waits, until
    that is over."""

    def settle(self) -> None:
        """Await the rest. The outcome is the business of the working agent."""
        if self.rest:
            with suppress(AethercastError):
                self.rest()


def request_hash(request: Mapping[str, Any]) -> str:
    """Return a digest of what was asked, independent of the order of its fields."""
    return hashlib.sha256(json.dumps(request, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


class Claim:
    """The right to do one piece of work, until the lease is over.

    `attempt` counts from 1, crashes included; of those before it `failures` lived to be released, and in `waited` a
    service was away, or an engine's quota used up.
    """

    def __init__(self, settings: Settings, record: IdempotencyRecord, begun: Begun) -> None:
        self._settings = settings
        self._record = record  # its version is the fence: every later write to it demands that it is unchanged
        self._begun = begun
        self._writing = threading.Lock()

    @property
    def attempt(self) -> int:
        return self._record.attempt

    @property
    def failures(self) -> int:
        return self._record.failures

    @property
    def waited(self) -> int:
        return self._record.waited

    @property
    def created(self) -> datetime:
        """When the work was first begun, by Firestore's clock: the same for every attempt, another once it is forgotten
        and asked for again."""
        assert self._record.created  # noqa: S101 - every record that was stored or read has it
        return self._record.created

    @property
    def calls(self) -> int:
        """How many calls of an engine the attempts before this one have cost, or may have."""
        return self._record.calls - self._begun.calls

    @property
    def age(self) -> timedelta:
        """How long ago the work was first begun."""
        now = self._begun.clock()
        return now - (self._record.created or now)

    def commit(self, outcome: Outcome) -> None:
        """Commit the outcome's writes and the record as one.

        Raises LeaseLost when another worker took over, Busy when a precondition of the outcome's own writes failed (the
        work is then to be done again on what is there now), ServiceBroken when Firestore cannot be reached.
        """
        with self._writing:
            ended = replace(
                self._record,
                state=WorkState.FAILED if outcome.failed else WorkState.COMPLETED,
                result=outcome.result,
                events=[event.stored() for event in outcome.events],
                completed_at=self._begun.clock(),
            )
            try:
                work.change(self._settings, self._record, ended, *outcome.writes)
            except (Changed, Missing, Taken):
                self._explain_refusal()

    def _explain_refusal(self) -> None:
        """Why a commit was refused. Returns where it had landed: a commit whose answer was lost is sent again, and then
        fails on its own success."""
        found = work.read(self._settings, self._record.id)
        if found is None or found.owner != self._record.owner:
            raise LeaseLost("lease_lost", "Another worker has taken this over.")
        if not found.ended:
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
                    renewed = replace(self._record, lease_expires=self._begun.clock() + self._begun.lease)
                    self._record = work.change(self._settings, self._record, renewed)
                except Changed:
                    return  # overtaken: the commit will find out
                except AethercastError:
                    continue  # unreachable just now: tried again before the lease is over

    def forget(self) -> None:
        """Delete the record, for work whose object is gone. Best effort: after a failure, the record goes at its
        expiry."""
        with self._writing, suppress(AethercastError):
            work.forget(self._settings, self._record)

    def settle(self, work: Callable[[], Outcome]) -> Outcome:
        """Do the work and commit the outcome, for a caller who waits for the answer.

        Forget the record of refused work, since nothing was made: the same key is good for a request put right. Release
        the claim after any other failure.
        """
        try:
            outcome = work()
            self.commit(outcome)
        except Refused:
            self.forget()
            raise
        except BaseException:
            self.release()
            raise
        return outcome

    def release(self, *, failed: bool = True, waited: bool = False, calls: int | None = 0) -> None:
        """Let the next attempt begin at once. Best effort: after a failure, the lease runs out by itself.

        `failed` says whether this one counts as a failure, `waited` whether it is not to count at all; `calls`, how
        many of an engine the attempt has cost: None where unknown, and then counted as the possible most.
        """
        with self._writing, suppress(AethercastError):
            released = replace(
                self._record,
                lease_expires=self._begun.clock(),
                failures=self.failures + failed,
                waited=self.waited + waited,
                calls=self._record.calls if calls is None else self.calls + calls,
            )
            work.change(self._settings, self._record, released)


def at_once(
    settings: Settings,
    agent: str,
    key: str,
    request: Mapping[str, Any],
    made: Callable[[], Outcome],
    *,
    kept: timedelta = TTL,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> tuple[Outcome, bool]:
    """Do work whose whole effect is its commit: the outcome, and whether it is this call's own.

    `create()` of the record, COMPLETED from the beginning, is the lock: of two at the same time one commits all, the
    other nothing. Work in progress by `begin` is respected, and taken up once its lease is over.

    Raises what `made` raises, LeaseHeld, Unprocessable, or ServiceBroken when Firestore cannot be reached: it may have
    been done all the same, as the next call finds out.
    """
    now = clock()
    digest = request_hash(request)
    record_id = work.record_id(agent, key)
    found = work.read(settings, record_id)
    if found is not None:
        if (earlier := _outcome_of(found, digest)) is not None:
            return earlier, False
        if found.lease_expires > now:
            raise LeaseHeld("work_in_progress", "This is being worked on.")
    outcome = made()
    ended = IdempotencyRecord(
        id=record_id,
        state=WorkState.COMPLETED,
        owner=uuid.uuid4().hex,
        attempt=found.attempt + 1 if found else 1,
        request_hash=digest,
        lease_expires=now,
        result=outcome.result,
        events=[event.stored() for event in outcome.events],
        completed_at=now,
        expires_at=now + kept,
    )
    try:
        if found is None:
            work.create(settings, ended, *outcome.writes)
        else:
            work.change(settings, found, ended, *outcome.writes)
    except (Taken, Changed, Missing):
        found = work.read(settings, record_id)
        if found is not None and found.owner == ended.owner:  # our own commit, whose answer was lost
            return outcome, True
        if found is not None and (earlier := _outcome_of(found, digest)) is not None:
            return earlier, False
        raise LeaseHeld("work_in_progress", "This is being worked on.") from None
    return outcome, True


def _outcome_of(found: IdempotencyRecord, digest: str | None) -> Outcome | None:
    """Return the outcome of work, None while in progress. Raises Unprocessable for the record of another request than
    the one of `digest`, if given."""
    if digest is not None and found.request_hash != digest:
        raise Unprocessable("idempotency_key_reused", "This idempotency key was used for another request.")
    if not found.ended:
        return None
    events = tuple(Event.of(event) for event in found.events)
    return Outcome(found.result, (), events, found.state == WorkState.FAILED)


def begin(
    settings: Settings,
    agent: str,
    key: str,
    request: Mapping[str, Any],
    *,
    lease: timedelta = LEASE,
    kept: timedelta = TTL,
    calls: int = 0,
    named: bool = False,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    owner: str | None = None,
) -> Claim | Outcome:
    """Claim the work `key` of `agent`, or learn its outcome (see the table above). The record is `kept` so long.

    `calls`: how many of a paid engine an attempt may make, which are counted before it begins: it may not live to tell.
    `named`: the key is ours and says which work it is, however it is asked for: another version may put the rest
    otherwise.

    Raises LeaseHeld, Unprocessable, or ServiceBroken when Firestore cannot be reached.
    """
    now = clock()
    fresh = IdempotencyRecord(
        id=work.record_id(agent, key),
        state=WorkState.IN_PROGRESS,
        owner=owner or uuid.uuid4().hex,
        attempt=1,
        request_hash=request_hash(request),
        lease_expires=now + lease,
        expires_at=now + kept,
        calls=calls,
    )
    begun = Begun(lease, clock, calls)
    try:
        return Claim(settings, work.create(settings, fresh), begun)
    except Taken:
        found = work.read(settings, fresh.id)
    if found is None:  # deleted between the two calls: the next delivery starts afresh
        raise LeaseHeld("work_in_progress", "This is being cleaned up.")
    if (earlier := _outcome_of(found, None if named else fresh.request_hash)) is not None:
        return earlier
    if found.owner == fresh.owner:  # our own create, whose answer was lost and which was sent again
        return Claim(settings, found, begun)
    if found.lease_expires > now:
        raise LeaseHeld("work_in_progress", "This is being worked on.")
    taken_over = replace(
        found,
        owner=fresh.owner,
        attempt=found.attempt + 1,
        lease_expires=fresh.lease_expires,
        calls=found.calls + calls,
    )
    try:
        return Claim(settings, work.change(settings, found, taken_over), begun)
    except Changed:
        raise LeaseHeld("work_in_progress", "Another worker has just taken this up.") from None
