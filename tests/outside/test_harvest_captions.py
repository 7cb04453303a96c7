"""Captions of a video: the real library, over HTTP to a stand-in for YouTube on this machine."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
import requests

from common.errors import AethercastError, SourceBroken, SourceRefused
from functions.content_harvester.source_captions import Bounded, read_captions, session, video_id
from tests.websites import Page, Website, answer, website

VIDEO = "abcdefghijk"
LIMIT = 50_000
CAPTIONS = """<?xml version="1.0" encoding="utf-8"?><transcript>
<text start="0" dur="2">The tide comes in</text><text start="2" dur="2">twice a day. [Music]</text>
<text start="9" dur="2">The Moon &amp;amp; the Sun\npull at it.</text></transcript>"""


class Redirected(Bounded):
    """Takes what is meant for YouTube to this machine; everything else is as it is."""

    def __init__(self, site: Website, timeout_s: float, max_bytes: int) -> None:
        super().__init__(timeout_s, max_bytes)
        self._site = site

    def send(self, request: requests.PreparedRequest, *args: object, **options: object) -> requests.Response:
        assert request.url is not None
        assert request.url.startswith("https://www.youtube.com/")
        request.url = request.url.replace("https://www.youtube.com", self._site.url)
        return super().send(request, *args, **options)


@pytest.fixture
def youtube() -> Iterator[Website]:
    with website() as site:
        site.pages["/watch"] = answer('<script>{"INNERTUBE_API_KEY": "key"}</script>')
        site.pages["/youtubei/v1/player"] = player("en", "de")
        for language in ("en", "de"):
            site.pages[f"/captions/{language}"] = answer(CAPTIONS, "text/xml")
        site.pages["/oembed"] = answer(json.dumps({"title": "Tides", "author_name": "A. Sailor"}), "application/json")
        yield site


def player(*languages: str, **more: Any) -> Page:
    tracks = [
        {
            "baseUrl": f"https://www.youtube.com/captions/{language}",
            "name": {"runs": [{"text": language}]},
            "languageCode": language,
        }
        for language in languages
    ]
    told = {"captions": {"playerCaptionsTracklistRenderer": {"captionTracks": tracks}}} if tracks else {}
    return answer(json.dumps({"playabilityStatus": {"status": "OK"}, **told, **more}), "application/json")


def read(youtube: Website, language: str = "en", *, timeout_s: float = 5.0) -> Any:
    with requests.Session() as http:
        http.mount("https://", Redirected(youtube, timeout_s, LIMIT))
        return read_captions(VIDEO, language, http)


def refused(youtube: Website, **more: Any) -> AethercastError:
    with pytest.raises(AethercastError) as raised:
        read(youtube, **more)
    return raised.value


def test_what_is_said_comes_in_paragraphs_with_title_and_author(youtube: Website) -> None:
    source = read(youtube)
    assert source.text.split("\n\n") == ["The tide comes in twice a day.", "The Moon & the Sun pull at it."]
    assert (source.title, source.author, source.url) == (
        "Tides",
        "A. Sailor",
        f"https://www.youtube.com/watch?v={VIDEO}",
    )


def test_whoever_is_named_in_captions_is_who_says_it(youtube: Website) -> None:
    said = "".join(
        f'<text start="{at}" dur="1">{line}</text>'
        for at, line in enumerate(("&gt;&gt; ANN: It rises.", "BOB: It falls."))
    )
    youtube.pages["/captions/en"] = answer(f"<transcript>{said}</transcript>", "text/xml")
    assert [(block.speaker, block.text) for block in read(youtube).blocks] == [
        ("ANN", "It rises."),
        ("BOB", "It falls."),
    ]


@pytest.mark.parametrize(("asked", "taken"), [("de", "de"), ("en", "en"), ("pt", "en")])
def test_captions_in_the_language_asked_for_come_before_others(youtube: Website, asked: str, taken: str) -> None:
    read(youtube, asked)
    assert f"/captions/{taken}" in youtube.asked


@pytest.mark.parametrize("path", ["/watch", "/youtubei/v1/player", "/captions/en", "/oembed"])
def test_no_answer_is_read_beyond_the_limit(youtube: Website, path: str) -> None:
    youtube.pages[path] = answer(b" " * (LIMIT + 1))
    error = refused(youtube)
    assert isinstance(error, SourceRefused)
    assert error.code == "source_too_large"


def test_all_answers_together_are_there_in_time_or_not_at_all(youtube: Website) -> None:
    def dripping(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:  # until the other side has had enough
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.01)

    youtube.pages["/captions/en"] = dripping
    error = refused(youtube, timeout_s=0.5)
    assert isinstance(error, SourceBroken)
    assert error.code == "source_too_slow"


@pytest.mark.parametrize(
    ("path", "page", "kind", "code"),
    [
        ("/youtubei/v1/player", player(), SourceRefused, "source_empty"),
        ("/watch", answer("", status=429), SourceRefused, "source_http_error"),
        (
            "/youtubei/v1/player",
            player(playabilityStatus={"status": "ERROR", "reason": "This video is unavailable"}),
            SourceRefused,
            "source_not_found",
        ),
        ("/watch", answer("", status=500), SourceBroken, "source_unreachable"),
        ("/captions/en", answer("<transcript><text", "text/xml"), SourceBroken, "source_unreadable"),
        ("/youtubei/v1/player", answer("[1]", "application/json"), SourceBroken, "source_unreadable"),
    ],
)
def test_each_failure_has_its_name(youtube: Website, path: str, page: Page, kind: type, code: str) -> None:
    youtube.pages[path] = page
    error = refused(youtube)
    assert (type(error), error.code) == (kind, code)


def test_nothing_is_asked_for_but_over_https() -> None:
    with session(1.0, LIMIT) as http, pytest.raises(requests.exceptions.InvalidSchema):
        http.get("http://127.0.0.1/")


@pytest.mark.parametrize(
    ("link", "video"),
    [
        (f"https://www.youtube.com/watch?v={VIDEO}&t=3", VIDEO),
        (f"https://youtu.be/{VIDEO}", VIDEO),
        (f"https://m.youtube.com/shorts/{VIDEO}", VIDEO),
        (f"https://youtube.com.example.org/watch?v={VIDEO}", None),
        ("https://www.youtube.com/@somebody", None),
    ],
)
def test_a_link_leads_to_a_video_or_to_something_else(link: str, video: str | None) -> None:
    assert video_id(link) == video
