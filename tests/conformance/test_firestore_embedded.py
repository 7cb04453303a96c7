"""The embedded Firestore emulator's additions to the service: persistence, reset, billing, and naming missing
features."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.api_core import exceptions
from google.cloud import firestore
from google.cloud.firestore import FieldFilter
from google.cloud.firestore_v1 import Client
from google.cloud.firestore_v1.base_vector_query import DistanceMeasure
from google.cloud.firestore_v1.query_profile import ExplainOptions
from google.cloud.firestore_v1.types import TargetChange
from google.cloud.firestore_v1.vector import Vector

from emulators.firestore import FirestoreEmulator
from emulators.journal import Journal
from emulators.meter import Meter
from tests.conformance.firestore_backends import firestore_client
from tests.conformance.firestore_watch import Watch, watch

PROJECT = "embedded"
Change = TargetChange.TargetChangeType


@dataclass
class Running:
    """A running emulator, its meter, and a client."""

    emulator: FirestoreEmulator
    meter: Meter
    db: Client
    host: str


@pytest.fixture
def start() -> Iterator[Callable[..., Running]]:
    """Starts emulators; all are stopped at the end."""
    ends: list[Callable[[], Any]] = []

    def start(journal: Path | None = None, **options: Any) -> Running:
        meter = Meter()
        emulator = FirestoreEmulator(meter, Journal(journal), **options)
        host = f"127.0.0.1:{emulator.start()}"
        ends.append(emulator.stop)
        client = firestore_client(host, PROJECT)
        db = client.__enter__()
        ends.append(lambda: client.__exit__(None, None, None))
        return Running(emulator, meter, db, host)

    yield start
    for end in reversed(ends):
        end()


@pytest.fixture
def running(start: Callable[..., Running]) -> Running:
    return start()


def contents(db: Client) -> dict[str, Any]:
    return {snapshot.id: snapshot.to_dict() for snapshot in db.collection("things").stream()}


def test_a_commit_is_no_larger_than_ten_megabytes(running: Running) -> None:
    """As in the cloud; Google's emulator takes 4 MB: https://cloud.google.com/firestore/quotas."""
    batch = running.db.batch()
    for number in range(11):
        batch.set(running.db.document(f"things/{number}"), {"big": "x" * 1_000_000})
    with pytest.raises(exceptions.InvalidArgument, match="payload size"):
        batch.commit()
    assert not list(running.db.collection("things").stream())


def test_documents_survive_a_restart(start: Callable[..., Running], tmp_path: Path) -> None:
    first = start(tmp_path / "journal.sqlite")
    update_time: Any = first.db.document("things/a").set({"n": 1, "deep": {"list": [1, "é"]}}).update_time
    first.db.document("things/b").set({})
    first.db.document("things/b").delete()
    first.emulator.stop()
    second = start(tmp_path / "journal.sqlite")
    assert contents(second.db) == {"a": {"n": 1, "deep": {"list": [1, "é"]}}}
    option = second.db.write_option(last_update_time=update_time)
    updated: Any = second.db.document("things/a").update({"n": 2}, option=option).update_time
    assert updated > update_time


def test_documents_survive_sigkill(start: Callable[..., Running], tmp_path: Path) -> None:
    serve = (
        "import sys, threading, pathlib\n"
        "from emulators.firestore import FirestoreEmulator\n"
        "from emulators.journal import Journal\n"
        "from emulators.meter import Meter\n"
        "print(FirestoreEmulator(Meter(), Journal(pathlib.Path(sys.argv[1]))).start(), flush=True)\n"
        "threading.Event().wait()\n"
    )
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", serve, str(tmp_path / "journal.sqlite")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        with firestore_client(f"127.0.0.1:{process.stdout.readline().strip()}", PROJECT) as db:
            for n in range(20):
                db.document(f"things/{n}").set({"n": n})
            process.send_signal(signal.SIGKILL)
            process.wait()
    assert contents(start(tmp_path / "journal.sqlite").db) == {str(n): {"n": n} for n in range(20)}


