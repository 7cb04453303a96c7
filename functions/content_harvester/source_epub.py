"""An e-book's text, chapter after chapter. https://www.w3.org/TR/epub-33/"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from urllib.parse import unquote

from lxml import etree, html

from common.contract import MAX_TEXT_CHARACTERS
from functions.content_harvester.archives import open_archive
from functions.content_harvester.source import Document, Source, Unreadable

_NAMES = {
    "container": "urn:oasis:names:tc:opendocument:xmlns:container",
    "opf": "http://www.idpf.org/2007/opf",
    "dc": "http://purl.org/dc/elements/1.1/",
}
_BLOCKS = "//*[self::h1 or self::h2 or self::h3 or self::h4 or self::p or self::li or self::blockquote[not(.//p)]]"


def read_epub(document: Document) -> Source:
    """The text of an EPUB in reading order. Raises Unreadable."""
    with open_archive(document.data) as archive:
        try:
            root = _xml(archive, "META-INF/container.xml").find(".//container:rootfile", _NAMES)
            if root is None:
                raise Unreadable("source_unreadable", "This e-book is damaged.")
            package_path = root.get("full-path", "")
            package = _xml(archive, package_path)
            text = "\n\n".join(_chapters(archive, package, posixpath.dirname(package_path)))
        except (KeyError, etree.LxmlError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
            raise Unreadable("source_unreadable", "This e-book is damaged or locked.") from None
    return Source.of(
        text,
        title=package.findtext(".//dc:title", None, _NAMES) or document.stem,
        url=document.url,
        author=package.findtext(".//dc:creator", None, _NAMES),
        date=(package.findtext(".//dc:date", None, _NAMES) or "")[:10] or None,
    )


def _chapters(archive: zipfile.ZipFile, package: etree._Element, folder: str) -> Iterator[str]:
    """The text of each file of the spine, until there is more than any source may have."""
    files = {item.get("id"): item for item in package.iterfind(".//opf:manifest/opf:item", _NAMES)}
    characters = 0
    for reference in package.iterfind(".//opf:spine/opf:itemref", _NAMES):
        item = files.get(reference.get("idref"))
        if item is None or reference.get("linear") == "no" or "nav" in (item.get("properties") or "").split():
            continue
        page = archive.read(posixpath.normpath(posixpath.join(folder, unquote(item.get("href", "")))))
        if not page.strip():
            continue
        parser = html.HTMLParser(no_network=True, remove_comments=True, encoding="utf-8")
        chapter = "\n\n".join(block.text_content() for block in html.document_fromstring(page, parser).xpath(_BLOCKS))
        characters += len(chapter)
        yield chapter
        if characters > MAX_TEXT_CHARACTERS:
            return


def _xml(archive: zipfile.ZipFile, name: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(archive.read(name), parser)
