"""A PDF page's lines of text, in the order in which a person reads them.

ISO 32000 knows letters at places: neither lines nor columns. PDFium gives each letter with its box; what follows is
what a reader's eye does with them: letters that touch are a run, runs side by side a line, and lines that leave a
gutter free from top to bottom are columns.
"""

# ruff: noqa: RUF001 - the signs that documents are set with

from __future__ import annotations

import ctypes
import math
import re
import statistics
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import accumulate, groupby, pairwise

import pypdfium2.raw as pdfium

from functions.content_harvester.pdf_accents import composed, with_accents
from functions.content_harvester.pdf_letters import Letter, letters_of
from functions.content_harvester.pdf_margins import without_line_numbers

_MARK = "\ue000"
_MARKED = re.compile(rf"(?:[^\W\d_]{{2}}|[.,;:!?)”’\"']|{_MARK})\s?$")
_DEEPEST = 12
_FEWEST_LINES = 3
_FEWEST_WORDS = 3
"""Of the median line of a text that stands aslant."""
_MOST_ZONES = 4
"""Of a page's free zones so many may be a gutter."""
_WIDEST = 20_000
"""Points: the largest page that PDF allows is 14,400 wide."""
_NAMES_OF_TYPEWRITERS = ("courier", "mono", "typewriter", "cmtt", "consol", "menlo")
_FONT_NAME_BYTES = 128


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
    page: int = 0
    column: int = 0

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True)
class Page:
    """The size of a page as it is held up for reading, in points, and its lines in reading order."""

    width: float
    height: float
    lines: list[Line]
    gutter: float | None = None
    """Where it is parted into columns, for the page after it to be read likewise."""


class Side(Enum):
    """Where a run stands beside a gutter."""

    LEFT = auto()
    RIGHT = auto()
    BOTH = auto()


def read_page(page: pdfium.FPDF_PAGE, number: int, gutter: float | None = None) -> Page:
    """Return the lines of one page, upright ones alone: a stamp along the margin is no part of the text.

    `gutter` is that of the page before it.
    """
    width, height = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
    text = pdfium.FPDFText_LoadPage(page)
    if not text:
        return Page(width, height, [])
    try:
        letters = composed(letters_of(text, _shown(page, width, height)))
        pieces = [piece for of_run in _runs(letters) if (piece := _run(text, of_run))]
    finally:
        pdfium.FPDFText_ClosePage(text)
    by_turn = defaultdict[int, list[Line]](list)
    for turn, run in pieces:
        by_turn[turn].append(run)
    main = max(by_turn, key=lambda turn: sum(len(run.text) for run in by_turn[turn]), default=0)
    runs = without_line_numbers(_once(by_turn.pop(main, [])))
    gutter = _gutter(runs, gutter) or gutter if runs else gutter
    texts = [[list(_lines(column)) for column in _columns(runs, gutter)]] if runs else []
    texts += [text for turn, turned in by_turn.items() if turn % 90 and (text := _text_aslant(_once(turned)))]
    if main % 90:  # each part of the page stands as it likes
        texts.sort(key=lambda text: -max(line.top for column in text for line in column))
    columns = [column for text in texts for column in text]
    lines = [replace(line, page=number, column=n) for n, column in enumerate(columns) for line in column]
    return Page(width, height, lines, gutter)


def _shown(page: pdfium.FPDF_PAGE, width: float, height: float) -> tuple[float, float, float, float]:
    """Return the part of a page that is seen: its crop box (ISO 32000, 14.11.2)."""
    box = pdfium.FS_RECTF()
    if not pdfium.FPDF_GetPageBoundingBox(page, box) or box.right <= box.left or box.top <= box.bottom:
        return 0, 0, width, height
    return box.left, box.bottom, box.right, box.top


def _text_aslant(runs: list[Line]) -> list[list[Line]]:
    """Return the columns of a text that stands at an angle of its own; a watermark or a chart's labels are none."""
    columns = [list(_lines(column)) for column in _columns(runs)]
    lines = {line.text for column in columns for line in column}
    is_text = len(lines) >= _FEWEST_LINES and statistics.median(len(line.split()) for line in lines) >= _FEWEST_WORDS
    return columns if is_text else []


def _runs(letters: Iterable[Letter]) -> Iterator[list[Letter]]:
    """Yield letters that follow each other without a gap."""
    run: list[Letter] = []
    space = False
    for letter in letters:
        if letter.text == "\n":
            if run:
                yield run
                run = []
            continue
        if letter.text == " ":
            space = True
            continue
        if run:
            last = run[-1]
            gap, size = letter.left - last.right, max(last.top - last.bottom, letter.top - letter.bottom)
            elsewhere = letter.turn != last.turn or (
                not last.bottom <= (letter.bottom + letter.top) / 2 <= last.top
                and not letter.bottom <= (last.bottom + last.top) / 2 <= letter.top
            )
            if elsewhere or gap > 1.1 * size or gap < -3 * size or (gap > 0.4 * size and _differ(last, letter)):
                yield run
                run = []
            elif space or gap > 0.22 * size:
                run.append(Letter(" ", last.right, last.bottom, letter.left, last.top, last.turn, letter.index))
        space = False
        run.append(letter)
    if run:
        yield run


