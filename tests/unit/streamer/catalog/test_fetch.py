"""Signed URLs are asked for ahead of need, but no further than may be voiced for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

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
