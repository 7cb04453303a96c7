"""The numbers of lines in a page's margin, as manuscripts under review, proofs, transcripts and bills have them."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Protocol, TypeVar

_FEWEST = 5
_LARGEST_STEP = 10
_RULED = 15
"""Numbers: a list of so many items has none that is empty."""
_NUMBER = re.compile(r"\d{1,5}")
_SHORTEST_LINE = 25
"""Letters: the median line of a text has more, and that of a table's cells has not."""


class Piece(Protocol):
    """What stands at a place on a page."""

    @property
    def text(self) -> str: ...
    @property
    def left(self) -> float: ...
    @property
    def right(self) -> float: ...
    @property
    def size(self) -> float: ...
    @property
    def middle(self) -> float: ...


P = TypeVar("P", bound=Piece)


def without_line_numbers(runs: list[P]) -> list[P]:
    """Return the pieces of a page but for the numbers of its lines: in a column beside all text, each more than the
    number above by the count of the lines between."""
    numbers = [run for run in runs if _NUMBER.fullmatch(run.text.strip())]
    texts = [run for run in runs if not _NUMBER.fullmatch(run.text.strip())]
    counting = [run for column in _stacked(numbers) if _count_lines(column, texts) for run in column]
    return [run for run in runs if not any(run is number for number in counting)] if counting else runs


def _stacked(numbers: list[P]) -> Iterator[list[P]]:
    """Yield the columns of numbers, each from top to bottom."""
    column: list[P] = []
    for number in sorted(numbers, key=_center):
        if column and _center(number) - _center(column[-1]) > number.size:
            yield sorted(column, key=lambda run: -run.middle)
            column = []
        column.append(number)
    if column:
        yield sorted(column, key=lambda run: -run.middle)


def _center(run: Piece) -> float:
    return (run.left + run.right) / 2


def _count_lines(column: list[P], texts: list[P]) -> bool:
    if len(column) < _FEWEST:
        return False
    steps = Counter(int(below.text) - int(above.text) for above, below in pairwise(column))
    step, often = steps.most_common(1)[0]
    if not 1 <= step <= _LARGEST_STEP or often < 0.8 * (len(column) - 1):
        return False
    within = max(run.size for run in column)
    beside = [run for run in texts if column[-1].middle - within < run.middle < column[0].middle + within]
    lines = list(_lines(beside))
    if _is_ruled(column) and _in_margin(column, beside) and len(lines) < 0.95 * len(column):
        return step == 1  # each line of the paper, written on or not, as of a transcript
    return (
        0 < len(lines) <= 1.25 * len(column) * step  # else they count what has several lines, as items do
        and _in_margin(column, beside)
        and statistics.median(len(run.text) for run in beside) >= _SHORTEST_LINE
        and sum(not line[:1].isupper() for line in lines) >= len(lines) / 4  # most sentences go on in the next line
    )


def _is_ruled(column: list[P]) -> bool:
    """Tell whether numbers from 1 on stand as far from each other as the lines of ruled paper."""
    steps = [above.middle - below.middle for above, below in pairwise(column)]
    usual = statistics.median(steps)
    even = sum(abs(step - usual) < 0.1 * usual for step in steps)
    return len(column) >= _RULED and int(column[0].text) == 1 and even >= 0.95 * len(steps)


def _in_margin(column: list[P], beside: list[P]) -> bool:
    left, right = min(run.left for run in column), max(run.right for run in column)
    return max(sum(run.left >= right for run in beside), sum(run.right <= left for run in beside)) > 0.9 * len(beside)


def _lines(runs: list[P]) -> Iterator[str]:
    """Yield the first words of each line, from top to bottom."""
    line: list[P] = []
    for run in sorted(runs, key=lambda run: -run.middle):
        if line and line[0].middle - run.middle > 0.5 * run.size:
            yield min(line, key=lambda one: one.left).text
            line = []
        line.append(run)
    if line:
        yield min(line, key=lambda one: one.left).text
