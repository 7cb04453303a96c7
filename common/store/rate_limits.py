"""Count requests in the store, in documents for each key and minute.

Firestore advises about one write a second to a document, so the count of a key that may call more often is spread over
several, its shards. https://cloud.google.com/firestore/docs/solutions/counters
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from google.cloud.firestore_v1 import Increment

from common.records import RateLimit
from common.settings import Settings
from common.store import paths, writes
from common.store.access import get_all
from common.store.writes import How, Write


def used(settings: Settings, key_hash: str, window: int, shards: Iterable[int]) -> int:
    """Return the requests counted so far in some shards, read by one call."""
    counts = get_all(settings, RateLimit, [paths.rate_limit(key_hash, window, shard) for shard in shards])
    return sum(each.count for each in counts)


def one_more(key_hash: str, window: int, shard: int, expires_at: datetime) -> Write:
    """Describe the count of a request, to be committed with what it asks for."""
    fields = {"count": Increment(1), "expires_at": expires_at}
    return Write(How.MERGE, paths.rate_limit(key_hash, window, shard), fields)


def spend(settings: Settings, key_hash: str, window: int, expires_at: datetime, shard: int = 0) -> int:
    """Count a request, and return the shard's new count from the increment's result, without a read."""
    [written] = writes.commit(settings, one_more(key_hash, window, shard, expires_at))
    return int(written.transform_results[0].integer_value)
