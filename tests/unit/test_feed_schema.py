"""The feed against a strict schema of its formats (podcast_feed.rng): nothing missing, malformed or made up."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from functions.api_gateway.rss import Item, rss

SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).with_name("podcast_feed.rng")))
ADDRESS = "https://api.example.com/api/v1/feeds/secret"


def item(title: str = "Tides & <tales>", notes: str = "<p>Notes</p>", **files: int) -> Item:
    return Item(
        workflow_id="0" * 32,
        title=title,
        language="en",
        published=datetime(2026, 11, 24, 12, 30, tzinfo=UTC),
        changed=datetime(2026, 11, 25, 8, 0, tzinfo=UTC),
        duration_s=61,
        notes=notes,
        hosts=["Ada", "Ben"],
        file_bytes={"audio": 1000, "mp3": 2000, **files},
    )


@pytest.mark.parametrize("items", [[], [item()], [item(m4a=1500), item("Neap tides")]], ids=["none", "one", "two"])
def test_a_feed_is_what_its_formats_ask_for(items: list[Item]) -> None:
    SCHEMA.assertValid(etree.fromstring(rss(ADDRESS, items)))


@given(st.text(min_size=1).filter(lambda text: any(letter.isalnum() for letter in text)), st.text())
def test_no_title_or_note_breaks_it(title: str, notes: str) -> None:
    SCHEMA.assertValid(etree.fromstring(rss(ADDRESS, [item(title, notes)])))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b'length="2000"', b'length="many"'),
        (b"<itunes:explicit>false", b"<itunes:explicit>no"),
        (b"<pubDate>Tue, 24 Nov 2026", b"<pubDate>2026-11-24"),
        (b'type="text/vtt"', b'type="text/plain"'),
        (b"<link>https://api.example.com", b"<link>api.example.com"),
        (b"<itunes:duration>61", b"<itunes:duration>0"),
        (b"<generator>Aethercast</generator>", b"<generators>Aethercast</generators>"),
    ],
)
def test_the_schema_finds_what_is_wrong(right: bytes, wrong: bytes) -> None:
    feed = rss(ADDRESS, [item()])
    assert right in feed
    assert not SCHEMA.validate(etree.fromstring(feed.replace(right, wrong)))
