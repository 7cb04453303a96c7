"""Documents as typed, frozen objects: read with what is missing defaulted, written with what is unknown kept.

A field is stored under its own name, always and as it is, unless its metadata says otherwise:

    missing(value)   every writer gives it; `value` stands for it in a document without it
    LATER            a document has it only once it is another than its default
    only_if(test)    likewise, or once the record is so
    part(shape)      a nested map with known fields of its own
    BY_KEY           a map whose keys have different writers: a change writes those keys that it changes
    ABOUT            not of the document, but about it

So a version of this software that adds a field can be rolled out, and back, while documents of both are around.
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
    """A document, or a nested map of one, with known fields."""

    unknown: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False, metadata=ABOUT)
    """Fields of another version of this software."""

    @classmethod
    def of(cls, document: Mapping[str, Any], **about: Any) -> Self:
        """Read a document. A field that is not there gets its default; so does null where that is no value."""
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
        """Everything there is to store."""
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
    """One document. `version` is when it was last changed, and the fence of the next change; `created` when it came to
    be. Both are Firestore's, and None for what has not been read from there."""

    id: str = field(default="", metadata=ABOUT)
    version: datetime | None = field(default=None, compare=False, repr=False, metadata=ABOUT)
    created: datetime | None = field(default=None, compare=False, repr=False, metadata=ABOUT)

    def states(self) -> dict[str, tuple[Lifecycle, str]]:
        """The states that it is in, by the paths of their fields."""
        return {}

    def changes_since(self, before: Self) -> Document:
        """What to write, by the paths of its fields, to make of `before` what this is."""
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
