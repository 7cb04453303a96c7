"""Firestore's queries and aggregations, and their order of values, as Aethercast relies on their behaviour."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud import firestore
from google.cloud.firestore import And, FieldFilter, Or, Query
from google.cloud.firestore_v1 import Client

MIXED = {
    **{"null": None, "true": True, "nan": float("nan"), "one": 1, "half": 2.5, "text": "a", "bytes": b"a"},
    **{"list": [1, None, "q"], "map": {"k": 1}},
}
"""Document id -> its `x`, in Firestore's order of values."""


@pytest.fixture
def mixed(db: Client) -> Any:
    """A collection with `x` of every type, and a document that has none."""
    things = db.collection("things")
    batch = db.batch()
    for doc_id, x in MIXED.items():
        batch.set(things.document(doc_id), {"x": x})
    batch.set(things.document("without"), {"y": 1})
    batch.commit()
    return things


@pytest.fixture
def segments(db: Client) -> Any:
    """Ten segments, index 0 to 9: even ones FORGED, odd ones SCRIPTED; three to a chapter."""
    segments = db.collection("workflows").document("w").collection("segments")
    batch = db.batch()
    for n in range(10):
        state = "SCRIPTED" if n % 2 else "FORGED"
        batch.set(segments.document(f"{n:05d}"), {"index": n, "state": state, "chapter": n // 3, "tags": [n, "t"]})
    batch.commit()
    return segments


def ids(query: Any) -> list[str]:
    return [snapshot.id for snapshot in query.stream()]


def indexes(query: Any) -> list[int]:
    return [snapshot.get("index") for snapshot in query.stream()]


def where(field: str, operator: str, value: Any) -> FieldFilter:
    return FieldFilter(field, operator, value)


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("==", 1.0, ["one"]),
        ("==", None, ["null"]),
        ("==", float("nan"), ["nan"]),
        ("==", [1, None, "q"], ["list"]),
        ("==", {"k": 1}, ["map"]),
        ("!=", 1, ["true", "nan", "half", "text", "bytes", "list", "map"]),
        ("!=", None, ["true", "nan", "one", "half", "text", "bytes", "list", "map"]),
        ("<", 5, ["one", "half"]),
        (">", 1, ["half"]),
        (">=", 1, ["one", "half"]),
        ("<=", "b", ["text"]),
        ("in", [1.0, 2.5, "none"], ["one", "half"]),
        ("in", [None, 1], ["one"]),
        ("not-in", [1, "a"], ["true", "nan", "half", "bytes", "list", "map"]),
        ("not-in", [None], []),
        ("array_contains", "q", ["list"]),
        ("array_contains_any", ["z", 1], ["list"]),
    ],
)
def test_operator(mixed: Any, operator: str, value: Any, expected: list[str]) -> None:
    assert sorted(ids(mixed.where(filter=where("x", operator, value)))) == sorted(expected)


def test_values_are_ordered_across_types(mixed: Any) -> None:
    assert ids(mixed.order_by("x")) == list(MIXED)
    assert ids(mixed.order_by("x", direction=Query.DESCENDING)) == list(MIXED)[::-1]


def test_documents_come_by_name_unless_ordered(segments: Any) -> None:
    assert indexes(segments) == list(range(10))
    assert indexes(segments.order_by("state")) == [0, 2, 4, 6, 8, 1, 3, 5, 7, 9]


