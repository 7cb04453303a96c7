"""Records of pieces of work in the store: their steps are in common/idempotency.py."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from google.cloud.firestore_v1 import FieldFilter
from google.cloud.firestore_v1._helpers import LastUpdateOption
from google.cloud.firestore_v1.field_path import FieldPath

from common.records import IdempotencyRecord
from common.settings import Settings
from common.store import paths, writes
from common.store.access import PATIENCE, collection, document, get, reading, writing
from common.store.writes import Write

_PAST_EVERY_CHARACTER = "\uf8ff"


def record_id(agent: str, key: str) -> str:
    return f"{agent}:{key}"


def read(settings: Settings, record: str) -> IdempotencyRecord | None:
    return get(settings, IdempotencyRecord, paths.work(record))


def create(settings: Settings, record: IdempotencyRecord) -> IdempotencyRecord:
    """The record as it is stored. Raises Taken."""
    [written] = writes.commit(settings, writes.creation(paths.work(record.id), record))
    return replace(record, version=written.update_time)


def change(
    settings: Settings, before: IdempotencyRecord, after: IdempotencyRecord, *with_it: Write
) -> IdempotencyRecord:
    """Change a record as it was read, and commit the writes `with_it`, all or none; the record as it is stored.

    Raises Changed, Missing or Taken where a precondition of any of them refused it.
    """
    write = writes.change(paths.work(before.id), before, after)
    results = writes.commit(settings, write, *with_it)
    return replace(after, version=results[0].update_time if write.fields else before.version)


def forget(settings: Settings, record: IdempotencyRecord) -> None:
    """Delete a record as it was read. Raises Changed where it is another by now."""
    with writing():
        document(settings, paths.work(record.id)).delete(option=LastUpdateOption(record.version), **PATIENCE)


def remove_all(settings: Settings, workflow_id: str, agents: Iterable[str]) -> None:
    """Delete what these agents have kept of their work about a podcast: its key begins with the podcast's id."""
    records = collection(settings, paths.WORK)
    for agent in agents:
        first = record_id(agent, workflow_id)
        query = records.where(filter=FieldFilter(FieldPath.document_id(), ">=", records.document(first)))
        past = records.document(first + _PAST_EVERY_CHARACTER)
        query = query.where(filter=FieldFilter(FieldPath.document_id(), "<", past))
        with reading():
            for record in query.stream(**PATIENCE):
                record.reference.delete(**PATIENCE)
