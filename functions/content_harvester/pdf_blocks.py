"""The blocks of a PDF: its lines joined to paragraphs, and each told apart by its place, its size and how it begins.

Running heads, page numbers, captions and tables of contents are left out, and counted. All else that a letter, a form
or a manual says is told. Of a paper nobody would read aloud its authors' addresses, notes, references, displayed
formulas, code and tables of figures.
"""

# ruff: noqa: RUF001 - the signs that documents are set with

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from common.text.blocks import Block
from common.text.tables import MAX_ROWS
from functions.content_harvester.pdf_front import without_cover, without_title_pages
from functions.content_harvester.pdf_kinds import blocks_of, is_caption, is_marked, set_kind, without_numbers
from functions.content_harvester.pdf_lines import Line
from functions.content_harvester.pdf_page import Page
from functions.content_harvester.pdf_paper import is_paper, told_of_paper
from functions.content_harvester.pdf_paragraphs import NOTE, WORD, Body, Paragraph, letters_in
from functions.content_harvester.pdf_running import without_contents, without_running_lines
from functions.content_harvester.pdf_slides import is_slides, slides_of
from functions.content_harvester.pdf_tables import paragraphs_and_rows, tables_of
from functions.content_harvester.pdf_title import title_of

_LEAST_BESIDE_CONTENTS = 0.1
"""Of a text: with less it is a list of contents with a foot line."""


@dataclass
class Found:
    """What is read of a PDF: its blocks, its title as it is set, and how many of what was left out."""

    blocks: list[Block]
    title: str
    left_out: Counter[str]


def find_blocks(pages: Sequence[Page]) -> Found:
    """Return the blocks of all pages, and what was left out of them."""
    left_out = Counter[str]()
    cover, pages = pages[0].lines, without_cover(pages)
    left_out["front matter"] += pages[0].lines is not cover
    lines = [line for page in without_running_lines(pages, left_out) for line in page]
    told = without_contents(lines, left_out)
    words = sum(len(line.text) for line in told if WORD.search(line.text))
    if words > _LEAST_BESIDE_CONTENTS * sum(len(line.text) for line in lines):
        lines = told
    else:
        del left_out["contents"]  # of a document that is one list of contents, that is told
    if not lines:
        return Found([], "", left_out)
    body = Body.of(lines)
    if is_slides(pages):
        return Found(*slides_of(lines), left_out)
    title = title_of([line for line in lines if line.page == lines[0].page], body).rstrip("∗*†‡§¶ ")
    paper = is_paper(lines)
    if not title and pages[0].lines is not cover:
        title = title_of(cover, body)
    if not title and left_out["running head"]:  # which returns on each page
        title = title_of(pages[0].lines, body)
    lines = without_title_pages(lines, left_out) if title else lines
    heads = Counter(left_out)
    if paper:
        blocks = list(blocks_of(told_of_paper(lines, body, title, left_out), body))
        if 10 * sum(len(block.text) for block in blocks) >= sum(len(line.text) for line in lines):
            return Found(blocks, title, left_out)
    # What is no paper, as a letter or a form, or nearly all a table or a list of references, is told as it stands.
    blocks = list(blocks_of(_of_document(lines, body, title, heads), body))
    return Found(blocks if any(WORD.search(block.text) for block in blocks) else [], title, heads)


def _of_document(lines: Sequence[Line], body: Body, title: str, left_out: Counter[str]) -> list[Paragraph]:
    """List all that a letter, a form or a manual says but for captions and marked notes, each paragraph with its
    kind."""
    rows = sum(len(line.text) for table in tables_of(lines) for line in lines[table.start : table.stop])
    mostly_tables = rows * 3 > 2 * sum(len(line.text) for line in lines)
    known = letters_in(title)
    kept: list[Paragraph] = []
    for paragraph in paragraphs_and_rows(lines, body, lambda table: mostly_tables or len(table) <= MAX_ROWS, left_out):
        letters = letters_in(paragraph.text)
        if letters and known.startswith(letters):
            known = known.removeprefix(letters)  # the title is told as such
        elif is_caption(paragraph, body):
            left_out["caption"] += 1
        elif paragraph.size < 0.93 * body.size and NOTE.match(paragraph.text) and is_marked(paragraph, kept):
            left_out["footnote"] += 1
        elif letters:
            kept.append(paragraph)
            set_kind(paragraph, body)
    return without_numbers(kept, all_count=False)