def _differ(one: Letter, other: Letter) -> bool:
    """Tell whether one of two letters is set much smaller, as the number of a line is."""
    heights = sorted((one.top - one.bottom, other.top - other.bottom))
    return heights[0] < 0.75 * heights[1]


def _run(text: pdfium.FPDF_TEXTPAGE, letters: list[Letter]) -> tuple[int, Line] | None:
    """Tell how a run is turned, and what stands there."""
    size = statistics.median(letter.top - letter.bottom for letter in letters)
    bottom = statistics.median(letter.bottom for letter in letters)
    words = _without_marks(letters, size, bottom)
    if not words.strip():
        return None
    name = _font(text, letters[len(letters) // 2].index)
    return letters[0].turn, Line(
        words,
        letters[0].left,
        bottom,
        max(letter.right for letter in letters),
        bottom + size,
        size,
        bold="bold" in name or "black" in name or name.rpartition("+")[2].startswith(("cmbx", "cmssbx")),
        mono=any(part in name for part in _NAMES_OF_TYPEWRITERS),
    )


def _without_marks(letters: list[Letter], size: float, bottom: float) -> str:
    """Return the letters without the marks of notes: what is set smaller and higher behind a word or an end mark."""
    text = ""
    for letter in letters:
        raised = letter.top - letter.bottom < 0.85 * size and letter.bottom > bottom + 0.15 * size
        if raised and re.fullmatch(r"[\d*†‡§¶∗,]", letter.text) and _MARKED.search(text):
            if not text.endswith(_MARK):
                text = text.rstrip() + _MARK  # so that a second digit is one, too
            continue
        text += letter.text
    return with_accents(text.replace(_MARK, ""))


def _font(text: pdfium.FPDF_TEXTPAGE, index: int) -> str:
    buffer = ctypes.create_string_buffer(_FONT_NAME_BYTES)
    pdfium.FPDFText_GetFontInfo(text, index, buffer, _FONT_NAME_BYTES, None)
    return buffer.value.decode(errors="replace").lower()


def _once(runs: list[Line]) -> list[Line]:
    """Text that is drawn twice at nearly the same place, to look bold or to throw a shadow, once."""
    kept: list[Line] = []
    seen: dict[str, list[Line]] = {}
    for run in runs:
        same = seen.setdefault(run.text, [])
        if len(same) < 50 and any(
            abs(run.left - other.left) < 0.3 * run.size and abs(run.bottom - other.bottom) < 0.3 * run.size
            for other in same
        ):
            continue
        same.append(run)
        kept.append(run)
    return kept


def _columns(runs: list[Line], like: float | None = None, depth: int = 0) -> Iterator[list[Line]]:
    """Yield the runs of each column, or of each part of the page that has one column, in reading order."""
    gutter = _gutter(runs, like) if depth < _DEEPEST else None
    if gutter is None:
        yield runs
        return
    for spans, band in _bands(runs, gutter):
        if spans:
            yield band
        else:
            for side in (Side.LEFT, Side.RIGHT):
                if column := [run for run in band if _side(run, gutter) is side]:
                    yield from _columns(column, like, depth + 1)


def _side(run: Line, gutter: float) -> Side:
    """Tell where a run stands. One that sticks out a little, as a wide formula does, stands where most of it is."""
    share = (gutter - run.left) / run.width if run.width > 0 else float(run.left < gutter)
    return Side.LEFT if share > 0.75 else Side.RIGHT if share < 0.25 else Side.BOTH


def _bands(runs: list[Line], gutter: float) -> Iterator[tuple[bool, list[Line]]]:
    """From top to bottom: what spans the gutter, as a title does, and what stands beside it, each band by itself."""
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


def _gutter(runs: list[Line], like: float | None) -> float | None:
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
        return _flush(beside[1])
    return (widest and not _aligned(*beside)) or _is_text_beside_rows(*beside)


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


def _goes_on(runs: list[Line]) -> float:
    """Return the share of runs that go on with the sentence of the line above."""
    return sum(run.text[:1].islower() for run in runs) / len(runs)


def _aligned(left: list[Line], right: list[Line]) -> bool:
    """Tell whether what stands right mostly continues the lines on the left, as in a table."""
    middles = sorted(run.middle for run in left)
    together = 0
    for run in right:
        at = bisect_left(middles, run.middle - 0.25 * run.size)
        together += at < len(middles) and middles[at] <= run.middle + 0.25 * run.size
    return together > 0.6 * min(len(left), len(right))


def _lines(runs: list[Line]) -> Iterator[Line]:
    """Yield the lines of one column from top to bottom, each of the runs on one baseline."""
    row: list[Line] = []
    for run in sorted(runs, key=lambda run: -run.middle):
        if row and abs(run.middle - statistics.fmean(other.middle for other in row)) > 0.5 * max(run.size, row[0].size):
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
