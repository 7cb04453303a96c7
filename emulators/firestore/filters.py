"""The `where` of a structured query, compiled to a predicate.

Semantics: https://cloud.google.com/firestore/docs/query-data/queries#query_operators
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator

from emulators.firestore import fields as fieldpaths
from emulators.firestore.names import path_key
from emulators.firestore.protos import Document, Message, StructuredQuery, Value
from emulators.firestore.values import NAN, NULL, SortKey, sort_key
from emulators.grpc_service import invalid

Filter = Callable[[Document], bool]

_FieldOperator = StructuredQuery.FieldFilter.Operator
_UnaryOperator = StructuredQuery.UnaryFilter.Operator
_CompositeOperator = StructuredQuery.CompositeFilter.Operator

_RANGES: dict[str, Callable[[SortKey, SortKey], bool]] = {
    "LESS_THAN": operator.lt,
    "LESS_THAN_OR_EQUAL": operator.le,
    "GREATER_THAN": operator.gt,
    "GREATER_THAN_OR_EQUAL": operator.ge,
}
_NEGATIONS = frozenset({"NOT_EQUAL", "NOT_IN", "IS_NOT_NAN", "IS_NOT_NULL"})
_EQUALITIES = frozenset({"EQUAL", "IN", "IS_NULL", "IS_NAN"})
_MAX_OPERANDS = {"IN": 30, "ARRAY_CONTAINS_ANY": 30, "NOT_IN": 10}
_ARRAY = 8


def compile_filter(where: Message) -> Filter:
    """Return a predicate for a Filter message. Raises ApiError if it is not valid."""
    if sum(name in _NEGATIONS for name, _ in _leaves(where)) > 1:
        raise invalid("Only a single 'NOT_EQUAL', 'NOT_IN', 'IS_NOT_NAN', or 'IS_NOT_NULL' filter allowed per query.")
    return _compile(where)


def inequality_fields(where: Message) -> set[str]:
    """Return the fields of a query's implicit order."""
    return {path for name, path in _leaves(where) if name in _RANGES or name in _NEGATIONS}


def equality_fields(where: Message) -> set[str]:
    """Return the fields with an equality or `IN` condition in a query."""
    return {path for name, path in _leaves(where) if name in _EQUALITIES}


def _leaves(where: Message) -> Iterator[tuple[str, str]]:
    """Operator and field path of each condition."""
    match where.WhichOneof("filter_type"):
        case "composite_filter":
            for part in where.composite_filter.filters:
                yield from _leaves(part)
        case "field_filter":
            yield _FieldOperator.Name(where.field_filter.op), where.field_filter.field.field_path
        case "unary_filter":
            yield _UnaryOperator.Name(where.unary_filter.op), where.unary_filter.field.field_path


def _compile(where: Message) -> Filter:
    match where.WhichOneof("filter_type"):
        case "composite_filter":
            return _composite(where.composite_filter)
        case "field_filter":
            condition = where.field_filter
            name = _FieldOperator.Name(condition.op)
            if condition.field.field_path == "__name__":
                _require_references(condition.value)
            return _on_field(condition.field.field_path, _comparison(name, condition.value))
        case "unary_filter":
            name = _UnaryOperator.Name(where.unary_filter.op)
            return _on_field(where.unary_filter.field.field_path, _unary(name))
    raise invalid("A filter has no type.")


def _require_references(value: Value) -> None:
    operands = value.array_value.values if value.WhichOneof("value_type") == "array_value" else [value]
    if any(operand.WhichOneof("value_type") != "reference_value" for operand in operands):
        raise invalid("__key__ filter value must be a Key")


def _composite(composite: Message) -> Filter:
    parts = [_compile(part) for part in composite.filters]
    match _CompositeOperator.Name(composite.op):
        case "AND":
            return lambda document: all(part(document) for part in parts)
        case "OR":
            return lambda document: any(part(document) for part in parts)
    raise invalid("A composite filter has no operator.")


def _on_field(path: str, condition: Callable[[SortKey], bool]) -> Filter:
    """Return the condition on one field; a document without the field does not match."""
    if path == "__name__":
        return lambda document: condition((6, path_key(document.name)))
    parsed = fieldpaths.parse(path)

    def test(document: Document) -> bool:
        value = fieldpaths.get(document.fields, parsed)
        return value is not None and condition(sort_key(value))

    return test


def _unary(name: str) -> Callable[[SortKey], bool]:
    match name:
        case "IS_NULL":
            return lambda key: key == NULL
        case "IS_NOT_NULL":
            return lambda key: key != NULL
        case "IS_NAN":
            return lambda key: key == NAN
        case "IS_NOT_NAN":
            return lambda key: key not in {NAN, NULL}
    raise invalid("A unary filter has no operator.")


def _comparison(name: str, value: Value) -> Callable[[SortKey], bool]:
    operand = sort_key(value)
    if compare := _RANGES.get(name):
        return lambda key: key[0] == operand[0] and NAN not in {key, operand} and compare(key, operand)
    match name:
        case "EQUAL":
            return lambda key: key == operand
        case "NOT_EQUAL":
            return lambda key: key not in {operand, NULL}
        case "ARRAY_CONTAINS":
            return lambda key: key[0] == _ARRAY and operand in key[1]
    operands = _operands(name, value)
    match name:
        case "IN":
            # Null and NaN equal nothing here, as in a list of comparisons.
            return lambda key: key in operands and key not in {NULL, NAN}
        case "NOT_IN":
            return lambda key: NULL not in operands and key != NULL and key not in operands
        case "ARRAY_CONTAINS_ANY":
            return lambda key: key[0] == _ARRAY and not operands.isdisjoint(key[1])
    raise invalid("A field filter has no operator.")


def _operands(name: str, value: Value) -> set[SortKey]:
    elements = value.array_value.values
    if not elements:
        raise invalid(f"'{name}' requires an non-empty ArrayValue.")
    most = _MAX_OPERANDS.get(name, 0)
    if len(elements) > most:
        raise invalid(f"'{name}' supports up to {most} comparison values.")
    return {sort_key(element) for element in elements}
