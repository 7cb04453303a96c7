"""All sources of a request, read side by side."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests

from common.records import Wishes
from common.settings import Settings
from functions.content_harvester import gather
from functions.content_harvester.gather import Gathered
from functions.content_harvester.sandbox import Reading, read
from functions.content_harvester.shortcuts import places_of
from functions.content_harvester.source import Source
from tests.documents import TIDES, pdf
from tests.websites import Page, Website, answer, article, redirect, website

TEXT = "Source {0}\n\nThis is what source {0} says of the sea, and it alone has seen tide {0}."


@pytest.fixture
def site() -> Iterator[Website]:
    with website() as running:
        yield running


def pages(site: Website, *numbers: int) -> list[str]:
    """The link of a page for each number; two pages of the same number share a text."""
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
    monkeypatch.setattr(gather, "MAX_ALL_CHARACTERS", 2 * len(TEXT))
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


# What links stand for


@pytest.fixture
def unconfined(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process for each document is what tests/security is about; here it would be time alone."""
    monkeypatch.setattr(gather, "read_in_sandbox", lambda kind, document, **_: read(kind, document))


def with_links(site: Website) -> Settings:
    return Settings(
        harvest_private_addresses=True,
        github_raw_url=f"{site.url}/raw",
        github_api_url=f"{site.url}/api",
        arxiv_url=f"{site.url}/arxiv",
    )


def gathered_from(site: Website, url: str) -> Source:
    found = gather.gather(with_links(site), Wishes.of({"urls": [url]}), "en")
    assert found.failures == []
    (source,) = found.sources
    return source


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ("https://github.com/sea/tides", "/raw/sea/tides/HEAD/README.md"),
        ("https://www.github.com/sea/tides/", "/raw/sea/tides/HEAD/README.rst"),
        ("https://github.com/sea/tides", "/raw/sea/tides/HEAD/README.adoc"),
        ("https://github.com/sea/tides.git", "/raw/sea/tides/HEAD/readme.md"),
        ("https://github.com/sea/tides/tree/main/docs", "/raw/sea/tides/main/docs/README.md"),
        ("https://github.com/sea/tides/blob/main/docs/moon.md", "/raw/sea/tides/main/docs/moon.md"),
        ("https://github.com/sea/tides/wiki", "/raw/wiki/sea/tides/Home.md"),
        ("https://github.com/sea/tides/wiki/Of-the-Moon", "/raw/wiki/sea/tides/Of-the-Moon.md"),
    ],
)
@pytest.mark.usefixtures("unconfined")
def test_a_repository_is_told_by_its_readme(site: Website, link: str, path: str) -> None:
    site.pages[path] = answer("They come twice a day, and this library says when.", "text/plain")
    source = gathered_from(site, link)
    assert (source.title, source.url) == ("sea/tides", link)
    assert source.text.startswith("They come twice a day")


@pytest.mark.parametrize(
    "link",
    ["https://arxiv.org/abs/2503.01234v2", "https://arxiv.org/pdf/2503.01234v2.pdf",
     "https://doi.org/10.48550/arXiv.2503.01234v2", "https://arxiv.org/html/2503.01234v2#S2",
     "https://www.arxiv.org/pdf/2503.01234v2?download=1", "https://ar5iv.labs.arxiv.org/html/2503.01234v2"],
)  # fmt: skip
@pytest.mark.parametrize("form", ["html", "pdf"])
@pytest.mark.usefixtures("unconfined")
def test_an_archived_paper_is_read_itself(site: Website, link: str, form: str) -> None:
    page = (article("Of tides", *TIDES), "text/html") if form == "html" else (pdf(list(TIDES)).data, "application/pdf")
    site.pages[f"/arxiv/{form}/2503.01234v2"] = answer(*page)
    source = gathered_from(site, link)
    assert source.url == link.partition("#")[0]
    assert TIDES[1] in source.text.replace("\n", " ")


ID = "1aB-cD_eF" * 3


