"""Aggregations over the result of a query: count, sum, average.

Semantics: https://cloud.google.com/firestore/docs/query-data/aggregation-queries
"""

from __future__ import annotations

from collections.abc import Sequence

from emulators.firestore import fields as fieldpaths
from emulators.firestore.protos import AggregationResult, Document, Message, Value
from emulators.firestore.values import is_number, number, to_number
from emulators.grpc_service import invalid

_MAX_INT = 2**63 - 1


def aggregate(aggregations: Sequence[Message], documents: list[Document]) -> AggregationResult:
    """Compute a value for each aggregation. Raises ApiError for an invalid request.

    With several aggregations, only documents that have all the fields are counted, as in an index over them.
    """
    paths = [
        fieldpaths.parse(getattr(aggregation, kind).field.field_path)
        for aggregation in aggregations
        if (kind := aggregation.WhichOneof("operator")) in {"sum", "avg"}
    ]
    counted = [document for document in documents if all(fieldpaths.get(document.fields, path) for path in paths)]
    result = AggregationResult()
    for index, aggregation in enumerate(aggregations, 1):
        alias = aggregation.alias or f"field_{index}"
        result.aggregate_fields[alias].CopyFrom(_value(aggregation, counted))
    return result


def _value(aggregation: Message, documents: list[Document]) -> Value:
    match aggregation.WhichOneof("operator"):
        case "count":
            count = len(documents)
            if aggregation.count.HasField("up_to"):
                if aggregation.count.up_to.value <= 0:
                    raise invalid("up_to must be greater than zero.")
                count = min(count, aggregation.count.up_to.value)
            return Value(integer_value=count)
        case "sum":
            return _sum(_numbers(aggregation.sum.field.field_path, documents))
        case "avg":
            numbers = _numbers(aggregation.avg.field.field_path, documents)
            return Value(double_value=sum(numbers) / len(numbers)) if numbers else Value(null_value=0)
    raise invalid("An aggregation has no operator.")


def _numbers(path: str, documents: list[Document]) -> list[int | float]:
    parsed = fieldpaths.parse(path)
    values = (fieldpaths.get(document.fields, parsed) for document in documents)
    return [number(value) for value in values if value is not None and is_number(value)]


def _sum(numbers: list[int | float]) -> Value:
    total = sum(numbers)
    return to_number(float(total) if abs(total) > _MAX_INT else total)
