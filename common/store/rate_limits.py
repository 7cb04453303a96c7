"""Count requests in the store: a document per key and minute."""

from __future__ import annotations

from datetime import datetime

from google.cloud.firestore_v1 import Increment

from common.settings import Settings
from common.store import paths, writes
from common.store.writes import How, Write


def spend(settings: Settings, key_hash: str, window: int, expires_at: datetime) -> int:
    """Count a request, and return the new count from the increment's result, without a read."""
    fields = {"count": Increment(1), "expires_at": expires_at}
    [written] = writes.commit(settings, Write(How.MERGE, paths.rate_limit(key_hash, window), fields))
    return int(written.transform_results[0].integer_value)
