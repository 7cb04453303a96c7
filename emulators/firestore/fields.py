"""Field paths into a document: `a.b.`c.d``, where backticks quote what is no plain name.

Syntax: https://cloud.google.com/firestore/docs/reference/rpc/google.firestore.v1#document
"""

from __future__ import annotations

import re
from collections.abc import Iterable, MutableMapping
from functools import lru_cache
from typing import Any

from emulators.firestore.protos import Document, Value
from emulators.grpc_service import invalid

FieldPath = tuple[str, ...]
Fields = MutableMapping[str, Any]
"""A protobuf map from field names to values."""

_PART = re.compile(r"([a-zA-Z_][a-zA-Z_0-9]*)|`((?:[^`\\]|\\.)+)`", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@lru_cache(maxsize=4096)
def parse(path: str) -> FieldPath:
    """Split a path into field names. Raises ApiError if it is malformed."""
    parts = []
    position = 0
    while match := _PART.match(path, position):
        parts.append(match[1] or _ESCAPE.sub(r"\1", match[2]))
        position = match.end()
        if position == len(path):
            return tuple(parts)
        if path[position] != ".":
            break
        position += 1
    raise invalid(f'Invalid property path "{path}".')


def parse_mask(paths: Iterable[str]) -> list[FieldPath]:
    """Return the paths of a DocumentMask to fields (`__name__` is always present)."""
    return [parse(path) for path in paths if path != "__name__"]


def get(fields: Fields, path: FieldPath) -> Value | None:
    """Return the value at `path`, or None."""
    *parents, last = path
    for name in parents:
        if name not in fields or fields[name].WhichOneof("value_type") != "map_value":
            return None
        fields = fields[name].map_value.fields
    return fields.get(last)


def put(fields: Fields, path: FieldPath, value: Value) -> None:
    """Set the value at `path`; any other value on the way becomes a map."""
    *parents, last = path
    for name in parents:
        fields[name].map_value.SetInParent()
        fields = fields[name].map_value.fields
    fields[last].CopyFrom(value)


def remove(fields: Fields, path: FieldPath) -> None:
    """Delete the value at `path`, if present."""
    if get(fields, path) is not None:
        for name in path[:-1]:
            fields = fields[name].map_value.fields
        del fields[path[-1]]


def project(document: Document, paths: Iterable[FieldPath] | None) -> Document:
    """Return the document with only the fields at `paths`; all of it for None."""
    if paths is None:
        return document
    projected = Document(name=document.name, create_time=document.create_time, update_time=document.update_time)
    for path in paths:
        value = get(document.fields, path)
        if value is not None:
            put(projected.fields, path, value)
    return projected
