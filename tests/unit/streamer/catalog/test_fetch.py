"""Signed URLs are asked for ahead of need, but no further than may be voiced for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from common.settings import Settings
from streamer.catalog import fetch


@pytest.mark.parametrize(("lookahead", "at_once"), [(0, 16), (6, 6), (40, 16)])
def test_no_more_addresses_are_asked_for_at_a_time_than_may_be_voiced_for_it(
    lookahead: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[range] = []

    class Gateway:
        def post(self, path: str, body: dict[str, Any], *, timeout: float) -> dict[str, Any]:
            asked.append(range(body["first"], body["first"] + body["count"]))
            expires_at = datetime.now(UTC) + timedelta(minutes=15)
            return {"urls": [{"index": index, "url": ""} for index in asked[-1]], "expires_at": expires_at.isoformat()}

    monkeypatch.setattr(fetch, "service", lambda url: Gateway())
    fetcher, signed = fetch.Fetcher(Settings(lookahead_segments=lookahead)), fetch.SignedUrls()
    for index in range(3 * at_once):
        fetcher.sign_ahead("workflow", signed, index)
    assert asked == [range(first, first + at_once) for first in range(0, 3 * at_once, at_once)]
