"""Everything that one request names, read side by side."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from common.records import Wishes
from common.settings import Settings
from functions.content_harvester import gather
from functions.content_harvester.gather import Gathered
from functions.content_harvester.source import Source
from tests.websites import Website, answer, website

TEXT = "Source {0}\n\nThis is what source {0} says of the sea, and it alone has seen tide {0}."


@pytest.fixture
def site() -> Iterator[Website]:
    with website() as running:
        yield running


def pages(site: Website, *numbers: int) -> list[str]:
    """The link of a page for each number; two pages of one number have one text."""
    for at, number in enumerate(numbers):
        site.pages[f"/{at}"] = answer(TEXT.format(number), "text/plain")
    return [f"{site.url}/{at}" for at in range(len(numbers))]


def gathered(urls: list[str]) -> Gathered:
    settings = Settings(harvest_private_addresses=True)
    return gather.gather(settings, Wishes.of({"urls": urls}), "pt")


def test_fifty_sources_are_told_in_their_order_and_none_twice(site: Website) -> None:
    links = pages(site, *(number - 1 if number % 10 == 9 else number for number in range(50)))
    found = gathered(links)
    assert [source.url for source in found.sources] == [link for number, link in enumerate(links) if number % 10 != 9]
    assert found.failures == []


def test_what_is_more_text_than_all_sources_may_have_is_left_out(
    site: Website, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = pages(site, 1, 2, 3)
    monkeypatch.setattr(gather, "MAX_CHARACTERS", 2 * len(TEXT))
    found = gathered(links)
    assert [source.url for source in found.sources] == links[:2]
    assert [(name, error.code) for name, error in found.failures] == [(links[2], "source_too_large")]


def test_a_video_is_told_by_its_captions_in_the_language_of_the_podcast(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def captions(video: str, language: str, http: requests.Session) -> Source:
        asked.append((video, language, [*http.adapters]))
        return Source("The tide comes in twice a day.", "Tides")

    monkeypatch.setattr(gather, "read_captions", captions)
    found = gathered(["https://youtu.be/abcdefghijk?t=3"])
    assert [source.title for source in found.sources] == ["Tides"]
    assert asked == [("abcdefghijk", "pt", ["https://"])]