def test_reset_empties_the_journal_and_tells_listeners(start: Callable[..., Running], tmp_path: Path) -> None:
    running = start(tmp_path / "journal.sqlite")
    running.db.document("things/a").set({"n": 1})
    with watch(running.db) as stream:
        stream.add(1, running.db.collection("things"))
        stream.until(1, lambda target: target.values("n") == {"a": 1})
        running.emulator.reset()
        stream.until(1, lambda target: target.documents == {})
        running.db.document("things/b").set({"n": 2})
        stream.until(1, lambda target: target.values("n") == {"b": 2})
    running.emulator.stop()
    assert contents(start(tmp_path / "journal.sqlite").db) == {"b": {"n": 2}}


def test_a_transaction_is_aborted_when_what_it_read_has_changed(running: Running) -> None:
    document = running.db.document("things/a")
    document.set({"n": 0})
    attempts: list[int] = []

    @firestore.transactional
    def overtaken(transaction: firestore.Transaction) -> None:
        n = document.get(transaction=transaction).get("n")
        if not attempts:
            document.set({"n": 10})
        attempts.append(n)
        transaction.set(document, {"n": n + 1})

    overtaken(running.db.transaction())
    assert (attempts, contents(running.db)) == ([0, 10], {"a": {"n": 11}})


def test_a_transaction_is_aborted_when_a_document_joins_its_query(running: Running) -> None:
    query = running.db.collection("things").where(filter=FieldFilter("n", ">", 0))
    counted = []

    @firestore.transactional
    def overtaken(transaction: firestore.Transaction) -> None:
        counted.append(len(list(query.stream(transaction=transaction))))
        if len(counted) == 1:
            running.db.document("things/unrelated").set({"n": 0})
            running.db.document("things/new").set({"n": 1})
        transaction.set(running.db.document("counts/things"), {"n": counted[-1]})

    overtaken(running.db.transaction())
    assert counted == [0, 1]


def test_a_resumed_target_is_told_only_what_has_changed(running: Running) -> None:
    db = running.db
    for doc_id in "abc":
        db.document(f"things/{doc_id}").set({"n": 1})
    with watch(db) as first:
        first.add(1, db.collection("things"))
        known = first.until(1, lambda target: target.current).documents
    db.document("things/b").set({"n": 2})
    running.meter.reset()
    with watch(db) as second:
        second.knows(1, known)
        second.add(1, db.collection("things"), resume_token=first.resume_token)
        second.until(1, lambda target: target.current and target.values("n") == {"a": 1, "b": 2, "c": 1})
        assert changed(second) == ["b"]
        assert Change.RESET not in changes(second)
    assert running.meter.by_resource("firestore_reads") == {"things/b": 1}


def test_what_left_a_resumed_target_is_counted_and_not_named(running: Running) -> None:
    db = running.db
    for doc_id in "abc":
        db.document(f"things/{doc_id}").set({"n": 1})
    with watch(db) as first:
        first.add(1, db.collection("things"))
        first.until(1, lambda target: target.current)
    db.document("things/b").delete()
    with watch(db) as second:
        second.add(1, db.collection("things"), resume_token=first.resume_token)
        second.until(1, lambda target: target.current and target.values("n") == {"a": 1, "c": 1})
        [told] = [response.filter for response in second.told if response._pb.HasField("filter")]
        assert (told.target_id, told.count) == (1, 2)
        assert not any(response._pb.HasField("document_delete") for response in second.told)


