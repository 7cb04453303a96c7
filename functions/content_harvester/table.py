"""A table told row by row: "Year: 1951, height: 30 metres." One that would tire whoever hears it is left out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

MAX_ROWS, MAX_COLUMNS, MAX_CELL_CHARACTERS = 20, 6, 200


def told_rows(rows: Sequence[Sequence[str]], *, headed: bool) -> list[str] | None:
    """A sentence for each row, or None where the table is too large to be heard, or has nothing to tell.

    With `headed` the first row names the columns.
    """
    cells = [[" ".join(cell.split()) for cell in row] for row in rows]
    cells = [row for row in cells if any(row)]
    names = cells.pop(0) if headed and cells else []
    if not cells or len(cells) > MAX_ROWS or max(map(len, cells)) > MAX_COLUMNS:
        return None
    if max(len(cell) for row in cells for cell in row) > MAX_CELL_CHARACTERS:
        return None
    if not any(character.isalpha() for row in [names, *cells] for cell in row for character in cell):
        return None
    return [_sentence(row, names) for row in cells]


def _sentence(row: Sequence[str], names: Sequence[str]) -> str:
    if names:
        named = [
            f"{name}: {cell}" if name else cell
            for name, cell in zip_longest(names[: len(row)], row, fillvalue="")
            if cell
        ]
    else:
        named = [cell for cell in row if cell]
        if len(named) == 2:
            named = [f"{named[0].rstrip(':')}: {named[1]}"]
    sentence = ", ".join(named)
    return sentence if sentence[-1:] in ".!?…" else f"{sentence}."
