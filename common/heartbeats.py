"""Long answers with signs of life, told apart from lost connections by the waiting caller.

They are NDJSON (`application/x-ndjson`):

    blank lines                                     while the answer is being made: the first at once, then one a second
    lines of JSON                                   the answer
    {"type": "error", "status", "code", "detail"}   in its place: there is none, or no more of it, and why; with
                                                    "calls", how many of an engine it cost, if any

Their header `X-Heartbeat` says so, for services of the version before send no such lines, and are slow all the same.
Who reads NDJSON passes blank lines over, so callers of the version before are served by them as well.
"""

from __future__ import annotations

import contextvars
import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, Final

from flask import Request, Response

from common.errors import AethercastError

logger = logging.getLogger(__name__)

LINES: Final = "application/x-ndjson"
HEADER: Final = "X-Heartbeat"
HEARTBEAT_S: Final = 1.0
SILENCE_S: Final = 5.0
"""After so long without a line the connection is lost: a heartbeat may be late by what a busy processor makes it."""


def beating(answer: Iterator[dict[str, Any]]) -> Response:
    """Return the answer, a line for each of its parts as soon as the part is ready, with heartbeats in between."""
    run = contextvars.copy_context().run  # its log lines name the same workflow
    return Response(with_heartbeats(_lines(answer), run), mimetype=LINES, headers={HEADER: f"{HEARTBEAT_S:g}"})


def wanted(request: Request) -> bool:
    """Tell whether the caller reads an answer of this kind, too, where one of the version before waits for plain
    JSON."""
    return request.accept_mimetypes.best_match(("application/json", LINES)) == LINES


def with_heartbeats(lines: Iterator[str], run: Callable[..., Any], every_s: float = HEARTBEAT_S) -> Iterator[str]:
    """Yield the lines, with blank ones while the next is awaited. Each is made, through `run`, only once asked for.

    Where the caller has left, a line in the making comes to its end, and no more is begun.
    """
    making = ThreadPoolExecutor(1, thread_name_prefix="answer")
    try:
        yield "\n"
        while True:
            coming = making.submit(run, next, lines, None)
            while not wait((coming,), every_s).done:
                yield "\n"
            if (line := coming.result()) is None:
                return
            yield line
    finally:
        making.submit(lines.close)  # type: ignore[attr-defined]
        making.shutdown(wait=False)


def _lines(answer: Iterator[dict[str, Any]]) -> Iterator[str]:
    try:
        for part in answer:
            yield _line(part)
    except AethercastError as error:
        yield _line(_told(error))
    except Exception:
        logger.exception("unexpected error")
        yield _line(_told(AethercastError("internal", "An unexpected error occurred; it has been logged.")))


def _told(error: AethercastError) -> dict[str, Any]:
    told = {"type": "error", "status": error.status, "code": error.code, "detail": error.detail}
    return {**told, "calls": error.calls} if error.calls else told


def _line(part: dict[str, Any]) -> str:
    return json.dumps(part, ensure_ascii=False) + "\n"