@pytest.mark.parametrize(
    ("link", "place"),
    [
        (f"https://docs.google.com/document/d/{ID}/edit?usp=sharing",
         f"https://docs.google.com/document/d/{ID}/export?format=docx"),
        (f"https://docs.google.com/presentation/d/{ID}/edit#slide=id.p",
         f"https://docs.google.com/presentation/d/{ID}/export/pptx"),
        (f"https://docs.google.com/spreadsheets/d/{ID}/edit?gid=0",
         f"https://docs.google.com/spreadsheets/d/{ID}/export?format=xlsx"),
        (f"https://drive.google.com/file/d/{ID}/view", f"https://drive.google.com/uc?export=download&id={ID}"),
        ("https://www.dropbox.com/scl/fi/abc/tides.pdf?rlkey=k&dl=0",
         "https://www.dropbox.com/scl/fi/abc/tides.pdf?rlkey=k&dl=1"),
        ("https://gist.github.com/sea/0123456789abcdef0123", "https://gist.github.com/sea/0123456789abcdef0123/raw"),
        ("https://arxiv.org/abs/math.GT/0309136v1", "https://arxiv.org/html/math.GT/0309136v1"),
        *((f"https://{link}", "https://pmc.ncbi.nlm.nih.gov/articles/PMC7654321/") for link in (
            "www.ncbi.nlm.nih.gov/pmc/articles/PMC7654321/pdf/main.pdf", "pmc.ncbi.nlm.nih.gov/articles/PMC7654321",
            "europepmc.org/article/PMC/PMC7654321", "europepmc.org/articles/PMC7654321?pdf=render")),
        *((f"https://www.biorxiv.org/content/10.1101/2024.01.02.123456v2{form}",
           "https://www.biorxiv.org/content/10.1101/2024.01.02.123456v2.full") for form in (
            "", ".abstract", ".full.pdf", ".full.pdf+html", ".full")),
        *((f"https://{host}.reddit.com/r/sea/comments/1abc/why_tides/", "https://www.reddit.com/r/sea/comments/1abc/"
           "why_tides.json?raw_json=1") for host in ("www", "old")),
        ("https://news.ycombinator.com/item?id=123", "https://hn.algolia.com/api/v1/items/123"),
        ("https://openreview.net/forum?id=aB-cD_12xy", "https://openreview.net/pdf?id=aB-cD_12xy"),
    ],
)  # fmt: skip
def test_a_shared_document_is_asked_for_as_a_file(link: str, place: str) -> None:
    assert places_of(link, Settings())[0] == place


@pytest.mark.parametrize("path", ["@sea", "channel/UC123", "playlist?list=PL1", "results?search_query=sea", ""])
@pytest.mark.usefixtures("unconfined")
def test_what_is_no_video_of_a_video_site_is_called_so(path: str) -> None:
    found = gather.gather(Settings(), Wishes.of({"urls": [f"https://www.youtube.com/{path}"]}), "en")
    assert "no video" in found.failures[0][1].detail


@pytest.mark.parametrize("ocr", [True, False])
@pytest.mark.usefixtures("unconfined")
def test_a_link_to_a_picture_is_read_where_a_program_is_set_for_it(
    site: Website, ocr: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gather, "read_in_sandbox", lambda kind, document, **_: Reading([Source("Of the sea.", "Sea")]))
    site.pages["/sea.png"] = answer(b"\x89PNG\r\n\x1a\n", "image/png")
    settings = replace(with_links(site), ocr_command="ocr" if ocr else "")
    found = gather.gather(settings, Wishes.of({"urls": [f"{site.url}/sea.png"]}), "en")
    assert [source.text for source in found.sources] == (["Of the sea."] if ocr else [])
    assert ["(OCR)" in error.detail for _, error in found.failures] == ([] if ocr else [True])


@pytest.mark.usefixtures("unconfined")
def test_links_that_stand_for_nothing_else_are_themselves() -> None:
    for link in ("https://github.com", "https://github.com/sea", "https://github.com/topics/sea", "https://doi.org/10.1/x",
                 "https://arxiv.org/list/cs.AI", "https://notgithub.com/a/b"):  # fmt: skip
        assert places_of(link, Settings()) == [link]


@pytest.mark.usefixtures("unconfined")
def test_the_page_of_a_journal_gives_the_paper_with_what_the_page_says_of_it(site: Website) -> None:
    head = "<meta name='citation_title' content='Of tides'><meta name='citation_pdf_url' content='/tides.pdf'>"
    page = article("Of tides", *TIDES).replace("</head>", f"{head}</head>")
    site.pages["/doi"] = redirect("/journal")
    site.pages["/journal"] = answer(page)
    site.pages["/tides.pdf"] = answer(pdf(["A paper tells of mills that the tide drove."] * 3).data, "application/pdf")
    source = gathered_from(site, f"{site.url}/doi")
    assert (source.title, source.url) == ("Of tides", f"{site.url}/journal")
    assert "mills that the tide drove" in source.text
    del site.pages["/tides.pdf"]
    assert TIDES[0] in gathered_from(site, f"{site.url}/doi").text  # the abstract, at least


@pytest.mark.parametrize("kind", ["issues/7", "pull/7/files?w=1", "issues/7#issuecomment-1"])
@pytest.mark.usefixtures("unconfined")
def test_a_thread_is_what_each_of_its_writers_says(site: Website, kind: str) -> None:
    link = f"https://github.com/sea/tides/{kind}"
    first = {"title": "No ebb", "body": "It **never** comes.", "user": {"login": "ann"}, "comments": 1, "labels": [{}]}
    site.pages["/api/repos/sea/tides/issues/7"] = answer(json.dumps(first), "application/json")
    comments = [{"body": "> It never comes.\n\nIt does, at six.", "user": {"login": "bo"}}]
    site.pages["/api/repos/sea/tides/issues/7/comments"] = answer(json.dumps(comments), "application/json")
    source = gathered_from(site, link)
    assert (source.title, source.url) == ("No ebb", link.partition("#")[0])
    assert [(block.speaker, block.text) for block in source.blocks if block.speaker] == [
        ("ann", "It never comes."), ("bo", "It does, at six.")
    ]  # fmt: skip


