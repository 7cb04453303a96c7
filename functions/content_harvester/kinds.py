"""The kind of a document, by its first bytes rather than by its declared type or name."""

from __future__ import annotations

import re

from common.contract import SourceKind
from functions.content_harvester.archives import Archive
from functions.content_harvester.source import OCR, Document, Unreadable

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
    rb"^(?:\xef\xbb\xbf)?\s{0,100}(?:WEBVTT|\[Script Info\]|(?:<\?xml[^>]{0,200}>\s*)?<(?:tt:)?tt[\s>]|(?:\d+\s+)?"
    + _TIMES
    + rb"\s*(?:-->|,)\s*"
    + _TIMES
    + rb")"
)
_JSON = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:\{\s*[\"}]|\[\s*[\[{\"\]])")
_READABLE = (
    "a web page, a feed, text, Markdown, captions, a chat, PDF, DOCX, ODT, RTF, EPUB, PPTX, XLSX, CSV or an e-mail"
)
_PICTURE = re.compile(
    rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|II\*\0|MM\0\*|BM.{4}\0{4}|RIFF.{4}WEBP|.{4}ftyp(?:heic|avif|mif1)", re.DOTALL
)
_OF_AN_OFFICE = re.compile(rb"application/epub\+zip|word/document|ppt/slides/|xl/work|oasis\.opendocument")
"""In an archive that cannot be opened: names of its files, which are not compressed."""
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = re.compile(
    rb"(?:from|to|cc|date|subject|received|return-path|delivered-to|message-id|mime-version|reply-to|x-[\w-]{1,40}|"
    rb"content-[\w-]{1,40}|dkim-signature|authentication-results|arc-[\w-]{1,40}|list-[\w-]{1,40}): ?",
    re.IGNORECASE,
)
_ENDING = re.compile(r"\.(?:docx|pptx|xlsx|odt|epub)$", re.IGNORECASE)
_ARCHIVES = {
    "meta-inf/container.xml": Kind.EPUB,
    "word/document.xml": Kind.DOCX,
    "ppt/presentation.xml": Kind.PPTX,
    "xl/workbook.xml": Kind.TABLE,
}


def kind_of(document: Document) -> Kind:
    """Raises Unreadable "source_not_text" for a document of no known kind."""
    head = document.data[:_HEAD]
    if b"%PDF-" in head[:1024]:
        return Kind.PDF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_archive(document)
    if head.lstrip().startswith(b"{\\rtf"):
        return Kind.RTF
    if _PICTURE.match(head):
        raise Unreadable("source_not_text", f"This is a picture. {OCR} makes a PDF of it.")
    if head.startswith(_OLD_OFFICE) and "EncryptedPackage".encode("utf-16-le") in document.data:
        raise Unreadable("source_unreadable", "This document is locked with a password.")
    if head.startswith(_OLD_OFFICE):
        raise Unreadable("source_not_text", "This is a file of an old Office. Save it as DOCX, PPTX or XLSX.")
    head = head.replace(b"\0", b"")  # of UTF-16
    markup = _PROLOG.sub(b"", head).lower()
    if document.media_type in _FEEDS or _FEED.search(markup) or _JSON_FEED.search(head):
        return Kind.FEED
    if _TRANSCRIPT.search(head) or (_JSON.search(head) and _may_be_json(document)):
        return Kind.TRANSCRIPT
    if document.media_type == "message/rfc822" or _is_email(head):
        return Kind.EMAIL
    if document.media_type in {"text/csv", "text/tab-separated-values"} or document.name.lower().endswith(
        (".csv", ".tsv")
    ):
        return Kind.TABLE
    if document.media_type in {"text/html", "application/xhtml+xml"} or re.search(rb"^\W*<(!doctype )?html", markup):
        return Kind.WEBPAGE
    if document.media_type in _SAY_NOTHING or re.fullmatch(r"text/(?!css|javascript|xml).+", document.media_type):
        return Kind.TEXT
    raise _not_text()


def _may_be_json(document: Document) -> bool:
    """Whether a document beginning as JSON does is called JSON, or ends so, too."""
    called = document.media_type.endswith("json") or document.name.lower().endswith((".json", ".json3", ".jsonl"))
    return called or document.data.rstrip()[-1:] in {b"}", b"]"}


def _kind_of_archive(document: Document) -> Kind:
    """The kind of an archive, by its files, whatever their order."""
    try:
        archive = Archive(document.data)
    except Unreadable:
        said = re.search(r"officedocument|opendocument|epub", document.media_type) or _ENDING.search(document.name)
        if said or _OF_AN_OFFICE.search(document.data):
            raise
        raise _not_text() from None
    with archive:
        if archive.has("mimetype"):
            mimetype = archive.read("mimetype").strip()
            if mimetype.startswith(b"application/vnd.oasis.opendocument.text"):
                return Kind.ODT
        kind = next((kind for name, kind in _ARCHIVES.items() if archive.has(name)), None)
        if kind is None and any(re.fullmatch(r"word/document\d*\.xml", name) for name in archive.names):
            kind = Kind.DOCX
        if kind is None and any(name.lower().endswith(".opf") for name in archive.names):
            kind = Kind.EPUB
    if kind is None:
        raise _not_text()
    return kind


def _is_email(data: bytes) -> bool:
    """Whether a text begins with the header fields of a message (RFC 5322): three consecutive fields."""
    lines = re.split(rb"\r?\n", data[:_HEAD].lstrip(b"\xef\xbb\xbf"))
    if lines and lines[0].startswith(b"From "):
        lines = lines[1:]
    fields = [line for line in lines[:30] if line[:1] not in (b" ", b"\t")]
    return len(fields) > 2 and all(map(_HEADER.match, fields[:3]))


def _not_text() -> Unreadable:
    return Unreadable("source_not_text", f"This is nothing that can be read: {_READABLE}.")
