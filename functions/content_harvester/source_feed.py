"""The latest items of an RSS or Atom feed."""

from __future__ import annotations

import io
import time
from contextlib import suppress
from typing import Any

import feedparser
from lxml import etree, html

from functions.content_harvester.source import Document, Source, Unreadable

ITEMS = 5
WHOLE_TEXT_CHARACTERS = 600
"""An item with fewer is taken to be a teaser: its link is followed."""


def read_feed(document: Document) -> tuple[list[Source], list[str]]:
    """The latest items: those told whole, as sources, and the links of those that are told elsewhere.

    Raises Unreadable.
    """
    feed = feedparser.parse(io.BytesIO(document.data), sanitize_html=False, resolve_relative_uris=False)
    newest = sorted(feed.entries, key=_when, reverse=True)[:ITEMS]
    sources, links = [], []
    for item in newest:
        text = _text(item)
        link = item.get("link")
        if link and len(text) < WHOLE_TEXT_CHARACTERS:
            links.append(str(link))
        elif text:
            with suppress(Unreadable):  # one bad item is no reason to do without the others
                sources.append(
                    Source.of(
                        text,
                        title=item.get("title"),
                        url=link or document.url,
                        author=item.get("author") or feed.feed.get("title"),
                        date=time.strftime("%Y-%m-%d", _when(item)) if _when(item) != _NEVER else None,
                    )
                )
    if not sources and not links:
        raise Unreadable("source_empty", "This feed has no items.")
    return sources, links


_NEVER = time.gmtime(0)


def _when(item: Any) -> time.struct_time:
    found: time.struct_time = item.get("published_parsed") or item.get("updated_parsed") or _NEVER
    return found


def _text(item: Any) -> str:
    """The longest of what an item says of itself, which is HTML as a rule."""
    told = [content.get("value", "") for content in item.get("content", [])] + [item.get("summary", "")]
    markup = max(told, key=len)
    if not markup.strip():
        return ""
    try:
        root = html.fragment_fromstring(markup, create_parent="div")
    except etree.LxmlError:
        return ""
    for block in root.iter("p", "br", "li", "h1", "h2", "h3", "h4", "div", "blockquote"):
        block.tail = "\n\n" + (block.tail or "")
    return str(root.text_content()).strip()
