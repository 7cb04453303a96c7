"""What kind of document bytes are, by what they begin with rather than by what is said of them."""

from __future__ import annotations

import re

from common.contract import SourceKind
from functions.content_harvester.source import Document, Unreadable

Kind = SourceKind
_HEAD = 4096
_SAY_NOTHING = {"", "application/octet-stream", "binary/octet-stream"}
_FEEDS = {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
_PROLOG = re.compile(
    rb"<!--.*?-->|<\?.*?\?>|<!DOCTYPE\s+(?!html)[^\[>]{1,500}(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE
)
_FEED = re.compile(rb"^\W*(?:<!doctype rss|<(?:[\w.-]{1,40}:)?(?:rss|feed|rdf|channel)[\s>])")
_JSON_FEED = re.compile(rb'^\W{0,20}\{[^{}\[\]]{0,2000}"version"\s*:\s*"https?://(?:www\.)?jsonfeed\.org')
_TIMES = rb"(?:\d+:)?\d{1,2}:\d\d[.,]\d{1,3}"
_TRANSCRIPT = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s{0,100}(?:WEBVTT|(?:\d+\s+)?" + _TIMES + rb"\s*(?:-->|,)\s*" + _TIMES + rb")"
)
_JSON = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:\{\s*[\"}]|\[\s*[\[{\"\]])")
_READABLE = "a web page, a feed, plain text, Markdown, captions, a chat, PDF, DOCX or EPUB"


def kind_of(document: Document) -> Kind:
    """Raises Unreadable "source_not_text" for what is none of them."""
    head = document.data[:_HEAD]
    if b"%PDF-" in head[:1024]:
        return Kind.PDF
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_archive(document)
    head = head.replace(b"\0", b"")  # of UTF-16
    markup = _PROLOG.sub(b"", head).lower()
    if document.media_type in _FEEDS or _FEED.search(markup) or _JSON_FEED.search(head):
        return Kind.FEED
    if _TRANSCRIPT.search(head) or (_JSON.search(head) and _may_be_json(document)):
        return Kind.TRANSCRIPT
    if document.media_type in {"text/html", "application/xhtml+xml"} or re.search(rb"^\W*<(!doctype )?html", markup):
        return Kind.WEBPAGE
    if document.media_type in _SAY_NOTHING or re.fullmatch(r"text/(?!css|javascript|xml).+", document.media_type):
        return Kind.TEXT
    raise _not_text()


def _may_be_json(document: Document) -> bool:
    """Whether what begins as JSON does is called that, or ends so, too."""
    called = document.media_type.endswith("json") or document.name.lower().endswith((".json", ".json3", ".jsonl"))
    return called or document.data.rstrip()[-1:] in {b"}", b"]"}


def _kind_of_archive(document: Document) -> Kind:
    if document.data[30:58] == b"mimetypeapplication/epub+zip":
        return Kind.EPUB
    if b"word/document.xml" in document.data:
        return Kind.DOCX
    raise _not_text()


def _not_text() -> Unreadable:
    return Unreadable("source_not_text", f"This is nothing that can be read: {_READABLE}.")
