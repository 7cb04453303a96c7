"""What returns at the edges of a PDF's pages, and what leads to other pages: running heads, page numbers, contents."""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from functions.content_harvester.pdf_lines import Line
from functions.content_harvester.pdf_page import Page
from functions.content_harvester.pdf_slides import is_slides
from functions.content_harvester.printed import CONTENTS

_LEADERS = re.compile(r"(?:(?:\.\s?){4,}|(?:…\s?){2,})\s*(\d{1,4}|[ivxlc]{1,7})$")
_PAGE_NUMBER = re.compile(
    r"[-–—|\s]*(?:(?:page|seite|página|pagina|p\.|s\.)\s*)?(?:\d{1,4}|[ivxlc]{1,7})"
    r"(?:\s*(?:of|von|de|di|sur|/)\s*\d{1,4})?[-–—|\s]*",
    re.IGNORECASE,
)
_MANY_PAGES = 5


def without_running_lines(pages: Sequence[Page], left_out: Counter[str]) -> Iterator[list[Line]]:
    """Yield the lines of each page without those that return at its edge, page after page or on every other one.

    They are no larger than the text, unless they return on many pages: the name of a slide or a form may return, too.
    """
    sizes = Counter[float]()
    for page in pages:
        for line in page.lines:
            sizes[line.size] += len(line.text)
    usual = sizes.most_common(1)[0][0] if sizes else math.inf
    many = math.inf if not sizes or is_slides(pages) else max(_MANY_PAGES, len(pages) / 4)
    edges = [
        {line for line in _edges(page) if line.size < 2 * usual or _PAGE_NUMBER.fullmatch(line.text)} for page in pages
    ]
    heights = defaultdict[str, list[float]](list)
    for edge in edges:
        for line in _single(edge):
            heights[_pattern(line)].append(line.bottom)
    for found in heights.values():
        found.sort()
    enough = 2 if len(pages) in range(4, 8) else 3
    for page, edge in zip(pages, edges, strict=True):
        running = {
            line
            for line in edge
            if _times(heights[_pattern(line)], line) >= (enough if line.size < 1.2 * usual else many)
            or (_PAGE_NUMBER.fullmatch(line.text) and len(pages) > 1)
        }
        left_out["running head"] += len(running)
        yield [line for line in page.lines if line not in running]


def without_contents(lines: Sequence[Line], left_out: Counter[str]) -> list[Line]:
    """Return the lines without tables of contents: what has dots before a page's number, or such numbers below a
    heading.

    In a form or a schedule dots lead to other numbers than pages have.
    """
    pages = lines[-1].page + 1 if lines else 0
    kept: list[Line] = []
    at = 0
    while at < len(lines):
        end = at
        if CONTENTS.fullmatch(lines[at].text):
            end = at + 1
            while any(re.search(r"\s(?:\d{1,3}|[ivxlc]{1,6})$", line.text) for line in lines[end : end + 2]):
                end += 1
        elif pages > 4 and (leads := _LEADERS.search(lines[at].text)) and _number(leads[1]) <= pages + 30:
            end = at + 1
        left_out["contents"] += end > at
        kept += lines[at : max(end, at + 1)] if end == at else []
        at = max(end, at + 1)
    return kept


def _number(written: str) -> int:
    """Return a page's number; a Roman one, of the pages before the text, as 0."""
    return int(written) if written.isdecimal() else 0


def _edges(page: Page) -> set[Line]:
    """Return the two highest and the two lowest lines, whatever stands beside them on the same height included."""
    heights = sorted({round(line.bottom) for line in page.lines})
    edge = {*heights[:2], *heights[-2:]} if len(heights) > 4 else {*heights[:1], *heights[-1:]}
    return {line for line in page.lines if round(line.bottom) in edge}


def _single(edge: set[Line]) -> Iterator[Line]:
    """Yield the lines of a page's edges that are like no other above or below, as the rows of a table are."""
    if not edge:
        return
    middle = (max(line.top for line in edge) + min(line.bottom for line in edge)) / 2
    alike = defaultdict[tuple[str, bool], list[Line]](list)
    for line in sorted(edge, key=lambda line: line.bottom):
        alike[_pattern(line), line.middle > middle].append(line)
    yield from (lines[0] for lines in alike.values() if lines[-1].bottom - lines[0].bottom < 0.5 * lines[0].size)


def _times(heights: Sequence[float], line: Line) -> int:
    """Tell how often one of these heights, from the lowest, is that of a line."""
    return bisect_right(heights, line.bottom + line.size) - bisect_left(heights, line.bottom - line.size)


def _pattern(line: Line) -> str:
    return re.sub(r"\d+|\b[ivxlc]+\b", "#", line.text.strip().lower())
