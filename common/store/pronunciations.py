"""Keep an owner's words said otherwise than written: one document an owner, written whole."""

from __future__ import annotations

from common.records import Pronunciations
from common.settings import Settings
from common.store import paths, writes
from common.store.access import get
from common.tokens import token_hash


def read(settings: Settings, owner: str) -> Pronunciations:
    """Read the pronunciations of an owner; none where none were ever kept."""
    found = get(settings, Pronunciations, paths.pronunciations(token_hash(owner)))
    return found or Pronunciations(id=token_hash(owner), owner=owner)


def keep(settings: Settings, kept: Pronunciations) -> None:
    writes.commit(settings, writes.replacement(paths.pronunciations(kept.id), kept))
