"""A spreadsheet told row by row: XLSX (ECMA-376), and CSV (RFC 4180) with whatever parts its fields."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice

from common.text.blocks import Block, BlockKind
from common.text.tables import sentences_of
from functions.content_harvester.archives import Archive
from functions.content_harvester.charsets import decode
from functions.content_harvester.office import facts
from functions.content_harvester.source import Document, Source, Unreadable

MAX_ROWS, MAX_COLUMNS, MAX_SHEETS = 200, 8, 20
"""What is told of a sheet: more would be heard by nobody. The rest is counted."""
_PARTING = ",;\t|^~"
_MOST_TITLES = 4
_READ_ROWS = 100_000
_STRICT = {
    b"http://purl.oclc.org/ooxml/spreadsheetml/main": b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    b"http://purl.oclc.org/ooxml/officeDocument/": b"http://schemas.openxmlformats.org/officeDocument/2006/",
}
"""Namespaces of the strict form of ECMA-376, and those that the library knows."""


def read_table(document: Document) -> Source:
    """Return the rows of a spreadsheet as sentences. Raises Unreadable."""
    left_out = Counter[str]()
    told: dict[str, str] = {}
    if document.data.startswith(b"PK"):
        with Archive(document.data) as archive:
            archive.check()
            told = facts(archive)
            data = _transitional(archive) if _is_strict(archive) else document.data
        sheets = _workbook(data, left_out)
    else:
        sheets = _csv(decode(document.data, document.charset))
    blocks = [block for name, rows in sheets for block in told_sheet(name, rows, left_out)]
    return Source.of_blocks(
        blocks,
        title=told.get("title") or document.stem,
        url=document.url,
        author=told.get("creator"),
        date=(told.get("modified") or told.get("created") or "")[:10] or None,
        left_out=+left_out,
    )


def told_sheet(name: str, rows: Sequence[Sequence[str]], left_out: Counter[str]) -> Iterator[Block]:
    """Yield a sheet's heading and its rows, without rows and columns beyond the limits."""
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        return
    titles: list[str] = []
    above = next((number for number, row in enumerate(rows[:-1]) if _filled(row) > 1), 0)
    if above <= _MOST_TITLES:  # lines above the table: its title, and what is said of it
        titles = [_as_sentence(" ".join(filter(None, row))) for row in rows[:above]]
        rows = rows[above:]
    columns = max(map(len, rows))
    left_out["row"] += max(0, len(rows) - 1 - MAX_ROWS)
    left_out["column"] += max(0, columns - MAX_COLUMNS)
    told = sentences_of([row[:MAX_COLUMNS] for row in rows[: MAX_ROWS + 1]], headed=_names_columns(rows), limited=False)
    if told and name:
        yield Block(BlockKind.HEADING, name, 1)
    yield from (Block(BlockKind.TABLE, sentence) for sentence in (*titles, *(told or ())))


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _as_sentence(text: str) -> str:
    return text if text.rstrip()[-1:] in ".!?:" else f"{text.strip()}."


def _names_columns(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first row has a name for each column, and no figure, as nearly every spreadsheet does."""
    first = rows[0]
    return len(rows) > 1 and len(first) > 1 and not any(cell.strip() and _is_figure(cell) for cell in first)


def _is_figure(cell: str) -> bool:
    return cell.strip().lstrip("+-").replace(".", "").replace(",", "").replace("%", "").isdigit()


def _csv(text: str) -> Iterator[tuple[str, list[list[str]]]]:
    said = re.match(r"\ufeff?sep=(.)\r?\n", text)  # as Excel is told
    text = text[said.end() :] if said else text
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(
            text[:4_000], delimiters=said[1] if said else _PARTING
        )
    except csv.Error:
        dialect = csv.excel
    try:
        yield "", list(islice(csv.reader(io.StringIO(text), dialect), _READ_ROWS))
    except csv.Error:
        raise Unreadable("source_unreadable", "This table is damaged.") from None


def _is_strict(archive: Archive) -> bool:
    return archive.has("xl/workbook.xml") and b"purl.oclc.org/ooxml/" in archive.read("xl/workbook.xml")[:4_000]


def _transitional(archive: Archive) -> bytes:
    """Return a strict workbook in the form that the library reads."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as written:
        for name in archive.names:
            if name.endswith((".xml", ".rels")):
                data = archive.read(name)
                for strict, known in _STRICT.items():
                    data = data.replace(strict, known)
                written.writestr(name, data)
    return packed.getvalue()


def _workbook(data: bytes, left_out: Counter[str]) -> Iterator[tuple[str, list[list[str]]]]:
    """Yield the sheets shown, with their last calculated values."""
    from openpyxl import load_workbook

    workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    shown = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
    left_out["sheet"] += max(0, len(shown) - MAX_SHEETS) + len(workbook.worksheets) - len(shown)
    for sheet in shown[:MAX_SHEETS]:
        rows = islice(sheet.iter_rows(), _READ_ROWS)
        told = [[_cell(cell.value, getattr(cell, "number_format", "") or "") for cell in row] for row in rows]
        yield sheet.title if len(shown) > 1 else "", [row for row in told if any(row)]


def _cell(value: object, form: str) -> str:
    """Return a value as the sheet shows it, where `form` says how: a share in percent, an amount with its currency."""
    decimals = len(found[1]) if (found := re.search(r"0\.(0{1,6})", form)) else 0
    match value:
        case bool():
            return str(value)
        case int() | float() if "%" in form:
            return f"{100 * value:.{decimals}f}%"
        case int() | float() if sign := next((sign for sign in "€£$" if sign in form.replace("[$-", "")), ""):
            return f"{value:.{decimals}f} {sign}"
        case None:
            return ""
        case datetime():
            return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ", "minutes")
        case date():
            return value.isoformat()
        case float():
            return f"{value:.10g}"
        case _:
            return str(value)
