"""The latest items of an RSS, Atom or JSON feed. https://www.rssboard.org/rss-specification, RFC 4287, jsonfeed.org"""

from __future__ import annotations

import html
import io
import json
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urljoin

import feedparser
from lxml import etree

from common.contract import MAX_URL_CHARACTERS
from functions.content_harvester import markup
from functions.content_harvester.source import Document, Lead, Source, Unreadable, web_link

ITEMS = 5
_SHORTCODE = re.compile(
    r"\[/?(?:caption|gallery|embed|video|audio|playlist|contact-form|vc_\w{1,40}|et_pb_\w{1,40})\b[^\[\]]{0,500}\]"
)
"""https://codex.wordpress.org/Shortcode"""
_CHAPTER = re.compile(r"[(\[]?(?:\d{1,2}:)?\d{1,2}:\d\d[)\]]?(?=\s+[-–—]?\s*[^\W\d_])")
_PAID = re.compile(
    r"\badchoices\b|about your ad choices|\bprivacy policy at\b.{0,60}\bhttps?://art19\.com", re.IGNORECASE
)
WHOLE_TEXT_CHARACTERS = 600
"""An item with fewer is taken to be a teaser: its link is followed, and the teaser told where that leads to nothing."""


def read_feed(document: Document) -> tuple[list[Source], list[Lead]]:
    """Return the latest items: those told whole, as sources, and leads to those told elsewhere.

    Raises Unreadable.
    """
    feed = _parsed(document)
    base = _base(feed, document)
    shown = [item for item in feed.entries if _is_shown(item)]
    newest = sorted(shown, key=_when, reverse=True)[:ITEMS]
    sources: list[Source] = []
    leads: dict[str, Lead] = {}
    for item in newest:
        link = _link(item, base)
        told = _told(item, feed, link or document.url)
        followed = _transcript(item, base) or link
        if followed and (told is None or len(told.text) < WHOLE_TEXT_CHARACTERS):
            leads.setdefault(followed, Lead(followed, told))
        elif told is not None:
            sources.append(told)
    if not sources and not leads:
        raise Unreadable("source_empty", "This feed has no items with a text.")
    return sources, list(leads.values())


def _parsed(document: Document) -> Any:
    if document.data.lstrip()[:1] == b"{":
        return _from_json(document.data)
    headers = {"content-type": document.content_type}
    # Not sanitized here, for what is made of it is text alone; `markup` leaves out what is not seen.
    return feedparser.parse(
        io.BytesIO(document.data), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )


def _from_json(data: bytes) -> Any:
    """Return a JSON feed in feedparser's words. Raises Unreadable."""
    try:
        feed = json.loads(data)
        return _in_their_words(feed)
    except (ValueError, TypeError, AttributeError, RecursionError):  # no JSON, or of another shape than a feed's
        raise Unreadable("source_unreadable", "This feed is damaged.") from None


def _in_their_words(feed: Any) -> Any:
    entries = [
        _known(
            title=item.get("title"),
            link=item.get("url") or item.get("external_url"),
            summary=item.get("content_html") or html.escape(item.get("content_text") or item.get("summary") or ""),
            author=", ".join(str(author.get("name")) for author in item.get("authors") or [] if author.get("name")),
            published_parsed=feedparser.datetimes._parse_date(item.get("date_published") or ""),
        )
        for item in feed.get("items") or []
    ]
    about = _known(title=feed.get("title"), link=feed.get("home_page_url"))
    return feedparser.FeedParserDict(entries=entries, feed=about)


def _known(**fields: Any) -> Any:
    return feedparser.FeedParserDict({name: value for name, value in fields.items() if value})


def _base(feed: Any, document: Document) -> str:
    """Return the base of relative links: in Atom the feed's own address (RFC 3986), in RSS its site."""
    if str(feed.get("version") or "").startswith("atom"):
        return document.url or ""
    with suppress(ValueError):
        return web_link(urljoin(document.url or "", str(feed.feed.get("link") or ""))) or document.url or ""
    return document.url or ""


def _link(item: Any, base: str) -> str | None:
    """Return the address at which an item is told, if in the web: its link, else its name, if an address."""
    links = [
        item.get("link"),
        *(link.get("href") for link in item.get("links") or [] if link.get("rel") == "alternate"),
    ]
    links += [content.get("src") for content in item.get("content") or []]
    if item.get("guidislink") or str(item.get("id") or "").startswith(("http://", "https://")):
        links.append(item.get("id"))
    return next(_in_the_web(links, base), None)


def _in_the_web(links: list[Any], base: str) -> Iterator[str]:
    for link in links:
        if link and len(str(link)) <= MAX_URL_CHARACTERS:
            with suppress(ValueError):
                if found := web_link(urljoin(base, str(link).strip())):
                    yield found


def _transcript(item: Any, base: str) -> str | None:
    """Return the transcript of a podcast's episode. https://podcasting2.org/docs/podcast-namespace/tags/transcript"""
    found = item.get("podcast_transcript") or {}
    return next(_in_the_web([found.get("url")], base), None)


_NEVER = time.gmtime(0)


def _when(item: Any) -> time.struct_time:
    found: time.struct_time = item.get("published_parsed") or item.get("updated_parsed") or _NEVER
    return found


def _told(item: Any, feed: Any, url: str | None) -> Source | None:
    """Return an item's own text, or None for an item without words: one bad item is no reason to do without the
    others."""
    author = item.get("author") or feed.feed.get("title")
    date = time.strftime("%Y-%m-%d", _when(item)) if _when(item) != _NEVER else None
    title = _plain(item.get("title"))
    longest = max(_contents(item), key=len, default="")
    if not longest.strip():
        return None
    with suppress(Unreadable, etree.LxmlError, ValueError):
        told = markup.blocks(markup.parse(f"<body>{_SHORTCODE.sub('', longest)}</body>"))
        return Source.of_blocks(
            [block for block in told.blocks if not (item.get("enclosures") and _is_of_a_player(block.text))],
            title=title,
            url=url,
            author=_plain(author),
            date=date,
            left_out=told.left_out,
        )
    return None


def _is_shown(item: Any) -> bool:
    """Tell whether an item is a text that was published: exports of WordPress hold drafts, pictures and menus, too."""
    kind, state = item.get("wp_post_type") or "post", item.get("wp_status") or "publish"
    return kind not in {"attachment", "nav_menu_item", "revision"} and state == "publish"


def _is_of_a_player(text: str) -> bool:
    """Tell whether a paragraph says where the chapters of an episode begin, or who pays, rather than what it is
    about."""
    return _CHAPTER.match(text) is not None or _PAID.search(text) is not None


def _contents(item: Any) -> Iterator[str]:
    """Yield the texts of an item, as HTML; some are escaped twice over."""
    for content in [*(item.get("content") or []), item.get("summary_detail") or {"value": item.get("summary") or ""}]:
        value = str(content.get("value") or "")
        if content.get("type") == "text/plain" and "<" in value and ("</" not in value):
            value = html.escape(value)
        if value.lstrip().startswith("&lt;") and "&lt;/" in value:
            value = html.unescape(value)
        yield value.replace("\n\n", "<br><br>") if "<" not in value else value


def _plain(text: str | None) -> str | None:
    """Return a title without the tags and entities contained in some titles."""
    if not text or not ("<" in text or "&" in text):
        return text
    with suppress(etree.LxmlError, ValueError):
        return "".join(markup.parse(f"<body>{text}</body>").itertext()) or text
    return text
