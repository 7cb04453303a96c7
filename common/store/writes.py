"""Describe creations and changes of records, and commit them, all or none.

A change is the difference of two records. Fields that the caller left alone are not written, so concurrent changes by
other agents and fields of other versions survive. The table of transitions (common/states.py) says which are legal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any

from google.cloud.firestore_v1 import WriteBatch
from google.cloud.firestore_v1._helpers import LastUpdateOption

from common.clients import database
from common.errors import Conflict
from common.settings import Settings
from common.shapes import Document, Record
from common.store.access import PATIENCE, R, document, writing
from common.store.paths import Path


class IllegalTransition(Conflict):
    """Refusal of a state that does not follow on the record's present state (common/states.py)."""

    def __init__(self, path: str, before: str | None, after: str) -> None:
        super().__init__("transition_illegal", f"{path} cannot go from {before or 'nothing'} to {after}.")


class How(Enum):
    CREATE = auto()
    SET = auto()
    MERGE = auto()
    UPDATE = auto()
    DELETE = auto()


@dataclass(frozen=True)
class Write:
    """Describe a write: `fields` by name, or by path in an UPDATE. A `version` fences the write."""

    how: How
    path: Path
    fields: Document
    version: datetime | None = None

    def add_to(self, batch: WriteBatch, settings: Settings) -> None:
        reference = document(settings, self.path)
        match self.how:
            case How.CREATE:
                batch.create(reference, self.fields)
            case How.SET:
                batch.set(reference, self.fields)
            case How.MERGE:
                batch.set(reference, self.fields, merge=True)
            case How.DELETE:
                batch.delete(reference)
            case How.UPDATE if self.fields:
                batch.update(reference, self.fields, option=LastUpdateOption(self.version) if self.version else None)


def creation(path: Path, record: Record) -> Write:
    """Describe the creation of a new record. Raises IllegalTransition for a state that no record begins in."""
    require_legal(None, record)
    return Write(How.CREATE, path, record.document())


def replacement(path: Path, record: Record) -> Write:
    """Describe the creation of a record over any earlier document. Raises IllegalTransition as `creation` does."""
    require_legal(None, record)
    return Write(How.SET, path, record.document())


def change(path: Path, before: R, after: R, *, fenced: bool = True) -> Write:
    """Describe the change from `before` to `after`; `fenced`: refused if the document changes first.

    Leave out the fence only for fields with a single writer, such as an agent's own stage. Raises IllegalTransition.
    """
    require_legal(before, after)
    return Write(How.UPDATE, path, after.changes_since(before), before.version if fenced else None)


def deletion(path: Path) -> Write:
    """Describe the deletion of a record; of one that is not there, nothing."""
    return Write(How.DELETE, path, {})


def require_legal(before: Record | None, after: Record) -> None:
    """Raise IllegalTransition unless every state of `after` may follow on that of `before`."""
    was = before.states() if before else {}
    for path, (lifecycle, state) in after.states().items():
        earlier = was[path][1] if path in was else None
        if not lifecycle.allows(earlier, state):
            raise IllegalTransition(path, earlier, state)


def commit(settings: Settings, *writes: Write) -> list[Any]:
    """Commit all writes or none; return Firestore's result of each.

    Raises Taken, Changed or Missing for a refusal. After a lost answer the client sends a commit again, and Firestore
    refuses the repetition: a caller with doubts reads the document.
    """
    batch = database(settings).batch()
    for write in writes:
        write.add_to(batch, settings)
    with writing():
        return batch.commit(**PATIENCE) if len(batch) else []
