"""The store over a real client: the intended change is written, only in legal steps, only on the state read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from google.api_core.exceptions import DeadlineExceeded, ServiceUnavailable
from google.cloud import firestore
from google.cloud.firestore_v1.services.firestore.client import FirestoreClient
from hypothesis import settings as how
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from common.clients import database
from common.errors import NotFound, ServiceBroken, WorkflowGone
from common.records import LONG_AGO, IdempotencyRecord, Segment, Stream, Wishes, Workflow
from common.settings import Settings
from common.shapes import Record
from common.states import SEGMENT, STREAM, WORK, WORKFLOW, Lifecycle, SegmentState, StageState, WorkflowState
from common.store import access, paths, rate_limits, removals, segments, streams, work, workflows, writes
from common.store.access import Changed, Missing, Taken
from common.store.writes import IllegalTransition
from emulators.firestore import FirestoreEmulator
from emulators.journal import Journal
from emulators.meter import Meter
from functions.api_gateway import feeds

SETTINGS = Settings(google_cloud_project="store-of-the-tests")
ID = "0" * 32
LATER = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def meter() -> Iterator[Meter]:
    counted = Meter()
    emulator = FirestoreEmulator(counted, Journal(None))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIRESTORE_EMULATOR_HOST", f"127.0.0.1:{emulator.start()}")
        database(SETTINGS)
        yield counted
    emulator.stop()


@pytest.fixture
def db(meter: Meter) -> firestore.Client:
    client = database(SETTINGS)
    for collection in client.collections():
        client.recursive_delete(collection)
    meter.reset()
    return client


def podcast(**facts: Any) -> Workflow:
    plain = {
        "id": ID,
        "owner": "ada",
        "state": WorkflowState.GENERATING,
        "title": "Tides",
        "language": "en",
        "request": Wishes.of({"topic": "tides"}),
        "created_at": LONG_AGO,
        "expires_at": LONG_AGO,
    }
    return Workflow(**{**plain, **facts})


def stored(workflow: Workflow) -> Workflow:
    writes.commit(SETTINGS, workflows.creation(workflow))
    return workflows.read(SETTINGS, workflow.id)


def turn(index: int, **facts: Any) -> Segment:
    return Segment.of({"index": index, "kind": "turn", "state": "SCRIPTED", "text": f"Turn {index}.", **facts})


@dataclass
class Kind:
    """A kind of record, and an example in its first state."""

    path: paths.Path
    lifecycle: Lifecycle
    first: Record


KINDS = {
    "workflow": Kind(paths.workflow(ID), WORKFLOW, podcast()),
    "segment": Kind(paths.segment(ID, 0), SEGMENT, turn(0)),
    "stream": Kind(paths.stream("s"), STREAM, Stream.of({"state": "OPEN"})),
    "work": Kind(paths.work("a:w"), WORK, IdempotencyRecord.of({"state": "IN_PROGRESS"})),
}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.usefixtures("meter")
def test_whatever_is_tried_a_record_takes_only_legal_steps(name: str) -> None:
    """Agents that read now and write later, in any order, to any state: each step taken is in the table, from the
    previous state; every other step leaves the document unchanged."""
    kind = KINDS[name]
    all_states = sorted({*kind.lifecycle.following, *(s for after in kind.lifecycle.following.values() for s in after)})

    class Agents(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            client = database(SETTINGS)
            client.recursive_delete(client.collection(kind.path[0]))
            writes.commit(SETTINGS, writes.creation(kind.path, kind.first))
            self.state = str(kind.first.states()["state"][1])
            self.version = 0
            self.read: dict[int, tuple[int, Record]] = {}

        @rule(agent=some.integers(0, 2))
        def look(self, agent: int) -> None:
            found = access.get(SETTINGS, type(kind.first), kind.path)
            assert found is not None
            self.read[agent] = self.version, found

        @rule(agent=some.integers(0, 2), state=some.sampled_from(all_states))
        def step(self, agent: int, state: str) -> None:
            if agent not in self.read:
                return
            version, before = self.read[agent]
            known = str(before.states()["state"][1])
            after: Any = replace(before, state=state)  # type: ignore[call-arg]  # every kind here has one
            try:
                writes.commit(SETTINGS, writes.change(kind.path, before, after))
            except IllegalTransition:
                assert not kind.lifecycle.allows(known, state)
                return
            except Changed:
                assert version != self.version
                return
            assert kind.lifecycle.allows(known, state)
            if state != known:
                assert version == self.version
                self.state, self.version = state, self.version + 1

        @invariant()
        def the_document_is_in_the_state_that_it_was_brought_to(self) -> None:
            if hasattr(self, "state"):
                found = access.get(SETTINGS, type(kind.first), kind.path)
                assert found is not None
                assert found.states()["state"][1] == self.state

    Agents.TestCase.settings = how(max_examples=15, stateful_step_count=12)
    Agents.TestCase().runTest()


def test_of_two_who_end_a_podcast_one_does(db: firestore.Client) -> None:
    before = stored(podcast())
    workflows.change(SETTINGS, before, replace(before, state=WorkflowState.CANCELLED))
    with pytest.raises(Changed):
        workflows.change(SETTINGS, before, replace(before, state=WorkflowState.COMPLETED))
    assert workflows.read(SETTINGS, ID).state == WorkflowState.CANCELLED


def test_an_agent_tells_its_own_stage_whoever_writes_meanwhile(db: firestore.Client) -> None:
    before = stored(podcast())
    assert workflows.rename(SETTINGS, ID, "Ebb", LATER) == 1
    db.document(*paths.workflow(ID)).update({"colour": "blue", "stages.added": "DONE"})
    told = replace(before.at(weave=StageState.DONE), segments_total=3)
    writes.commit(SETTINGS, workflows.progress(before, told))
    document = db.document(*paths.workflow(ID)).get().to_dict() or {}
    assert (document["title"], document["renames"], document["colour"]) == ("Ebb", 1, "blue")
    assert document["stages"] == {**before.stages, "weave": "DONE", "added": "DONE"}


def test_a_read_a_change_and_a_creation_cost_one_operation_each(db: firestore.Client, meter: Meter) -> None:
    before = stored(podcast())
    workflows.change(SETTINGS, before, replace(before, title="Ebb"))
    workflows.change(SETTINGS, before, before)  # nothing to say
    assert (meter.totals()["firestore_writes"], meter.totals()["firestore_reads"]) == (2, 1)


def test_what_is_not_there_is_said_to_be_missing(db: firestore.Client) -> None:
    for look in (
        lambda: workflows.read(SETTINGS, ID),
        lambda: workflows.rename(SETTINGS, ID, "Ebb", LATER),
        lambda: segments.read_with_workflow(SETTINGS, ID, 0),
    ):
        with pytest.raises(WorkflowGone):
            look()
    stored(podcast())
    with pytest.raises(NotFound) as raised:
        segments.read_with_workflow(SETTINGS, ID, 0)
    assert (type(raised.value), raised.value.code) == (NotFound, "segment_unknown")
    with pytest.raises(Missing):
        streams.attach(SETTINGS, "none", "gs://a/b")
    assert segments.read(SETTINGS, ID, 0) is None


def test_a_script_is_stored_as_a_whole_or_not_at_all(db: firestore.Client) -> None:
    assert segments.create(SETTINGS, ID, [turn(0), turn(1)])
    assert not segments.create(SETTINGS, ID, [turn(1, text="Another."), turn(2)])
    assert [segment.text for segment in segments.script(SETTINGS, ID)] == ["Turn 0.", "Turn 1."]
    with pytest.raises(Taken):
        writes.commit(SETTINGS, writes.creation(paths.segment(ID, 0), turn(0)))


def test_a_script_longer_than_a_batch_is_stored(db: firestore.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "_BATCH", 2)
    segments.store(SETTINGS, ID, [turn(index) for index in range(5)])
    segments.store(SETTINGS, ID, [turn(index) for index in range(5)])  # an attempt after one that died
    assert [segment.index for segment in segments.script(SETTINGS, ID)] == list(range(5))


def test_a_script_is_counted_and_searched_by_its_states(db: firestore.Client) -> None:
    voiced = {"state": "FORGED", "audio": "gs://a/b", "forged_at": datetime.now(UTC)}
    refused = {"state": "FAILED", "error": {"code": "c", "message": "m"}}
    script = [turn(0, **voiced), turn(1), turn(2, **refused), turn(3), turn(4)]
    for segment in script:
        db.document(*paths.segment(ID, segment.index)).set(segment.document())
    assert (segments.written(SETTINGS, ID), segments.voiced(SETTINGS, ID)) == (5, 1)
    assert segments.waiting(SETTINGS, ID, below=4) == [1, 3]
    first, second = segments.unvoiced(SETTINGS, ID, 2)
    assert (first.index, first.state) == (1, SegmentState.SCRIPTED)
    assert (second.index, second.error) == (2, refused["error"])
    assert [segment.index for segment in segments.following(SETTINGS, ID, 2, 2)] == [2, 3]
    assert len(segments.last_progress(SETTINGS, ID)) == 2
    assert segments.begun(SETTINGS, ID)


def test_podcasts_of_one_moment_are_all_gone_through(db: firestore.Client) -> None:
    """Page by page, though several were created at once."""
    for number in range(5):
        writes.commit(SETTINGS, workflows.creation(podcast(id=f"{number:032}")))
    assert len({workflow.id for workflow in workflows.generating(SETTINGS, 2)}) == 5


def test_an_owners_podcasts_come_newest_first_and_page_by_page(db: firestore.Client) -> None:
    for number in range(3):
        created = LONG_AGO + timedelta(days=number)
        writes.commit(SETTINGS, workflows.creation(podcast(id=f"{number:032}", created_at=created)))
    writes.commit(SETTINGS, workflows.creation(podcast(id="f" * 32, owner="another")))
    first, second = workflows.newest(SETTINGS, "ada", 2)
    assert [first.id, second.id] == [f"{2:032}", f"{1:032}"]
    after = workflows.place_of(second)
    assert [one.id for one in workflows.newest(SETTINGS, "ada", 2, after=after)] == [f"{0:032}"]


def test_podcasts_of_the_same_moment_are_each_listed_once(db: firestore.Client) -> None:
    for number in range(7):
        writes.commit(SETTINGS, workflows.creation(podcast(id=f"{number:032}")))
    listed: list[str] = []
    page = workflows.newest(SETTINGS, "ada", 2)
    while page:
        listed += [workflow.id for workflow in page]
        page = workflows.newest(SETTINGS, "ada", 2, after=workflows.place_of(page[-1]))
    assert listed == [f"{number:032}" for number in reversed(range(7))]


def test_a_feed_shows_what_is_finished_however_many_others_were_asked_for_since(db: firestore.Client) -> None:
    finished = {"state": WorkflowState.COMPLETED, "artifacts": {"mp3": "gs://bucket/p.mp3"}}
    document = stored(podcast()).document()
    batch = db.batch()
    for number in range(250):
        facts = finished if number in {3, 240} else {"state": "FAILED"}
        made = {**document, **facts, "created_at": LONG_AGO + timedelta(minutes=number)}
        batch.set(db.document(*paths.workflow(f"{number:032}")), made)
    batch.commit()
    shown = [int(workflow.id) for workflow in feeds._finished(SETTINGS, "ada")]
    assert shown == [240, 3]


def test_a_title_that_the_owner_gave_outlives_what_a_harvester_finds(db: firestore.Client) -> None:
    """In both orders: read, renamed, committed; and renamed, read, committed."""
    for renamed_first in (False, True):
        number = f"{int(renamed_first):032}"
        before = stored(podcast(id=number))
        if renamed_first:
            workflows.rename(SETTINGS, number, "Ebb", LATER)
            before = workflows.read(SETTINGS, number)
        else:
            workflows.rename(SETTINGS, number, "Ebb", LATER)
        harvested = replace(before.at(harvest=StageState.DONE), title="What the sources are called")
        writes.commit(SETTINGS, workflows.progress(before, harvested))
        assert workflows.read(SETTINGS, number).title == "Ebb"
        assert workflows.rename(SETTINGS, number, "Flow", LATER) == 2
        assert workflows.read(SETTINGS, number).title == "Flow"


def test_what_is_removed_is_gone_and_nothing_else(db: firestore.Client) -> None:
    for workflow_id in (ID, "1" * 32):
        writes.commit(SETTINGS, workflows.creation(podcast(id=workflow_id)))
        segments.create(SETTINGS, workflow_id, [turn(0)])
        streams.open_new(SETTINGS, Stream.of({"state": "OPEN", "workflow_id": workflow_id}, id=workflow_id))
        for agent in ("voice_forge", "mastering"):
            record = IdempotencyRecord.of({"state": "IN_PROGRESS"}, id=work.record_id(agent, f"{workflow_id}-x"))
            work.create(SETTINGS, record)
    now = datetime.now(UTC)
    removals.note(SETTINGS, ID, now)
    streams.remove_all(SETTINGS, ID)
    work.remove_all(SETTINGS, ID, ["voice_forge"])
    workflows.remove(SETTINGS, ID)
    left = [one.reference.path for found in db.collections() for one in found.stream() if ID in one.reference.path]
    assert left == [f"idempotency/mastering:{ID}-x", f"removals/{ID}"]
    assert segments.script(SETTINGS, ID) == []
    assert segments.script(SETTINGS, "1" * 32) != []
    assert removals.due(SETTINGS, now, 10) == [ID]
    removals.forget(SETTINGS, ID)
    assert not removals.noted(SETTINGS, ID)


@pytest.mark.parametrize("answers", [0, 1])
@pytest.mark.parametrize("call", ["batch_get_documents", "run_query", "run_aggregation_query"])
def test_answers_that_break_off_are_read_again(
    db: firestore.Client, monkeypatch: pytest.MonkeyPatch, call: str, answers: int
) -> None:
    """As the time of a call does that runs out while this process is busy: with a large request, say."""
    stored(podcast())
    segments.store(SETTINGS, ID, [turn(0), turn(1)])
    real = getattr(FirestoreClient, call)
    broken: list[str] = []

    def breaking_off(*args: Any, **how: Any) -> Iterator[Any]:
        stream = real(*args, **how)
        if broken:
            return stream  # type: ignore[no-any-return]
        broken.append(call)
        return cut(stream)

    def cut(stream: Iterator[Any]) -> Iterator[Any]:
        yield from islice(stream, answers)
        raise DeadlineExceeded("late")

    monkeypatch.setattr(FirestoreClient, call, breaking_off)
    match call:
        case "batch_get_documents":
            both = access.get_both(SETTINGS, (Workflow, paths.workflow(ID)), (Segment, paths.segment(ID, 1)))
            assert all(both)
        case "run_query":
            assert [each.index for each in segments.script(SETTINGS, ID)] == [0, 1]
        case "run_aggregation_query":
            assert segments.written(SETTINGS, ID) == 2
    assert broken


CALLS = ("commit", "batch_write", "batch_get_documents", "run_query", "run_aggregation_query", "list_collection_ids")
"""What every call of the client comes down to."""


def test_a_store_that_does_not_answer_is_told_as_one(db: firestore.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is asked of it: one code, which queues and callers know."""

    def out(*_: Any, **__: Any) -> None:
        raise ServiceUnavailable("out")

    monkeypatch.setattr(access, "RETRY", access._ONCE)
    for call in CALLS:
        monkeypatch.setattr(FirestoreClient, call, out)
    for ask in (
        lambda: access.ready(SETTINGS),
        lambda: workflows.read(SETTINGS, ID),
        lambda: workflows.want(SETTINGS, ID, 3),
        lambda: workflows.remove(SETTINGS, ID),
        lambda: list(workflows.generating(SETTINGS, 2)),
        lambda: segments.read_with_workflow(SETTINGS, ID, 0),
        lambda: segments.voiced(SETTINGS, ID),
        lambda: segments.script(SETTINGS, ID),
        lambda: streams.remove_all(SETTINGS, ID),
        lambda: removals.forget(SETTINGS, ID),
        lambda: rate_limits.spend(SETTINGS, "key", 1, LONG_AGO),
    ):
        with pytest.raises(ServiceBroken) as raised:
            ask()
        assert raised.value.code == "store_unreachable"
