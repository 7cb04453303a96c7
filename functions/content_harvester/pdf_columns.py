"""The columns of a PDF page: lines that leave a gutter free from top to bottom are read one column after the other."""

from __future__ import annotations

import math
import statistics
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from itertools import accumulate, groupby

from functions.content_harvester.pdf_lines import Line

_DEEPEST = 12
_FEWEST_LINES = 3
_FEWEST_BESIDE = 8
"""Lines of a text that another stands beside."""
_MOST_ZONES = 4
"""Of a page's free zones so many may be a gutter."""
_WIDEST = 20_000
"""Points: the largest page that PDF allows is 14,400 wide."""


class Side(Enum):
    """Where a run stands beside a gutter."""

    LEFT = auto()
    RIGHT = auto()
    BOTH = auto()


def columns_of(runs: list[Line], like: float | None = None, depth: int = 0) -> Iterator[list[Line]]:
    """Yield the runs of each column, or of each part of the page that has one column, in reading order."""
    gutter = gutter_of(runs, like) if depth < _DEEPEST else None
    if gutter is None:
        yield runs
        return
    for spans, band in _bands(runs, gutter):
        if spans:
            yield band
        else:
            for side in (Side.LEFT, Side.RIGHT):
                if column := [run for run in band if _side(run, gutter) is side]:
                    yield from columns_of(column, like, depth + 1)


def _side(run: Line, gutter: float) -> Side:
    """Tell where a run stands: where most of the run is, though a wide formula sticks out a little."""
    share = (gutter - run.left) / run.width if run.width > 0 else float(run.left < gutter)
    return Side.LEFT if share > 0.75 else Side.RIGHT if share < 0.25 else Side.BOTH


def _bands(runs: list[Line], gutter: float) -> Iterator[tuple[bool, list[Line]]]:
    """Yield the bands of a page from top to bottom: lines across the gutter, such as a title, or lines beside."""
    band: list[Line] = []
    spanning = False
    for run in sorted(runs, key=lambda run: -run.middle):
        spans = _side(run, gutter) is Side.BOTH
        on_its_line = spanning and band and abs(band[-1].middle - run.middle) < 0.4 * run.size
        if band and spans is not spanning and not on_its_line:
            yield spanning, band
            band = []
        if not band:
            spanning = spans
        band.append(run)
    if band:
        yield spanning, band


def gutter_of(runs: list[Line], like: float | None) -> float | None:
    """Tell where the page is free from top to bottom but for what spans its columns; None where there is one column.

    Where the page before is parted, `like`, less is asked for.
    """
    left, right = min(run.left for run in runs), max(run.right for run in runs)
    size = statistics.median(run.size for run in runs)
    bins = int(right - left) + 1
    if not 20 * size < bins <= _WIDEST or len(runs) < 2 * _FEWEST_LINES:
        return None
    crossing = [0] * (bins + 2)
    for run in runs:
        crossing[int(run.left - left)] += 1
        crossing[math.ceil(run.right - left)] -= 1
    crossing = list(accumulate(crossing))
    inner = range(int(bins * 0.15), int(bins * 0.85))
    fewest = min(crossing[x] for x in inner) + 1 + len(runs) // 40  # a page number below is no reason to see no gutter
    free = [list(group) for least, group in groupby(inner, lambda x: crossing[x] <= fewest) if least]
    free.sort(key=len, reverse=True)
    gutters = (left + (zone[0] + zone[-1] + 1) / 2 for zone in free[:_MOST_ZONES] if len(zone) >= 0.4 * size)
    # The widest is one unless a table stands there; any other is, if texts stand on both of its sides.
    return next((gutter for n, gutter in enumerate(gutters) if _parts(runs, gutter, like, size, widest=n == 0)), None)


def _parts(runs: list[Line], gutter: float, like: float | None, size: float, *, widest: bool) -> bool:
    """Tell whether what stands beside a free zone is columns to be read one after the other."""
    sides: dict[Side, list[Line]] = {side: [] for side in Side}
    for run in runs:
        sides[_side(run, gutter)].append(run)
    beside = sides[Side.LEFT], sides[Side.RIGHT]
    if min(map(len, beside)) < max(_FEWEST_LINES, len(sides[Side.BOTH]) / 3):
        return False
    bands = [band for spans, band in _bands(runs, gutter) if not spans]
    broken = sum(any(_side(run, gutter) is Side.RIGHT for run in band) for band in bands)
    if broken * _FEWEST_LINES > len(beside[1]):
        return False  # lines of one text, some of which are drawn in pieces
    if like is not None and abs(like - gutter) < size:
        return True
    if all(map(_prose, beside)):
        return _flush(beside[1]) or _is_text_beside(*beside, sides[Side.BOTH])
    if (widest and not _aligned(*beside)) or _is_text_beside_rows(*beside):
        return True
    return _is_text_beside(*beside, sides[Side.BOTH]) or _is_text_beside(*beside[::-1], sides[Side.BOTH])


