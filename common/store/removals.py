"""Keep notes of deleted podcasts in the store until their removal is complete."""

from __future__ import annotations

from datetime import datetime

from google.cloud.firestore_v1 import FieldFilter

from common.records import Removal
from common.settings import Settings
from common.store import paths, writes
from common.store.access import collection, delete, find, get


def note(settings: Settings, workflow_id: str, due: datetime) -> None:
    writes.commit(settings, writes.replacement(paths.removal(workflow_id), Removal(due=due)))


def noted(settings: Settings, workflow_id: str) -> bool:
    return get(settings, Removal, paths.removal(workflow_id)) is not None


def due(settings: Settings, now: datetime, at_most: int) -> list[str]:
    """List the podcasts due for their second removal."""
    query = collection(settings, paths.REMOVALS).where(filter=FieldFilter("due", "<=", now)).limit(at_most)
    return [removal.id for removal in find(Removal, query)]


def forget(settings: Settings, workflow_id: str) -> None:
    delete(settings, paths.removal(workflow_id))
