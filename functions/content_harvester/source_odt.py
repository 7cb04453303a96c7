"""An OpenDocument: a text, a presentation or a spreadsheet. https://docs.oasis-open.org/office/OpenDocument/v1.3/"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from common.text.blocks import Block, BlockKind
from common.text.tables import sentences_of
from functions.content_harvester.archives import Archive
from functions.content_harvester.back_matter import without_back_matter
from functions.content_harvester.by_hand import with_headings, with_items
from functions.content_harvester.office import attribute, child, first_heading, local, parts_of
from functions.content_harvester.source import Document, Source, Unreadable
from functions.content_harvester.source_table import MAX_COLUMNS, MAX_ROWS, MAX_SHEETS, told_sheet

_UNHEARD = frozenset(
    ["tracked-changes", "annotation", "annotation-end", "sequence-decls", "forms", "variable-decls", "ruby-text"]
)
_CONTENTS = {
    "table-of-content": "contents", "alphabetical-index": "index", "illustration-index": "contents",
    "table-index": "contents", "bibliography": "reference", "note": "footnote",
}  # fmt: skip
_BESIDE_A_SLIDE = frozenset(["header", "footer", "date-time", "page-number", "page"])
_MAX_DEPTH = 200


def read_odt(document: Document) -> Source:
    """The text of an ODT, ODP or ODS file. Raises Unreadable."""
    with Archive(document.data) as archive:
        content = archive.xml("content.xml")
        told = _facts(archive)
    body = next(
        (part for part in parts_of(content, "body") if local(part) in {"text", "presentation", "spreadsheet"}), None
    )
    if body is None:
        raise Unreadable("source_unreadable", "This document is locked or damaged.")
    reader = _Reader(content)
    blocks = list(reader.sheets(body) if local(body) == "spreadsheet" else reader.blocks(body))
    blocks = list(with_items(with_headings(blocks, reader.bold)))
    blocks = without_back_matter(blocks, reader.left_out)
    return Source.of_blocks(
        blocks,
        title=reader.title or told.get("title") or first_heading(blocks) or document.stem,
        url=document.url,
        author=told.get("initial-creator") or told.get("creator"),
        date=(told.get("date") or told.get("creation-date") or "")[:10] or None,
        left_out=+reader.left_out,
    )


def _facts(archive: Archive) -> dict[str, str]:
    try:
        meta = child(archive.xml("meta.xml"), "meta")
    except Unreadable:
        return {}
    return {local(part): part.text for part in meta if part.text} if meta is not None else {}


class _Reader:
    def __init__(self, content: etree._Element) -> None:
        self.left_out = Counter[str]()
        self.title = ""
        self._parents = {
            attribute(style, "name") or "": attribute(style, "parent-style-name") or ""
            for style in parts_of(content, "automatic-styles")
        }
        self.bold = set[str]()
        """Paragraphs whose letters are all bold."""
        self._bold_styles = {
            attribute(style, "name") or ""
            for style in parts_of(content, "automatic-styles")
            if attribute(child(style, "text-properties"), "font-weight") == "bold"
        }

    def blocks(self, element: etree._Element, level: int = 0, depth: int = 0) -> Iterator[Block]:
        """The blocks of the text, of a section, or of an item at that `level` of a list."""
        for part in element if depth < _MAX_DEPTH else ():
            name = local(part)
            if name in _CONTENTS:
                self.left_out[_CONTENTS[name]] += 1
            elif (place := attribute(part, "class")) == "title" and name == "frame":
                yield Block(BlockKind.HEADING, " ".join(" ".join(part.itertext(etree.Element)).split()), 1)
            elif place in _BESIDE_A_SLIDE and name in {"frame", "page-thumbnail"}:
                continue
            elif name in {"p", "h"}:
                yield from self._paragraph(part, level)
            elif name == "table":
                yield from self._table(part, depth)
            elif name and name not in _UNHEARD:
                yield from self.blocks(part, level + (name == "list"), depth + 1)

    def sheets(self, body: etree._Element) -> Iterator[Block]:
        """The rows of a spreadsheet's sheets, as many as are told of any spreadsheet."""
        sheets = [part for part in body if local(part) == "table"]
        self.left_out["sheet"] += max(0, len(sheets) - MAX_SHEETS)
        for sheet in sheets[:MAX_SHEETS]:
            name = (attribute(sheet, "name") or "") if len(sheets) > 1 else ""
            yield from told_sheet(name, list(_rows(sheet)), self.left_out)

    def _paragraph(self, element: etree._Element, level: int) -> Iterator[Block]:
        boxes: list[etree._Element] = []
        text = "".join(self._words(element, boxes))
        style = attribute(element, "style-name") or ""
        style = self._parents.get(style) or style
        rank = attribute(element, "outline-level") or "1"
        if not text.strip():
            pass
        elif style == "Title" and not self.title:
            self.title = " ".join(text.split())
        elif style in {"Caption", "Illustration", "Table", "Figure"}:
            self.left_out["caption"] += 1
        elif local(element) == "h":
            yield Block(BlockKind.HEADING, text, int(rank) if rank.isdigit() else 1)
        elif level:
            yield Block(BlockKind.ITEM, text, level)
        elif style in {"Quotations", "Quotation"}:
            yield Block(BlockKind.QUOTATION, text)
        else:
            if self._is_bold(element):
                self.bold.add(text)
            verse = text.count("\n") > 1 and max(map(len, text.split("\n"))) < 90
            yield Block(BlockKind.VERSE if verse else BlockKind.PARAGRAPH, text)
        for box in boxes:
            yield from self.blocks(box, level)

    def _is_bold(self, element: etree._Element) -> bool:
        """Whether a paragraph is bold by its style, or all in spans that are."""
        if attribute(element, "style-name") in self._bold_styles:
            return True
        bare = [element.text, *(part.tail for part in element)]
        styles = [attribute(part, "style-name") for part in element]
        return not any(map(str.strip, filter(None, bare))) and all(style in self._bold_styles for style in styles)

    def _words(self, element: etree._Element, boxes: list[etree._Element], depth: int = 0) -> Iterator[str]:
        """The words of a paragraph; text boxes are collected to be read after the paragraph."""
        yield _flat(element.text)
        for part in element:
            match local(part):
                case "tab" | "s":
                    yield " "
                case "line-break":
                    yield "\n"
                case "text-box":
                    boxes.append(part)
                case "note":
                    self.left_out["footnote"] += 1
                case "object":
                    self.left_out["object"] += 1
                case name if name and name not in _UNHEARD and depth < _MAX_DEPTH:
                    yield from self._words(part, boxes, depth + 1)
            yield _flat(part.tail)

    def _table(self, table: etree._Element, depth: int) -> Iterator[Block]:
        rows = [row for row in table.iter() if local(row) == "table-row"]
        cells = [[cell for cell in row if local(cell) == "table-cell"] for row in rows]
        texts = [[" ".join("".join(cell.itertext(etree.Element)).split()) for cell in row] for row in cells]
        headed = child(table, "table-header-rows") is not None or None
        told = sentences_of(texts, headed=headed)
        long = any(len(text) > 200 for row in texts for text in row) or len(cells) == 1
        if long:
            for row in cells:
                for cell in row:
                    yield from self.blocks(cell, 0, depth + 1)
        elif told is None:
            self.left_out["table"] += any(any(row) for row in texts)
        else:
            yield from (Block(BlockKind.TABLE, sentence) for sentence in told)


def _rows(sheet: etree._Element) -> Iterator[list[str]]:
    """The rows with anything in them; what is repeated is written once, with how often."""
    for row in sheet.iter():
        if local(row) != "table-row":
            continue
        cells: list[str] = []
        for cell in row:
            text = " ".join(" ".join(cell.itertext(etree.Element)).split())
            cells += [text] * min(_repeated(cell, "number-columns-repeated"), MAX_COLUMNS + 1)
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield from [cells] * min(_repeated(row, "number-rows-repeated"), MAX_ROWS)


def _repeated(element: etree._Element, name: str) -> int:
    count = attribute(element, name) or "1"
    return int(count) if count.isdigit() and len(count) < 8 else 1


def _flat(text: str | None) -> str:
    return " ".join(f"_{text}_".split())[1:-1] if text else ""
