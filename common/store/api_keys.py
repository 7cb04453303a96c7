"""Look up API keys in the store by their hash. Operators make and revoke keys (local/keys.py)."""

from __future__ import annotations

from common.records import ApiKey
from common.settings import Settings
from common.store import paths
from common.store.access import get


def read(settings: Settings, key_hash: str) -> ApiKey | None:
    return get(settings, ApiKey, paths.api_key(key_hash))
