"""What stands in boxes on a PDF page: the rows of a table cell by cell, and texts in frames by themselves."""

from __future__ import annotations

import statistics
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from math import inf

from functions.content_harvester.pdf_columns import columns_of
from functions.content_harvester.pdf_lines import STAND_IN, Cell, Line, lines_of
from functions.content_harvester.pdf_rules import Box, Rules

_DEEPEST = 6
_MOST_RUNS = 2_000
"""Of a page: with more it is a drawing."""
_MOST_WORDS = 60
"""Of a cell: with more it is a text."""
_MOST_LINES = 6
"""Of a cell, unless it is a text."""
_MOST_OF_PAGE = 0.6
"""Of a page's letters: what holds more is the frame of the page."""
_SLACK = 0.5

Column = list[Line]


def without_boxed(runs: list[Line], rules: Rules) -> tuple[list[Line], dict[str, list[Column]]]:
    """Return the runs of a page with a line in place of each drawing whose boxes hold text, and that drawing's columns.

    Boxes in rows are the cells of a table, of which some have several lines; a frame has other text beside it.
    """
    boxes: dict[Box, list[Line]] = {}
    for run in runs if rules.across and len(runs) <= _MOST_RUNS else ():
        x, y = (run.left + run.right) / 2, run.middle
        box = next((box for box in boxes if box.holds(x, y)), None) or rules.box(x, y)
        if box is not None and box.left - _SLACK * run.size < run.left and run.right < box.right + _SLACK * run.size:
            boxes.setdefault(box, []).append(run)
    letters = sum(len(run.text) for run in runs)
    drawings = defaultdict[int, list[Box]](list)
    for box in _outermost(boxes):
        if sum(len(run.text) for run in boxes[box]) < _MOST_OF_PAGE * letters:
            drawings[box.drawing].append(box)
    texts: dict[str, list[Column]] = {}
    boxed = set[int]()
    stand_ins: list[Line] = []
    for drawing in drawings.values():
        within = [run for box in drawing for run in boxes[box]]
        rows = _rows_of(drawing) if len(drawing) > 1 else [drawing] if _is_frame(within, runs) else []
        if any(_has_rows([boxes[box] for box in row]) for row in rows):
            continue  # columns alone are ruled: nothing says which lines are one row
        told = [list(_row([boxes[box] for box in row])) for row in rows]
        if len(drawing) > 1 and not any(_is_wrapped(row) for of_row in told for row in of_row):
            continue  # lines go through: what is drawn between them says no more than they do
        if not told:
            continue
        name = f"{STAND_IN}{len(texts)}"
        texts[name] = [column for row in told for column in row]
        boxed.update(map(id, within))
        top = max(run.top for run in within)
        left, right = min(box.left for box in drawing), max(box.right for box in drawing)
        stand_ins.append(Line(name, left, top - 1, right, top, 1))
    return [run for run in runs if id(run) not in boxed] + stand_ins, texts


def with_boxed(columns: Sequence[Column], texts: dict[str, list[Column]]) -> Iterator[Column]:
    """Yield columns with what lines stand in for, each drawing's columns by themselves."""
    for column in columns:
        text: Column = []
        for line in column:
            if not line.stands_in:
                text.append(line)
                continue
            if text:
                yield text
            yield from texts[line.text]
            text = []
        if text:
            yield text


def _outermost(boxes: dict[Box, list[Line]]) -> list[Box]:
    """Return the boxes without check boxes, whose marks are put into the field that they are in, and without frames
    around other boxes."""
    left = sorted(boxes, key=lambda box: (box.right - box.left) * (box.top - box.bottom))
    kept: list[Box] = []
    for number, box in enumerate(left):
        size = statistics.median(run.size for run in boxes[box])
        x, y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
        around = next((other for other in left[number + 1 :] if other.holds(x, y)), None)
        if around is not None and box.right - box.left < 3 * size and len(boxes[box]) == 1:
            boxes[around] += boxes.pop(box)
        else:
            kept.append(box)
    places = sorted(((box.left + box.right) / 2, (box.bottom + box.top) / 2) for box in kept)
    return [box for box in kept if _held(box, places) == 1]


def _held(box: Box, places: Sequence[tuple[float, float]]) -> int:
    """Return how many of some places, from the left, are in a box: 1 is its own."""
    within = places[bisect_left(places, (box.left,)) : bisect_right(places, (box.right, inf))]
    return sum(box.bottom <= y <= box.top for _, y in within)


def _is_frame(within: Sequence[Line], runs: Sequence[Line]) -> bool:
    """Tell whether a frame holds several lines, with others beside."""
    top, bottom = max(run.top for run in within), min(run.bottom for run in within)
    inside = set(map(id, within))
    beside = sum(bottom < run.middle < top and id(run) not in inside for run in runs)
    return top - bottom > 2 * within[0].size and beside > 1


def _rows_of(boxes: Sequence[Box], depth: int = 0) -> list[list[Box]]:
    """Return the boxes of each row from the left; none at all where they are in no rows, as those of a form may be.

    A cell of several rows is told before the cells beside.
    """
    found: list[list[Box]] = []
    for row in _cut(boxes, _downwards):
        sides = _cut(row, lambda box: (box.left, box.right))
        if any(len(side) > 1 for side in sides):
            sides = _tables(sides)
        if len(sides) == 1 < len(row) or sum(len(side) > 1 for side in sides) > 1:
            return []
        for several, of_kind in groupby(sides, lambda side: len(side) > 1):
            together = [box for side in of_kind for box in side]
            rows = [together]
            if several:
                rows = _rows_of(together, depth + 1) if depth < _DEEPEST else []
            if not rows:
                return []
            found += rows
    return found


