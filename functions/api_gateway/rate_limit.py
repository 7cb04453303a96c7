"""The rate limit of cheap requests: how many a key, or a feed, may make a minute of one instance.

They cost a read, or a signature or ten, each, and none is worth a write to be counted by: each instance counts for
itself.
"""

from __future__ import annotations

import threading
import time
from collections import Counter

from common.errors import RateLimited

WINDOW_S = 60


class RateLimit:
    """The requests of the present minute, by their callers."""

    def __init__(self) -> None:
        self._window = 0
        self._made: Counter[str] = Counter()
        self._counting = threading.Lock()

    def spend(self, who: str, at_most: int, weight: int = 1) -> None:
        """Count one request, which costs as much as `weight` others. Raises RateLimited."""
        now = time.time()
        window = int(now // WINDOW_S)
        with self._counting:
            if window != self._window:
                self._window = window
                self._made.clear()
            self._made[who] += weight
            made = self._made[who]
        if made > at_most:
            detail = f"This key, or this feed, may be used for {at_most} requests a minute."
            raise RateLimited("requests_too_many", detail, max(1, round((window + 1) * WINDOW_S - now)))
