"""An e-book's text, chapter after chapter. https://www.w3.org/TR/epub-33/"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import unquote

from lxml import etree

from common.contract import MAX_TEXT_CHARACTERS
from common.text.blocks import Block, BlockKind
from common.text.sentences import ended
from functions.content_harvester.archives import Archive
from functions.content_harvester.back_matter import without_back_matter
from functions.content_harvester.chapter import parse, read_chapter
from functions.content_harvester.markup import Told
from functions.content_harvester.printed import LICENCE
from functions.content_harvester.source import Document, Source, Unreadable

_NAMES = {
    "container": "urn:oasis:names:tc:opendocument:xmlns:container",
    "opf": "http://www.idpf.org/2007/opf",
    "dc": "http://purl.org/dc/elements/1.1/",
    "enc": "http://www.w3.org/2001/04/xmlenc#",
}
_GUIDE = {"cover": "imprint", "title-page": "imprint", "copyright-page": "imprint", "colophon": "imprint"}
_GUIDE |= {"toc": "contents", "index": "index", "notes": "footnote", "bibliography": "reference"}
_IMPRINT = re.compile(r"©|\(c\) \d{4}|all rights reserved|\bISBN\b|first published", re.IGNORECASE)
_RIGHTS = re.compile(r"copyright|licen[sc]e", re.IGNORECASE)
"""What an imprint speaks of, and many a text."""
_SITE = re.compile(r"\bwww\.|https?://", re.IGNORECASE)
_IMPRINT_WORDS = 400
_BY = re.compile(r"(?:by|von|par|por|di|de)\s")
_TITLE_LINES = 4
_EDGE, _FEWEST = 3, 4
"""Paragraphs at a chapter's beginning and end that may be those of each; and of how many chapters at least."""


def read_epub(document: Document) -> Source:
    """Return the text of an EPUB in reading order. Raises Unreadable."""
    with Archive(document.data) as archive:
        package, folder = _package(archive)
        left_out = Counter[str]()
        blocks = list(_blocks(archive, package, folder, left_out))
    if not blocks and left_out["locked chapter"]:
        raise Unreadable("source_unreadable", "This e-book is locked against copying.")
    if not blocks and left_out["chapter"]:
        raise Unreadable("source_too_large", f"Its first chapter has more than {MAX_TEXT_CHARACTERS:,} characters.")
    creators = _authors(package)
    blocks = _without_names(blocks, creators)
    date = re.match(r"\d{4}(?:-\d\d(?:-\d\d)?)?", (package.findtext(".//dc:date", None, _NAMES) or "").strip())
    return Source.of_blocks(
        blocks,
        title=package.findtext(".//dc:title", None, _NAMES) or document.stem,
        url=document.url,
        author=", ".join(creators) or None,
        date=date[0] if date else None,
        left_out=left_out,
    )


def _without_names(blocks: Sequence[Block], names: Sequence[str]) -> list[Block]:
    """Return a book's blocks without the names of its authors at its beginning: "by Ann Miller"."""
    said = {" ".join(name.casefold().split()) for name in names}
    return [
        block
        for at, block in enumerate(blocks)
        if at >= _TITLE_LINES or _BY.sub("", block.text.casefold(), count=1).strip() not in said
    ]


def _authors(package: etree._Element) -> list[str]:
    """List the authors of a book without its translators and editors, where the book tells these apart.

    https://id.loc.gov/vocabulary/relators.html
    """
    said = {(meta.get("refines") or "")[1:]: (meta.text or "").strip()
            for meta in package.iterfind(".//opf:meta[@property='role']", _NAMES)}  # fmt: skip
    creators = [(creator.text.strip(), creator.get(f"{{{_NAMES['opf']}}}role") or said.get(creator.get("id") or "", ""))
                for creator in package.iterfind(".//dc:creator", _NAMES) if creator.text]  # fmt: skip
    return [name for name, role in creators if role in {"aut", ""}] or [name for name, _ in creators]


def _package(archive: Archive) -> tuple[etree._Element, str]:
    """Return the package document and its folder; the container names the document, and a lost document is looked
    for."""
    paths = [name for name in archive.names if name.lower().endswith(".opf")]
    try:
        root = archive.xml("META-INF/container.xml").find(".//container:rootfile", _NAMES)
        paths.insert(0, unquote(root.get("full-path", "")) if root is not None else "")
    except Unreadable:
        pass
    for path in filter(archive.has, paths):
        return archive.xml(path), posixpath.dirname(path)
    raise Unreadable("source_unreadable", "This e-book is damaged: it does not say what it is made of.")


