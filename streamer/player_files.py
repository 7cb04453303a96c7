"""The player's files, their configuration, and the headers of every answer.

The page is read anew each time; the files that it names it names by the version of all of them, as `v/VERSION/app.js`,
so that browsers and caches keep them for good. They name each other relative to themselves, and need know nothing of
it. The page also names the modules that its first one leads to, so that they are fetched at once and not one after the
other (https://html.spec.whatwg.org/multipage/links.html#link-type-modulepreload).

The page may run its own files and nothing else, and talk to this origin, the API and the bucket:
https://www.w3.org/TR/CSP3/, https://owasp.org/www-project-secure-headers/.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import posixpath
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, request, send_from_directory

from common.languages.caller import spoken_by
from common.problems import json_response
from common.settings import Settings
from streamer.arrivals import expect, usual_opening

BESIDE: Final = Path(__file__).parent.parent / "web"
_STORAGE: Final = "https://storage.googleapis.com"
_NOT_SERVED: Final = ("tests/", "node_modules/")
_FOR_GOOD: Final = "public, max-age=31536000, immutable"
_PAGE: Final = "index.html"
_FIRST: Final = "app.js"
_WORKER: Final = "worker.js"
_NAMED: Final = re.compile(r'(<(?:link|script)\b[^>]*\s(?:href|src)=")(?![a-z]+:|[/#]|manifest\.)')
"""Not the manifest, whose start page is relative to where it is itself."""
_IMPORT: Final = re.compile(r'^(?:import|export)\b[^";]*"(\.{1,2}/[^"]+)"|^\} from "(\.{1,2}/[^"]+)"', re.MULTILINE)
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
    """Serve the player at `/`, its configuration at `/config.json`, and what its sound begins with."""
    root = Path(settings.web_root) if settings.web_root else BESIDE
    made = Blueprint("player_files", __name__)
    policy = (root / "csp.txt").read_text(encoding="utf-8").strip().replace("{origins}", " ".join(_origins(settings)))

    @made.get("/config.json")
    def config() -> Response:
        expect(settings, request.headers.get("Authorization", ""))
        body: dict[str, Any] = {"api_base": settings.player_api_base}
        if settings.player_api_key:
            body["api_key"] = settings.player_api_key
        if settings.id_token_client:
            body["sign_in"] = {"client": settings.id_token_client, "address": settings.sign_in_url}
        return json_response(body, headers={"Cache-Control": "no-store"})

    @made.get("/opening.json")
    def opening() -> Response:
        """Serve the opening of the usual choices: a first visit has it before there is an instance of the gateway."""
        told = usual_opening(settings, spoken_by(request))
        return json_response(told, headers={"Cache-Control": "no-cache", "Vary": "Accept-Language"})

    latest = [_page(root, _files(root))[0]]

    @made.get("/")
    def page() -> Response:
        latest[0], text = _page(root, _files(root))
        answer = Response(text, mimetype="text/html")
        answer.add_etag()
        answer.headers["Cache-Control"] = "no-cache"  # a browser asks each time, and is told whether it has changed
        answer = _compress(answer)
        answer.make_conditional(request)
        return answer

    @made.get("/v/<version>/<path:name>")
    def versioned(version: str, name: str) -> Response:
        """Serve a file for good, or while versions change to a page of the other one just for now."""
        answer = file(name)
        if version == latest[0]:
            answer.headers["Cache-Control"] = _FOR_GOOD
        return answer

    @made.get("/<path:name>")
    def file(name: str) -> Response:
        if name.startswith(_NOT_SERVED):
            name = "not-served"
        answer = send_from_directory(root.resolve(), name)
        answer.headers["Cache-Control"] = "no-cache"
        return _compress(answer) if name.endswith(_COMPRESSED) else answer

    @made.after_app_request
    def secure(answer: Response) -> Response:
        return secured(answer, lambda: policy.replace("{sockets}", " ".join(_sockets(settings))))

    return made


def secured(answer: Response, policy: Callable[[], str]) -> Response:
    """Give an answer the headers of every one, and the page's policy where it says what may be done.

    That is the page, and the service worker, which fetches by the policy that came with it, not by the page's:
    https://www.w3.org/TR/service-workers/#content-security-policy. Other files have no use for it, and are many.
    """
    answer.headers.extend(_HEADERS)
    fetches = answer.mimetype == "text/html" or request.path == f"/{_WORKER}"
    answer.headers["Content-Security-Policy"] = policy() if fetches else _NO_PAGE
    return answer


_Files = tuple[tuple[str, int, int], ...]
"""Every file that is served: its name, when it was changed (nanoseconds), and its size (bytes)."""


def _files(root: Path) -> _Files:
    """List what there is now: on a laptop it changes while the streamer runs."""
    found = []
    for folder, folders, names in os.walk(root):
        here = Path(folder).relative_to(root).as_posix() + "/"
        folders[:] = [one for one in folders if not f"{here}{one}/".removeprefix("./").startswith(_NOT_SERVED)]
        for name in names:
            known = (Path(folder) / name).stat()
            found.append((f"{here}{name}".removeprefix("./"), known.st_mtime_ns, known.st_size))
    return tuple(sorted(found))


@lru_cache(maxsize=4)
def _page(root: Path, files: _Files) -> tuple[str, bytes]:
    """Return the version of all files together, and the page that names them by it."""
    digest = hashlib.sha256()
    for name, _, _ in files:
        content = (root / name).read_bytes()
        digest.update(f"{name} {len(content)}\n".encode() + content)
    version = digest.hexdigest()[:16]
    text = _NAMED.sub(rf"\g<1>v/{version}/", (root / _PAGE).read_text(encoding="utf-8"))
    preloads = "".join(f'<link rel="modulepreload" href="v/{version}/{name}">\n    ' for name in _modules(root))
    first = '<script type="module"'
    return version, text.replace(first, preloads + first, 1).encode()


def _modules(root: Path) -> list[str]:
    """List the modules that the first one leads to, itself among them, in the order in which they are named."""
    found = [_FIRST] if (root / _FIRST).exists() else []
    for name in found:  # which grows meanwhile
        for imported in _IMPORT.findall((root / name).read_text(encoding="utf-8")):
            module = posixpath.normpath(posixpath.join(posixpath.dirname(name), imported[0] or imported[1]))
            if module not in found and (root / module).exists():
                found.append(module)
    return found


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
