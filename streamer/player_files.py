"""The player's files, their configuration, and the headers of every answer.

The page may run its own files and nothing else, and talk to this origin, the API and the bucket:
https://www.w3.org/TR/CSP3/, https://owasp.org/www-project-secure-headers/.
"""

from __future__ import annotations

import gzip
import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, request, send_from_directory

from common.problems import json_response
from common.settings import Settings

BESIDE: Final = Path(__file__).parent.parent / "web"
_STORAGE: Final = "https://storage.googleapis.com"
_NOT_SERVED: Final = ("tests/", "node_modules/")
_LONG_LIVED: Final = ("fonts/",)
_COMPRESSED: Final = (".html", ".js", ".css", ".svg")
_HOST: Final = re.compile(r"[a-zA-Z0-9.-]+(:[0-9]+)?|\[[0-9a-fA-F:]+\](:[0-9]+)?")
_NO_PAGE: Final = "default-src 'none'; frame-ancestors 'none'"
_HEADERS: Final = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}


def player_files(settings: Settings) -> Blueprint:
    """Serve the player at `/` and its configuration at `/config.json`."""
    root = Path(settings.web_root) if settings.web_root else BESIDE
    made = Blueprint("player_files", __name__)
    policy = (root / "csp.txt").read_text(encoding="utf-8").strip().replace("{origins}", " ".join(_origins(settings)))

    @made.get("/config.json")
    def config() -> Response:
        body = {"api_base": settings.player_api_base}
        if settings.player_api_key:
            body["api_key"] = settings.player_api_key
        return json_response(body, headers={"Cache-Control": "no-store"})

    @made.get("/")
    @made.get("/<path:name>")
    def file(name: str = "index.html") -> Response:
        if name.startswith(_NOT_SERVED):
            name = "not-served"
        answer = send_from_directory(root.resolve(), name)
        # Names carry no version: a browser asks each time, and is told by the ETag that nothing has changed
        answer.headers["Cache-Control"] = "public, max-age=604800" if name.startswith(_LONG_LIVED) else "no-cache"
        return _compress(answer) if name.endswith(_COMPRESSED) else answer

    @made.after_app_request
    def secure(answer: Response) -> Response:
        answer.headers.extend(_HEADERS)
        is_page = answer.mimetype == "text/html"  # scripts and pictures have no use for it, and are many
        answer.headers["Content-Security-Policy"] = (
            policy.replace("{sockets}", " ".join(_sockets(settings))) if is_page else _NO_PAGE
        )
        return answer

    return made


def _compress(answer: Response) -> Response:
    """Compress an answer, as no proxy between Cloud Run and the browser does."""
    answer.vary.add("Accept-Encoding")
    etag, _ = answer.get_etag()
    if etag:
        answer.set_etag(etag, weak=True)  # of what is meant, in whichever encoding (RFC 9110, section 8.8.1)
    if answer.status_code == 200 and request.accept_encodings["gzip"] > 0:
        answer.direct_passthrough = False
        answer.set_data(_gzip(answer.get_data()))
        answer.content_encoding = "gzip"
    return answer


@lru_cache(maxsize=64)
def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def _sockets(settings: Settings) -> list[str]:
    """List where the page may open WebSockets: here, by the name in the request and by our own.

    'self' says so, too, but not in every browser: https://github.com/w3c/webappsec-csp/issues/7.
    """
    hosts = {request.host, urlsplit(settings.streamer_url).netloc}
    return sorted(f"{scheme}://{host}" for host in hosts if _HOST.fullmatch(host) for scheme in ("ws", "wss"))


def _origins(settings: Settings) -> list[str]:
    """List where else the page may fetch from: the API, unless it is here, and the bucket."""
    storage = os.environ.get("STORAGE_EMULATOR_HOST", _STORAGE)  # the client library's own variable, a URL
    parts = [urlsplit(url) for url in (settings.player_api_base, storage) if url]
    return [f"{part.scheme}://{part.netloc}" for part in parts if part.netloc]
