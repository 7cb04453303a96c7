"""What the fuzzer (tests/fuzz.py) has found, each kept as a case; and that it runs at all, a few inputs a target."""

from __future__ import annotations

import pytest

from functions.content_harvester import markdown, markup
from functions.content_harvester.source import Document, Unreadable
from functions.content_harvester.source_feed import read_feed
from tests.fuzz import TARGETS, fuzz

FEEDS = [
    b'{<?xml version="1.0"?><rss>',
    b"{" * 5_000,
    b"{",
    b'{"items": 1}',
    b'{"items": [1, null, "x"]}',
    b'{"items": [{"authors": "x"}]}',
    b'{"items": [{"content_text": 1}]}',
    b'{"items": [{"title": 1, "url": {"a": 1}, "content_html": [1], "date_published": 7}]}',
]


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: str(feed[:30]))
def test_json_that_is_no_feed_is_refused(feed: bytes) -> None:
    with pytest.raises(Unreadable):
        read_feed(Document(feed, "application/feed+json", url="https://feed.example/feed.json"))


@pytest.mark.parametrize("control", ["\x01", "\x0b", "\x1f", "\ufffe", "&#1;", "&#x1f;"])
@pytest.mark.parametrize(
    "text", ["{}$x{}$ tides", "<code>{}a</code>", "<pre>{}a\n\n b</pre>", "```\n{}x\n```", "<h1>{}Tides</h1>"]
)
def test_no_control_character_ends_a_reader(control: str, text: str) -> None:
    shown = text.replace("{}", control)
    assert markdown.blocks_of_markdown(f"The sea.\n\n{shown}\n\nThe moon.").blocks
    assert markup.blocks(markup.parse(f"<body><p>The sea.</p>{shown}</body>")).blocks


@pytest.mark.parametrize("name", TARGETS)
def test_the_fuzzer_runs(name: str) -> None:
    assert fuzz(name, seconds=30.0, examples=5) >= 1
