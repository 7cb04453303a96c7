"""A Word document's text (ECMA-376, Office Open XML, WordprocessingML), as printed with all changes accepted."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from lxml import etree

from common.text.blocks import Block, BlockKind
from common.text.tables import sentences_of, spread
from functions.content_harvester.archives import Archive
from functions.content_harvester.back_matter import without_back_matter
from functions.content_harvester.by_hand import with_headings, with_items
from functions.content_harvester.office import (
    attribute,
    child,
    chosen,
    diagram_texts,
    facts,
    first_heading,
    formula,
    is_layout,
    local,
    related,
    without_formulas,
)
from functions.content_harvester.printed import REFERENCES
from functions.content_harvester.source import Document, Source

_UNSEEN = frozenset(["rt", "del", "moveFrom", "instrText", "delText", "pPr", "rPr", "sdtPr", "sdtEndPr", "fldData"])
_PARTS_OF_A_TEXT = frozenset(
    ["body", "sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "txbxContent", "tc"]
)
_CODE = frozenset(["source code", "code", "code block"])
"""Styles of programs, as Pandoc and people call them."""
_MAX_DEPTH = 60


@dataclass
class _Style:
    name: str
    based_on: str | None
    level: int | None
    list_id: str | None
    bold: bool


@dataclass
class _Paragraph:
    text: str
    style: str
    heading: int | None
    item: tuple[str, int] | None
    bold: bool
    boxes: list[etree._Element] = field(default_factory=list)


def read_docx(document: Document) -> Source:
    """Return the text of a DOCX file. Raises Unreadable."""
    with Archive(document.data) as archive:
        told = facts(archive)
        reader = _Reader(archive)
        blocks = list(reader.blocks(reader.body))
        if reader.untold > sum(len(block.text) for block in blocks):  # a document that is mostly its tables
            reader = _Reader(archive, whole_tables=True)
            blocks = list(reader.blocks(reader.body))
    blocks = list(with_items(with_headings(blocks, reader.bold)))
    blocks = _without_code(blocks, reader.left_out)
    blocks = without_back_matter(blocks, reader.left_out)
    title = reader.title or told.get("title") or first_heading(blocks)
    return Source.of_blocks(
        [block for block in blocks if block.text],
        title=title or document.stem,
        url=document.url,
        author=told.get("creator"),
        date=(told.get("modified") or told.get("created") or "")[:10] or None,
        left_out=+reader.left_out,
    )


def _without_code(blocks: Sequence[Block], left_out: Counter[str]) -> list[Block]:
    """Return the blocks without programs, each of which may be several paragraphs."""
    told: list[Block] = []
    for is_code, run in groupby(blocks, key=lambda block: block.kind is BlockKind.CODE):
        left_out["code"] += is_code
        told += () if is_code else run
    return told


class _Reader:
    def __init__(self, archive: Archive, *, whole_tables: bool = False) -> None:
        self.untold = 0
        """Characters of tables that are left out."""
        self._whole_tables = whole_tables
        main = related(archive, "").get("officeDocument", "word/document.xml")
        self._archive = archive
        self._parts = parts = related(archive, main)
        self.body = archive.xml(main)
        self.left_out = Counter[str]()
        self.title = ""
        self.bold = set[str]()
        """Paragraphs whose letters are all bold."""
        self._styles = _styles(archive, parts.get("styles"))
        self._formats = _formats(archive, parts.get("numbering"))
        self._counts: defaultdict[str, list[int]] = defaultdict(lambda: [0] * 10)
        self._in_references = False

    def blocks(self, element: etree._Element, depth: int = 0) -> Iterator[Block]:
        """Yield the blocks of the body, of a cell, or of a text box."""
        for part in chosen(element):
            match local(part):
                case "p":
                    yield from self._paragraph(part, depth)
                case "tbl":
                    yield from self._table(part, depth)
                case name if (name in _PARTS_OF_A_TEXT or name == "document") and depth < _MAX_DEPTH:
                    if not _is_contents(part):
                        yield from self.blocks(part, depth + 1)
                    else:
                        self.left_out["contents"] += 1

    def _paragraph(self, element: etree._Element, depth: int) -> Iterator[Block]:
        paragraph = self._read(element)
        text, formulas = without_formulas(paragraph.text)
        self.left_out["math"] += formulas
        if text.strip():
            yield from self._named(paragraph, text)
        for box in paragraph.boxes:
            if depth < _MAX_DEPTH:
                yield from self.blocks(box, depth + 1)

    def _named(self, paragraph: _Paragraph, text: str) -> Iterator[Block]:
        """Yield the block of a paragraph, by its style; nothing for a paragraph not read, which is counted."""
        style = paragraph.style
        heading = paragraph.heading
        if heading is not None or style in {"title", "toc heading"}:
            self._in_references = bool(REFERENCES.fullmatch(text.strip()))
        if style == "title" and not self.title:
            self.title = " ".join(text.split())
        elif style.startswith(("toc", "table of figures", "index ")):
            self.left_out["contents"] += 1
        elif style in {"caption", "footnote text", "endnote text", "bibliography"} or self._in_references:
            kinds = {"caption": "caption", "footnote text": "footnote", "endnote text": "footnote"}
            self.left_out[kinds.get(style, "reference")] += 0 if heading is not None else 1
        elif heading is not None:
            yield Block(BlockKind.HEADING, text, heading)
        elif style in _CODE:
            yield Block(BlockKind.CODE, text)
        elif paragraph.item is not None:
            marker, level = paragraph.item
            yield Block(BlockKind.ITEM, text, level, marker)
        elif "quote" in style:
            yield Block(BlockKind.QUOTATION, text)
        elif text.count("\n") > 1 and max(map(len, text.split("\n"))) < 90:
            yield Block(BlockKind.VERSE, text)
        else:
            if paragraph.bold:
                self.bold.add(text)
            yield Block(BlockKind.PARAGRAPH, text)

    def _read(self, element: etree._Element) -> _Paragraph:
        properties = child(element, "pPr")
        style_id = attribute(child(properties, "pStyle"), "val")
        names, level, list_id, bold = "", None, None, False
        for _ in range(20):  # what a style does not say, the one says that it is based on
            style = self._styles.get(style_id or "")
            if style is None:
                break
            names = names or style.name
            level = level if level is not None else style.level
            list_id = list_id or style.list_id
            bold = bold or style.bold
            style_id = style.based_on
        own_level = attribute(child(properties, "outlineLvl"), "val")
        if own_level is not None and own_level.isdigit():
            level = int(own_level)
        heading = level + 1 if level is not None and level < 9 else None
        if found := re.fullmatch(r"heading(?: (\d))?", names):
            heading = int(found[1] or 1)  # Pages calls its first "Heading"
        own_list = attribute(child(properties, "numPr", "numId"), "val")
        depth = attribute(child(properties, "numPr", "ilvl"), "val") or "0"
        item = None
        if own_list != "0" and (own_list or list_id) and heading is None:
            item = self._item(own_list or list_id or "", int(depth) if depth.isdigit() else 0)
        elif names.startswith("list") and names != "list paragraph" and heading is None:
            item = ("", int(names[-1]) if names[-1].isdigit() else 1)
        words: list[str] = []
        boxes: list[etree._Element] = []
        self._words(element, words, boxes)
        return _Paragraph("".join(words), names, heading, item, _is_bold(element, bold), boxes)

    def _item(self, list_id: str, depth: int) -> tuple[str, int]:
        depth = min(depth, 9)
        counts = self._counts[list_id]
        counts[depth] += 1
        counts[depth + 1 :] = [0] * (9 - depth)
        number = counts[depth]
        match self._formats.get((list_id, depth)):
            case "decimal":
                marker = f"{number}."
            case "lowerLetter" if number <= 26:
                marker = f"{chr(96 + number)}."
            case "upperLetter" if number <= 26:
                marker = f"{chr(64 + number)}."
            case _:
                marker = ""
        return marker, depth + 1

    def _words(self, element: etree._Element, words: list[str], boxes: list[etree._Element], depth: int = 0) -> None:
        """Collect the words of a paragraph as they are read, and the text boxes tied to the paragraph."""
        if depth > _MAX_DEPTH:
            return
        for part in chosen(element):
            name = local(part)
            match name:
                case "t":
                    words.append(part.text or "")
                case "tab" | "ptab":
                    words.append(" ")
                case "br" | "cr":
                    words.append("\n" if attribute(part, "type") is None else " ")
                case "noBreakHyphen":
                    words.append("-")
                case "oMath" | "oMathPara":
                    words.append(formula(part))
                case "txbxContent":
                    boxes.append(part)
                case "relIds":
                    boxes += diagram_texts(self._archive, self._parts.get(attribute(part, "dm") or ""))
                case "footnoteReference" | "endnoteReference":
                    self.left_out["footnote"] += 1
                case _ if name not in _UNSEEN and not _is_hidden(part):
                    self._words(part, words, boxes, depth + 1)

    def _table(self, table: etree._Element, depth: int) -> Iterator[Block]:
        """Yield a table told row by row, or as laid out: a letter, a form or a newsletter is often a single table."""
        rows = [list(_cells(row)) for row in _rows(table)]
        cells = [cell for row in rows for cell in row]
        texts = {cell: " ".join(" ".join(self._plain(cell)).split()) for cell in cells}
        if is_layout(cells, texts, "tbl"):
            for cell in cells if depth < _MAX_DEPTH else ():
                yield from self.blocks(cell, depth + 1)
            return
        first = next(_rows(table), None)
        marked = child(first, "trPr", "tblHeader") is not None
        spanned = spread([_spans(row, texts) for row in _rows(table)])
        told = sentences_of(spanned, headed=marked or None, limited=not self._whole_tables)
        if told is None:
            self.left_out["table"] += any(texts.values())
            self.untold += sum(map(len, texts.values()))
            return
        for sentence in told:
            yield Block(BlockKind.TABLE, sentence)

    def _plain(self, cell: etree._Element) -> Iterator[str]:
        for paragraph in cell.iter():
            if local(paragraph) == "p":
                words: list[str] = []
                self._words(paragraph, words, [])
                yield "".join(words)


def _is_hidden(run: etree._Element) -> bool:
    vanish = child(run, "rPr", "vanish")
    return vanish is not None and attribute(vanish, "val") not in {"0", "false"}


def _is_bold(element: etree._Element, style: bool) -> bool:
    """Tell whether all runs of a paragraph with a letter are bold, each by itself or by the `style` of the
    paragraph."""
    runs = [run for run in element.iter() if local(run) == "r" and "".join(run.itertext()).strip()]
    weights = [child(run, "rPr", "b") for run in runs]
    return bool(runs) and all(
        style if weight is None else attribute(weight, "val") not in {"0", "false"} for weight in weights
    )


def _spans(row: etree._Element, texts: dict[etree._Element, str]) -> list[tuple[str, int, int]]:
    """Return the texts of a row's cells, with how many columns and rows each takes up."""
    before = _whole(child(row, "trPr", "gridBefore"))
    spans = [("", before, 1)] if before else []
    for cell in _cells(row):
        merged = child(cell, "tcPr", "vMerge")
        columns = _whole(child(cell, "tcPr", "gridSpan")) or 1
        if merged is None or attribute(merged, "val") == "restart":
            spans.append((texts[cell], columns, 1))
        else:
            spans.append(("", columns, 1))
    return spans


