"""Which composite index a query needs: https://cloud.google.com/firestore/docs/query-data/index-overview.

Google's emulator answers every query; production refuses a query without its index. Indexes of single fields
are Firestore's own, and conditions of equality alone are answered by merging them; an order beside other fields needs
an index of all these fields, made beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import grpc

from emulators.firestore.query import Query
from emulators.grpc_service import ApiError

Index = tuple[tuple[str, bool], ...]
"""Of each field, its path and whether it is descending."""

_NAME = "__name__"


def require_index(query: Query, indexes: Mapping[str, Sequence[Index]]) -> None:
    """Raises ApiError, as production does, unless one of `indexes`, by collection id, answers the query."""
    equal = query.equalities - {_NAME}
    ordered = tuple(
        (order.path, order.descending) for order in query.orders if order.path not in {_NAME, *query.equalities}
    )
    if not ordered or (not equal and len(ordered) == 1):
        return
    reverse = tuple((path, not descending) for path, descending in ordered)
    for index in indexes.get(query.collection_id, ()):
        head, tail = index[: len(equal)], index[len(equal) :]
        if {path for path, _ in head} == equal and tail in {ordered, reverse}:
            return
    fields = ", ".join([*sorted(equal), *(f"{path} {'desc' if down else 'asc'}" for path, down in ordered)])
    raise ApiError(
        grpc.StatusCode.FAILED_PRECONDITION, f"The query requires an index of {query.collection_id}: {fields}"
    )
