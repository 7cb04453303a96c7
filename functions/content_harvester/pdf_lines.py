"""The lines of a PDF page: runs of letters on a baseline, and the cells made of these."""

# ruff: noqa: RUF001 - the signs that documents are set with

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

STAND_IN = "\ue001"


@dataclass(frozen=True)
class Cell:
    """A piece of a line that stands by itself, with more than a space before it."""

    text: str
    left: float
    right: float

    def below(self, other: Cell, within: float) -> bool:
        """Tell whether it is set in the same column of a table: flush left or right, or centered."""
        apart = (
            self.left - other.left,
            self.right - other.right,
            (self.left + self.right - other.left - other.right) / 2,
        )
        return min(map(abs, apart)) < within


@dataclass(frozen=True)
class Line:
    """Text on one baseline, its box in points from the page's lower left corner.

    `size` is the height of its letters' boxes. `page` is the page's number from 0, `column` the number of the column on
    it, in reading order.
    """

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    bold: bool = False
    mono: bool = False
    cells: tuple[Cell, ...] = ()
    ruled: bool = False
    """Whether rules are drawn between its cells. Those may have several lines, with "\\n" between them."""
    page: int = 0
    column: int = 0

    @property
    def stands_in(self) -> bool:
        """Tell whether the line only keeps the place of a text in boxes."""
        return self.text.startswith(STAND_IN)

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def lines_of(runs: list[Line]) -> Iterator[Line]:
    """Yield the lines of one column from top to bottom, each of the runs on one baseline."""
    row: list[Line] = []
    for run in sorted(runs, key=lambda run: -run.middle):
        if row and (
            run.stands_in
            or row[0].stands_in
            or abs(run.middle - statistics.fmean(other.middle for other in row)) > 0.5 * max(run.size, row[0].size)
        ):
            yield _line(row)
            row = []
        row.append(run)
    if row:
        yield _line(row)


def _line(row: list[Line]) -> Line:
    row = sorted(row, key=lambda run: run.left)
    longest = max(row, key=lambda run: len(run.text))
    row = [run for run in row if run is longest or not _is_mark(run, longest)]
    cells = [Cell(row[0].text, row[0].left, row[0].right)]
    for before, run in pairwise(row):
        gap, last = run.left - before.right, cells[-1]
        if gap > 1.1 * longest.size:
            cells.append(Cell(run.text, run.left, run.right))
        else:
            space = " " if gap > 0.15 * longest.size else ""
            cells[-1] = Cell(f"{last.text}{space}{run.text}", last.left, max(last.right, run.right))
    return replace(
        longest,
        text=" ".join(cell.text for cell in cells),
        left=row[0].left,
        right=max(run.right for run in row),
        bold=sum(len(run.text) for run in row if run.bold) * 2 > sum(len(run.text) for run in row),
        cells=tuple(cells),
    )


def _is_mark(run: Line, longest: Line) -> bool:
    """Tell whether a run is the mark of a note, smaller and higher than its line."""
    raised = run.size < 0.85 * longest.size and run.bottom > longest.bottom + 0.15 * longest.size
    return raised and run.left > longest.left and re.fullmatch(r"[\d,\s*†‡§¶∗]{1,6}", run.text) is not None
