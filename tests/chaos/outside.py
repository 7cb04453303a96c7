"""The world outside: a page that podcasts are made of, and a customer's server that is told when one has ended."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from flask import Flask, Response, request
from werkzeug.serving import WSGIRequestHandler, make_server


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        """A run tells what came of it, not of every request."""


class Outside:
    """A server on this machine with a page of that `text`; `told` are the ids of the podcasts that it was told of."""

    def __init__(self, text: str) -> None:
        self.told: set[str] = set()
        app = Flask("outside")

        @app.get("/page")
        def page() -> Response:
            return Response(text, mimetype="text/plain")

        @app.post("/hook")
        def hook() -> Response:
            self.told.add(request.headers["webhook-id"])
            return Response(status=204)

        self._server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
