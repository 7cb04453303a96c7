"""Values: their order across types, and Firestore's limits on stored values.

Order: https://cloud.google.com/firestore/docs/concepts/data-types#value_type_ordering
"""

from __future__ import annotations

import re
from math import isnan
from typing import Any

from emulators.firestore.fields import Fields
from emulators.firestore.names import path_key
from emulators.firestore.protos import Value, to_micros, to_timestamp
from emulators.grpc_service import invalid

SortKey = tuple[Any, ...]
"""Compares as Firestore orders values; equal keys are equal values, whatever the type of number. [0] is the type."""

NULL: SortKey = (0,)
NAN: SortKey = (2, 0)

_RESERVED_FIELD = re.compile(r"__.*__", re.DOTALL)
_MAX_INT, _MIN_INT = 2**63 - 1, -(2**63)


def sort_key(value: Value) -> SortKey:
    """Return the sort key of a value. Raises ApiError if its type is not set."""
    match value.WhichOneof("value_type"):
        case "null_value":
            return NULL
        case "boolean_value":
            return 1, value.boolean_value
        case "integer_value":
            return 2, 1, value.integer_value
        case "double_value":
            return NAN if isnan(value.double_value) else (2, 1, value.double_value)
        case "timestamp_value":
            return 3, to_micros(value.timestamp_value)
        case "string_value":
            return 4, value.string_value
        case "bytes_value":
            return 5, value.bytes_value
        case "reference_value":
            return 6, path_key(value.reference_value)
        case "geo_point_value":
            return 7, value.geo_point_value.latitude, value.geo_point_value.longitude
        case "array_value":
            return 8, tuple(sort_key(element) for element in value.array_value.values)
        case "map_value":
            fields = value.map_value.fields
            if _is_vector(fields):
                elements = fields["value"].array_value.values
                return 9, len(elements), tuple(sort_key(element) for element in elements)
            return 10, tuple((name, sort_key(fields[name])) for name in sorted(fields))
    raise invalid("A value has no type.")


def is_number(value: Value | None) -> bool:
    return value is not None and value.WhichOneof("value_type") in {"integer_value", "double_value"}


def number(value: Value) -> int | float:
    """Return the Python number of a numeric value."""
    is_integer = value.WhichOneof("value_type") == "integer_value"
    found: int | float = value.integer_value if is_integer else value.double_value
    return found


def to_number(found: int | float) -> Value:
    """Return a Python number as a value."""
    return Value(integer_value=found) if isinstance(found, int) else Value(double_value=found)


def saturated(total: int) -> int:
    """Return an integer within 64 bits: what overflows stays at the end."""
    return max(_MIN_INT, min(_MAX_INT, total))


def normalize(fields: Fields) -> None:
    """Make fields as Firestore stores them: times to the microsecond. Raises ApiError for unacceptable values."""
    for name, value in fields.items():
        if not name:
            raise invalid("A field's name is empty.")
        if _RESERVED_FIELD.fullmatch(name) and not (name == "__type__" and _is_vector(fields)):
            raise invalid(f"field name {name} is reserved")
        _normalize_value(value)


def _normalize_value(value: Value) -> None:
    match value.WhichOneof("value_type"):
        case "timestamp_value":
            value.timestamp_value.CopyFrom(to_timestamp(to_micros(value.timestamp_value)))
        case "array_value":
            for element in value.array_value.values:
                if element.WhichOneof("value_type") == "array_value":
                    raise invalid("Cannot convert an array value in an array value.")
                _normalize_value(element)
        case "map_value":
            normalize(value.map_value.fields)
        case None:
            raise invalid("A value has no type.")


def _is_vector(fields: Fields) -> bool:
    return "__type__" in fields and fields["__type__"].string_value == "__vector__"
