"""A table told row by row, "Season: summer. Fee: four shillings." A table tiring to hear is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

MAX_ROWS, MAX_COLUMNS, MAX_CELL_CHARACTERS = 30, 6, 240
_MOST_SPANNED = 100
_SAID_AGAIN = 40
"""Characters: what stands beside several rows is said with each, unless it is longer."""


def spread(rows: Sequence[Sequence[tuple[str, int, int]]]) -> list[list[str]]:
    """Return the texts of a table by its columns, of cells with how many columns and rows they take up.

    A cell's text is in the first of its columns, in each of its rows; a cell over all columns is a row of its own.
    """
    below: dict[int, tuple[str, int]] = {}
    placed = [list(_placed(row, below)) for row in rows]
    width = max((column + span for row in placed for column, span, _ in row), default=0)
    used = sorted({column for row in placed for column, span, text in row if text and span < max(2, width)})
    told = []
    for row in placed:
        texts = {column: text for column, _, text in row}
        whole = len(row) == 1 and row[0][1] >= width > 1
        told.append([row[0][2]] if whole else [texts.get(column, "") for column in used])
    return told


def _placed(row: Sequence[tuple[str, int, int]], below: dict[int, tuple[str, int]]) -> Iterator[tuple[int, int, str]]:
    """Place each cell: its first column, its columns and its text, with what reaches into the row from above."""
    column = 0
    for text, wide, deep in row:
        while column in below:
            yield column, 1, _reaching(below, column)
            column += 1
        span, rows = max(1, min(wide, _MOST_SPANNED)), max(1, min(deep, _MOST_SPANNED))
        yield column, span, text
        again = text if len(text) <= _SAID_AGAIN else ""
        for number in range(span) if rows > 1 else ():
            below[column + number] = ("" if number else again, rows - 1)
        column += span
    for reaching in [reaching for reaching in below if reaching >= column]:
        yield reaching, 1, _reaching(below, reaching)


def _reaching(below: dict[int, tuple[str, int]], column: int) -> str:
    """Return the cells reaching into a column from above, for a row more."""
    text, left = below.pop(column)
    if left > 1:
        below[column] = (text, left - 1)
    return text


def sentences_of(
    rows: Sequence[Sequence[str]], *, headed: bool | None = None, limited: bool = True
) -> list[str] | None:
    """Return a sentence for each row; None for a table too large to be heard, or without a word.

    With `headed` the first row names the columns; None asks the rows themselves. A table which is the whole document is
    told however large it is: `limited` is False.
    """
    cells = [[" ".join(cell.split()) for cell in row] for row in rows]
    cells = [row for row in cells if any(row)]
    if not cells or (limited and _is_large(cells)):
        return None
    if not any(character.isalpha() for row in cells for cell in row for character in cell):
        return None
    above = 0
    while above < len(cells) - 2 and len(cells[above]) == 1 < len(cells[above + 1]):  # its title
        above += 1
    titles, cells = cells[:above], cells[above:]
    if headed is None:
        headed = _is_headed(cells)
    names = cells.pop(0) if headed and len(cells) > 1 else []
    return [*(_sentence(row, ()) for row in titles), *(_sentence(row, names) for row in cells)]


def _is_large(cells: Sequence[Sequence[str]]) -> bool:
    longest = max(len(cell) for row in cells for cell in row)
    return (
        len(cells) > MAX_ROWS + 1
        or max(sum(map(bool, row)) for row in cells) > MAX_COLUMNS
        or longest > MAX_CELL_CHARACTERS
    )


def _is_headed(cells: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first row names the columns: short words, all of them different, and no figures."""
    first, others = cells[0], cells[1:]
    named = all(cell and len(cell) < 40 and not any(map(str.isdigit, cell)) for cell in first[1:])
    if len(others) < 2 or len(first) < 2 or not named or len(set(first)) < len(first):
        return False
    if first[0][:1].isalpha() and all(row[0][:1].isdigit() for row in others):
        return True  # a word above figures alone
    # In two columns a first row may be a fact like the others: "Name, Ann". Names of columns are shorter than facts.
    return len(first) > 2 or 2 * len(first[1]) < sum(len(row[-1]) for row in others) / len(others)


def _sentence(row: Sequence[str], names: Sequence[str]) -> str:
    names = [*names, *[""] * len(row)] if len(row) > 1 or len(names) == 1 else [""]
    told = [f"{name.rstrip(':')}: {cell}" if name else cell for name, cell in zip(names, row, strict=False) if cell]
    if len(told) == 2 and not any(names):
        told = [f"{told[0].rstrip(':')}: {told[1]}"]
    sentence = ", ".join(told)
    return sentence if sentence[-1:] in ".!?…:" else f"{sentence}."