@pytest.mark.parametrize("answered", ["{", "[]", "null", "[" * 50_000])
@pytest.mark.usefixtures("unconfined")
def test_a_thread_that_the_api_does_not_tell_is_its_page(
    site: Website, answered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pages["/api/repos/sea/tides/issues/7"] = answer(answered, "application/json")
    site.pages["/page"] = answer(article("No ebb", *TIDES))
    monkeypatch.setattr(gather, "places_of", lambda url, settings: [f"{site.url}/page"])
    assert TIDES[0] in gathered_from(site, "https://github.com/sea/tides/issues/7").text


@pytest.mark.usefixtures("unconfined")
def test_a_better_place_may_lead_to_a_paper(site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    page = article("Of tides", *TIDES).replace("</head>", "<meta name='citation_pdf_url' content='/tides.pdf'></head>")
    site.pages["/full"] = answer(page)
    site.pages["/tides.pdf"] = answer(pdf(["A paper tells of mills that the tide drove."] * 3).data, "application/pdf")
    monkeypatch.setattr(gather, "places_of", lambda url, settings: [f"{site.url}/full", url])
    assert "mills that the tide drove" in gathered_from(site, f"{site.url}/abstract").text


# Feeds


def feed(site: Website, *items: str) -> str:
    told = "".join(
        f"<item><title>One</title><description>A teaser about tides.</description>{item}</item>" for item in items
    )
    site.pages["/feed"] = answer(f"<rss version='2.0'><channel>{told}</channel></rss>", "application/rss+xml")
    return f"{site.url}/feed"


@pytest.mark.parametrize("page", [None, answer(b"\xff\xfb", "audio/mpeg"), answer("", status=500)])
@pytest.mark.usefixtures("unconfined")
def test_a_teaser_is_told_where_its_link_leads_to_nothing(site: Website, page: Page | None) -> None:
    if page:
        site.pages["/one"] = page
    source = gathered_from(site, feed(site, f"<link>{site.url}/one</link>"))
    assert (source.title, source.text) == ("One", "A teaser about tides.")


@pytest.mark.usefixtures("unconfined")
def test_a_link_of_a_feed_is_asked_for_once(site: Website) -> None:
    site.pages["/one"] = answer(article("Tides", *TIDES))
    gathered_from(site, feed(site, *[f"<link>{site.url}/one</link>"] * 5))
    assert site.asked.count("/one") == 1


@pytest.mark.usefixtures("unconfined")
def test_the_transcript_of_an_episode_is_told_under_the_episodes_title(site: Website) -> None:
    site.pages["/one.vtt"] = answer("WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>The tide comes in.", "text/vtt")
    transcript = (
        f"<podcast:transcript xmlns:podcast='https://podcastindex.org/namespace/1.0' url='{site.url}/one.vtt'/>"
    )
    source = gathered_from(site, feed(site, f"<link>{site.url}/one</link>{transcript}"))
    assert (source.title, source.text, source.url) == ("One", "Ann: The tide comes in.", f"{site.url}/one")


@pytest.mark.usefixtures("unconfined")
def test_a_video_of_a_feed_is_told_by_its_captions(site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "read_captions", lambda video, language, http: Source(f"Captions of {video}.", "Tides"))
    source = gathered_from(site, feed(site, "<link>https://www.youtube.com/watch?v=abcdefghijk</link>"))
    assert source.text == "Captions of abcdefghijk."


@pytest.mark.usefixtures("unconfined")
def test_a_text_in_another_script_is_told_so_by_its_name(site: Website) -> None:
    site.pages["/ja"] = answer("潮汐は海水の周期的な運動であり、月の引力によって起こる。", "text/plain; charset=utf-8")
    found = gather.gather(with_links(site), Wishes.of({"urls": [f"{site.url}/ja"]}), "en")
    assert "mostly in Japanese script" in found.failures[0][1].detail


@pytest.mark.usefixtures("unconfined")
def test_a_link_that_gives_nothing_is_told_as_it_is_seen(site: Website) -> None:
    """Whatever characters its author has put in."""
    link = "http://ti\u202edes\x00\x1b.example/\u2066a"
    [(name, error)] = gather.gather(with_links(site), Wishes.of({"urls": [link]}), "en").failures
    assert name == "http://tides.example/a"
    assert error.code == "source_url_invalid"
    assert name in error.detail


@pytest.mark.parametrize("name", ["a\u202egnp.txt", "a\0b.txt", "a\nb\x1b[31m.md", "\u200f\u2066x.txt"])
@pytest.mark.usefixtures("unconfined")
def test_a_name_that_comes_with_a_file_is_shown_clean(name: str) -> None:
    source = gather._plainly_named(Source.of("The tide comes in.", title=name, url=None, author=name, date=name))
    for shown in (source.title, source.author or "", source.date or ""):
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", shown)
