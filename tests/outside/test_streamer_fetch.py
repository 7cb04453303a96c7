"""Signed URLs are asked for ahead of need, but no further than may be voiced for it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from threading import Thread
from typing import Any

import pytest

from common.errors import ServiceBroken
from common.settings import Settings
from streamer.catalog import fetch


@pytest.mark.parametrize(("lookahead", "early", "at_once"), [(0, 2, 16), (1, 1, 1), (6, 6, 6), (40, 16, 16)])
def test_no_more_addresses_are_asked_for_at_a_time_than_may_be_voiced_for_it(
    lookahead: int, early: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[range] = []

    class Gateway:
        def post(self, path: str, body: dict[str, Any], *, read: Callable[[Any], Any], timeout: object) -> Any:
            asked.append(range(body["first"], body["first"] + body["count"]))
            expires_at = datetime.now(UTC) + timedelta(minutes=15)
            urls = [{"index": index, "url": ""} for index in asked[-1]]
            return read({"urls": urls, "expires_at": expires_at.isoformat()})

    monkeypatch.setattr(fetch, "service", lambda url: Gateway())
    fetcher, signed = fetch.Fetcher(Settings(lookahead_segments=lookahead)), fetch.SignedUrls()
    for index in range(early + 2 * at_once):
        fetcher.sign_ahead("workflow", signed, index)
    fetcher.sign_first("another", fetch.SignedUrls())
    assert asked[3:] == [range(early)] + [range(early, early + at_once)] * (early < at_once)
    begins = [0, early, early + at_once, early + 2 * at_once]
    assert asked[:3] == [range(*ends) for ends in pairwise(begins)]


def test_an_object_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of its pieces comes in time, and none is the last."""
    begun: list[str] = []

    class Endless(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            begun.append(self.path)
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                while True:
                    self.wfile.write(b"x")

    monkeypatch.setattr(fetch, "_WHOLE_WITHIN_S", 0.05)
    with ThreadingHTTPServer(("127.0.0.1", 0), Endless) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        with pytest.raises(ServiceBroken) as refused:
            fetch.Fetcher(Settings())._get(f"http://127.0.0.1:{server.server_port}/a")
        server.shutdown()
    assert refused.value.code == "storage_unreachable"
    assert begun == ["/a"] * 3
