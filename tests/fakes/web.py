"""HTTP servers on this machine that stand in for engines: honest HTTP/1.1, chunked, with failures on order."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar, Self

Fault = str | tuple[str, str]


class FakeEngine:
    """A server answering each POST by `answer()`, or with an ordered fault.

    Faults are consumed a request at a time, in order: a number is answered as that status, ("429", "2") with a
    Retry-After; "stall" says nothing until the server is closed, "cut" breaks off within the answer, "malformed"
    mangles it, "hang" begins and then says nothing more; further kinds are known to an engine's own fake.
    """

    kind: ClassVar[str] = "application/octet-stream"
    """The answer's media type; empty: it says none."""
    success: int = 200

    def __init__(self) -> None:
        self.more_headers: dict[str, str] = {}
        """Of each answer that is none of the faults."""
        self.refusal = b'{"error": {"message": "the key sk-secret has no more credit"}}'
        """What is said with a status that was ordered."""
        self.faults: deque[Fault] = deque()
        self.requests: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.closing = threading.Event()
        self._answering = 0
        self._changed = threading.Condition()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.engine = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, body: dict[str, Any], path: str) -> Iterator[bytes]:
        raise NotImplementedError

    def refuses(self, body: dict[str, Any]) -> tuple[int, bytes] | None:
        """The status and the body for a refused request."""
        return None

    def fault_for(self, body: dict[str, Any]) -> Fault:
        """The fault ordered for this request, if any."""
        return self.faults.popleft() if self.faults else ""

    def mangled(self, pieces: Iterator[bytes], fault: str) -> Iterator[bytes]:
        """The answer with that fault in it."""
        first = next(pieces)
        yield first[: max(1, len(first) // 2)] if fault == "malformed" else first
        if fault == "hang":
            self.closing.wait()

    @contextmanager
    def busy(self) -> Iterator[None]:
        """While a request is being answered."""
        with self._changed:
            self._answering += 1
        try:
            yield
        finally:
            with self._changed:
                self._answering -= 1
                self._changed.notify_all()

    def await_idle(self, within_s: float = 60.0) -> None:
        """Return as soon as no request is being answered."""
        with self._changed:
            assert self._changed.wait_for(lambda: not self._answering, within_s), "still answering"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    engine: FakeEngine

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is none of this server's business."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        with self.server.engine.busy():
            self._answer(self.server.engine)

    def _answer(self, engine: FakeEngine) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        engine.requests.append(body)
        engine.paths.append(self.path)
        engine.headers.append(dict(self.headers))
        fault = engine.fault_for(body)
        status, retry_after = fault if isinstance(fault, tuple) else (fault, "")
        if status.isdigit():
            self._refuse(int(status), retry_after)
            return
        if status == "stall":
            engine.closing.wait()
            self.close_connection = True
            return
        if refusal := engine.refuses(body):
            self._say(*refusal)
            return
        pieces = engine.answer(body, self.path)
        self._send(engine.mangled(pieces, status) if status else pieces, cut=status == "cut")

    def _refuse(self, status: int, retry_after: str) -> None:
        headers = {"Retry-After": retry_after} if retry_after else {}
        if 300 <= status < 400:
            headers["Location"] = self.path
        self._say(status, self.server.engine.refusal, headers)

    def _say(self, status: int, text: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def _send(self, pieces: Iterator[bytes], *, cut: bool) -> None:
        self.send_response(self.server.engine.success)
        if self.server.engine.kind:
            self.send_header("Content-Type", self.server.engine.kind)
        for name, value in self.server.engine.more_headers.items():
            self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for piece in pieces:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                self.wfile.flush()
            if cut:
                self.close_connection = True
            else:
                self.wfile.write(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):  # the client has heard enough
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        pass
