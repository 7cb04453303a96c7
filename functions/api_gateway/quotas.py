"""Rate limits of the public API: how often a key may call in a minute.

The count of a minute is in the store (common/store/rate_limits.py): a document for each 60 calls of the key's quota, up
to ten. Most calls are counted by an increment of their own, whose result, with what the other documents say, tells
whether the quota holds. A call that commits anyway is let in by a read, and its commit has the increment: so a refusal
leaves nothing behind. The read is made beside those of its handler, which awaits it before anything is stored. A key
may go over its quota by those of its calls that are under way in the same moment.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Request, g

from common.beside import beside
from common.contract import MAX_REQUEST_BYTES
from common.errors import AethercastError, RateLimited
from common.settings import Settings
from common.store import rate_limits
from common.store.writes import Write
from functions.api_gateway.bodies import SMALL_BYTES

WINDOW_S = 60
A_SHARD = 60
"""Calls a minute that one document counts: a write a second."""
MOST_SHARDS = 10
"""A call that is let in by a read reads them all."""


@dataclass(frozen=True)
class Window:
    """The present minute of the caller's key."""

    number: int
    reset_s: int
    """Until the next."""
    shards: range

    @staticmethod
    def now() -> Window:
        now = time.time()
        number = int(now // WINDOW_S)
        shards = min(MOST_SHARDS, max(1, -(-int(g.quota) // A_SHARD)))
        return Window(number, max(1, round((number + 1) * WINDOW_S - now)), range(shards))

    @property
    def expires_at(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=2 * WINDOW_S)

    def tell(self, used: int) -> None:
        """Leave the `RateLimit-*` headers of the answer, a refusal included, in `g.rate_limit`.

        https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
        """
        g.rate_limit = {
            "RateLimit-Limit": str(g.quota),
            "RateLimit-Remaining": str(max(0, g.quota - used)),
            "RateLimit-Reset": str(self.reset_s),
        }
        if used > g.quota:
            raise RateLimited(
                "rate_limited",
                f"This key may ask for {g.quota} podcasts, streams, titles and lists a minute.",
                self.reset_s,
            )


def spend(settings: Settings) -> None:
    """Count one costly request of the caller's key in the present minute. Raises RateLimited.

    One increment without a read before it: the transform's own result says the number so far, in one shard.
    """
    window = Window.now()
    shard = random.choice(window.shards)  # noqa: S311 - spread, not secret
    others = [each for each in window.shards if each != shard]
    elsewhere = beside(rate_limits.used, settings, g.key_hash, window.number, others) if others else None
    used = rate_limits.spend(settings, g.key_hash, window.number, window.expires_at, shard)
    window.tell(used + (elsewhere.result() if elsewhere else 0))


@contextmanager
def admitted(settings: Settings, request: Request) -> Iterator[None]:
    """Look whether a request is let in whose handler commits `one_more` with its own writes, while the block begins.
    The handler calls `require_admission` before storing anything. A large body is not read before.

    Whatever else the block comes to is counted here. Raises RateLimited, whatever the block raises.
    """
    window = Window.now()
    g.admission = window, beside(rate_limits.used, settings, g.key_hash, window.number, window.shards)
    g.counted = False
    try:
        if (MAX_REQUEST_BYTES if request.content_length is None else request.content_length) > SMALL_BYTES:
            require_admission()
        yield
    except Exception:
        if not g.counted:
            require_admission()
            with suppress(AethercastError):
                spend(settings)
        raise


def require_admission() -> None:
    """Await the look of `admitted`. Raises RateLimited where the present request is beyond the quota of its key."""
    window, used = g.admission
    try:
        window.tell(used.result() + 1)
    except RateLimited:
        g.counted = True  # a refusal leaves nothing behind
        raise


def one_more() -> Write:
    """Describe the count of the present request, for the commit of the request's own writes. Raises as
    `require_admission`."""
    require_admission()
    window = Window.now()
    g.counted = True
    shard = random.choice(window.shards)  # noqa: S311 - spread, not secret
    return rate_limits.one_more(g.key_hash, window.number, shard, window.expires_at)
