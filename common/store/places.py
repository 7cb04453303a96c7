"""Keep in the store where owners have come to in their podcasts, and which moments they keep: a document a podcast.

Each device writes its own facts and leaves the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from google.cloud.firestore_v1 import ArrayRemove, ArrayUnion

from common.records import Place
from common.settings import Settings
from common.store import paths, writes
from common.store.access import delete, get, get_all
from common.store.writes import How, Write


def read(settings: Settings, workflow_ids: Sequence[str]) -> dict[str, int]:
    """Return the positions (ms) that are kept of these podcasts, by one call."""
    found = get_all(settings, Place, [paths.place(workflow_id) for workflow_id in workflow_ids])
    return {place.id: place.position_ms for place in found}


def of_podcast(settings: Settings, workflow_id: str) -> Place | None:
    """List all that is kept of a podcast."""
    return get(settings, Place, paths.place(workflow_id))


def keep(settings: Settings, workflow_id: str, position_ms: int, expires_at: datetime) -> None:
    _merge(settings, workflow_id, {"position_ms": position_ms, "expires_at": expires_at})


def keep_moment(settings: Settings, workflow_id: str, segment: int, expires_at: datetime) -> None:
    _merge(settings, workflow_id, {"moments": ArrayUnion([segment]), "expires_at": expires_at})


def forget_moment(settings: Settings, workflow_id: str, segment: int, expires_at: datetime) -> None:
    _merge(settings, workflow_id, {"moments": ArrayRemove([segment]), "expires_at": expires_at})


def remove(settings: Settings, workflow_id: str) -> None:
    delete(settings, paths.place(workflow_id))


def _merge(settings: Settings, workflow_id: str, fields: dict[str, Any]) -> None:
    writes.commit(settings, Write(How.MERGE, paths.place(workflow_id), fields))
