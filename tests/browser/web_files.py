"""Answer for the player's files from memory, one after the other over a connection.

A page is eighty files by the time it plays, which each test fetches anew. By way of an application, each on a
connection of its own as werkzeug has it, they take a fifth of a visit's processor time, here and in the browser.
"""

from __future__ import annotations

from flask import Flask
from werkzeug.serving import WSGIRequestHandler

from tests.conftest import ROOT

WEB = ROOT / "web"
_KEPT = (".js", ".css", ".svg", ".woff2")
_OF_ITS_ORIGIN = "/worker.js"
"""What has a policy of its own, which names the server."""
_answers = dict[tuple[str, int], bytes]()
"""By path and time of change (nanoseconds)."""


class Quiet(WSGIRequestHandler):
    """Tests have something better to print than every request."""

    def log(self, type: str, message: str, *args: object) -> None:
        pass


class FromMemory(Quiet):
    """Give a file of web/ the headers that the server's application gives it; all else is the application's.

    A visitor keeps it for good, as of the streamer, whose page names a file by its version: who comes again fetches the
    page alone.
    """

    def run_wsgi(self) -> None:
        path = self.path
        file = WEB / path[1:]
        if self.command != "GET" or not path.endswith(_KEPT) or path == _OF_ITS_ORIGIN or not file.is_file():
            super().run_wsgi()  # which closes the connection
            return
        key = (path, file.stat().st_mtime_ns)
        if key not in _answers:
            _answers[key] = _answer(self.server.app, path)
        self.wfile.write(_answers[key])


def _answer(app: object, path: str) -> bytes:
    assert isinstance(app, Flask)
    answer = app.test_client().get(path)
    assert answer.status_code == 200
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return f"HTTP/1.1 200 OK\r\n{answer.headers}".encode() + answer.get_data()
