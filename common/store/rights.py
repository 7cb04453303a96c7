"""Tell whether what was had with an API key, or by a share, still is."""

from __future__ import annotations

from datetime import UTC, datetime

from common.records import Share
from common.settings import Settings
from common.shares import RIGHT
from common.store import api_keys, shares


def is_good(settings: Settings, right: str) -> bool:
    """Tell whether a right is good: a key's hash, or a share's name. An empty one stands for a person's."""
    if not right.startswith(RIGHT):
        return api_keys.is_good(settings, right)
    return share_behind(settings, right) is not None


def share_behind(settings: Settings, right: str) -> Share | None:
    """Return the share of that name, unless it is over, was taken back, or its key was."""
    found = shares.read(settings, right.removeprefix(RIGHT))
    if found is None or found.expires_at <= datetime.now(UTC) or not api_keys.is_good(settings, found.key):
        return None
    return found
