"""Look up API keys in the store by their hash. Operators make and revoke keys (local/keys.py)."""

from __future__ import annotations

from common.records import ApiKey
from common.settings import Settings
from common.store import paths
from common.store.access import get


def is_good(settings: Settings, key_hash: str) -> bool:
    """Tell whether what was had with a key still is: as long as the key. An empty hash stands for none."""
    if not key_hash:
        return True
    found = read(settings, key_hash)
    return found is not None and found.revoked_at is None


def read(settings: Settings, key_hash: str) -> ApiKey | None:
    return get(settings, ApiKey, paths.api_key(key_hash))
