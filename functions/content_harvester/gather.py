"""All sources named by a request, read side by side: those given, and the problems of the others."""

from __future__ import annotations

import contextvars
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urlsplit

from common.blobs import read_object
from common.contract import MAX_ALL_CHARACTERS
from common.errors import SourceBroken, SourceRefused
from common.records import Input, Wishes
from common.settings import Settings
from common.text.cleaning import seen
from common.text.links import title_without_links
from functions.content_harvester.fetch import Fetcher
from functions.content_harvester.kinds import Kind, kind_of
from functions.content_harvester.sandbox import Reading, read, read_in_sandbox
from functions.content_harvester.shortcuts import check_place, name_of, places_of
from functions.content_harvester.source import Document, Lead, Source, Unreadable
from functions.content_harvester.source_captions import read_captions, session, video_id
from functions.content_harvester.source_duplicates import without_duplicates
from functions.content_harvester.source_language import check_script
from functions.content_harvester.source_search import find_links
from functions.content_harvester.source_text import is_quickly_read
from functions.content_harvester.source_thread import fetch_thread, thread_of
from functions.content_harvester.source_topic import read_topic

logger = logging.getLogger(__name__)

AT_ONCE = 8
BUDGET_S = 200.0
"""When this time is over no further source is begun, so that the task ends within its deadline whatever they do."""
MINUTES_A_PAGE = 10
SPARE_PAGES = 2
"""How many pages are looked up about a topic: two, and another for so many minutes; and tried beyond that."""

SourceError = SourceRefused | SourceBroken
Job = Callable[[], list[Source]]


@dataclass(frozen=True)
class Gathered:
    """The sources in the order of their naming, and each failure with its own name or link."""

    sources: list[Source]
    failures: list[tuple[str, SourceError]]


def gather(settings: Settings, request: Wishes, language: str, owner: str = "") -> Gathered:
    """Read the inputs, links and topic of a request of `owner`; a topic in `language`.

    Raises ServiceBroken or NotFound where an input handed in earlier cannot be had any more. A problem of a source
    itself is not raised but returned.
    """
    fetcher = Fetcher.of(settings)
    links = _Links(settings, fetcher, language, owner)
    until = time.monotonic() + BUDGET_S
    jobs: list[tuple[str, Job]] = []
    for given in request.inputs:
        jobs.append((seen(given["name"]), partial(_read_input, settings, given, owner)))
    for url in dict.fromkeys(url.partition("#")[0] for url in request.urls):
        jobs.append((seen(url), partial(links.read, url)))
    if topic := request.topic:
        about = partial(read_topic, fetcher, settings.wikipedia_url, topic, language, request.minutes)
        jobs.append((topic, about))
        if settings.search_base_url:
            jobs.append((topic, partial(_read_web, links, topic, request.minutes, until)))

    results = _side_by_side(jobs, until)
    failures = [
        (name, result) for (name, _), result in zip(jobs, results, strict=True) if isinstance(result, SourceError)
    ]
    for _, error in failures:
        logger.warning("a source gave nothing: %s", error)
    sources = without_duplicates([source for result in results if isinstance(result, list) for source in result])
    return _within_limit(sources, failures)


def _side_by_side(jobs: list[tuple[str, Job]], until: float) -> list[list[Source] | SourceError]:
    """Return the result of each job, in their order."""
    with ThreadPoolExecutor(AT_ONCE, "source") as pool:
        pending = [pool.submit(contextvars.copy_context().run, _attempt, name, job, until) for name, job in jobs]
        return [future.result() for future in pending]


def _in_our_script(sources: list[Source]) -> list[Source]:
    """Keep the texts that can be read: of a feed, say, its other items. Raises Unreadable where none can."""
    readable, refusal = [], None
    for source in sources:
        try:
            check_script(source.text)
            readable.append(source)
        except Unreadable as error:
            refusal = error
    if refusal is not None and not readable:
        raise refusal
    return readable


def _attempt(name: str, job: Job, until: float) -> list[Source] | SourceError:
    if time.monotonic() > until:
        return SourceBroken("source_too_slow", "The sources before this one took all the time there is.")
    try:
        sources = [_plainly_named(source) for source in _in_our_script(job())]
    except Unreadable as error:
        return SourceRefused(error.code, f"{_called(name)}: {error.detail}")
    except (SourceRefused, SourceBroken) as error:
        return error
    return sources


def _called(name: str) -> str:
    """Return a link by its host, a file by its name."""
    try:
        return urlsplit(name).hostname or name
    except ValueError:
        return name


