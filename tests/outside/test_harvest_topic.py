"""A topic's articles: a server that answers as Wikipedia's API does, over real sockets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from common.errors import AethercastError, SourceBroken, SourceRefused
from functions.content_harvester.fetch import Fetcher
from functions.content_harvester.source_topic import AUTHOR, read_topic
from tests.websites import Page, Website, answer, website

TIDE = (
    "Tides are the rise and fall of sea levels caused by the Moon.\nThey come twice a day on most coasts.\n"
    "\n\n== Causes ==\nThe Moon pulls on every part of the Earth, but not on every part equally, says the theory.\n"
    "{\\displaystyle F=G{\\frac {m}{r}}}\n\n\n=== The Sun ===\nIts effect is a little less than half as strong.\n"
    "\n\n== See also ==\nClam\n\n\n=== Lists ===\nList of bays\n\n\n== Uses ==\nMills.\n\n\n== References ==\nA book."
)


class Wiki:
    """Articles by title, and the results of each search."""

    def __init__(self) -> None:
        self.articles: dict[str, dict[str, Any]] = {}
        self.found: dict[str, list[str]] = {}
        self.suggestions: dict[str, str] = {}

    def page(self, handler: BaseHTTPRequestHandler) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(handler.path).query).items()}
        titles = list(self.articles)
        if asked.get("list") == "search":
            hits = [{"pageid": titles.index(title), "title": title} for title in self.found.get(asked["srsearch"], [])]
            meant = self.suggestions.get(asked["srsearch"])
            body = {"search": hits, "searchinfo": {"totalhits": len(hits)} | ({"suggestion": meant} if meant else {})}
        else:
            title = titles[int(asked["pageids"])]
            facts = {
                "fullurl": f"https://en.wikipedia.org/wiki/{title}",
                "revisions": [{"timestamp": "2026-10-01T00:00:00Z"}],
            }
            body = {"pages": [{"pageid": int(asked["pageids"]), "title": title, **facts, **self.articles[title]}]}
        answer(json.dumps({"batchcomplete": True, "query": body}), "application/json")(handler)


@pytest.fixture
def site() -> Iterator[Website]:
    with website() as running:
        yield running


@pytest.fixture
def wiki(site: Website) -> Wiki:
    wiki = Wiki()
    site.pages["/en/w/api.php"] = wiki.page
    wiki.articles = {
        "Mercury": {"extract": TIDE, "pageprops": {"disambiguation": ""}},
        "Stub": {"extract": "A stub."},
        "Tide": {"extract": TIDE},
        "Moon": {"extract": "The Moon is the only natural satellite of the Earth. " * 8},
    }
    wiki.found["tides"] = ["Mercury", "Stub", "Tide", "Moon"]
    return wiki


def read(site: Website, topic: str, minutes: int = 5) -> list[Any]:
    fetcher = Fetcher(2.0, 1_000_000)  # not allowed to go to private addresses: the setting's own is trusted
    return read_topic(fetcher, f"{site.url}/{{language}}", topic, "en", minutes)


def test_a_topic_is_told_from_its_best_article(site: Website, wiki: Wiki) -> None:
    (source,) = read(site, "tides")
    assert (source.title, source.author) == ("Tide", AUTHOR)
    assert (source.url, source.date) == ("https://en.wikipedia.org/wiki/Tide", "2026-10-01")
    assert source.text.split("\n\n") == [
        "Tides are the rise and fall of sea levels caused by the Moon.",
        "They come twice a day on most coasts.",
        "Causes",
        "The Moon pulls on every part of the Earth, but not on every part equally, says the theory.",
        "The Sun",
        "Its effect is a little less than half as strong.",
        "Uses",
        "Mills.",
    ]


def test_a_longer_podcast_is_told_from_more_articles(site: Website, wiki: Wiki) -> None:
    assert [source.title for source in read(site, "tides", minutes=30)] == ["Tide", "Moon"]


def test_a_mistyped_topic_is_taken_for_what_was_meant(site: Website, wiki: Wiki) -> None:
    wiki.suggestions["tidse"] = "tides"
    assert [source.title for source in read(site, "tidse")] == ["Tide"]


def test_a_topic_that_nobody_wrote_about_is_not_found(site: Website, wiki: Wiki) -> None:
    with pytest.raises(SourceRefused) as raised:
        read(site, "xyzzy plugh")
    assert raised.value.code == "topic_not_found"
    assert "xyzzy plugh" in raised.value.detail


@pytest.mark.parametrize(
    "page",
    [
        answer("", status=503),
        answer("<html>", "text/html"),
        answer('{"error": {"code": "maxlag"}}', "application/json"),
        answer("[]", "application/json"),
    ],
    ids=["down", "no JSON", "an error", "nothing"],
)
def test_a_wikipedia_that_fails_is_broken(site: Website, page: Page) -> None:
    site.pages["/en/w/api.php"] = page
    with pytest.raises(AethercastError) as raised:
        read(site, "tides")
    assert (type(raised.value), raised.value.code) == (SourceBroken, "source_http_error")
