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
_WHOLE_TIMES = rb"\d{1,2}:\d\d:\d\d(?:[.,:]\d{1,3})?"
_TRANSCRIPT = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s{0,100}(?:WEBVTT|\[Script Info\]|(?:<\?xml[^>]{0,200}>\s*)?<(?:tt:)?tt[\s>]|(?:\d+\s+)?"
    + _TIMES
    + rb"\s*(?:-->|,)\s*"
    + _TIMES
    + rb"|(?:\d+\s+)?"
    + _WHOLE_TIMES
    + rb"\s*-->\s*"
    + _WHOLE_TIMES
    + rb"|(?i:<sami>)"
    + rb"|(?:\[[a-zA-Z]{2,8}:[^\[\]\n]{0,200}\]\s{1,10}){0,20}\[\d{1,3}:\d\d\.\d{2,3}\]"
    + rb"|(?:\{\d{1,8}\}){2}|(?:\[\d{1,8}\]){2}\S)"
)
_JSON = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:\{\s*[\"}]|\[\s*[\[{\"\]])")
_FLAT = re.compile(rb"^\W*<office:document[\s>]")
_OF_XML = re.compile(
    rb"<(?:[\w.-]{1,40}:)?[\w.-]{1,40}\s(?![^<>]{0,2000}/xhtml)[^<>]{0,2000}?(?:\bxmlns[:=]|\bversion=)"
)
"""What begins a document of XML that does not say so: a namespace, or a version."""
_ROOT = re.compile(rb"<(?:[\w.-]{1,40}:)?([\w.-]{1,40})")
_READABLE = (
    "a web page, a feed, text, Markdown, captions, a chat, PDF, DOCX, ODT, RTF, EPUB, PPTX, XLSX, CSV, an e-mail, "
    "or a folder of those as ZIP"
)
_CALLED = {
    rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|II\*\0|MM\0\*|BM.{4}\0{4}|RIFF.{4}WEBP|.{4}ftyp(?:heic|heix|avif|mif1)":
        f"This is a picture. {OCR} makes a PDF of it.",
    rb"ID3|\xff[\xf2\xf3\xfb]|OggS|fLaC|RIFF.{4}(?:WAVE|AVI )|FORM.{4}AIF|.{4}ftyp|\x1aE\xdf\xa3|\0\0\x01\xba":
        "This is sound or film. What is said in it can be handed in as captions, or as a transcript.",
    rb".{60}(?:BOOKMOBI|TEXtREAd)": "This is a book for a Kindle. Convert it to EPUB.",
    rb"AT&TFORM": "This is a DjVu file. Convert it to PDF.",
    rb"%!PS": "This is a PostScript file. Convert it to PDF.",
    rb"\x1f\x8b|7z\xbc\xaf|Rar!|BZh|\xfd7zXZ|.{257}ustar":
        "This is packed in a way that is not opened here. Unpack it, or pack it as ZIP.",
    rb"\s{0,100}(?:%[^\n]{0,500}\n\s{0,100}){0,50}\\(?:document(?:class|style)\b|(?:chapter|section|subsection|begin|"
    rb"title|input|usepackage|newcommand)\*?[\[{])":
        "This is what a LaTeX document is made from. Hand in its PDF.",
    rb"(?:\xef\xbb\xbf)?BEGIN:VCARD":
        "This is a card with an address (vCard). Copy what is to be told, and hand it in as text.",
    rb"(?:\xef\xbb\xbf)?BEGIN:VCALENDAR":
        "This is a calendar (ICS). Copy what is to be told, and hand it in as text.",
    rb"\[InternetShortcut\]|(?:<\?xml.{1,100})?<!DOCTYPE plist.{1,300}<key>URL</key>":
        "This is a shortcut to a page. Hand in the page's link.",
    rb"\s{0,20}\{[^{}]{0,200}\"doc_id\":":
        "This is a shortcut to a Google document. Download the document as DOCX.",
}  # fmt: skip
"""The first bytes of what cannot be read, and how people are told so."""
_NOT_READ = [(re.compile(first, re.DOTALL), said) for first, said in _CALLED.items()]
_XML = {
    b"svg": "This is a drawing (SVG). Export it as PDF.",
    b"mxfile": "This is a drawing (draw.io). Export it as PDF.",
    b"fictionbook": "This is an e-book in FictionBook (FB2). Convert it to EPUB.",
    b"en-export": "These are notes of Evernote (ENEX). Export them as HTML.",
    b"opml": "This is a list of feeds (OPML). Hand in the link of one of them.",
}
"""What is XML, by the name of its root, and how people are told so."""
_PROGRAM = re.compile(
    r"[^/]\.(?:py|js|mjs|jsx|tsx?|c|h|cc|cpp|hpp|cs|java|kt|go|rs|rb|php|sh|bash|ps1|sql|s?css|vue|swift|lua|ya?ml|toml|ini)$",
    re.IGNORECASE,
)
_LEVEL = rb"(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL|SEVERE)"
_LOGGED = re.compile(
    rb"^(?:[\[(]?(?:\d{4}[-/.]\d\d[-/.]\d\d|\d\d/\w{3}/\d{4}|\w{3} [ \d]\d)[T :,]{1,2}\d\d:\d\d:\d\d[^\n]{0,60}?"
    rb"(?:\b" + _LEVEL + rb"\b|[\w.()/-]{1,40}\[\d{1,7}\]:)"
    rb"|\[?" + _LEVEL + rb"\]?[:| \t][^\n]{0,40}\d\d:\d\d:\d\d"
    rb"|\[ {0,6}\d{1,6}\.\d{6}\] "
    rb"|[\da-fA-F.:]{3,45} \S{1,40} \S{1,40} \[\d\d/\w{3}/\d{4}:[^\]\n]{1,30}\] \"[A-Z]{3,8} )",
    re.MULTILINE,
)
"""Lines of a program's log, a system's, a kernel's, and a web server's."""
_LOGGED_LINES = 3
_OLD_OFFICES = {
    "EncryptedPackage": ("source_unreadable", "This document is locked with a password."),
    "__substg1.0_": ("source_not_text", "This is an e-mail of Outlook's own kind. Save it as EML."),
    "WordDocument": ("source_not_text", "This is a file of an old Word (DOC). Save it as DOCX."),
    "PowerPoint Document": ("source_not_text", "This is a file of an old PowerPoint (PPT). Save it as PPTX."),
    "": ("source_not_text", "This is a file of an old Office. Save it as DOCX, PPTX or XLSX."),
}
"""Names within a compound file (MS-CFB, learn.microsoft.com/openspecs), and why it is not read."""
_SAVED_PAGE = re.compile(
    rb"^(?:Snapshot-Content-Location:|From: ?[\"<]Saved by )"
    rb"|\A(?![^\0]{0,4000}?\n(?:From|Received): )MIME-Version:[^\0]{1,300}multipart/related",
    re.MULTILINE | re.IGNORECASE,
)
_OF_AN_OFFICE = re.compile(rb"application/epub\+zip|word/document|ppt/slides/|xl/work|oasis\.opendocument")
"""In an archive that cannot be opened: names of its files, which are not compressed."""
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = re.compile(
    rb"(?:from|to|cc|date|subject|received|return-path|delivered-to|message-id|mime-version|reply-to|x-[\w-]{1,40}|"
    rb"content-[\w-]{1,40}|dkim-signature|authentication-results|arc-[\w-]{1,40}|list-[\w-]{1,40}): ?",
    re.IGNORECASE,
)
_ENDING = re.compile(r"\.(?:docx|pptx|xlsx|od[pst]|epub)$", re.IGNORECASE)
_ARCHIVES = {
    "meta-inf/container.xml": Kind.EPUB,
    "word/document.xml": Kind.DOCX,
    "ppt/presentation.xml": Kind.PPTX,
    "xl/workbook.xml": Kind.TABLE,
}


def kind_of(document: Document) -> Kind:
    """Raises Unreadable "source_not_text" for a document of no known kind."""
    head = document.data[:_HEAD]
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_archive(document)
    if b"%PDF-" in head[:1024]:
        return Kind.PDF
    if head.lstrip().startswith(b"{\\rtf"):
        return Kind.RTF
    _check_first_bytes(head, document)
    if is_web_archive(document) or _SAVED_PAGE.search(head):
        return Kind.WEBPAGE
    head = re.sub(rb"^(?:\xff\xfe|\xfe\xff)", b"", head.replace(b"\0", b""))  # of UTF-16 and UTF-32
    markup = _PROLOG.sub(b"", head).lower()
    if document.media_type in _FEEDS or _FEED.search(markup) or _JSON_FEED.search(head):
        return Kind.FEED
    if _FLAT.search(markup):
        return Kind.ODT
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
    return _kind_of_text(head, document)


def _check_first_bytes(head: bytes, document: Document) -> None:
    """Raise Unreadable for known kinds of documents that cannot be read, with advice."""
    for first, said in _NOT_READ:
        if first.match(head):
            raise Unreadable("source_not_text", said)
    if head.startswith(_OLD_OFFICE):
        why = next(why for name, why in _OLD_OFFICES.items() if name.encode("utf-16-le") in document.data)
        raise Unreadable(*why)


def _kind_of_text(head: bytes, document: Document) -> Kind:
    """Raises Unreadable for programs, styles, and XML of unknown kinds, which nobody would hear."""
    markup = _PROLOG.sub(b"", head).lstrip(b"\xef\xbb\xbf \t\r\n")
    root = _ROOT.match(markup)
    known = _XML.get(root[1].lower() if root else b"", "")
    is_xml = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml") or _OF_XML.match(markup) or known
    if is_xml and document.data.rstrip().endswith(b">"):
        raise Unreadable(
            "source_not_text", known or "This is XML that is no page or feed. Hand in a page or PDF of it."
        )
    if _PROGRAM.search(document.name):
        raise Unreadable("source_not_text", "This is a program, or its settings. Hand in what is written about it.")
    if _is_log(head):
        raise Unreadable("source_not_text", "This is what a program logs. Hand in what is written about it.")
    if document.media_type in _SAY_NOTHING or re.fullmatch(r"text/(?!css|javascript|xml).+", document.media_type):
        return Kind.TEXT
    raise _not_text()


def is_web_archive(document: Document) -> bool:
    """Tell whether a document is a page saved by Safari: a property list, binary or XML, with a main resource."""
    is_list = document.data.startswith(b"bplist00") or b"<plist" in document.data[:500]
    return is_list and b"WebMainResource" in document.data


def _is_log(head: bytes) -> bool:
    """Tell whether most lines are entries of a log."""
    entries = len(_LOGGED.findall(head))
    return entries >= _LOGGED_LINES and 2 * entries >= sum(bool(line.strip()) for line in head.split(b"\n"))


def _may_be_json(document: Document) -> bool:
    """Tell whether a document beginning as JSON does is called JSON, or ends so, too."""
    called = document.media_type.endswith("json") or document.name.lower().endswith((".json", ".json3", ".jsonl"))
    return called or document.data.rstrip(b"\0 \t\r\n")[-1:] in {b"}", b"]"}


def _kind_of_archive(document: Document) -> Kind:
    """Return the kind of an archive, by its files, whatever their order."""
    try:
        archive = Archive(document.data)
    except Unreadable:
        said = re.search(r"officedocument|opendocument|epub", document.media_type) or _ENDING.search(document.name)
        if said or _OF_AN_OFFICE.search(document.data):
            raise
        raise _not_text() from None
    with archive:
        if archive.begins("mimetype", b"application/vnd.oasis.opendocument."):
            return Kind.ODT
        for name, kind in _ARCHIVES.items():
            if archive.has(name):
                return kind
        names = [name.lower() for name in archive.names]
    if any(re.fullmatch(r"word/document\d*\.xml", name) for name in names):
        return Kind.DOCX
    if any(name.endswith(".opf") for name in names):
        return Kind.EPUB
    if any(name.endswith((".iwa", "quicklook/preview.pdf", "index.apxl")) for name in names):
        raise Unreadable("source_not_text", "This is a file of Pages, Numbers or Keynote. Export it as PDF or DOCX.")
    return Kind.FOLDER


def _is_email(data: bytes) -> bool:
    """Tell whether a text begins with the header fields of a message (RFC 5322): three consecutive fields."""
    lines = re.split(rb"\r?\n", data[:_HEAD].lstrip(b"\xef\xbb\xbf"))
    if lines and lines[0].startswith(b"From "):
        lines = lines[1:]
    fields = [line for line in lines[:30] if line[:1] not in (b" ", b"\t")]
    return len(fields) > 2 and all(map(_HEADER.match, fields[:3]))


def _not_text() -> Unreadable:
    return Unreadable("source_not_text", f"This is nothing that can be read: {_READABLE}.")