def _plainly_named(source: Source) -> Source:
    """Return the source, its own title and author cleaned to be said and shown as our own words are."""
    author, date = (title_without_links(fact or "") or None for fact in (source.author, source.date))
    return replace(source, title=title_without_links(source.title), author=author, date=date)


def _read_input(settings: Settings, given: Input, owner: str) -> list[Source]:
    data = read_object(settings, given["object"])
    reading = _read(settings, Document(data, given["content_type"], given["name"]), owner)
    # A page or feed that was saved leads nowhere: who hands in a file means what is in it.
    return reading.sources or [lead.teaser for lead in reading.leads if lead.teaser]


@dataclass(frozen=True)
class _Links:
    """Reader of links, with the documents they lead to, for one podcast."""

    settings: Settings
    fetcher: Fetcher
    language: str
    owner: str

    def read(self, url: str) -> list[Source]:
        """Return a link's text: a video's captions, a repository's README, a thread, a paper, the latest items of a
        feed."""
        if video := video_id(url):
            with session(self.fetcher.timeout_s, self.fetcher.max_bytes) as http:
                return [read_captions(video, self.language, http)]
        check_place(url)
        if thread := thread_of(url):
            with suppress(Unreadable, SourceRefused, SourceBroken):  # its page may say it, too
                document = fetch_thread(self.fetcher, self.settings.github_api_url, thread)
                return [replace(source, url=url) for source in _read(self.settings, document, self.owner).sources]
        *better, itself = places_of(url, self.settings)
        for place in better:
            with suppress(Unreadable, SourceRefused, SourceBroken):
                if found := self._followed(self._fetched(place)):
                    return [replace(source, url=url, title=source.title or name_of(url)) for source in found]
        reading = self._fetched(itself)
        return self._followed(reading)

    def _fetched(self, url: str) -> Reading:
        return _read(self.settings, self.fetcher.fetch(url), self.owner)

    def _followed(self, reading: Reading) -> list[Source]:
        """Return the sources of a document and of its leads; a teaser is told where its link leads to nothing."""
        sources, failure = list(reading.sources), None
        for lead in reading.leads:
            try:
                sources += self._lead(lead)
            except (Unreadable, SourceRefused, SourceBroken) as error:
                if lead.teaser:
                    sources.append(lead.teaser)
                failure = error
        if failure and not sources:
            raise failure
        return sources

    def _lead(self, lead: Lead) -> list[Source]:
        if video := video_id(lead.url):
            with session(self.fetcher.timeout_s, self.fetcher.max_bytes) as http:
                return [read_captions(video, self.language, http)]
        document = self.fetcher.fetch(lead.url)
        found = _read(self.settings, document, self.owner).sources
        if lead.teaser and kind_of(document) in {Kind.PDF, Kind.TRANSCRIPT}:  # whose page says better what they are
            about = lead.teaser
            return [
                replace(one, title=about.title, url=about.url, author=about.author, date=about.date) for one in found
            ]
        return found


def _read_web(links: _Links, topic: str, minutes: int, until: float) -> list[Source]:
    """Return the best pages about a topic, as many as so long a podcast needs; a few more are tried, for some say
    nothing."""
    wanted = 2 + minutes // MINUTES_A_PAGE
    found = find_links(links.fetcher, links.settings, topic, links.language, wanted + SPARE_PAGES)
    results = _side_by_side([(link, partial(links.read, link)) for link in found], until)
    if not any(isinstance(result, list) for result in results):
        raise next(result for result in results if isinstance(result, SourceError))
    return [source for result in results if isinstance(result, list) for source in result][:wanted]


def _read(settings: Settings, document: Document, owner: str) -> Reading:
    """Short plain text is read here; where a parser is needed, a confined process is worth its quarter of a second.

    Pages of pictures alone are read by the program of `OCR_COMMAND`, where set.
    """
    places = settings.source_readers
    try:
        kind = kind_of(document)
        if kind is Kind.TEXT and is_quickly_read(document):
            return read(kind, document)
        return read_in_sandbox(kind, document, owner=owner, places=places)
    except Unreadable as error:
        if not (settings.ocr_command and error.is_of_pictures):
            raise
        return read_in_sandbox(Kind.PDF, document, owner=owner, places=places, ocr_command=settings.ocr_command)


def _within_limit(sources: list[Source], failures: list[tuple[str, SourceError]]) -> Gathered:
    kept: list[Source] = []
    characters = 0
    for source in sources:
        characters += len(source.text)
        if kept and characters > MAX_ALL_CHARACTERS:
            detail = f"All sources together have more than {MAX_ALL_CHARACTERS:,} characters; this one is left out."
            failures.append((source.url or source.title, SourceRefused("source_too_large", detail)))
        else:
            kept.append(source)
    return Gathered(kept, failures)
