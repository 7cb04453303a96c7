"""Google's APIs as far as called by an apply itself (terraform/call.sh): a server here that takes notes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

BUILD = "0f3c7d1e-build"


@dataclass(frozen=True)
class Asked:
    """One request: `path` includes the query, `body` is JSON."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@contextmanager
def google_apis(
    statuses: tuple[str, ...] = ("QUEUED", "WORKING", "SUCCESS"), *, refused: int = 0
) -> Iterator[tuple[str, list[Asked]]]:
    """Serve on a port of this machine; yield its URL, and the requests received.

    A build is in each of `statuses` for one question, and then stays in the last. With `refused`, every request is
    answered by the given status.
    """
    asked: list[Asked] = []
    left: list[str] = []

    class Api(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            left[:] = statuses
            build = {"id": BUILD, "status": "QUEUED", "logUrl": f"https://logs.test/{BUILD}?project=1", "steps": []}
            self._answer(
                {"name": "operations/build/p/x", "metadata": {"@type": "BuildOperationMetadata", "build": build}}
            )

        def do_PATCH(self) -> None:
            self._answer({"name": "operations/patch", "done": True})

        def do_GET(self) -> None:
            status = left.pop(0) if len(left) > 1 else left[0]
            self._answer({"id": BUILD, "status": status, "logUrl": f"https://logs.test/{BUILD}?project=1"})

        def _answer(self, body: Any) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked.append(Asked(self.command, self.path, dict(self.headers), json.loads(sent) if sent else None))
            told = json.dumps({"error": {"message": "refused"}} if refused else body, indent=2).encode()
            self.send_response(refused or 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
