"""Doing a thing once: the record, its lease and its fence, against a real client and any order of events."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.api_core.exceptions import ServiceUnavailable
from google.cloud import firestore
from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from common.clients import database
from common.errors import Busy, LeaseHeld, LeaseLost, ServiceBroken, Unprocessable
from common.events import Event
from common.idempotency import Claim, Outcome, begin
from common.policy import LEASE
from common.settings import Settings
from common.store.writes import How, Write
from emulators.firestore import FirestoreEmulator
from emulators.journal import Journal
from emulators.meter import Meter
from tests.conftest import PATIENCE_S, eventually

WORK = {"workflow_id": "w", "index": 1}
FACT = ("facts", "one")
RECORD = "idempotency/agent:key"


class Clock:
    """A clock standing still until moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def emulator() -> Iterator[tuple[str, Meter]]:
    meter = Meter()
    firestore_emulator = FirestoreEmulator(meter, Journal(None))
    port = firestore_emulator.start()
    yield f"127.0.0.1:{port}", meter
    firestore_emulator.stop()


SETTINGS = Settings(google_cloud_project="idempotency")


@pytest.fixture(scope="module")
def module_db(emulator: tuple[str, Meter]) -> Iterator[firestore.Client]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIRESTORE_EMULATOR_HOST", emulator[0])
        yield database(SETTINGS)


@pytest.fixture
def db(module_db: firestore.Client) -> firestore.Client:
    for collection in module_db.collections():
        module_db.recursive_delete(collection)
    return module_db


def claimed(clock: Clock, **more: Any) -> Claim:
    claim = begin(SETTINGS, "agent", "key", WORK, clock=clock, **more)
    assert isinstance(claim, Claim)
    return claim


def fact(value: str) -> Outcome:
    return Outcome({"value": value}, (Write(How.SET, FACT, {"value": value}),), (Event("done", "w"),))


def value_of(db: firestore.Client) -> str | None:
    return (db.document(*FACT).get().to_dict() or {}).get("value")


def test_work_that_is_done_is_not_done_again_and_its_events_are_told_again(db: firestore.Client) -> None:
    clock = Clock()
    claimed(clock).commit(fact("first"))
    again = begin(SETTINGS, "agent", "key", WORK, clock=clock)
    assert isinstance(again, Outcome)
    assert (again.result, again.events, again.failed) == ({"value": "first"}, (Event("done", "w"),), False)


def test_another_request_under_the_same_key_is_refused(db: firestore.Client) -> None:
    clock = Clock()
    claimed(clock)
    with pytest.raises(Unprocessable) as raised:
        begin(SETTINGS, "agent", "key", {"other": True}, clock=clock)
    assert raised.value.code == "idempotency_key_reused"


def test_work_that_our_own_key_names_is_the_same_however_it_is_asked_for(db: firestore.Client) -> None:
    """By two versions, say, one of which asks with a field more."""
    clock = Clock()
    claimed(clock)
    with pytest.raises(LeaseHeld):
        begin(SETTINGS, "agent", "key", {"other": True}, named=True, clock=clock)


def test_work_in_progress_is_left_alone_until_the_lease_is_over(db: firestore.Client) -> None:
    clock = Clock()
    claimed(clock)
    clock.now += LEASE - timedelta(milliseconds=1)
    with pytest.raises(LeaseHeld):
        begin(SETTINGS, "agent", "key", WORK, clock=clock)
    clock.now += timedelta(milliseconds=2)
    assert claimed(clock).attempt == 2


