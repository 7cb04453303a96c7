"""Keep the records of pieces of work in the store, for common/idempotency.py."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from google.cloud.firestore_v1 import FieldFilter
from google.cloud.firestore_v1._helpers import LastUpdateOption
from google.cloud.firestore_v1.field_path import FieldPath

from common.records import IdempotencyRecord
from common.settings import Settings
from common.store import paths, writes
from common.store.access import PATIENCE, collection, document, get, reading, whole, writing
from common.store.writes import Write

_PAST_EVERY_CHARACTER = "\uf8ff"


def record_id(agent: str, key: str) -> str:
    return f"{agent}:{key}"


def read(settings: Settings, record: str) -> IdempotencyRecord | None:
    return get(settings, IdempotencyRecord, paths.work(record))


def create(settings: Settings, record: IdempotencyRecord, *with_it: Write) -> IdempotencyRecord:
    """Create a record and commit the writes `with_it`, all or none; return the record with its version. Raises Taken;
    Changed or Missing where a precondition of another write failed."""
    written, *_ = writes.commit(settings, writes.creation(paths.work(record.id), record), *with_it)
    return replace(record, version=written.update_time, created=written.update_time)


def change(
    settings: Settings, before: IdempotencyRecord, after: IdempotencyRecord, *with_it: Write
) -> IdempotencyRecord:
    """Commit a change of a record and the writes `with_it`, all or none; return the record with its new version.

    Raises Changed, Missing or Taken where a precondition of any write failed.
    """
    write = writes.change(paths.work(before.id), before, after)
    results = writes.commit(settings, write, *with_it)
    return replace(after, version=results[0].update_time if write.fields else before.version)


def forget(settings: Settings, record: IdempotencyRecord) -> None:
    """Delete a record. Raises Changed if the record has changed since its read."""
    with writing():
        document(settings, paths.work(record.id)).delete(option=LastUpdateOption(record.version), **PATIENCE)


def remove_all(settings: Settings, workflow_id: str, agents: Iterable[str]) -> None:
    """Delete these agents' records about a podcast, whose keys begin with the podcast's id."""
    records = collection(settings, paths.WORK)
    for agent in agents:
        first = record_id(agent, workflow_id)
        query = records.where(filter=FieldFilter(FieldPath.document_id(), ">=", records.document(first)))
        past = records.document(first + _PAST_EVERY_CHARACTER)
        query = query.where(filter=FieldFilter(FieldPath.document_id(), "<", past))
        found = whole(query.stream)
        with reading():
            for record in found:
                record.reference.delete(**PATIENCE)
