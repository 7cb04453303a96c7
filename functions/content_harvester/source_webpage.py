"""A web page's article, without what stands around it."""

from __future__ import annotations

import trafilatura

from functions.content_harvester.charsets import decode
from functions.content_harvester.source import Document, Source, Unreadable

MIN_CHARACTERS = 200
"""Fewer than that are a notice ("please enable JavaScript"), not a text to tell anything about."""

# What a reader of the page does not see is not told either, and is where instructions to machines are hidden.
_HIDDEN = [
    "//*[@hidden or @aria-hidden='true']",
    "//*[contains(translate(@style, ' ', ''), 'display:none')]",
    "//*[contains(translate(@style, ' ', ''), 'visibility:hidden')]",
    "//*[contains(translate(@style, ' ', ''), 'font-size:0')]",
]


def read_webpage(document: Document) -> Source:
    """The main text of an HTML page. Raises Unreadable."""
    content = decode(document.data, document.charset) if document.charset else document.data
    page = trafilatura.bare_extraction(
        content,
        url=document.url,
        with_metadata=True,
        include_comments=False,
        include_tables=False,
        prune_xpath=_HIDDEN,
    )
    if page is None or isinstance(page, dict) or len(page.text or "") < MIN_CHARACTERS:
        raise Unreadable("source_empty", "There is no text on this page to speak of.")
    text = "\n\n".join((page.text or "").splitlines())  # it sets a line for each paragraph
    title = page.title or document.stem
    return Source.of(text, title=title, url=document.url, author=page.author or page.sitename, date=page.date)
