"""A service of ours as called by others, with a test's answers: over HTTP/1.1, connections kept open."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from common.problems import READY


class Callee:
    """A service of ours. `pages` are what it does, by path; `asked` holds the headers of each request."""

    def __init__(self) -> None:
        self.pages: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.asked: list[dict[str, str]] = []
        self.over = threading.Event()
        callee = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                plainly(READY)(self)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                callee.asked.append(dict(self.headers))
                try:
                    callee.pages[self.path](self)
                except OSError:
                    self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.over.set()
        self.server.shutdown()
        self.server.server_close()


def plainly(body: dict[str, Any], *, after: threading.Event | None = None) -> Callable[[BaseHTTPRequestHandler], None]:
    """An answer of the kind that the version before gives: plain JSON, and nothing until ready."""

    def page(handler: BaseHTTPRequestHandler) -> None:
        if after is not None:
            after.wait(30)
        data = json.dumps(body).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return page


def in_lines(*lines: bytes | threading.Event, beats: bool = True) -> Callable[[BaseHTTPRequestHandler], None]:
    """An answer line by line. Where an event stands, a blank line is sent again and again until it is set."""

    def page(handler: BaseHTTPRequestHandler) -> None:
        def send(line: bytes) -> None:
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
            handler.wfile.flush()

        handler.send_response(200)
        handler.send_header("Content-Type", "application/x-ndjson")
        handler.send_header("Transfer-Encoding", "chunked")
        if beats:
            handler.send_header("X-Heartbeat", "1")
        handler.end_headers()
        for line in lines:
            if isinstance(line, bytes):
                send(line + b"\n")
                continue
            while not line.wait(0.02):
                if beats:
                    send(b"\n")
        handler.wfile.write(b"0\r\n\r\n")

    return page


def in_drops(over: threading.Event, media_type: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """An answer that begins and then comes byte by byte, without an end and without a line's end."""

    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", media_type)
        chunked = media_type == "application/x-ndjson"
        handler.send_header(*(("Transfer-Encoding", "chunked") if chunked else ("Content-Length", "100000")))
        handler.end_headers()
        while not over.wait(0.02):
            handler.wfile.write(b"1\r\n \r\n" if chunked else b" ")

    return page
