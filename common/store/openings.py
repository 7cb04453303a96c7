"""Keep openings in the store, a document a breath: created once, never changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from common.records import Opening
from common.settings import Settings
from common.store import paths, writes
from common.store.access import Taken, get_all


def read(settings: Settings, keys: Iterable[str]) -> dict[str, Opening]:
    """Find the kept openings of these keys, by one call; expired openings, which may be there for a while, are left
    out."""
    found = get_all(settings, Opening, [paths.opening(key) for key in keys])
    return {opening.id: opening for opening in found if opening.expires_at > datetime.now(UTC)}


def keep(settings: Settings, opening: Opening) -> bool:
    """Keep a breath; return False where one is kept already."""
    try:
        writes.commit(settings, writes.creation(paths.opening(opening.id), opening))
    except Taken:
        return False
    return True
