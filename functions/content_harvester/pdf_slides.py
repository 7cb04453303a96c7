"""Slides in a PDF: few words on each page, of which the largest line is what the slide is called."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from itertools import groupby

from common.text.blocks import Block, BlockKind
from functions.content_harvester.pdf_lines import Line
from functions.content_harvester.pdf_page import Page
from functions.content_harvester.pdf_paragraphs import MARKER, Body, joined, letters_in, paragraphs_of

_SLIDE_WORDS = 120


def is_slides(pages: Sequence[Page]) -> bool:
    """Tell whether there are few words on each page, and pages are wide, or lines are points rather than sentences."""
    written = [page for page in pages if page.lines]
    words = statistics.median(sum(len(line.text.split()) for line in page.lines) for page in written)
    wide = all(page.width > page.height for page in written)
    lines = [line.text for page in written for line in page.lines]
    points = sum(line[-1] not in ".,;-" for line in lines) > 0.8 * len(lines) and len(written) > 2
    return words < (_SLIDE_WORDS if wide else _SLIDE_WORDS / 3 if points else 0)


def slides_of(lines: Sequence[Line]) -> tuple[list[Block], str]:
    """Return each slide by itself, its largest line as its heading and the others as its points, and the first one's
    heading."""
    blocks: list[Block] = []
    title = ""
    for _, of_page in groupby(lines, lambda line: line.page):
        slide = list(of_page)
        largest = max(line.size for line in slide)
        head = [line for line in slide if line.size > 0.95 * largest]
        head = head if len(head) <= 3 and len(head) < len(slide) else slide[:1]
        title = title or " ".join(line.text for line in head)
        blocks.append(Block(BlockKind.HEADING, " ".join(line.text for line in head), 1))
        body = Body.of(lines)
        for paragraph in paragraphs_of([line for line in slide if line not in head], body, apart=True):
            text = joined(paragraph.lines, body)
            marker = MARKER.match(text)
            text = text[marker.end() :] if marker else text
            if letters_in(text):
                ends = text[-1:] in ".!?" and len(text.split()) > 12
                blocks.append(Block(BlockKind.PARAGRAPH if ends else BlockKind.ITEM, text, 0 if ends else 1))
    return blocks, title
