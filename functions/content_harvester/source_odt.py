"""An OpenDocument: a text, a presentation or a spreadsheet. https://docs.oasis-open.org/office/OpenDocument/v1.3/"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from common.text.blocks import Block, BlockKind
from common.text.tables import sentences_of, spread
from functions.content_harvester.archives import Archive, tree
from functions.content_harvester.back_matter import without_back_matter
from functions.content_harvester.by_hand import with_headings, with_items
from functions.content_harvester.office import attribute, child, first_heading, is_layout, local, parts_of
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
    """Read the text of an ODT, ODP or ODS file, or of a flat OpenDocument. Raises Unreadable."""
    if document.data.startswith(b"PK"):
        with Archive(document.data) as archive:
            content = archive.xml("content.xml")
            told = _facts(archive)
    else:
        content = tree(document.data)
        told = _known(child(content, "meta"))
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
        return _known(child(archive.xml("meta.xml"), "meta"))
    except Unreadable:
        return {}


def _known(meta: etree._Element | None) -> dict[str, str]:
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
        """Yield the blocks of the text, of a section, or of an item at that `level` of a list."""
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
        """Yield the rows of a spreadsheet's sheets, as many as are told of any spreadsheet."""
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
        """Tell whether a paragraph is bold by its style, or all in spans that are."""
        if attribute(element, "style-name") in self._bold_styles:
            return True
        bare = [element.text, *(part.tail for part in element)]
        styles = [attribute(part, "style-name") for part in element]
        return not any(map(str.strip, filter(None, bare))) and all(style in self._bold_styles for style in styles)

    def _words(self, element: etree._Element, boxes: list[etree._Element], depth: int = 0) -> Iterator[str]:
        """Yield the words of a paragraph; text boxes are collected to be read after the paragraph."""
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
                case "title" | "desc" if "svg" in part.tag:
                    pass  # what a picture is called, for who does not see it
                case name if name and name not in _UNHEARD and depth < _MAX_DEPTH:
                    yield from self._words(part, boxes, depth + 1)
            yield _flat(part.tail)

    def _table(self, table: etree._Element, depth: int) -> Iterator[Block]:
        """Yield a table told row by row, or as laid out."""
        rows = [[cell for cell in row if local(cell) == "table-cell"] for row in _own_rows(table)]
        texts = {cell: self._plain(cell) for row in rows for cell in row}
        if is_layout(list(texts), texts, "table"):
            for cell in texts if depth < _MAX_DEPTH else ():
                yield from self.blocks(cell, 0, depth + 1)
            return
        headed = child(table, "table-header-rows") is not None or None
        told = sentences_of(spread([_spans(row, texts) for row in rows]), headed=headed)
        if told is None:
            self.left_out["table"] += any(texts.values())
            return
        yield from (Block(BlockKind.TABLE, sentence) for sentence in told)

    def _plain(self, cell: etree._Element) -> str:
        paragraphs = (part for part in cell.iter() if local(part) in {"p", "h"})
        return " ".join(" ".join("".join(self._words(paragraph, [])) for paragraph in paragraphs).split())


def _own_rows(table: etree._Element) -> Iterator[etree._Element]:
    """Yield the rows of a table, without those of tables within it."""
    for part in table:
        if local(part) == "table-row":
            yield part
        elif local(part) in {"table-rows", "table-header-rows", "table-row-group"}:
            yield from _own_rows(part)


def _spans(row: Sequence[etree._Element], texts: Mapping[etree._Element, str]) -> list[tuple[str, int, int]]:
    """Return the texts of a row's cells, with how many columns and rows each takes up; of empty ones in a row, a
    few."""
    return [
        (texts[cell], _repeated(cell, "number-columns-spanned"), _repeated(cell, "number-rows-spanned"))
        for cell in row
        for _ in range(min(_repeated(cell, "number-columns-repeated"), MAX_COLUMNS + 1))
    ]


def _rows(sheet: etree._Element) -> Iterator[list[str]]:
    """Yield the rows with anything in them; what is repeated is written once, with how often."""
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
