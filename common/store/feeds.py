"""Keep private feeds in the store, by the hash of the token in their address."""

from __future__ import annotations

from google.cloud.firestore_v1 import FieldFilter

from common.records import Feed
from common.settings import Settings
from common.store import paths, writes
from common.store.access import PATIENCE, collection, find, get, reading, whole


def read(settings: Settings, token_hash: str) -> Feed | None:
    return get(settings, Feed, paths.feed(token_hash))


def create(settings: Settings, feed: Feed) -> None:
    writes.commit(settings, writes.creation(paths.feed(feed.id), feed))


def of_owner(settings: Settings, owner: str) -> list[Feed]:
    """List every feed of an owner, the oldest first."""
    query = collection(settings, paths.FEEDS).where(filter=FieldFilter("owner", "==", owner))
    return sorted(find(Feed, query), key=lambda feed: feed.created_at)


def remove_all(settings: Settings, owner: str) -> None:
    """Delete every feed of an owner."""
    query = collection(settings, paths.FEEDS).where(filter=FieldFilter("owner", "==", owner))
    found = whole(query.stream)
    with reading():
        for feed in found:
            feed.reference.delete(**PATIENCE)