def test_of_two_who_find_the_lease_over_one_takes_the_work_up(
    db: firestore.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second comes when the first has read the record, and has not written to it yet."""
    clock = Clock()
    claimed(clock)  # and dies
    clock.now += LEASE * 2
    read = firestore.DocumentReference.get
    quicker: list[Claim] = []

    def overtaken(record: firestore.DocumentReference, **options: Any) -> Any:
        found = read(record, **options)
        with monkeypatch.context() as patch:
            patch.setattr(firestore.DocumentReference, "get", read)
            quicker.append(claimed(clock))
        return found

    with monkeypatch.context() as patch:
        patch.setattr(firestore.DocumentReference, "get", overtaken)
        with pytest.raises(LeaseHeld):
            begin(SETTINGS, "agent", "key", WORK, clock=clock)
    [claim] = quicker
    claim.commit(fact("the quicker's"))
    assert value_of(db) == "the quicker's"


def test_a_claim_whose_answer_was_lost_is_its_own_workers(db: firestore.Client) -> None:
    """A client library repeats a creation after a lost answer, and finds the record."""
    clock = Clock()
    claimed(clock, owner="a worker")
    claim = claimed(clock, owner="a worker")
    assert claim.attempt == 1
    claim.commit(fact("its own"))
    assert value_of(db) == "its own"


def test_a_worker_that_was_overtaken_can_commit_nothing(db: firestore.Client) -> None:
    clock = Clock()
    late = claimed(clock)
    clock.now += LEASE * 2
    second = claimed(clock)
    with pytest.raises(LeaseLost):
        late.commit(fact("late"))
    assert value_of(db) is None
    second.commit(fact("second"))
    with pytest.raises(LeaseLost):
        late.commit(fact("late"))
    assert value_of(db) == "second"


def test_a_released_claim_can_be_taken_at_once_and_counts_as_an_attempt(db: firestore.Client) -> None:
    clock = Clock()
    claimed(clock).release()
    assert claimed(clock).attempt == 2


def test_a_failure_is_told_from_a_crash(db: firestore.Client) -> None:
    clock = Clock()
    claimed(clock).release()
    claimed(clock)  # and dies
    clock.now += LEASE * 2
    claim = claimed(clock)
    assert (claim.attempt, claim.failures) == (3, 1)
    claim.release()
    assert claimed(clock).failures == 2


def test_calls_of_an_engine_are_counted_over_all_attempts(db: firestore.Client) -> None:
    """The outcome of an attempt, and for a dead or uncertain attempt all possible outcomes."""
    clock = Clock()

    def claimed() -> Claim:
        claim = begin(SETTINGS, "agent", "key", WORK, clock=clock, calls=2)
        assert isinstance(claim, Claim)
        return claim

    first = claimed()
    assert first.calls == 0
    first.release(calls=1)
    assert claimed().calls == 1  # and dies
    clock.now += LEASE * 2
    third = claimed()
    assert third.calls == 3
    third.release(calls=None)
    fourth = claimed()
    assert fourth.calls == 5
    fourth.release(calls=0)
    assert claimed().calls == 5


def test_a_forgotten_record_is_gone(db: firestore.Client) -> None:
    claim = claimed(Clock())
    claim.forget()
    assert not db.document(RECORD).get().exists


def test_a_failed_outcome_is_remembered_as_one(db: firestore.Client) -> None:
    clock = Clock()
    claimed(clock).commit(Outcome({"error": "no"}, failed=True))
    again = begin(SETTINGS, "agent", "key", WORK, clock=clock)
    assert isinstance(again, Outcome)
    assert again.failed


def test_only_what_failed_counts_as_a_failure(db: firestore.Client) -> None:
    clock = Clock()
    claimed(clock).release(failed=False)
    claimed(clock).release()
    again = claimed(clock)
    assert (again.attempt, again.failures) == (3, 1)


def test_a_record_is_kept_for_as_long_as_is_asked(db: firestore.Client) -> None:
    clock = Clock()
    claimed(clock, kept=timedelta(days=32))
    record = db.document(RECORD).get()
    assert record.get("expires_at") == clock() + timedelta(days=32)


def test_what_the_work_builds_on_having_changed_is_not_losing_the_lease(db: firestore.Client) -> None:
    clock = Clock()
    claim = claimed(clock)
    db.document(*FACT).set({"value": "there already"})
    with pytest.raises(Busy) as raised:
        claim.commit(Outcome({}, (Write(How.CREATE, FACT, {"value": "new"}),)))
    assert raised.value.code == "state_changed"
    assert value_of(db) == "there already"


def test_a_commit_sent_again_after_it_landed_succeeds(db: firestore.Client) -> None:
    """A client library that lost the answer sends the same commit again, and is refused for its own success."""
    clock = Clock()
    claim = claimed(clock)
    claim.commit(fact("once"))
    claim.commit(fact("once"))
    assert value_of(db) == "once"


def test_a_long_work_keeps_its_lease(db: firestore.Client) -> None:
    clock = Clock()
    claim = claimed(clock, lease=timedelta(milliseconds=300))
    clock.now += timedelta(milliseconds=200)
    renewed = clock.now + timedelta(milliseconds=300)
    with claim.kept():
        eventually(lambda: db.document(RECORD).get().get("lease_expires") == renewed, PATIENCE_S)
        clock.now += timedelta(milliseconds=200)  # past the end of the lease as it was at first
        with pytest.raises(LeaseHeld):
            begin(SETTINGS, "agent", "key", WORK, clock=clock)
    claim.commit(fact("kept"))
    assert value_of(db) == "kept"


def test_a_refusal_that_cannot_be_explained_is_a_failure_like_any_other(
    db: firestore.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Overtaken, and then Firestore is out when it is asked by whom: the queue is to come back, not to see a trace."""
    clock = Clock()
    claim = claimed(clock)
    clock.now += LEASE + timedelta(seconds=1)
    claimed(clock)
    monkeypatch.setattr(firestore.DocumentReference, "get", out)
    with pytest.raises(ServiceBroken):
        claim.commit(fact("late"))


def out(*_: Any, **__: Any) -> None:
    raise ServiceUnavailable("out")


def test_the_normal_case_costs_two_writes_beside_the_works_own(
    db: firestore.Client, emulator: tuple[str, Meter]
) -> None:
    meter = emulator[1]
    meter.reset()
    claimed(Clock()).commit(fact("counted"))
    assert meter.totals()["firestore_writes"] == 3
    assert meter.totals()["firestore_reads"] == 0


def test_of_many_that_begin_at_once_one_works(db: firestore.Client) -> None:
    claims: list[Claim] = []
    held: list[LeaseHeld] = []
    barrier = threading.Barrier(8)

    def worker() -> None:
        barrier.wait()
        try:
            claim = begin(SETTINGS, "agent", "key", WORK)
        except LeaseHeld as error:
            held.append(error)
        else:
            assert isinstance(claim, Claim)
            claims.append(claim)

    workers = [threading.Thread(target=worker) for _ in range(8)]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join(30)
    assert (len(claims), len(held)) == (1, 7)


def test_any_interleaving_of_workers_commits_once(module_db: firestore.Client) -> None:
    """Crash, repeat, expire and race, in any order: at most a single commit lands, and later callers hear of this
    commit."""

    class Workers(RuleBasedStateMachine):
        @initialize()
        def clean(self) -> None:
            for collection in module_db.collections():
                module_db.recursive_delete(collection)
            self.clock = Clock()
            self.claims: list[Claim] = []
            self.given_back: list[Claim] = []
            self.committed: list[str] = []
            self.counter = 0

        @rule()
        def deliver(self) -> None:
            try:
                found = begin(SETTINGS, "agent", "key", WORK, clock=self.clock)
            except LeaseHeld:
                assert not self.committed
                return
            if isinstance(found, Outcome):
                assert found.result == {"value": self.committed[0]}
            else:
                assert not self.committed
                self.claims.append(found)

        @precondition(lambda self: self.claims)
        @rule(which=some.integers(0, 20))
        def finish(self, which: int) -> None:
            claim = self.claims[which % len(self.claims)]
            self.counter += 1
            value = str(self.counter)
            try:
                claim.commit(fact(value))
            except (LeaseLost, Busy):
                assert claim is not self.claims[-1] or claim in self.given_back
                return
            if not self.committed:
                assert claim is self.claims[-1]
                self.committed.append(value)

        @precondition(lambda self: self.claims)
        @rule(which=some.integers(0, 20))
        def give_back(self, which: int) -> None:
            claim = self.claims[which % len(self.claims)]
            claim.release()
            self.given_back.append(claim)

        @rule(seconds=some.sampled_from([1, 10, 16]))
        def time_passes(self, seconds: int) -> None:
            self.clock.now += timedelta(seconds=seconds)

        @invariant()
        def the_fact_is_the_one_that_was_committed(self) -> None:
            if hasattr(self, "committed"):
                assert value_of(module_db) == (self.committed[0] if self.committed else None)

    Workers.TestCase.settings = settings(max_examples=40, stateful_step_count=12)
    Workers.TestCase().runTest()
