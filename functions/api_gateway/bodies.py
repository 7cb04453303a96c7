"""The body of a request, in the part common to every route: a single JSON object of a bounded size, and of large ones
so many at once as an instance has memory for.
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge

from common.contract import MAX_REQUEST_BYTES
from common.errors import BadRequest, Busy, TooLarge

SMALL_BYTES = 128 * 1024
"""Bodies up to this are not counted: 80 of them at once are 10 MB."""
AT_ONCE_BYTES = 4 * MAX_REQUEST_BYTES
"""Of large bodies, read and worked on at the same time. Each takes up to four times its size of an instance's 512 MiB,
of which less than half is taken by the gateway itself."""
MAX_VALUES = 100_000
"""Of JSON, in one body. Each is an object in memory, of up to thirty times its size in the body, made and checked while
no other thread gets to run: a script of 300,000 characters has some tens of thousands, a line of it four."""
_MANY_VALUES = re.compile(rb'(?:(?:[^",\[{]++|"[^"\\]*+(?:\\.[^"\\]*+)*+"?)*+[,\[{]){%d}' % (MAX_VALUES + 1), re.DOTALL)
"""More commas and opening brackets outside of strings than that: counted before anything is made of them."""

_READ = "aethercast.body"
_WHOLE = "aethercast.body_whole"


class LargeRequestsTooMany(Busy):
    """Refusal of a large body that an instance has no memory for just now."""

    def __init__(self) -> None:
        super().__init__("large_requests_too_many", "Too many large requests are being worked on; ask again.")


class Room:
    """The memory for large bodies: a single caller gets at most half, as others have large bodies, too."""

    def __init__(self, limit: int = AT_ONCE_BYTES) -> None:
        self._limit = limit
        self._held: Counter[str] = Counter()
        self._counting = threading.Lock()

    @contextmanager
    def held(self, request: Request, who: str) -> Iterator[None]:
        """Hold room for a request's body over the block, before any of it is read. Raises LargeRequestsTooMany.

        A body of unannounced length counts as the largest.
        """
        announced = request.content_length
        size = announced if announced is not None else MAX_REQUEST_BYTES * ("Transfer-Encoding" in request.headers)
        if size <= SMALL_BYTES:
            yield
            return
        with self._counting:
            if self._held.total() + size > self._limit or self._held[who] + size > self._limit // 2:
                raise LargeRequestsTooMany
            self._held[who] += size
        try:
            yield
        finally:
            with self._counting:
                self._held[who] -= size
                if not self._held[who]:
                    del self._held[who]


def bound(request: Request, limit: int) -> None:
    """Let the body have `limit` bytes. Raises RequestEntityTooLarge for a larger announced body, before its arrival.

    A body of unannounced length gets cut off by werkzeug a byte after the limit, which `json_object` notices.
    """
    if (request.content_length or 0) > limit:
        raise RequestEntityTooLarge
    request.max_content_length = limit + 1


def is_unread(request: Request) -> bool:
    """Tell whether some of a request's body was not read: the rest may be on its way for any time."""
    announced = bool(request.content_length) or "Transfer-Encoding" in request.headers
    return announced and _WHOLE not in request.environ


def json_object(request: Request) -> dict[str, Any]:
    """Return the JSON object that a request carries, in UTF-8. Raises BadRequest for anything else,
    RequestEntityTooLarge, and TooLarge for too many values.

    The bytes are let go of once they are read: of a large body that is a quarter of its memory.
    """
    if _READ in request.environ:
        known: dict[str, Any] = request.environ[_READ]
        return known
    data = request.get_data(cache=False)
    if len(data) == request.max_content_length:
        raise RequestEntityTooLarge
    request.environ[_WHOLE] = True
    if _MANY_VALUES.match(data):
        raise TooLarge("request_too_large", f"A request has at most {MAX_VALUES:,} values.")
    try:
        body = json.loads(data.decode()) if request.is_json else None
    except (ValueError, RecursionError):  # of the latter, a few kilobytes of "[" are enough
        body = None
    if isinstance(body, dict):
        request.environ[_READ] = body
    else:
        raise BadRequest("request_malformed", "The body is a JSON object, with Content-Type: application/json.")
    return body
