"""Read documents as typed, frozen objects, and write them back: missing fields get defaults, unknown fields are kept.

Every field is stored under its own name, unchanged and always, except as its metadata says:

    missing(value)   given by every writer; `value` replaces a missing field
    LATER            stored once different from the default
    only_if(test)    likewise, or once the record passes the test
    part(shape)      a nested map with known fields
    BY_KEY           a map with several writers: a change writes only the changed keys
    ABOUT            kept about the document, not in the document

So a release with a new field can be rolled out, and back, among documents of both releases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import datetime
from typing import Any, Final, Self

from common.states import Lifecycle

Metadata = dict[str, Any]
Document = dict[str, Any]
"""As Firestore's client reads and writes it: times are datetimes, the rest is JSON."""

LATER: Final[Metadata] = {"later": True}
BY_KEY: Final[Metadata] = {"by_key": True}
ABOUT: Final[Metadata] = {"about": True}
_NOT_THERE: Final = object()


def missing(value: Any) -> Metadata:
    return {"missing": value}


def only_if(test: Callable[[Any], bool]) -> Metadata:
    return {"only_if": test}


def part(shape: type[Shape]) -> Metadata:
    return {"part": shape}


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A document, or a nested map, with known fields."""

    unknown: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False, metadata=ABOUT)
    """Fields of another version of this software."""

    @classmethod
    def of(cls, document: Mapping[str, Any], **about: Any) -> Self:
        """Read a document. Missing fields get their defaults; so does null in a field without None for a value."""
        values, unknown = dict(about), dict(document)
        for each in _stored(cls):
            value = unknown.pop(each.name, None)
            if "part" in each.metadata:
                values[each.name] = each.metadata["part"].of(value or {})
            elif value is not None:
                values[each.name] = value
            elif "missing" in each.metadata:
                values[each.name] = each.metadata["missing"]
        return cls(**values, unknown=unknown)

    def document(self) -> Document:
        """Build the document to store."""
        document = dict(self.unknown)
        for each in _stored(type(self)):
            value = getattr(self, each.name)
            if self._is_stored(each, value):
                document[each.name] = value.document() if isinstance(value, Shape) else value
        return document

    def _is_stored(self, each: Field[Any], value: Any) -> bool:
        if value != _default(each):
            return True
        return bool(each.metadata["only_if"](self)) if "only_if" in each.metadata else "later" not in each.metadata


@dataclass(frozen=True, kw_only=True)
class Record(Shape):
    """A document of its own. `version` is the time of its last change, and the fence of the next; `created` the time
    of its creation. Both come from Firestore; None in a record made here."""

    id: str = field(default="", metadata=ABOUT)
    version: datetime | None = field(default=None, compare=False, repr=False, metadata=ABOUT)
    created: datetime | None = field(default=None, compare=False, repr=False, metadata=ABOUT)

    def states(self) -> dict[str, tuple[Lifecycle, str]]:
        """List the record's states by the paths of their fields."""
        return {}

    def changes_since(self, before: Self) -> Document:
        """List the fields to write, by path, to turn `before` into this record."""
        had, has = before.document(), self.document()
        changes: Document = {}
        for each in _stored(type(self)):
            old, new = had.get(each.name, _NOT_THERE), has.get(each.name, _NOT_THERE)
            if new == old:
                continue
            if "by_key" in each.metadata and isinstance(new, Mapping):
                known = old if isinstance(old, Mapping) else {}
                changes |= {f"{each.name}.{key}": value for key, value in new.items() if known.get(key) != value}
            else:
                changes[each.name] = getattr(self, each.name) if new is _NOT_THERE else new
        return changes


def _stored(shape: type[Shape]) -> list[Field[Any]]:
    return [each for each in fields(shape) if "about" not in each.metadata]


def _default(each: Field[Any]) -> Any:
    return each.default if each.default_factory is MISSING else each.default_factory()