def _is_wrapped(column: Column) -> bool:
    """Tell whether a cell has several lines beside other cells."""
    return any("\n" in cell.text for line in column if line.ruled and len(line.cells) > 1 for cell in line.cells)


def _cut(boxes: Sequence[Box], span: Callable[[Box], tuple[float, float]]) -> list[list[Box]]:
    """Return boxes parted where a line could be drawn between them all."""
    parts: list[list[Box]] = []
    end = float("-inf")
    for box in sorted(boxes, key=span):
        start, stop = span(box)
        if parts and start < end - 1:
            parts[-1].append(box)
        else:
            parts.append([box])
        end = max(end, stop)
    return parts


def _downwards(box: Box) -> tuple[float, float]:
    return -box.top, -box.bottom


def _tables(sides: Sequence[list[Box]]) -> list[list[Box]]:
    """Return sides joined to one whose rows go through, as those of a table do beside a cell of several rows."""
    joined = [sides[0]]
    for side in sides[1:]:
        rows = [len(_cut(boxes, _downwards)) for boxes in (joined[-1], side, joined[-1] + side)]
        if rows[2] >= max(rows[:2]) > 1:
            joined[-1] = joined[-1] + side
        else:
            joined.append(side)
    return joined


def _has_rows(cells: Sequence[list[Line]]) -> bool:
    """Tell whether several boxes beside each other have many lines each that are no text."""
    many = [cell for cell in cells if len({round(run.middle / run.size) for run in cell}) > _MOST_LINES]
    return len(many) > 1 and any(sum(run.text[:1].islower() for run in cell) < 0.2 * len(cell) for cell in many)


def _row(cells: Sequence[list[Line]]) -> Iterator[Column]:
    """Yield the text of boxes beside each other: a line with its cells, lines across the boxes, or texts."""
    columns = [[list(lines_of(column)) for column in columns_of(cell)] for cell in cells]
    texts = [[line for column in of_cell for line in column] for of_cell in columns]
    if len(cells) == 1:
        yield from columns[0]
        return
    is_long = [sum(len(run.text.split()) for run in cell) > _MOST_WORDS for cell in cells]
    if any(is_long):
        for long, numbers in groupby(range(len(cells)), lambda number: is_long[number]):
            if long:
                yield from (column for number in numbers for column in columns[number])
            else:
                yield [_line([texts[number] for number in numbers])]
        return
    rows = _rows(texts)
    if rows is None:
        yield [_line(texts)]
    else:
        yield [_line([[line] for line in row]) if len(row) > 1 else row[0] for row in rows]


def _rows(cells: Sequence[Column]) -> list[list[Line]] | None:
    """Return the lines of boxes beside each other row by row, if a row's rules are not drawn but its lines show it;
    else None."""
    several = [cell for cell in cells if len(cell) > 1]
    if len(several) < 2:
        return None
    longest = max(several, key=len)
    rows = [[line] for line in longest]
    for cell in cells:
        if cell is longest:
            continue
        for line in cell:
            row = next((row for row in rows if abs(row[0].middle - line.middle) < 0.35 * line.size), None)
            if row is None:
                return None
            row.append(line)
    pairs = [(above, below, cell) for cell in several for above, below in pairwise(cell)]
    whole = all(len(row) == len(cells) for row in rows)  # nothing that a line may go on with is missing in any
    breaks = sum(not below.text[0].islower() if whole else _is_new(above, below, cell) for above, below, cell in pairs)
    if 3 * breaks < 2 * len(pairs):
        return None
    return [sorted(row, key=lambda line: line.left) for row in rows]


def _is_new(above: Line, below: Line, cell: Column) -> bool:
    """Tell whether a cell's line begins something new: it does not go on in small letters, and there was room for its
    first word on the line above."""
    if below.text[0].islower() or above.text[-1] in ",-–(/&":
        return False
    word = (len(below.text.split()[0]) + 1) * above.width / len(above.text)
    return above.right + word < max(line.right for line in cell) or below.text[0].isdigit()


def _line(cells: Sequence[Column]) -> Line:
    """Return boxes beside each other as one line, of which each is a cell."""
    lines = [line for cell in cells for line in cell]
    longest = max(lines, key=lambda line: len(line.text))
    found: list[Cell] = []
    for cell in cells:
        if len(cell) == 1:  # which may have cells without a rule between them
            found += cell[0].cells
        else:
            found.append(Cell(_joined(cell), min(line.left for line in cell), max(line.right for line in cell)))
    return replace(
        longest,
        text=" ".join(line.text for line in lines),
        left=min(line.left for line in lines),
        right=max(line.right for line in lines),
        bottom=min(line.bottom for line in lines),
        top=max(line.top for line in lines),
        bold=all(line.bold for line in lines),
        cells=tuple(found),
        ruled=True,
    )


def _joined(cell: Column) -> str:
    """Return a cell's lines, a comma behind those that end on purpose."""
    text = cell[0].text
    for above, below in pairwise(cell):
        text += ",\n" if above.text[-1].isalnum() and _is_new(above, below, cell) else "\n"
        text += below.text
    return text
