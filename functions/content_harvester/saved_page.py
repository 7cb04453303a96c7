"""A web page saved whole in one file, by Chrome as MHTML (RFC 2557), by Safari as a property list."""

from __future__ import annotations

import plistlib
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from xml.parsers.expat import ExpatError

from functions.content_harvester.kinds import is_web_archive
from functions.content_harvester.source import Document, Unreadable


def page_in(document: Document) -> Document:
    """Return the page's own HTML with the address it was saved from, or the document as it is. Raises Unreadable."""
    if is_web_archive(document):
        return _of_safari(document)
    if document.data[:20].lstrip()[:1] == b"<":
        return document
    message = message_from_bytes(document.data, policy=policy.default)
    pages = [part for part in message.walk() if part.get_content_type() in {"text/html", "application/xhtml+xml"}]
    if not pages or not isinstance(pages[0], EmailMessage):
        if re.match(rb"\s*(?:From: ?[\"<]Saved by|MIME-Version:)", document.data[:100], re.IGNORECASE):
            raise Unreadable("source_unreadable", "This saved page is damaged.")
        return document
    content = pages[0].get_payload(decode=True)
    url = pages[0].get("Content-Location") or message.get("Snapshot-Content-Location")
    charset = pages[0].get_content_charset()
    return Document(
        content if isinstance(content, bytes) else b"",
        f"text/html; charset={charset}" if charset else "text/html",
        document.name,
        document.url or (str(url) if url else None),
    )


def _of_safari(document: Document) -> Document:
    try:
        page = plistlib.loads(document.data)["WebMainResource"]
        charset = page.get("WebResourceTextEncodingName") or "utf-8"
        url = document.url or str(page.get("WebResourceURL") or "") or None
        return Document(bytes(page["WebResourceData"]), f"text/html; charset={charset}", document.name, url)
    except (plistlib.InvalidFileException, LookupError, TypeError, AttributeError, ValueError, ExpatError) as error:
        raise Unreadable("source_unreadable", "This saved page is damaged.") from error
