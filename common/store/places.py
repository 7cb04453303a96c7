"""Keep in the store where owners have come to in their podcasts: a document a podcast, written whole."""

from __future__ import annotations

from collections.abc import Sequence

from common.records import Place
from common.settings import Settings
from common.store import paths, writes
from common.store.access import delete, get_all


def read(settings: Settings, workflow_ids: Sequence[str]) -> dict[str, int]:
    """The positions (ms) that are kept of these podcasts, by one call."""
    found = get_all(settings, Place, [paths.place(workflow_id) for workflow_id in workflow_ids])
    return {place.id: place.position_ms for place in found}


def keep(settings: Settings, place: Place) -> None:
    writes.commit(settings, writes.replacement(paths.place(place.id), place))


def remove(settings: Settings, workflow_id: str) -> None:
    delete(settings, paths.place(workflow_id))
