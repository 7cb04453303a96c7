"""A query without its composite index is refused, as production does and Google's emulator does not.

Which ones need one: https://cloud.google.com/firestore/docs/query-data/index-overview
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud.firestore import FieldFilter, Query
from google.cloud.firestore_v1 import CollectionReference

from emulators.firestore import FirestoreEmulator
from emulators.firestore.indexes import Indexes
from emulators.journal import Journal
from emulators.meter import Meter
from tests.conformance.firestore_backends import firestore_client

INDEXES = Indexes(
    {"trees": [(("kind", False), ("height", True)), (("age", False), ("height", False))]},
    {"trees": ("kind", "height", "age")},
)

Asked = Callable[[CollectionReference], Query]


@pytest.fixture(scope="module")
def trees() -> Iterator[CollectionReference]:
    emulator = FirestoreEmulator(Meter(), Journal(None), indexes=INDEXES)
    try:
        with firestore_client(f"127.0.0.1:{emulator.start()}", "indexes") as client:
            yield client.collection("trees")
    finally:
        emulator.stop()


def where(path: str, operator: str, value: object) -> FieldFilter:
    return FieldFilter(path, operator, value)


ANSWERED: list[Asked] = [
    lambda trees: trees.order_by("__name__"),
    lambda trees: trees.order_by("height"),
    lambda trees: trees.where(filter=where("height", ">", 3)),
    lambda trees: trees.where(filter=where("kind", "==", "oak")).where(filter=where("age", "==", 90)),
    lambda trees: trees.where(filter=where("kind", "in", ["oak", "elm"])),
    lambda trees: trees.where(filter=where("kind", "==", "oak")).order_by("height", direction="DESCENDING"),
    lambda trees: trees.where(filter=where("kind", "==", "oak")).order_by("height"),  # read backwards
    lambda trees: trees.where(filter=where("kind", "==", "oak")).where(filter=where("height", ">", 3)),
    lambda trees: trees.order_by("age").order_by("height"),
]
REFUSED: list[Asked] = [
    lambda trees: trees.order_by("planted"),  # an exempt field, as the next ones
    lambda trees: trees.where(filter=where("planted", "<", 1900)),
    lambda trees: trees.where(filter=where("kind", "==", "oak")).where(filter=where("planted", "==", 1900)),
    lambda trees: trees.where(filter=where("kind", "==", "oak")).order_by("age"),
    lambda trees: trees.where(filter=where("kind", "==", "oak")).where(filter=where("age", "<", 90)),
    lambda trees: trees.order_by("age").order_by("height", direction="DESCENDING"),
    lambda trees: trees.order_by("height").order_by("age"),
    lambda trees: trees.document("oak").collection("leaves").where(filter=where("side", "==", 1)).order_by("size"),
]


@pytest.mark.parametrize("asked", ANSWERED)
def test_a_query_with_its_index_is_answered(trees: CollectionReference, asked: Asked) -> None:
    assert list(asked(trees).stream()) == []


@pytest.mark.parametrize("asked", REFUSED)
def test_a_query_without_its_index_is_refused(trees: CollectionReference, asked: Asked) -> None:
    with pytest.raises(exceptions.FailedPrecondition, match="requires an index"):
        list(asked(trees).stream())


def test_counting_needs_the_same_index(trees: CollectionReference) -> None:
    young: Any = trees.where(filter=where("kind", "==", "oak")).where(filter=where("age", "<", 90))
    with pytest.raises(exceptions.FailedPrecondition, match="requires an index"):
        young.count().get()
