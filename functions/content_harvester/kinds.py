"""What kind of document bytes are, by what they begin with rather than by what is said of them."""

from __future__ import annotations

import re

from common.contract import SourceKind
from functions.content_harvester.source import Document, Unreadable

Kind = SourceKind
_HEAD = 4096
_SAY_NOTHING = {"", "application/octet-stream", "binary/octet-stream"}
_READABLE = "a web page, a feed, plain text, Markdown, PDF, DOCX or EPUB"


def kind_of(document: Document) -> Kind:
    """Raises Unreadable "source_not_text" for what is none of them."""
    head = document.data[:_HEAD]
    if b"%PDF-" in head[:1024]:
        return Kind.PDF
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_archive(document)
    markup = re.sub(rb"<!--.*?-->|<\?.*?\?>", b"", head.replace(b"\0", b""), flags=re.DOTALL).lower()
    if re.search(rb"^\W*<(rss|feed|rdf:rdf)[\s>]", markup):
        return Kind.FEED
    if document.media_type in {"text/html", "application/xhtml+xml"} or re.search(rb"^\W*<(!doctype )?html", markup):
        return Kind.WEBPAGE
    if document.media_type in _SAY_NOTHING or re.fullmatch(r"text/(?!css|javascript|xml).+", document.media_type):
        return Kind.TEXT
    raise _not_text()


def _kind_of_archive(document: Document) -> Kind:
    if document.data[30:58] == b"mimetypeapplication/epub+zip":
        return Kind.EPUB
    if b"word/document.xml" in document.data:
        return Kind.DOCX
    raise _not_text()


def _not_text() -> Unreadable:
    return Unreadable("source_not_text", f"This is nothing that can be read: {_READABLE}.")
