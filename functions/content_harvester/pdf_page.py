"""A PDF page's lines of text, in the order in which a person reads them.

ISO 32000 knows letters at places: neither lines nor columns. PDFium gives each letter with its box. The rest is
the work of a reader's eye: letters in touch are a run, runs side by side a line, and lines that leave a
gutter free from top to bottom are columns.
"""

# ruff: noqa: RUF001 - the signs that documents are set with

from __future__ import annotations

import ctypes
import re
import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import pypdfium2.raw as pdfium

from functions.content_harvester.pdf_accents import composed, with_accents
from functions.content_harvester.pdf_boxes import with_boxed, without_boxed
from functions.content_harvester.pdf_columns import columns_of, gutter_of
from functions.content_harvester.pdf_letters import Letter, letters_of
from functions.content_harvester.pdf_lines import Line, lines_of
from functions.content_harvester.pdf_margins import without_line_numbers
from functions.content_harvester.pdf_rules import Rules, rules_of

_MARK = "\ue000"
_MARKED = re.compile(rf"(?:[^\W\d_]{{2}}|[.,;:!?)”’\"']|{_MARK})\s?$")
_FEWEST_LINES = 3
_FEWEST_WORDS = 3
"""Of the median line of a text that stands aslant."""
_TOUCHING = 0.5
"""Points: letters that stand closer have no rule between them."""
_NAMES_OF_TYPEWRITERS = ("courier", "mono", "typewriter", "cmtt", "consol", "menlo")
_FONT_NAME_BYTES = 128


@dataclass(frozen=True)
class Page:
    """The size of a page as it is held up for reading, in points, and its lines in reading order."""

    width: float
    height: float
    lines: list[Line]
    gutter: float | None = None
    """Where it is parted into columns, for the page after it to be read likewise."""


def read_page(page: pdfium.FPDF_PAGE, number: int, gutter: float | None = None) -> Page:
    """Return the lines of one page, upright ones alone: a stamp along the margin is no part of the text.

    `gutter` is the gutter of the page before.
    """
    width, height = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
    text = pdfium.FPDFText_LoadPage(page)
    if not text:
        return Page(width, height, [])
    try:
        letters = composed(letters_of(text, _shown(page, width, height)))
        rules = rules_of(page)
        pieces = [piece for of_run in _runs(letters, rules) if (piece := _run(text, of_run))]
    finally:
        pdfium.FPDFText_ClosePage(text)
    by_turn = defaultdict[int, list[Line]](list)
    for turn, run in pieces:
        by_turn[turn].append(run)
    main = max(by_turn, key=lambda turn: sum(len(run.text) for run in by_turn[turn]), default=0)
    runs = without_line_numbers(_once(by_turn.pop(main, [])))
    runs, boxed = without_boxed(runs, Rules() if main % 360 else rules)
    gutter = gutter_of(runs, gutter) or gutter if runs else gutter
    columns = [list(lines_of(column)) for column in columns_of(runs, gutter)] if runs else []
    texts = [list(with_boxed(columns, boxed))] if runs else []
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
    columns = [list(lines_of(column)) for column in columns_of(runs)]
    lines = {line.text for column in columns for line in column}
    is_text = len(lines) >= _FEWEST_LINES and statistics.median(len(line.split()) for line in lines) >= _FEWEST_WORDS
    return columns if is_text else []


def _runs(letters: Iterable[Letter], rules: Rules) -> Iterator[list[Letter]]:
    """Yield letters that follow each other without a gap."""
    ruled = bool(rules.upright)
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
            between = ruled and gap > _TOUCHING and rules.part(last.right, letter.left, (last.bottom + last.top) / 2)
            if (
                elsewhere
                or between
                or gap > 1.1 * size
                or gap < -3 * size
                or (gap > 0.4 * size and _differ(last, letter))
            ):
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
    """Tell how a run is turned, and read its line."""
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