def _blocks(archive: Archive, package: etree._Element, folder: str, left_out: Counter[str]) -> Iterator[Block]:
    """Yield the blocks of each file of the spine; chapters beyond the limit of any source are counted."""
    files = {item.get("id"): item for item in package.iterfind(".//opf:manifest/opf:item", _NAMES)}
    guide = {
        _path(folder, reference.get("href", "")): _GUIDE[kind]
        for reference in package.iterfind(".//opf:guide/opf:reference", _NAMES)
        if (kind := (reference.get("type") or "").lower()) in _GUIDE
    }
    chapters = list(_chapters(archive, package, folder, files, left_out))
    repeated = _repeated([chapter for _, chapter in chapters])
    first = {text for text in repeated if _is_sentence(text)}
    characters = 0
    for path, chapter in chapters:
        own = [block for block in chapter.blocks if block.text not in repeated or block.text in first]
        first -= {block.text for block in own}
        if any(block.kind is not BlockKind.HEADING for block in own):  # else they are all that is in it
            chapter.blocks = own
        kind = _kind(chapter, guide.get(path), path)
        length = sum(len(block.text) + 2 for block in chapter.blocks)
        if kind or characters + length > MAX_TEXT_CHARACTERS:
            left_out[kind or "chapter"] += 1
            characters += 0 if kind else length
            continue
        characters += length
        left_out.update(chapter.left_out)
        yield from chapter.blocks


def _chapters(
    archive: Archive, package: etree._Element, folder: str, files: Mapping[str, etree._Element], left_out: Counter[str]
) -> Iterator[tuple[str, Told]]:
    """Yield the files of the spine that can be read, each once, up to the limit of any source, with their paths."""
    locked = _locked(archive)
    seen = set[str]()
    characters = 0
    for reference in package.iterfind(".//opf:spine/opf:itemref", _NAMES):
        item = files.get(reference.get("idref"))
        if item is None or reference.get("linear") == "no":
            continue
        path = _path(folder, item.get("href", ""))
        if path in seen:
            continue
        seen.add(path)
        if "nav" in (item.get("properties") or "").split():
            left_out["contents"] += 1
        elif path in locked or not archive.has(path):
            left_out["locked chapter" if path in locked else "missing chapter"] += 1
        elif characters > MAX_TEXT_CHARACTERS:
            left_out["chapter"] += 1
        else:
            chapter = _chapter(archive, path)
            characters += sum(len(block.text) + 2 for block in chapter.blocks)
            yield path, chapter


def _repeated(chapters: Sequence[Told]) -> set[str]:
    """Find the lines that begin or end most chapters: the book's owner, and the licence."""
    edges = Counter(
        text
        for chapter in chapters
        for text in {block.text for block in (*chapter.blocks[:_EDGE], *chapter.blocks[-_EDGE:])
                     if block.kind is not BlockKind.HEADING}
    )  # fmt: skip
    return {text for text, times in edges.items() if times >= _FEWEST and 2 * times > len(chapters)}


def _is_sentence(text: str) -> bool:
    """Tell whether a line that comes back is told the first time: a sentence that speaks of no rights, and of no
    site."""
    furniture = _IMPRINT.search(text) or _RIGHTS.search(text) or _SITE.search(text)
    return ended(text) and not furniture


def _chapter(archive: Archive, path: str) -> Told:
    try:
        root = parse(archive.read(path))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return Told(left_out=Counter({"damaged chapter": 1}))
    if root is None:
        return Told()
    chapter = _without_licence(read_chapter(root))
    chapter.blocks = without_back_matter(chapter.blocks, chapter.left_out, is_book=True)
    return chapter


def _without_licence(chapter: Told) -> Told:
    """Return the chapter without Project Gutenberg's texts before and after a book."""
    marks = [(number, found) for number, block in enumerate(chapter.blocks) if (found := LICENCE.search(block.text))]
    begin = max((number + 1 for number, found in marks if found["which"].upper() == "START"), default=0)
    end = min((number for number, found in marks if found["which"].upper() == "END"), default=len(chapter.blocks))
    if marks:
        chapter.left_out["licence"] += 1
        chapter.blocks = chapter.blocks[begin:end]
    return chapter


def _kind(chapter: Told, said: str | None, path: str) -> str | None:
    """Return the kind as which a whole file is left out, by the book's declaration, by its name, or by its words; or
    None."""
    words = sum(len(block.text.split()) for block in chapter.blocks)
    if not words:
        return None
    if said and (said != "imprint" or words < _IMPRINT_WORDS):
        return said
    if words > _IMPRINT_WORDS:
        return None
    name = posixpath.basename(path).lower()
    if re.search(r"copyright|imprint|colophon|title-?page|halftitle|licen[sc]e", name):
        return "imprint"
    text = " ".join(block.text for block in chapter.blocks).lower()
    signs = set(_IMPRINT.findall(text))
    return "imprint" if signs and len(signs | set(_RIGHTS.findall(text))) >= 2 else None


def _locked(archive: Archive) -> set[str]:
    """Return the encrypted files; fonts are encrypted, too, in books readable by anybody."""
    if not archive.has("META-INF/encryption.xml"):
        return set()
    root = archive.xml("META-INF/encryption.xml")
    return {unquote(reference.get("URI", "")) for reference in root.iterfind(".//enc:CipherReference", _NAMES)}


def _path(folder: str, href: str) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))
