"""Firestore's documents, batches and transactions, as Aethercast relies on their behaviour."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud import firestore
from google.cloud.firestore import DELETE_FIELD, SERVER_TIMESTAMP, ArrayRemove, ArrayUnion, Increment, Maximum, Minimum
from google.cloud.firestore_v1 import Client


@pytest.fixture
def document(db: Client) -> firestore.DocumentReference:
    return db.collection("things").document("one")


def content(document: firestore.DocumentReference) -> dict[str, Any] | None:
    return document.get().to_dict()


def test_create_is_a_lock(document: firestore.DocumentReference) -> None:
    document.create({"owner": 1})
    with pytest.raises(exceptions.AlreadyExists):
        document.create({"owner": 2})
    assert content(document) == {"owner": 1}


def test_one_of_many_creators_wins(document: firestore.DocumentReference) -> None:
    def create(owner: int) -> int | None:
        try:
            document.create({"owner": owner})
        except exceptions.AlreadyExists:
            return None
        return owner

    with ThreadPoolExecutor(8) as pool:
        winners = [owner for owner in pool.map(create, range(8)) if owner is not None]
    assert [content(document)] == [{"owner": owner} for owner in winners]


def test_set_replaces_and_update_needs_a_document(document: firestore.DocumentReference) -> None:
    with pytest.raises(exceptions.NotFound):
        document.update({"a": 1})
    document.set({"a": 1, "b": 2})
    document.set({"b": 3})
    assert content(document) == {"b": 3}


def test_delete_of_nothing_succeeds_unless_it_must_exist(db: Client, document: firestore.DocumentReference) -> None:
    document.delete()
    with pytest.raises(exceptions.NotFound):
        document.delete(option=db.write_option(exists=True))
    assert not document.get().exists


@pytest.mark.parametrize("write", ["update", "delete"])
def test_last_update_time_guards_a_transition(db: Client, document: firestore.DocumentReference, write: str) -> None:
    stale = db.write_option(last_update_time=document.create({"state": "a"}).update_time)
    fresh = db.write_option(last_update_time=document.update({"state": "b"}).update_time)

    def attempt(option: Any) -> None:
        if write == "update":
            document.update({"state": "c"}, option=option)
        else:
            document.delete(option=option)

    with pytest.raises(exceptions.FailedPrecondition):
        attempt(stale)
    assert content(document) == {"state": "b"}
    attempt(fresh)
    assert content(document) == ({"state": "c"} if write == "update" else None)


def test_last_update_time_of_a_deleted_document_fails(db: Client, document: firestore.DocumentReference) -> None:
    option = db.write_option(last_update_time=document.create({"a": 1}).update_time)
    document.delete()
    with pytest.raises(exceptions.FailedPrecondition):
        document.update({"a": 2}, option=option)


def test_update_time_is_strictly_increasing_and_readable(document: firestore.DocumentReference) -> None:
    times: list[Any] = [document.set({"n": n}).update_time for n in range(20)]
    assert all(earlier < later for earlier, later in pairwise(times))
    snapshot = document.get()
    assert (snapshot.create_time, snapshot.update_time) == (times[0], times[-1])


def test_a_write_that_changes_nothing_keeps_the_update_time(document: firestore.DocumentReference) -> None:
    created = document.create({"a": 1, "b": {"c": [1, 2]}}).update_time
    assert document.set({"a": 1, "b": {"c": [1, 2]}}).update_time == created
    assert document.update({"a": 1}).update_time == created
    assert document.get().update_time == created


def test_batch_is_all_or_nothing(db: Client) -> None:
    things = db.collection("things")
    things.document("taken").set({})
    batch = db.batch()
    batch.set(things.document("first"), {})
    batch.create(things.document("taken"), {})
    batch.delete(things.document("taken"))
    with pytest.raises(exceptions.AlreadyExists):
        batch.commit()
    assert {snapshot.id for snapshot in things.stream()} == {"taken"}


def test_a_batch_has_more_than_five_hundred_writes(db: Client) -> None:
    """Which once was the most: https://cloud.google.com/firestore/quotas."""
    batch = db.batch()
    for number in range(600):
        batch.set(db.document(f"things/{number}"), {"number": number})
    assert len(batch.commit()) == 600


