"""Structured queries: which documents match, in which order, from where to where.

Semantics: https://cloud.google.com/firestore/docs/reference/rpc/google.firestore.v1#structuredquery
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from emulators.firestore import fields as fieldpaths
from emulators.firestore.fields import FieldPath
from emulators.firestore.filters import Filter, compile_filter, equality_fields, inequality_fields
from emulators.firestore.names import collection_of, path_key, relative
from emulators.firestore.protos import Document, Message, StructuredQuery
from emulators.firestore.store import View
from emulators.firestore.values import SortKey, sort_key
from emulators.grpc_service import Supported, invalid, require_supported

_SUPPORTED: Supported = {
    "StructuredQuery": frozenset(
        {"select", "from_", "where", "order_by", "start_at", "end_at", "offset", "limit"},
    )
}
_DESCENDING = 2
_NAME = "__name__"


@dataclass(frozen=True)
class Order:
    """One field of the sort order."""

    path: str
    descending: bool

    def key(self, document: Document) -> SortKey | None:
        """Return the document's sort key; None without such a field, which excludes the document."""
        if self.path == _NAME:
            return 6, path_key(document.name)
        value = fieldpaths.get(document.fields, fieldpaths.parse(self.path))
        return None if value is None else sort_key(value)


@dataclass(frozen=True)
class Cursor:
    """A position in the sort order, just before or just after the documents that have the key's prefix."""

    prefix: tuple[SortKey, ...]
    before: bool

    def precedes(self, key: tuple[SortKey, ...], orders: tuple[Order, ...]) -> bool:
        """Tell whether a document with this sort key comes after the position."""
        for own, other, order in zip(self.prefix, key, orders, strict=False):
            if own != other:
                return (own > other) if order.descending else (own < other)
        return self.before


class Query:
    """A StructuredQuery under its parent, checked and ready to run. Raises ApiError for an invalid request."""

    def __init__(self, parent: str, query: StructuredQuery) -> None:
        require_supported(query, _SUPPORTED)
        if len(query.from_) > 1:
            raise invalid("A query selects from one collection.")
        if query.offset < 0:
            raise invalid("offset is negative")
        if query.HasField("limit") and query.limit.value < 0:
            raise invalid("limit is negative")
        self.within = _collections(parent, query)
        self.collection_id = _collection_id(query)
        self.billed_to = relative(f"{parent}/{self.collection_id}")
        self.equalities = equality_fields(query.where) if query.HasField("where") else set()
        self._filter: Filter = compile_filter(query.where) if query.HasField("where") else lambda document: True
        self.orders = _orders(query)
        self._start = self._cursor(query.start_at) if query.HasField("start_at") else None
        self._end = self._cursor(query.end_at) if query.HasField("end_at") else None
        self.offset: int = query.offset
        self.limit: int | None = query.limit.value if query.HasField("limit") else None
        self._select: list[FieldPath] | None = (
            fieldpaths.parse_mask(field.field_path for field in query.select.fields)
            if query.HasField("select")
            else None
        )

    @property
    def is_windowed(self) -> bool:
        """Tell whether a document's place in the result depends on other documents."""
        return bool(self.offset) or self.limit is not None

    def matches(self, document: Document | None) -> bool:
        """Tell whether the document belongs to the result, offset and limit aside."""
        return (
            document is not None and self.within(collection_of(document.name)) and self._sort_key(document) is not None
        )

    def run(self, view: View) -> tuple[list[Document], int]:
        """Return the result in order, unprojected, and how many documents the offset skipped."""
        keyed = [
            (key, document) for document in view.documents(self.within) if (key := self._sort_key(document)) is not None
        ]
        for index, order in reversed(list(enumerate(self.orders))):
            keyed.sort(key=lambda pair, index=index: pair[0][index], reverse=order.descending)  # type: ignore[misc]
        result = [document for _, document in keyed]
        skipped = min(self.offset, len(result))
        end = None if self.limit is None else skipped + self.limit
        return result[skipped:end], skipped

    def project(self, document: Document) -> Document:
        """Return the document with the selected fields only."""
        return fieldpaths.project(document, self._select)

    def _sort_key(self, document: Document) -> tuple[SortKey, ...] | None:
        """Tell where a document of the right collection stands in the result; None if it is not in it."""
        if not self._filter(document):
            return None
        key = []
        for order in self.orders:
            part = order.key(document)
            if part is None:
                return None
            key.append(part)
        position = tuple(key)
        if self._start is not None and not self._start.precedes(position, self.orders):
            return None
        if self._end is not None and self._end.precedes(position, self.orders):
            return None
        return position

    def _cursor(self, cursor: Message) -> Cursor:
        if len(cursor.values) > len(self.orders):
            raise invalid("Cursor has too many values.")
        return Cursor(tuple(sort_key(value) for value in cursor.values), cursor.before)


def _collection_id(query: StructuredQuery) -> str:
    selectors = query.from_
    return str(selectors[0].collection_id) if selectors else ""


def _collections(parent: str, query: StructuredQuery) -> Callable[[str], bool]:
    """Tells the full names of the collections that the query selects from; no collection id means any."""
    selectors = query.from_
    collection_id = _collection_id(query)
    if selectors and selectors[0].all_descendants:
        return lambda name: name.startswith(f"{parent}/") and collection_id in {"", name.rpartition("/")[2]}
    if collection_id:
        return lambda name: name == f"{parent}/{collection_id}"
    return lambda name: name.rpartition("/")[0] == parent


def _orders(query: StructuredQuery) -> tuple[Order, ...]:
    """Return the explicit order, then the fields of inequalities, then the name, in the last explicit direction."""
    orders = [Order(order.field.field_path, order.direction == _DESCENDING) for order in query.order_by]
    descending = orders[-1].descending if orders else False
    implicit: Iterable[str] = sorted(inequality_fields(query.where)) if query.HasField("where") else ()
    for path in (*implicit, _NAME):
        if path not in {order.path for order in orders}:
            orders.append(Order(path, descending))
    return tuple(orders)