def test_a_token_of_an_earlier_life_resets_the_target(start: Callable[..., Running], tmp_path: Path) -> None:
    first = start(tmp_path / "journal.sqlite")
    first.db.document("things/a").set({"n": 1})
    with watch(first.db) as stream:
        stream.add(1, first.db.collection("things"))
        known = stream.until(1, lambda target: target.current).documents
    first.emulator.stop()
    second = start(tmp_path / "journal.sqlite")
    second.db.document("things/a").set({"n": 2})
    with watch(second.db) as resumed:
        resumed.knows(1, {**known, "lost": known["a"]})
        resumed.add(1, second.db.collection("things"), resume_token=stream.resume_token)
        resumed.until(1, lambda target: target.current and target.values("n") == {"a": 2})
        assert Change.RESET in changes(resumed)


def test_a_document_of_several_targets_is_told_once(running: Running) -> None:
    with watch(running.db) as stream:
        stream.add(1, running.db.collection("things"))
        stream.add(2, [running.db.document("things/a")])
        stream.until(2, lambda target: target.current)
        running.db.document("things/a").set({"n": 1})
        stream.until(2, lambda target: target.values("n") == {"a": 1})
        [change] = [told.document_change for told in stream.told if "document_change" in told]
        assert list(change.target_ids) == [1, 2]


def test_once_removes_the_target_when_it_is_current(running: Running) -> None:
    running.db.document("things/a").set({"n": 1})
    with watch(running.db) as stream:
        stream.add(1, running.db.collection("things"), once=True)
        target = stream.until_removed(1)
        assert (target.current, target.values("n"), target.cause) == (True, {"a": 1}, 0)


def test_a_silent_stream_has_a_heartbeat(start: Callable[..., Running]) -> None:
    running = start(heartbeat_s=0.05)
    with watch(running.db) as stream:
        stream.add(1, running.db.collection("things"))
        stream.until(1, lambda target: target.current)
        first = stream.resume_token
        stream.until(1, lambda target: stream.resume_token > first)
        assert changes(stream)[:2] == [Change.ADD, Change.CURRENT]


def changes(stream: Watch) -> list[int]:
    """The types of the target changes, in order."""
    return [told.target_change.target_change_type for told in stream.told if "target_change" in told]


def changed(stream: Watch) -> list[str]:
    """The ids of the reported documents, in order."""
    names = [told.document_change.document.name for told in stream.told if "document_change" in told]
    return [name.rpartition("/")[2] for name in names]


def test_stop_ends_many_streams_at_once(start: Callable[..., Running]) -> None:
    before = set(threading.enumerate())
    running = start()
    streams = [Watch(running.db) for _ in range(100)]
    try:
        for stream in streams:
            stream.add(1, running.db.collection("things"))
        running.db.document("things/a").set({"n": 1})
        for stream in streams:
            stream.until(1, lambda target: target.values("n") == {"a": 1})
        running.emulator.stop()
        assert {stream.until_ended() for stream in streams} <= {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}
    finally:
        for stream in streams:
            stream.close()
    assert not [thread for thread in set(threading.enumerate()) - before if thread.name == "FirestoreEmulator"]


def test_expired_documents_are_swept(start: Callable[..., Running]) -> None:
    running = start(ttl_fields={"things": "expires"}, sweep_s=0.02)
    now = datetime.now(UTC)
    with watch(running.db) as stream:
        stream.add(1, running.db.collection("things"))
        running.db.document("things/later").set({"expires": now + timedelta(hours=1)})
        running.db.document("things/never").set({"expires": "text"})
        running.db.document("things/old").set({"expires": now - timedelta(seconds=1)})
        stream.until(1, lambda target: target.documents.keys() == {"later", "never"})


def bill(running: Running, operations: Callable[[Client], Any]) -> dict[str, dict[str, int]]:
    """What some operations cost: operation -> resource -> times."""
    running.meter.reset()
    operations(running.db)
    names = ("firestore_reads", "firestore_writes", "firestore_deletes")
    return {name.removeprefix("firestore_"): found for name in names if (found := running.meter.by_resource(name))}


