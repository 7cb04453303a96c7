"""A real HTTP server as the target of pushes and tasks: requests are kept, and answers follow a test's orders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from threading import Thread
from time import monotonic


@dataclass(frozen=True)
class Received:
    """One request. `headers` have lower-case names, and those of one name are joined by commas (RFC 9110, section 5.3);
    `at` is in seconds of the monotonic clock."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float


Answers = Callable[[Received], int]


class HttpTarget:
    """Answers with `answer(request)`, a status, which runs in a thread of its own for each request and may wait."""

    def __init__(self, answer: Answers = lambda _: 204) -> None:
        self.answer = answer
        self._received: Queue[Received] = Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}{path}"

    def next(self, within_s: float = 60) -> Received:
        """The next request in order of arrival. Raises AssertionError if none comes."""
        try:
            return self._received.get(timeout=within_s)
        except Empty:
            raise AssertionError(f"no request within {within_s} s") from None

    def quiet(self, for_s: float) -> bool:
        """Whether no request comes for this long."""
        try:
            self._received.get(timeout=for_s)
        except Empty:
            return True
        return False

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        target = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(length)
                if len(body) < length:  # who sent it has given up in its middle
                    self.close_connection = True
                    return
                headers = {name.lower(): ", ".join(self.headers.get_all(name, ())) for name in self.headers}
                request = Received(self.command, self.path, headers, body, monotonic())
                target._received.put(request)
                self.send_response(target.answer(request))
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = _serve

            def log_message(self, format: str, *args: object) -> None:
                """Keep quiet: the test says what it expected."""

        return Handler


def answers(*statuses: int) -> Answers:
    """The statuses in order, the last for ever."""
    remaining = list(statuses)
    return lambda _: remaining.pop(0) if len(remaining) > 1 else remaining[0]
