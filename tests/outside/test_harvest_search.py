"""Pages about a topic: a server answering as SearXNG does, and its result pages, over real sockets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from common.records import Wishes
from common.settings import Settings
from functions.content_harvester import gather, sandbox
from tests.websites import Page, Website, answer, article, redirect, website

PARAGRAPH = "The tide rises and falls twice a day on most coasts, and the Moon is the main reason for it. Page {}. "


@pytest.fixture(autouse=True)
def unconfined(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process for each page is what tests/security is about; here it would be time alone."""
    monkeypatch.setattr(gather, "read_in_sandbox", lambda kind, document, **_: sandbox.read(kind, document))


@pytest.fixture
def site() -> Iterator[Website]:
    with website() as running:
        yield running


@pytest.fixture
def elsewhere() -> Iterator[Website]:
    with website() as running:
        yield running


def settings(site: Website, **more: Any) -> Settings:
    wikipedia, search = f"{site.url}/wikipedia", f"{site.url}/searx/"
    return replace(Settings(), wikipedia_url=wikipedia, search_base_url=search, **more)


def hits(*links: str) -> Page:
    results = [{"url": link, "title": "A page", "content": "…", "engine": "some"} for link in links]
    return answer(json.dumps({"query": "tides", "results": results}), "application/json")


def pages(site: Website, count: int) -> list[str]:
    for number in range(count):
        paragraphs = (PARAGRAPH.format(number) * 3, f"And this is what page {number} alone has to say about it. " * 3)
        site.pages[f"/page{number}"] = answer(article(f"Page {number}", *paragraphs))
    return [f"{site.url}/page{number}" for number in range(count)]


def read(asked: Settings, minutes: int = 5) -> gather.Gathered:
    request = Wishes.of({"topic": "tides", "minutes": minutes})
    return gather.gather(asked, request, "en")


def codes(gathered: gather.Gathered) -> list[str]:
    return [error.code for _, error in gathered.failures]


def test_a_topic_is_told_from_the_best_pages_of_the_web(site: Website) -> None:
    links = pages(site, 6)
    site.pages["/searx/search"] = hits(f"{site.url}/wikipedia/wiki/Tide", *links)
    gathered = read(settings(site, harvest_private_addresses=True))
    assert [source.url for source in gathered.sources] == links[:2]
    assert [source.title for source in gathered.sources] == ["Page 0", "Page 1"]
    [asked] = [urlsplit(path) for path in site.asked if "searx" in path]
    assert parse_qs(asked.query) == {"q": ["tides"], "language": ["en"], "format": ["json"]}
    assert codes(gathered) == ["source_not_found"]  # this Wikipedia's own, which is asked beside it
    assert "/wikipedia/wiki/Tide" not in site.asked


def test_a_longer_podcast_is_told_from_more_pages_and_what_cannot_be_read_is_left_out(site: Website) -> None:
    links = pages(site, 6)
    site.pages["/searx/search"] = hits(links[0], f"{site.url}/nothing", "javascript:alert(1)", *links[1:])
    gathered = read(settings(site, harvest_private_addresses=True), minutes=20)
    assert [source.title for source in gathered.sources] == [f"Page {number}" for number in range(4)]


def test_what_is_found_is_fetched_as_a_strangers_link(site: Website) -> None:
    """The search server may be in a private network, for it is a setting; where its results lead to may not."""
    site.pages["/searx/search"] = hits("http://127.0.0.1/page", "http://169.254.169.254/latest/meta-data/")
    gathered = read(settings(site))
    assert gathered.sources == []
    assert codes(gathered)[1:] == ["source_not_public"]


def test_the_key_goes_to_the_search_server_alone(site: Website, elsewhere: Website) -> None:
    site.pages["/searx/search"] = redirect(f"{elsewhere.url}/search")
    elsewhere.pages["/search"] = hits(*pages(elsewhere, 2))
    gathered = read(settings(site, harvest_private_addresses=True, search_api_key="a-key"))
    assert len(gathered.sources) == 2
    sent = dict(zip(site.asked, site.headers, strict=True))
    [searched] = [headers for path, headers in sent.items() if "searx" in path]
    [wikipedia] = [headers for path, headers in sent.items() if "wikipedia" in path]
    assert searched["Authorization"] == "Bearer a-key"
    assert not any("Authorization" in headers for headers in (wikipedia, *elsewhere.headers))


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (answer("", status=503), "source_http_error"),
        (answer("<html>", "text/html"), "source_http_error"),
        (answer('{"results": [7]}', "application/json"), "source_http_error"),
        (hits(), "topic_not_found"),
        (hits("ftp://files.example.com/tides"), "topic_not_found"),
    ],
    ids=["down", "no JSON", "no links", "nothing", "nothing to be fetched"],
)
def test_a_search_that_fails_says_why(site: Website, page: Page, code: str) -> None:
    site.pages["/searx/search"] = page
    assert codes(read(settings(site)))[1:] == [code]
