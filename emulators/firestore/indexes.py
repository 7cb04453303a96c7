"""Which index a query needs: https://cloud.google.com/firestore/docs/query-data/index-overview.

Google's emulator answers every query; production refuses a query without its index. Indexes of single fields
are Firestore's own, but for fields that are exempt, and conditions of equality alone are answered by merging them; an
order beside other fields needs an index of all these fields, made beforehand.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import grpc

from emulators.firestore.query import Query
from emulators.grpc_service import ApiError

Index = tuple[tuple[str, bool], ...]
"""Of each field, its path and whether it is descending."""

_NAME = "__name__"


@dataclass(frozen=True)
class Indexes:
    """By collection id: the composite indexes, and the fields indexed by themselves where not all are."""

    composite: Mapping[str, Sequence[Index]] = field(default_factory=dict)
    single: Mapping[str, Collection[str]] = field(default_factory=dict)


def require_index(query: Query, indexes: Indexes) -> None:
    """Raises ApiError, as production does, unless one of the indexes answers the query."""
    equal = query.equalities - {_NAME}
    ordered = tuple(
        (order.path, order.descending) for order in query.orders if order.path not in {_NAME, *query.equalities}
    )
    if not ordered or (not equal and len(ordered) == 1):
        _require_single({*equal, *(path for path, _ in ordered)}, query.collection_id, indexes.single)
        return
    reverse = tuple((path, not descending) for path, descending in ordered)
    for index in indexes.composite.get(query.collection_id, ()):
        head, tail = index[: len(equal)], index[len(equal) :]
        if {path for path, _ in head} == equal and tail in {ordered, reverse}:
            return
    fields = ", ".join([*sorted(equal), *(f"{path} {'desc' if down else 'asc'}" for path, down in ordered)])
    raise ApiError(
        grpc.StatusCode.FAILED_PRECONDITION, f"The query requires an index of {query.collection_id}: {fields}"
    )


def _require_single(fields: set[str], collection_id: str, single: Mapping[str, Collection[str]]) -> None:
    exempt = sorted(fields.difference(single.get(collection_id, fields)))
    if exempt:
        raise ApiError(
            grpc.StatusCode.FAILED_PRECONDITION, f"The query requires an index of {collection_id}: {', '.join(exempt)}"
        )
