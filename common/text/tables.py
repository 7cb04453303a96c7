"""A table told row by row, "Season: summer. Fee: four shillings." A table tiring to hear is left out."""

from __future__ import annotations

from collections.abc import Sequence

MAX_ROWS, MAX_COLUMNS, MAX_CELL_CHARACTERS = 30, 6, 240


def sentences_of(
    rows: Sequence[Sequence[str]], *, headed: bool | None = None, limited: bool = True
) -> list[str] | None:
    """A sentence for each row; None for a table too large to be heard, or without a word.

    With `headed` the first row names the columns; None asks the rows themselves. A table which is the whole document is
    told however large it is: `limited` is False.
    """
    cells = [[" ".join(cell.split()) for cell in row] for row in rows]
    cells = [row for row in cells if any(row)]
    if not cells or (limited and _is_large(cells)):
        return None
    if not any(character.isalpha() for row in cells for cell in row for character in cell):
        return None
    if headed is None:
        headed = _is_headed(cells)
    names = cells.pop(0) if headed and len(cells) > 1 else []
    return [_sentence(row, names) for row in cells]


def _is_large(cells: Sequence[Sequence[str]]) -> bool:
    longest = max(len(cell) for row in cells for cell in row)
    return len(cells) > MAX_ROWS + 1 or max(map(len, cells)) > MAX_COLUMNS or longest > MAX_CELL_CHARACTERS


def _is_headed(cells: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: short words, all of them different, and no figures."""
    first, others = cells[0], cells[1:]
    named = all(cell and len(cell) < 40 and not any(map(str.isdigit, cell)) for cell in first[1:])
    if len(others) < 2 or len(first) < 2 or not named or len(set(first)) < len(first):
        return False
    if first[0][:1].isalpha() and all(row[0][:1].isdigit() for row in others):
        return True  # a word above figures alone
    # In two columns a first row may be a fact like the others: "Name, Ann". Names of columns are shorter than facts.
    return len(first) > 2 or 2 * len(first[1]) < sum(len(row[-1]) for row in others) / len(others)


def _sentence(row: Sequence[str], names: Sequence[str]) -> str:
    names = [*names, *[""] * len(row)]
    told = [f"{name.rstrip(':')}: {cell}" if name else cell for name, cell in zip(names, row, strict=False) if cell]
    if len(told) == 2 and not any(names):
        told = [f"{told[0].rstrip(':')}: {told[1]}"]
    sentence = ", ".join(told)
    return sentence if sentence[-1:] in ".!?…:" else f"{sentence}."
