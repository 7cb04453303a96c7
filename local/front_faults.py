"""A front answering for a service, as the platform's does while a binding or a revision is on its way.

Every service of a stack has a place for a front (local/front.py). To have a front answer for a while, write a file into
a folder known to all processes; the front reads the file at each request, so no process needs telling:

    {folder}/{service}.json       {"status": 403, "body": "html", "times": 12, "paths": ["/v1/speech"]}
    {folder}/{service}.answered   one byte for each request that was answered here so far

Answers of Cloud Run's front of its own accord: https://cloud.google.com/run/docs/troubleshooting
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FOLDER_VARIABLE: Final = "FRONTS_DIR"
"""The environment variable that names the folder. Without it no service has such a front."""

_PAGE = """<!doctype html><html><head><title>{status} {reason}</title></head>
<body><h1>{reason}</h1><p>This page was written by the front, not by the service behind it.</p></body></html>"""
_SOMEBODY_ELSES = {"type": "about:blank", "title": "No", "detail": "Said by a gateway of somebody else's."}
BODIES: Final[dict[str, tuple[str, str]]] = {
    # name: media type, text
    "html": ("text/html; charset=UTF-8", _PAGE),
    "empty": ("text/html; charset=UTF-8", ""),
    "cut": ("application/json", '{"uri": "gs://bucket/name", "packets"'),
    "json": ("application/json", '{"error": {"code": 503, "status": "UNAVAILABLE"}}'),
    "problem": ("application/problem+json", json.dumps(_SOMEBODY_ELSES)),
}
"""What a front says. `cut` is announced longer than it is, and then the connection is closed."""
TORN: Final = "torn"
"""No words of the front's own: the service's answer, of which only the first half gets through."""


class ConnectionCut(Exception):
    """Raised in mid-answer, whereupon the server that runs the application closes the connection."""


@dataclass(frozen=True)
class Fault:
    """An answer that is not the service's: a `status` and one of BODIES, or the service's own, TORN.

    The answer is given `times` times, or until lifted, to all requests or to requests for `paths`.
    """

    status: int = 503
    body: str = "html"
    times: int | None = None
    paths: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.body if self.body == TORN else f"{self.status} {self.body}"


class Fronts:
    """Puts fronts before the services whose processes know this `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def before(self, service: str, fault: Fault) -> Iterator[Callable[[], int]]:
        """Have the service answered for while the block runs. Gives a function: how many requests were, so far."""
        answered, wanted = self._folder / f"{service}.answered", self._folder / f"{service}.json"
        answered.write_bytes(b"")
        written = wanted.with_suffix(".new")
        written.write_text(json.dumps(asdict(fault)))
        written.replace(wanted)  # whole at once, for others read it all the time
        try:
            yield lambda: answered.stat().st_size
        finally:
            wanted.unlink()


def behind_front(app: WSGIApplication, service: str) -> WSGIApplication:
    """Return the application of a service with a place for a front before it, where this process knows of a folder."""
    folder = os.environ.get(FOLDER_VARIABLE)
    if not folder:
        return app
    wanted, answered = Path(folder) / f"{service}.json", Path(folder) / f"{service}.answered"

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        fault = _wanted(wanted)
        if fault is None or not _strikes(fault, environ, answered):
            return app(environ, start_response)
        if fault.body == TORN:
            return _torn(app, environ, start_response)
        # Unread, it would be reset with the connection, and the answer lost on its way
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        return _answer(fault, start_response)

    return application


def _wanted(file: Path) -> Fault | None:
    try:
        wanted: dict[str, Any] = json.loads(file.read_bytes())
    except FileNotFoundError:
        return None
    return Fault(**{**wanted, "paths": tuple(wanted["paths"])})


def _strikes(fault: Fault, environ: WSGIEnvironment, answered: Path) -> bool:
    if fault.paths and environ["PATH_INFO"] not in fault.paths:
        return False
    if fault.times is not None and answered.stat().st_size >= fault.times:
        return False
    with answered.open("ab", buffering=0) as count:
        count.write(b".")
        return fault.times is None or count.tell() <= fault.times


def _answer(fault: Fault, start_response: StartResponse) -> Iterable[bytes]:
    media_type, text = BODIES[fault.body]
    reason = HTTPStatus(fault.status).phrase
    if fault.body == "html":
        text = text.format(status=fault.status, reason=reason)
    body = text.encode()
    length = 2 * len(body) if fault.body == "cut" else len(body)
    headers = [("Content-Type", media_type), ("Content-Length", str(length))]
    start_response(f"{fault.status} {reason}", headers)
    return _cut(body) if fault.body == "cut" else [body]


def _torn(app: WSGIApplication, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Return the first half of what the application answers, under its own headers."""
    pieces = app(environ, start_response)
    try:
        whole = b"".join(pieces)
    finally:
        if hasattr(pieces, "close"):
            pieces.close()
    return _cut(whole[: len(whole) // 2])


def _cut(body: bytes) -> Iterator[bytes]:
    yield body
    raise ConnectionCut