def test_batch_applies_in_order_at_one_time(db: Client) -> None:
    one, two = db.document("things/one"), db.document("things/two")
    batch = db.batch()
    batch.create(one, {"n": 1})
    batch.update(one, {"n": 2, "m": 2})
    batch.set(two, {})
    batch.commit()
    assert content(one) == {"n": 2, "m": 2}
    assert one.get().update_time == two.get().update_time


def test_batch_fails_on_a_stale_record(db: Client) -> None:
    """How a worker that lost its lease is kept from committing its work."""
    record, work = db.document("things/record"), db.document("things/work")
    lease = db.write_option(last_update_time=record.create({"owner": 1}).update_time)
    record.update({"owner": 2})
    batch = db.batch()
    batch.set(work, {})
    batch.update(record, {"state": "done"}, option=lease)
    with pytest.raises(exceptions.FailedPrecondition):
        batch.commit()
    assert not work.get().exists


def test_merge_and_field_paths(document: firestore.DocumentReference) -> None:
    document.set({"a": {"b": 1, "c": 2}, "x.y": 1, "gone": 1})
    document.set({"a": {"b": 3}, "new": [1]}, merge=True)
    document.update({"a.d.e": 4, "`x.y`": 5, "gone": DELETE_FIELD, "z": "é"})
    assert content(document) == {"a": {"b": 3, "c": 2, "d": {"e": 4}}, "x.y": 5, "new": [1], "z": "é"}
    document.update({"a": {"only": 1}})
    only: Any = ["new"]  # a list of fields, though annotated as a bool
    document.set({"new": [2]}, merge=only)
    assert content(document) == {"a": {"only": 1}, "x.y": 5, "new": [2], "z": "é"}


def named(value: Any) -> str:
    """The same name in every test worker: a transform's repr holds its address."""
    held = getattr(value, "value", getattr(value, "values", None))
    return repr(value) if held is None or callable(held) else f"{type(value).__name__}({held})"


@pytest.mark.parametrize(
    ("before", "transform", "after"),
    [
        (None, Increment(2), 2),
        (1, Increment(2), 3),
        (1, Increment(0.5), 1.5),
        ("text", Increment(2), 2),
        (2**63 - 1, Increment(1), 2**63 - 1),
        (None, ArrayUnion([1, 1, "a"]), [1, "a"]),
        ([1, 2], ArrayUnion([2.0, 3]), [1, 2, 3]),
        ("text", ArrayUnion([1]), [1]),
        ([1, 2, 1, 3], ArrayRemove([1, 3.0]), [2]),
        (None, ArrayRemove([1]), []),
        (3, Maximum(5), 5),
        (3, Maximum(2.5), 3),
        (3, Maximum(3.0), 3),
        (3, Minimum(2.5), 2.5),
        (None, Minimum(7), 7),
    ],
    ids=named,
)
def test_transform(document: firestore.DocumentReference, before: Any, transform: Any, after: Any) -> None:
    document.set({} if before is None else {"deep": {"field": before}})
    document.update({"deep.field": transform, "other": 1})
    assert content(document) == {"deep": {"field": after}, "other": 1}
    assert type(document.get().get("deep.field")) is type(after)


def test_server_timestamp_is_one_for_the_whole_commit(db: Client) -> None:
    one, two = db.document("things/one"), db.document("things/two")
    batch = db.batch()
    batch.set(one, {"at": SERVER_TIMESTAMP, "n": 1})
    batch.set(two, {"at": SERVER_TIMESTAMP})
    batch.commit()
    at = one.get().get("at")
    assert at == two.get().get("at")
    assert abs((one.get().update_time - at).total_seconds()) < 1


def test_get_all_tells_found_from_missing(db: Client) -> None:
    db.document("things/one").set({"a": 1, "b": {"c": 2, "d": 3}})
    references = [db.document("things/one"), db.document("things/none")]
    found = {snapshot.id: snapshot.to_dict() for snapshot in db.get_all(references, field_paths=["b.c"])}
    assert found == {"one": {"b": {"c": 2}}, "none": None}


