"""A presentation's text (ECMA-376, PresentationML): each slide's title, its points, and the words of its notes."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterator, Mapping

from lxml import etree

from common.text.blocks import Block, BlockKind
from common.text.tables import sentences_of, spread
from functions.content_harvester.archives import Archive
from functions.content_harvester.office import (
    attribute,
    child,
    chosen,
    diagram_texts,
    facts,
    formula,
    local,
    parts_of,
    related,
    without_formulas,
)
from functions.content_harvester.source import Document, Source

_UNHEARD = frozenset(["sldNum", "dt", "ftr", "hdr", "sldImg"])
_TITLES = frozenset(["title", "ctrTitle"])
_MAX_DEPTH = 60


def read_pptx(document: Document) -> Source:
    """Return the text of a PPTX file. Raises Unreadable."""
    left_out = Counter[str]()
    with Archive(document.data) as archive:
        told = facts(archive)
        blocks = [block for path in _slides(archive, left_out) for block in _slide(archive, path, left_out)]
    first = next((block.text for block in blocks if block.kind is BlockKind.HEADING), "")
    return Source.of_blocks(
        blocks,
        title=told.get("title") or first or document.stem,
        url=document.url,
        author=told.get("creator"),
        date=(told.get("modified") or told.get("created") or "")[:10] or None,
        left_out=+left_out,
    )


def _slides(archive: Archive, left_out: Counter[str]) -> Iterator[str]:
    """Yield the paths of the slides in the order in which they are shown, hidden ones counted."""
    main = related(archive, "").get("officeDocument", "ppt/presentation.xml")
    parts = related(archive, main)
    for slide in parts_of(archive.xml(main), "sldIdLst"):
        ids = [value for name, value in slide.attrib.items() if name.endswith("}id")]
        path = parts.get(ids[0]) if ids else None
        if path is None or not archive.has(path):
            left_out["missing slide"] += 1
        elif attribute(archive.xml(path), "show") in {"0", "false"}:
            left_out["hidden slide"] += 1
        else:
            yield path


def _slide(archive: Archive, path: str, left_out: Counter[str]) -> list[Block]:
    shapes = list(_shapes(child(archive.xml(path), "cSld", "spTree")))
    shapes.sort(key=lambda shape: _placeholder(shape) not in _TITLES)
    parts = related(archive, posixpath.normpath(path))
    blocks = [block for shape in shapes for block in (*_shape(shape, left_out), *_diagram(archive, shape, parts))]
    notes = parts.get("notesSlide")
    if notes and archive.has(notes):
        for shape in _shapes(child(archive.xml(notes), "cSld", "spTree")):
            texts = _texts(shape, left_out) if _placeholder(shape) == "body" else ()
            blocks += [Block(BlockKind.PARAGRAPH, text) for text, _ in texts]
    return blocks


def _diagram(archive: Archive, shape: etree._Element, parts: Mapping[str, str]) -> Iterator[Block]:
    for ids in shape.iter():
        path = parts.get(attribute(ids, "dm") or "") if local(ids) == "relIds" else None
        for point in diagram_texts(archive, path):
            if text := _plain(point).strip():
                yield Block(BlockKind.ITEM, text, 1)


def _shapes(tree: etree._Element | None, depth: int = 0) -> Iterator[etree._Element]:
    """Yield all shapes with text or a table, those in groups too."""
    for part in chosen(tree) if tree is not None and depth < _MAX_DEPTH else ():
        if local(part) == "grpSp":
            yield from _shapes(part, depth + 1)
        elif local(part) in {"sp", "graphicFrame"}:
            yield part


def _placeholder(shape: etree._Element) -> str:
    """Return the kind of a shape's placeholder: "title", "body", "ftr"; nothing for a shape placed by hand."""
    place = child(shape, "nvSpPr", "nvPr", "ph")
    return (attribute(place, "type") or "obj") if place is not None else ""


def _spans(row: etree._Element) -> list[tuple[str, int, int]]:
    """Return the texts of a row's cells, with how many columns and rows each takes up."""
    cells = [cell for cell in row if local(cell) == "tc" and not {"hMerge", "vMerge"} & set(cell.keys())]
    return [(_plain(cell), _span(cell, "gridSpan"), _span(cell, "rowSpan")) for cell in cells]


def _plain(cell: etree._Element) -> str:
    paragraphs = (part for part in cell.iter() if local(part) == "p")
    return " ".join("".join(text.text or "" for text in part.iter() if local(text) == "t") for part in paragraphs)


def _span(cell: etree._Element, name: str) -> int:
    value = cell.get(name, "")
    return int(value) if value.isdecimal() and len(value) < 4 else 1


def _shape(shape: etree._Element, left_out: Counter[str]) -> Iterator[Block]:
    kind = _placeholder(shape)
    if kind in _UNHEARD:
        return
    table = next((part for part in shape.iter() if local(part) == "tbl"), None)
    if table is not None:
        told = sentences_of(spread([_spans(row) for row in table if local(row) == "tr"]))
        left_out["table"] += told is None
        yield from (Block(BlockKind.TABLE, sentence) for sentence in told or ())
        return
    texts = [(text, level) for text, level in _texts(shape, left_out) if text.strip()]
    if kind in _TITLES:
        yield Block(BlockKind.HEADING, " ".join(text for text, _ in texts), 1)
        return
    for text, level in texts:
        is_point = kind in {"body", "obj"} or len(texts) > 1
        yield Block(BlockKind.ITEM, text, level) if is_point else Block(BlockKind.PARAGRAPH, text)


def _texts(shape: etree._Element, left_out: Counter[str]) -> Iterator[tuple[str, int]]:
    """Yield the paragraphs of a shape, each with its depth from 1."""
    for paragraph in parts_of(shape, "txBody"):
        if local(paragraph) != "p":
            continue
        words = "".join(_words(paragraph))
        text, formulas = without_formulas(words)
        left_out["math"] += formulas
        level = attribute(child(paragraph, "pPr"), "lvl") or "0"
        yield text, int(level) + 1 if level.isdigit() else 1


def _words(element: etree._Element, depth: int = 0) -> Iterator[str]:
    for part in chosen(element) if depth < _MAX_DEPTH else ():
        match local(part):
            case "t":
                yield part.text or ""
            case "br" | "tab":
                yield " "
            case "oMath" | "oMathPara":
                yield formula(part)
            case name if not name.endswith("Pr"):
                yield from _words(part, depth + 1)
