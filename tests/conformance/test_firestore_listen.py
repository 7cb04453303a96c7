"""What Aethercast relies on in Listen: many targets on a stream, resumed and removed; the client's own watches."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from google.cloud.firestore import FieldFilter
from google.cloud.firestore_v1 import Client

from tests.conformance.firestore_watch import Watch, watch

INVALID_ARGUMENT = 3


@pytest.fixture
def stream(db: Client) -> Iterator[Watch]:
    with watch(db) as stream:
        yield stream


def positive(db: Client) -> Any:
    return db.collection("things").where(filter=FieldFilter("n", ">", 0))


def test_tells_what_is_there_and_then_what_changes(db: Client, stream: Watch) -> None:
    db.document("things/a").set({"n": 1})
    stream.add(1, positive(db))
    stream.until(1, lambda target: target.current and target.values("n") == {"a": 1})
    db.document("things/b").set({"n": 2})
    stream.until(1, lambda target: target.values("n") == {"a": 1, "b": 2})
    db.document("things/a").update({"n": 5})
    stream.until(1, lambda target: target.values("n") == {"a": 5, "b": 2})
    db.document("things/a").update({"n": -1})
    stream.until(1, lambda target: target.values("n") == {"b": 2})
    db.document("things/b").delete()
    stream.until(1, lambda target: target.documents == {})


def test_an_empty_target_becomes_current(db: Client, stream: Watch) -> None:
    stream.add(1, positive(db))
    assert stream.until(1, lambda target: target.current).documents == {}


def test_a_batch_is_one_snapshot(db: Client, stream: Watch) -> None:
    stream.add(1, db.collection("things"))
    stream.until(1, lambda target: target.current)
    batch = db.batch()
    for doc_id in "abc":
        batch.set(db.document(f"things/{doc_id}"), {"n": 1})
    batch.commit()
    assert stream.until(1, lambda target: bool(target.documents)).documents.keys() == {"a", "b", "c"}


def test_many_targets_share_a_stream(db: Client, stream: Watch) -> None:
    shared = db.document("things/shared")
    for n in range(1, 21):
        stream.add(n, db.collection(f"collection{n}"))
    stream.add(100, positive(db))
    stream.add(101, [shared, db.document("things/other")])
    stream.until(101, lambda target: target.current and target.documents == {})
    shared.set({"n": 1})
    stream.until(100, lambda target: target.values("n") == {"shared": 1})
    stream.until(101, lambda target: target.values("n") == {"shared": 1})
    shared.set({"n": -1})
    stream.until(100, lambda target: target.documents == {})
    stream.until(101, lambda target: target.values("n") == {"shared": -1})
    shared.delete()
    stream.until(101, lambda target: target.documents == {})
    db.document("collection7/x").set({"n": 7})
    stream.until(7, lambda target: target.values("n") == {"x": 7})
    assert stream.until(8, lambda target: target.current).documents == {}


def test_a_limited_query_refills(db: Client, stream: Watch) -> None:
    for doc_id, n in {"a": 1, "b": 2, "c": 3}.items():
        db.document(f"things/{doc_id}").set({"n": n})
    stream.add(1, db.collection("things").order_by("n").limit(2))
    stream.until(1, lambda target: target.values("n") == {"a": 1, "b": 2})
    db.document("things/d").set({"n": 0})
    stream.until(1, lambda target: target.values("n") == {"a": 1, "d": 0})
    db.document("things/a").delete()
    stream.until(1, lambda target: target.values("n") == {"b": 2, "d": 0})


def test_a_removed_target_is_acknowledged_and_silent(db: Client, stream: Watch) -> None:
    stream.add(1, db.collection("things"))
    stream.add(2, db.collection("things"))
    stream.until(2, lambda target: target.current)
    stream.remove(1)
    stream.until_removed(1)
    db.document("things/a").set({"n": 1})
    stream.until(2, lambda target: target.values("n") == {"a": 1})
    assert stream.until(1, lambda target: True).documents == {}
    stream.add(1, db.collection("things"))
    stream.until(1, lambda target: target.values("n") == {"a": 1})


@pytest.mark.parametrize("by", ["resume_token", "read_time"])
@pytest.mark.parametrize("kind", ["query", "documents"])
def test_resumes_where_another_stream_ended(db: Client, by: str, kind: str) -> None:
    def target() -> Any:
        return positive(db) if kind == "query" else [db.document(f"things/{doc_id}") for doc_id in "abcd"]

    for doc_id in "abc":
        db.document(f"things/{doc_id}").set({"n": 1})
    with watch(db) as first:
        first.add(1, target())
        known = first.until(1, lambda target: target.current).documents
        position = {by: first.resume_token if by == "resume_token" else first.read_time}
    db.document("things/a").delete()
    db.document("things/b").set({"n": 2})
    db.document("things/d").set({"n": 4})
    with watch(db) as second:
        second.knows(1, known)
        second.add(1, target(), **position)
        second.until(1, lambda target: target.current and target.values("n") == {"b": 2, "c": 1, "d": 4})


def test_an_invalid_target_is_removed_with_its_cause(db: Client, stream: Watch) -> None:
    stream.add(1, [db.document("things/__reserved__")])
    stream.add(2, db.collection("things"))
    assert stream.until_removed(1).cause == INVALID_ARGUMENT
    stream.until(2, lambda target: target.current)


def test_ends_when_the_client_cancels(db: Client) -> None:
    with watch(db) as stream:
        stream.add(1, db.collection("things"))
        stream.until(1, lambda target: target.current)
    assert stream.until_ended() is grpc.StatusCode.CANCELLED


@pytest.mark.parametrize("kind", ["document", "collection", "query"])
def test_on_snapshot(db: Client, kind: str) -> None:
    document = db.document("things/a")
    watched = {"document": document, "collection": db.collection("things"), "query": positive(db)}[kind]
    snapshots: queue.Queue[list[dict[str, Any] | None]] = queue.Queue()
    watcher = watched.on_snapshot(lambda documents, changes, read_time: snapshots.put([d.to_dict() for d in documents]))
    try:
        assert snapshots.get(timeout=10) == []
        for n in (1, 2):
            document.set({"n": n})
            assert snapshots.get(timeout=10) == [{"n": n}]
        document.delete()
        assert snapshots.get(timeout=10) == []
    finally:
        watcher.unsubscribe()