def _whole(element: etree._Element | None) -> int:
    value = attribute(element, "val") or ""
    return int(value) if value.isdecimal() and len(value) < 4 else 0


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for part in table:
        if local(part) == "tr":
            yield part
        elif local(part) in _PARTS_OF_A_TEXT:
            yield from _rows(part)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for part in row:
        if local(part) == "tc":
            yield part
        elif local(part) in _PARTS_OF_A_TEXT:
            yield from _cells(part)


def _is_contents(element: etree._Element) -> bool:
    """Tell whether a content control is the table of contents made by Word."""
    gallery = child(element, "sdtPr", "docPartObj", "docPartGallery")
    return "table of contents" in (attribute(gallery, "val") or "").lower()


def _styles(archive: Archive, path: str | None) -> dict[str, _Style]:
    if path is None or not archive.has(path):
        return {}
    styles = {}
    for style in archive.xml(path):
        if local(style) == "style" and attribute(style, "type") == "paragraph":
            level = attribute(child(style, "pPr", "outlineLvl"), "val")
            styles[attribute(style, "styleId") or ""] = _Style(
                (attribute(child(style, "name"), "val") or "").lower(),
                attribute(child(style, "basedOn"), "val"),
                int(level) if level and level.isdigit() else None,
                attribute(child(style, "pPr", "numPr", "numId"), "val"),
                child(style, "rPr", "b") is not None,
            )
    return styles


def _formats(archive: Archive, path: str | None) -> dict[tuple[str, int], str]:
    """Tell how the items of each list are numbered, by the list and the depth."""
    if path is None or not archive.has(path):
        return {}
    root = archive.xml(path)
    kinds: dict[str, dict[int, str]] = {}
    formats = {}
    for part in root:
        if local(part) == "abstractNum":
            kinds[attribute(part, "abstractNumId") or ""] = {
                int(attribute(level, "ilvl") or 0): attribute(child(level, "numFmt"), "val") or ""
                for level in part
                if local(level) == "lvl"
            }
        elif local(part) == "num":
            for depth, kind in kinds.get(attribute(child(part, "abstractNumId"), "val") or "", {}).items():
                formats[attribute(part, "numId") or "", depth] = kind
    return formats
