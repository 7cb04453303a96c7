"""Keep shares in the store: what has been taken back is not there any more. The share itself is stored nowhere."""

from __future__ import annotations

from google.cloud.firestore_v1 import FieldFilter

from common.records import Share
from common.settings import Settings
from common.store import paths, writes
from common.store.access import collection, delete, find, get


def read(settings: Settings, share_id: str) -> Share | None:
    return get(settings, Share, paths.share(share_id))


def create(settings: Settings, share: Share) -> None:
    writes.commit(settings, writes.creation(paths.share(share.id), share))


def of_podcast(settings: Settings, workflow_id: str) -> list[Share]:
    """List every share of a podcast, the oldest first."""
    query = collection(settings, paths.SHARES).where(filter=FieldFilter("workflow_id", "==", workflow_id))
    return sorted(find(Share, query), key=lambda share: share.created_at)


def remove(settings: Settings, share_id: str) -> None:
    delete(settings, paths.share(share_id))


def remove_all(settings: Settings, workflow_id: str) -> None:
    """Delete every share of a podcast."""
    for share in of_podcast(settings, workflow_id):
        remove(settings, share.id)
