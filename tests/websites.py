"""A web site on this machine, for tests to harvest: real HTTP over real sockets, well-behaved or not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Page = Callable[[BaseHTTPRequestHandler], None]


class Website:
    """Serves `pages` by path; `asked` holds the path and query of each request that came."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[str] = []
        self.headers: list[Mapping[str, str]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                site.asked.append(self.path)
                site.headers.append(dict(self.headers))
                page = site.pages.get(urlsplit(self.path).path, answer(b"Not here", status=404))
                try:
                    page(self)
                except OSError:
                    self.close_connection = True  # the other side has had enough

            do_POST = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def website() -> Iterator[Website]:
    site = Website()
    try:
        yield site
    finally:
        site.close()


def answer(
    body: bytes | str, content_type: str = "text/html; charset=utf-8", *, status: int = 200, **headers: str
) -> Page:
    """A page that is always the same. Headers are named with underscores."""
    data = body.encode() if isinstance(body, str) else body

    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", content_type)
        handler.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(data)

    return page


def redirect(location: str, status: int = 302) -> Page:
    return answer(b"", status=status, Location=location.encode().decode("latin-1"))  # headers go out as Latin-1


def in_turn(*pages: Page) -> Page:
    """Each request gets the next page, and the last one over and over."""
    waiting = list(pages)

    def page(handler: BaseHTTPRequestHandler) -> None:
        (waiting.pop(0) if len(waiting) > 1 else waiting[0])(handler)

    return page


def article(title: str, *paragraphs: str, language: str = "en") -> str:
    """An ordinary page around an article: a menu, a footer, a script."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f'<!doctype html><html lang="{language}"><head><title>{title}</title>'
        '<meta name="author" content="Jane Doe"><meta property="article:published_time" content="2025-03-04">'
        "<script>track()</script></head><body><nav><a href='/'>Home</a><a href='/about'>About us</a></nav>"
        f"<main><article><h1>{title}</h1>{body}</article></main>"
        "<footer>Copyright. All rights reserved. Cookie settings.</footer></body></html>"
    )
