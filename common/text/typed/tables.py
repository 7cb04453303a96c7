"""Tables set within a paragraph: with tabs or commas, drawn with bars, or in columns parted by spaces."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from common.text.tables import MAX_ROWS, sentences_of
from common.text.typed.signs import Line, has_items

_BARS = re.compile(r"[ \t]*[+|][-=+| \t:]*[+|][ \t]*")
"""A rule in a table that is drawn with bars."""
_YEAR = re.compile(r"(?:19|20)\d\d")


def rows_of_table(lines: list[Line], left_out: Counter[str]) -> list[str]:
    """Read a paragraph as a table: its rows, each as a sentence; none where the paragraph is no table."""
    rows = [] if len(lines) < 2 or has_items(lines) else _rows([line.text for line in lines])
    if not rows:
        return _columns(lines)
    left_out["row"] += max(0, len(rows) - 1 - MAX_ROWS)
    return sentences_of(rows[: MAX_ROWS + 1], limited=False) or []


def _rows(lines: Sequence[str]) -> list[list[str]]:
    """Return the cells of a table that is set with tabs or commas or drawn with bars; none of lines that are no
    table."""
    tabs = lines[0].count("\t")
    if tabs and all(line.count("\t") == tabs for line in lines):
        return [line.split("\t") for line in lines]
    commas = lines[0].count(",")
    if commas > 1 and len(lines) > 2 and all(line.count(",") == commas and ", " not in line for line in lines):
        return [line.split(",") for line in lines]
    drawn = [line for line in lines if not _BARS.fullmatch(line)]
    if drawn and all(len(line) > 1 and line[0] == line[-1] == "|" for line in drawn):
        return [[cell.strip() for cell in line.strip("|").split("|")] for line in drawn]
    return []


def _columns(lines: list[Line]) -> list[str]:
    """Return the rows of a table whose columns are parted by spaces, each told with the heads of its columns."""
    if len(lines) < 3 or any(line.accepted for line in lines):
        return []
    rows = [re.split(r"[ ]{2,}|\t+", line.text) for line in lines]
    corner = lines[0].indent > lines[1].indent and {len(row) for row in rows[1:]} == {len(rows[0]) + 1}
    rows[0] = ["", *rows[0]] if corner else rows[0]
    width = len(rows[0])
    if not 2 <= width <= 6 or sum(len(row) == width for row in rows) * 4 < len(rows) * 3 or min(map(len, rows)) < 2:
        return []
    if max(map(len, rows)) > width:
        return []
    named = not any(character.isdigit() for cell in rows[0] for character in cell)
    headed = width > 2 and (named or all(map(_YEAR.fullmatch, rows[0][1:])))
    if not headed:
        return [f"{row[0].rstrip(':')}: {', '.join(row[1:])}" for row in rows]
    return [
        ", ".join(f"{head.rstrip('.:')}: {cell}" if head else cell for head, cell in zip(rows[0], row, strict=True))
        if len(row) == width
        else f"{row[0]}: {', '.join(row[1:])}"
        for row in rows[1:]
    ]
