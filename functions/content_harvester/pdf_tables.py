"""Tables of a PDF: lines whose pieces stand below each other, and rows of several lines whole again, cell by cell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from common.text.blocks import BlockKind
from common.text.tables import sentences_of
from functions.content_harvester.pdf_lines import Cell, Line
from functions.content_harvester.pdf_paragraphs import (
    MARKER,
    NUMBERED,
    WORD,
    Body,
    Paragraph,
    join,
    joined,
    paragraphs_of,
)

_FEWEST_ROWS = 2
_TIGHT = 1.3
"""Of a line's height: the rows of a table may stand further apart than the lines of a cell."""
_GOES_ON = re.compile(r"[(“\"]?[^\W\d_]")

Row = list[Cell]


def tables_of(lines: Sequence[Line]) -> Iterator[range]:
    """Yield the numbers of the lines of each table."""
    at = 0
    while at < len(lines):
        end, last, rows = at, at, 0
        while end < len(lines):
            if _is_row(lines[end]) and (end == at or _same_table(lines[last], lines[end])):
                last = end
                rows += 1
            elif not rows or not _is_rest(lines[last], lines[end - 1], lines[end]):
                break
            end += 1
        cells = [len(line.cells) for line in lines[at:end]]
        if rows >= _FEWEST_ROWS + (max(cells, default=0) < 3) or (rows and lines[at].ruled):
            yield range(at, end)
        at = max(end, at + 1)


def rows_of(table: Sequence[Line], body: Body) -> list[tuple[list[Line], list[str]]]:
    """Return the rows of a table: the lines of each, and the texts of its cells."""
    rows: list[tuple[list[Line], Row]] = []
    for line in table:
        places = _goes_on(*rows[-1], line) if rows else None
        if places is None:
            rows.append(([line], [_whole(cell, body) for cell in line.cells]))
            continue
        lines, row = rows[-1]
        lines.append(line)
        for place, cell in zip(places, line.cells, strict=True):
            above = row[place]
            text = join(above.text, cell.text, body)
            row[place] = Cell(text, min(above.left, cell.left), max(above.right, cell.right))
    return [(lines, [cell.text for cell in row]) for lines, row in rows]


def _whole(cell: Cell, body: Body) -> Cell:
    """Return a cell of several lines as one."""
    text = ""
    for line in cell.text.split("\n"):
        text = join(text, line, body)
    return replace(cell, text=text)


def _is_row(line: Line) -> bool:
    if line.ruled:
        return len(line.cells) > 1
    begins_a_text = len(line.cells) == 2 and (NUMBERED.match(line.text) or MARKER.match(line.text))
    return len(line.cells) > 1 and not begins_a_text and not _is_justified(line)


def _is_justified(line: Line) -> bool:
    """Tell whether the pieces of a line are the words of a sentence, driven apart alike to fill a narrow column."""
    gaps = [after.left - before.right for before, after in pairwise(line.cells)]
    words = [text for cell in line.cells if " " not in (text := cell.text.lstrip('([“"')) and WORD.match(text)]
    return (
        len(gaps) > 1
        and max(gaps) < 1.3 * min(gaps)
        and 2 * len(words) > len(line.cells)
        and any(word[0].islower() for word in words[1:])
    )


def _same_table(above: Line, below: Line) -> bool:
    """Tell whether cells other than the first ones stand below each other."""
    if above.ruled or below.ruled:
        return above.page == below.page and above.ruled is below.ruled
    return above.page == below.page and any(
        cell.below(other, 0.7 * below.size) for cell in below.cells[1:] for other in above.cells[1:]
    )


def _is_rest(row: Line, before: Line, line: Line) -> bool:
    """Tell whether a line of one piece is what is left of a cell of the row above, which has more lines than the
    others."""
    if row.ruled:
        return False
    place = _place(row.cells, line.cells[0], line.size) if len(line.cells) == 1 else None
    return place is not None and _is_tight(before, line) and line.text[0].islower()


def _is_tight(above: Line, below: Line) -> bool:
    return (above.page, above.column) == (below.page, below.column) and (
        0 < above.bottom - below.bottom < _TIGHT * max(above.size, below.size)
    )


def _place(row: Sequence[Cell], cell: Cell, size: float) -> int | None:
    """Return the number of the one cell of a row that another stands below; None where it stands below none or
    several."""
    below = [number for number, above in enumerate(row) if cell.left < above.right and above.left < cell.right]
    return below[0] if len(below) == 1 and cell.below(row[below[0]], 0.7 * size) else None


def _goes_on(lines: Sequence[Line], row: Row, line: Line) -> list[int] | None:
    """Tell which cells of a row go on in the pieces of the next line; None where that begins a row of its own.

    A sentence that begins with a capital goes on in small letters. The first cell of a row names the row.
    """
    if lines[-1].ruled or line.ruled or not _is_tight(lines[-1], line):
        return None
    found = [_place(row, cell, line.size) for cell in line.cells]
    places = [place for place in found if place is not None]
    if len(places) < len(found) or len(set(places)) < len(places):
        return None
    if not all(_GOES_ON.match(cell.text) for cell in line.cells):
        return None
    parted = [
        cell.text[0].islower() and row[place].text[0].isupper() and row[place].text[-1] not in ".!?:"
        for place, cell in zip(places, line.cells, strict=True)
    ]
    return places if (parted[0] if places[0] == 0 else any(parted)) else None


def paragraphs_and_rows(
    lines: Sequence[Line], body: Body, told: Callable[[list[list[str]]], bool], left_out: Counter[str]
) -> list[Paragraph]:
    """Lines joined to paragraphs, and the rows of tables, each a sentence; tables are counted that are not `told`."""
    rows: list[Paragraph] = []
    in_tables = set[int]()
    for table in tables_of(lines):
        found = rows_of([lines[number] for number in table], body)
        in_tables.update(table)
        if told([cells for _, cells in found]):
            for of_row, cells in found:
                sentence = sentences_of([cells], headed=False, limited=False)
                rows.append(Paragraph(of_row, BlockKind.TABLE, (sentence or [" ".join(cells)])[0]))
        else:
            left_out["table"] += 1
    places = {id(line): number for number, line in enumerate(lines)}
    text = [line for number, line in enumerate(lines) if number not in in_tables]
    paragraphs = list(paragraphs_of(text, body))
    for paragraph in paragraphs:
        paragraph.text = joined(paragraph.lines, body)
    return sorted([*paragraphs, *rows], key=lambda paragraph: places[id(paragraph.lines[0])])
