"""Keep API keys in the store, by their hash. Operators make and revoke keys (local/keys.py)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from common.records import ApiKey
from common.settings import Settings
from common.store import paths, writes
from common.store.access import collection, find, get


def is_good(settings: Settings, key_hash: str) -> bool:
    """Tell whether what was had with a key still is: as long as the key. An empty hash stands for none."""
    if not key_hash:
        return True
    found = read(settings, key_hash)
    return found is not None and found.revoked_at is None


def read(settings: Settings, key_hash: str) -> ApiKey | None:
    return get(settings, ApiKey, paths.api_key(key_hash))


def every(settings: Settings) -> list[ApiKey]:
    """List all keys, revoked keys too, in the order of their hashes."""
    return find(ApiKey, collection(settings, paths.API_KEYS))


def put(settings: Settings, key: ApiKey) -> None:
    """Store a key, over an earlier key of the same hash."""
    writes.commit(settings, writes.replacement(paths.api_key(key.id), key))


def revoke(settings: Settings, key: ApiKey) -> None:
    """Mark a key as revoked now. Raises Changed if the key has changed since its read, Missing if deleted."""
    revoked = replace(key, revoked_at=datetime.now(UTC))
    writes.commit(settings, writes.change(paths.api_key(key.id), key, revoked))