def test_every_type_comes_back_as_it_went(db: Client, document: firestore.DocumentReference) -> None:
    written = {
        **{"null": None, "bool": True, "int": -(2**63), "float": 0.1, "text": "Zürich 🎙", "bytes": b"\x00\xff"},
        **{
            "ref": db.document("a/b"),
            "geo": firestore.GeoPoint(1.5, -2.5),
            "map": {"empty": {}},
            "list": [{}, 1, None],
        },
    }
    document.set(written)
    read = content(document)
    assert read == written


def test_transactions_lose_no_increment(db: Client, document: firestore.DocumentReference) -> None:
    document.set({"n": 0})

    @firestore.transactional
    def increment(transaction: firestore.Transaction) -> None:
        n = document.get(transaction=transaction).get("n")
        transaction.update(document, {"n": n + 1})

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(increment, db.transaction(max_attempts=50)) for _ in range(4)]:
            done.result()
    assert content(document) == {"n": 4}


def test_a_transaction_that_fails_writes_nothing(db: Client, document: firestore.DocumentReference) -> None:
    document.set({"n": 0})

    @firestore.transactional
    def fail(transaction: firestore.Transaction) -> None:
        document.get(transaction=transaction)
        transaction.update(document, {"n": 1})
        raise LookupError

    with pytest.raises(LookupError):
        fail(db.transaction())
    document.update({"m": 1})
    assert content(document) == {"n": 0, "m": 1}


def test_a_read_only_transaction_sees_one_moment(db: Client, document: firestore.DocumentReference) -> None:
    document.set({"n": 0})

    @firestore.transactional
    def read(transaction: firestore.Transaction) -> tuple[Any, Any]:
        before = document.get(transaction=transaction).to_dict()
        document.set({"n": 1})
        return before, document.get(transaction=transaction).to_dict()

    assert read(db.transaction(read_only=True)) == ({"n": 0}, {"n": 0})


def test_recursive_delete_takes_everything_below(db: Client) -> None:
    for path in ["w/one", "w/one/segments/00001", "w/one/segments/00001/deep/x", "w/two/segments/00001", "wx/other"]:
        db.document(path).set({})
    db.recursive_delete(db.document("w/one"))
    left = {snapshot.id for name in ["segments", "deep", "w"] for snapshot in db.collection_group(name).stream()}
    assert left == {"00001"}
    db.recursive_delete(db.collection("w"))
    assert [snapshot.id for snapshot in db.collection_group("segments").stream()] == []
    assert db.document("wx/other").get().exists


def test_bulk_writer(db: Client) -> None:
    writer: Any = db.bulk_writer()
    for n in range(50):
        writer.create(db.document(f"things/{n}"), {"n": n})
    writer.close()
    assert len(list(db.collection("things").stream())) == 50


def test_lists_documents_and_collections(db: Client) -> None:
    for path in ["a/1", "a/2", "b/1", "a/1/sub/x", "a/missing/sub/y"]:
        db.document(path).set({})
    assert sorted(collection.id for collection in db.collections()) == ["a", "b"]
    assert [collection.id for collection in db.document("a/1").collections()] == ["sub"]
    assert [reference.id for reference in db.collection("a").list_documents(page_size=1)] == ["1", "2", "missing"]


@pytest.mark.parametrize(
    "write",
    [
        lambda db: db.document("things/__reserved__").set({}),
        lambda db: db.document("things/one").set({"__reserved__": 1}),
        lambda db: db.document("things/one").set({"list": [[1]]}),
        lambda db: db.document("things/one").set({"big": "x" * 1_100_000}),
        lambda db: db.document("things/" + "x" * 1501).set({}),
    ],
    ids=["reserved-id", "reserved-field", "nested-array", "too-big", "long-id"],
)
def test_refuses_what_firestore_cannot_store(db: Client, write: Callable[[Client], Any]) -> None:
    with pytest.raises(exceptions.InvalidArgument):
        write(db)