def _prose(runs: list[Line]) -> bool:
    """Tell whether most letters stand in lines of a text, which are full, and not in the cells of a table."""
    letters = sum(len(run.text) for run in runs)
    full, seen = 0.0, 0
    for run in sorted(runs, key=lambda run: -run.width):
        full, seen = run.width, seen + len(run.text)
        if seen > 0.1 * letters:
            break
    return sum(len(run.text) for run in runs if run.width > 0.7 * full and len(run.text) >= 15) > 0.6 * letters


def _flush(runs: list[Line]) -> bool:
    """Tell whether most letters begin below each other, as a column's and the items of its lists do, and not as the
    last words of lines."""
    size = statistics.median(run.size for run in runs)
    runs = sorted(runs, key=lambda run: run.left)
    before = list(accumulate((len(run.text) for run in runs), initial=0))
    lefts = [run.left for run in runs]
    most = max(before[bisect_left(lefts, left + size)] - before[number] for number, left in enumerate(lefts))
    at = Counter(round(left) for left in lefts)
    often = sum(len(run.text) for run in runs if at[round(run.left)] >= max(_FEWEST_LINES, len(runs) / 10))
    return 2 * most > before[-1] or (2 * often > before[-1] and _goes_on(runs) > 0.2)


def _is_text_beside_rows(left: list[Line], right: list[Line]) -> bool:
    """Tell whether a text stands left of a table or a list, whose rows happen to be on its lines: its sentences go on
    line by line."""
    top, bottom = max(run.top for run in right), min(run.bottom for run in right)
    text = [run for run in left if bottom <= run.middle <= top]
    rows = len({round(run.middle / run.size) for run in right})
    if len(text) <= _FEWEST_LINES or not _prose(text):
        return False
    both_go_on = _goes_on(text) > 0.2 and _goes_on(right) > 0.2  # as a text and a list beside each other do
    return both_go_on or (_goes_on(text) > 0.4 and rows >= 0.6 * len(text))


def _is_text_beside(text: list[Line], others: list[Line], spanning: list[Line]) -> bool:
    """Tell whether a text goes on in small letters beside lines that have nothing to do with it, as those of a list of
    dates: a date that its paragraph is about stands beside the paragraph's first line."""
    top, bottom = max(run.top for run in others), min(run.bottom for run in others)
    text = sorted((run for run in text if bottom <= run.middle <= top), key=lambda run: run.middle)
    words = sum(run.text[:1].isalpha() for run in others)
    if len(text) < _FEWEST_BESIDE or 2 * words < len(others) or _goes_on(others) > 0.3:
        return False
    if 5 * sum(bottom <= run.middle <= top for run in spanning) > len(text) or _overlap(text, others):
        return False  # pieces of one text
    if _goes_on(text) < 0.4 or not _prose(text):
        return False
    middles = [run.middle for run in text]
    apart = 0
    for run in others:
        at = _beside(run, middles)
        apart += at is None or text[at].text[:1].islower()
    return apart > 0.5 * len(others)


def _overlap(one: list[Line], other: list[Line]) -> bool:
    """Tell whether no line could be drawn between what stands left and what stands right."""
    left, right = max(run.right for run in one), max(run.right for run in other)
    return max(min(run.left for run in one), min(run.left for run in other)) < min(left, right)


def _goes_on(runs: list[Line]) -> float:
    """Return the share of runs that go on with the sentence of the line above."""
    return sum(run.text[:1].islower() for run in runs) / len(runs)


def _aligned(left: list[Line], right: list[Line]) -> bool:
    """Tell whether what stands right mostly continues the lines on the left, as in a table."""
    middles = sorted(run.middle for run in left)
    together = sum(_beside(run, middles) is not None for run in right)
    return together > 0.6 * min(len(left), len(right))


def _beside(run: Line, middles: Sequence[float]) -> int | None:
    """Return which of some heights, from the lowest, is the lowest on the line of a run; None where none is."""
    at = bisect_left(middles, run.middle - 0.25 * run.size)
    return at if at < len(middles) and middles[at] <= run.middle + 0.25 * run.size else None