def test_inequalities_order_the_result(db: Client) -> None:
    things = db.collection("things")
    for doc_id, n in {"a": 3, "b": 1, "c": 2}.items():
        things.document(doc_id).set({"n": n})
    assert ids(things.where(filter=where("n", ">", 0))) == ["b", "c", "a"]


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        (lambda q: q.where(filter=where("state", "==", "FORGED")).where(filter=where("index", ">", 3)), [4, 6, 8]),
        (lambda q: q.where(filter=Or([where("index", "==", 1), where("chapter", "==", 2)])), [1, 6, 7, 8]),
        (
            lambda q: q.where(
                filter=And([Or([where("index", "<", 2), where("index", ">", 7)]), where("state", "==", "FORGED")])
            ),
            [0, 8],
        ),
        (lambda q: q.order_by("state").order_by("index", direction="DESCENDING").limit(3), [8, 6, 4]),
        (lambda q: q.order_by("index").limit(2).offset(3), [3, 4]),
        (lambda q: q.order_by("index").start_at({"index": 7}), [7, 8, 9]),
        (lambda q: q.order_by("index").start_after({"index": 7}), [8, 9]),
        (lambda q: q.order_by("index").end_at({"index": 1}), [0, 1]),
        (lambda q: q.order_by("index").end_before({"index": 1}), [0]),
        (lambda q: q.order_by("index", direction="DESCENDING").start_after({"index": 2}), [1, 0]),
        (lambda q: q.order_by("chapter").start_after({"chapter": 1}).limit(2), [6, 7]),
        (lambda q: q.where(filter=where("tags", "array_contains", 4)), [4]),
        (lambda q: q.limit(0).limit(1), [0]),
    ],
)
def test_query(segments: Any, ask: Callable[[Any], Any], expected: list[int]) -> None:
    assert indexes(ask(segments)) == expected


def test_limit_to_last(segments: Any) -> None:
    assert [snapshot.get("index") for snapshot in segments.order_by("index").limit_to_last(2).get()] == [8, 9]


def test_document_cursor(segments: Any) -> None:
    after = segments.document("00004").get()
    assert indexes(segments.order_by("state").start_after(after)) == [6, 8, 1, 3, 5, 7, 9]


def test_name_filters(segments: Any) -> None:
    after = segments.document("00007")
    assert indexes(segments.where(filter=where("__name__", ">", after))) == [8, 9]
    assert indexes(segments.where(filter=where("__name__", "in", [after]))) == [7]


def test_select(segments: Any) -> None:
    assert [snapshot.to_dict() for snapshot in segments.select(["index"]).limit(1).stream()] == [{"index": 0}]
    assert [snapshot.to_dict() for snapshot in segments.select([]).limit(1).stream()] == [{}]


def test_collection_group(db: Client, segments: Any) -> None:
    db.document("workflows/other/segments/00001").set({"index": 100})
    db.document("workflows/other/notsegments/00001").set({"index": 200})
    group = db.collection_group("segments")
    assert sorted(indexes(group.where(filter=where("index", ">", 7)))) == [8, 9, 100]
    assert indexes(db.collection("workflows").document("none").collection("segments")) == []


def test_query_in_a_transaction_sees_its_moment(db: Client, segments: Any) -> None:
    @firestore.transactional
    def read(transaction: firestore.Transaction) -> tuple[int, int]:
        query = segments.where(filter=where("state", "==", "FORGED"))
        before = len(list(query.stream(transaction=transaction)))
        segments.document("00001").update({"state": "FORGED"})
        return before, len(list(query.stream(transaction=transaction)))

    assert read(db.transaction(read_only=True)) == (5, 5)


@pytest.mark.parametrize(("forged", "up_to", "expected"), [(False, None, 10), (True, None, 5), (False, 3, 3)])
def test_count(segments: Any, forged: bool, up_to: int | None, expected: int) -> None:
    query = segments.where(filter=where("state", "==", "FORGED")) if forged else segments
    [[result]] = (query.limit(up_to) if up_to else query).count(alias="n").get()
    assert (result.alias, result.value) == ("n", expected)


def test_sum_and_average(segments: Any) -> None:
    query = segments.where(filter=where("index", "<=", 3))
    [results] = query.sum("index", alias="sum").avg("index", alias="avg").count(alias="count").get()
    assert {result.alias: result.value for result in results} == {"sum": 6, "avg": 1.5, "count": 4}


@pytest.mark.parametrize(
    ("operator", "value"), [("in", []), ("in", list(range(31))), ("not-in", list(range(11)))], ids=str
)
def test_refuses_lists_that_are_empty_or_long(segments: Any, operator: str, value: list[int]) -> None:
    with pytest.raises(exceptions.InvalidArgument):
        ids(segments.where(filter=where("index", operator, value)))
