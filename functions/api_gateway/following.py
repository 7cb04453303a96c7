"""Progress as it happens: server-sent events of one podcast, beside asking again and again.

https://html.spec.whatwg.org/multipage/server-sent-events.html. A connection lasts for less than a function may, then
the client comes back by itself, as the protocol has it; without news the stream carries only a sign of life.
Each holds a thread of this instance, so a key may have a few of them at a time, and leaves the others theirs.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator

from flask import Request, Response, g

from common.contract import EVENTS_EVERY_S
from common.errors import AethercastError, RateLimited
from common.records import Workflow
from common.settings import Settings
from functions.api_gateway.ownership import owned
from functions.api_gateway.reading import described

CONNECTION_S = 50.0
EVERY_S = EVENTS_EVERY_S
"""One Firestore read for each listener each time; a stage rarely lasts less."""
_COME_BACK_MS = 500
AT_ONCE = 8
"""Connections of one key to one instance, which has ten times as many threads."""
_open: Counter[str] = Counter()
_counting = threading.Lock()


def events(settings: Settings, request: Request, owner: str, workflow_id: str) -> Response:
    """`progress` with the podcast as it stands, at first and at each change; `end` once the podcast is not being
    made."""
    workflow = owned(settings, owner, workflow_id)  # so that a stranger gets a problem, not an empty stream
    key = _entered()
    told = request.headers.get("Last-Event-ID", "")
    response = Response(_stream(settings, owner, workflow, told), mimetype="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(lambda: _left(key))  # whether or not anything of it was sent
    return response


def _entered() -> str:
    """Count a connection of the caller's key, and return the key by which to count the connection off. Raises
    RateLimited."""
    with _counting:
        if _open[g.key_hash] >= AT_ONCE:
            detail = f"This key follows {AT_ONCE} podcasts already, and may follow no more at a time."
            raise RateLimited("events_too_many", detail, round(CONNECTION_S))
        _open[g.key_hash] += 1
    return str(g.key_hash)


def _left(key: str) -> None:
    with _counting:
        _open[key] -= 1
        if not _open[key]:
            del _open[key]


def _stream(settings: Settings, owner: str, workflow: Workflow, told: str) -> Iterator[str]:
    over = time.monotonic() + CONNECTION_S
    yield f"retry: {_COME_BACK_MS}\n\n"
    while True:
        version = str(int(workflow.version.timestamp() * 1e6)) if workflow.version else ""
        ended = not workflow.generating
        if version != told or ended:
            name = "end" if ended else "progress"
            yield f"id: {version}\nevent: {name}\ndata: {json.dumps(described(workflow), default=str)}\n\n"
            told = version
        else:
            yield ": still here\n\n"
        if ended or time.monotonic() > over:
            return
        time.sleep(EVERY_S)
        try:
            workflow = owned(settings, owner, workflow.id)
        except AethercastError as error:
            yield f"event: error\ndata: {json.dumps({'code': error.code, 'detail': error.detail})}\n\n"
            return