def batch_of_three(db: Client) -> None:
    batch = db.batch()
    batch.set(db.document("things/a"), {"n": firestore.Increment(1), "at": firestore.SERVER_TIMESTAMP, "m": 1})
    batch.update(db.document("things/b"), {"n": 1})
    batch.delete(db.document("things/c"))
    batch.commit()


def refused_create(db: Client) -> None:
    with pytest.raises(exceptions.AlreadyExists):
        db.document("things/a").create({})


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        (lambda db: db.document("things/a").get(), {"reads": {"things/a": 1}}),
        (lambda db: db.document("things/none").get(), {"reads": {"things/none": 1}}),
        (lambda db: db.document("things/a").set({"n": 1}), {"writes": {"things/a": 1}}),
        (lambda db: db.document("things/a/segments/00001").set({}), {"writes": {"things/a/segments/00001": 1}}),
        (batch_of_three, {"writes": {"things/a": 1, "things/b": 1}, "deletes": {"things/c": 1}}),
        (refused_create, {}),
        (lambda db: list(db.collection("things").stream()), {"reads": {"things": 3}}),
        (lambda db: list(db.collection("things").limit(1).offset(1).stream()), {"reads": {"things": 2}}),
        (lambda db: list(db.collection("none").stream()), {"reads": {"none": 1}}),
        (lambda db: db.collection("things").count().get(), {"reads": {"things": 1}}),
        (lambda db: db.collection("none").count().get(), {"reads": {"none": 1}}),
    ],
)
def test_bills(running: Running, operations: Callable[[Client], Any], expected: dict[str, dict[str, int]]) -> None:
    for doc_id in "abc":
        running.db.document(f"things/{doc_id}").set({})
    assert bill(running, operations) == expected


def test_bills_what_a_listener_is_told(running: Running) -> None:
    db = running.db
    db.document("things/a").set({"n": 1})
    with watch(db) as stream:
        running.meter.reset()
        stream.add(1, db.collection("things").where(filter=FieldFilter("n", ">", 0)))
        stream.add(2, [db.document("things/none")])
        stream.until(2, lambda target: target.current)
        assert running.meter.by_resource("firestore_reads") == {"things/a": 1, "things/none": 1}
        for n in (2, 3, -1):
            db.document("things/a").update({"n": n})
        db.document("things/b").set({"n": 1})
        db.document("things/b").delete()
        db.document("things/none").set({"n": 0})
        stream.until(2, lambda target: bool(target.documents))
    # a: first told, changed twice, left; b: came, and its deletion is free
    assert running.meter.by_resource("firestore_reads") == {"things/a": 4, "things/b": 1, "things/none": 2}


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda db: list(db.collection_group("things").get_partitions(3)), "PartitionQuery"),
        (
            lambda db: db.collection("things").find_nearest("v", Vector([1.0]), 1, DistanceMeasure.EUCLIDEAN).get(),
            "StructuredQuery.find_nearest",
        ),
        (
            lambda db: list(db.collection("things").stream(explain_options=ExplainOptions(analyze=True))),
            "RunQueryRequest.explain_options",
        ),
    ],
    ids=["partition", "nearest", "explain"],
)
def test_says_what_it_lacks(running: Running, call: Callable[[Client], Any], named: str) -> None:
    with pytest.raises(exceptions.MethodNotImplemented, match=named):
        call(running.db)


def test_a_read_time_that_is_forgotten_is_refused(running: Running) -> None:
    with pytest.raises(exceptions.FailedPrecondition):
        running.db.document("things/a").get(read_time=datetime.now(UTC) - timedelta(hours=1))


def test_two_emulators_share_nothing(start: Callable[..., Running]) -> None:
    one, two = start(), start()
    one.db.document("things/a").set({})
    assert (contents(one.db), contents(two.db)) == ({"a": {}}, {})


def test_a_taken_port_is_an_error(running: Running) -> None:
    port = int(running.host.rpartition(":")[2])
    with pytest.raises(RuntimeError):
        FirestoreEmulator(Meter(), Journal(None)).start(port)
