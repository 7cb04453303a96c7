"""Plain text, read into blocks: headings, lists, definitions, verses and speakers' lines, as people type them.

For pasted texts and documents known by their words alone. Blocks named by a reader are left unchanged; only paragraphs
are looked at, whether their lines are still apart or were joined. First each paragraph is parted by what is in it
(`parts`), then paragraphs are told apart by their neighbours (`verses`, `items`,
`clauses`, `speakers`, `headings`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from common.text.blocks import Block, BlockKind
from common.text.plain.clauses import with_clauses, with_titles_apart, without_numbers
from common.text.plain.headings import with_headings
from common.text.plain.items import with_continued, with_items_below, with_questions, without_counts_of_questions
from common.text.plain.parts import CODE, parts_of
from common.text.plain.speakers import with_speakers
from common.text.plain.verses import without_labels, without_single_verses
from common.text.typed import typed_blocks

_BLANK_LINE = re.compile(r"\n\s*\n")
_FENCE = re.compile(r"^(?:```|~~~)[^\n]*\n(.*?)^(?:```|~~~)[ \t]*$", re.MULTILINE | re.DOTALL)
_NOT_TYPED: Final = (*CODE, ">", "<")


def blocks_of(text: str, language: str) -> list[Block]:
    """Return the blocks of a text of which no more is known, its paragraphs parted by blank lines."""
    return told_apart(_raw(text), language)


def told_apart(blocks: Iterable[Block], language: str) -> list[Block]:
    """Return the same blocks, with paragraphs replaced by their recognized kinds."""
    parts = [(block, part) for block in blocks for part in parts_of(block)]
    found = with_continued(with_items_below(without_labels(without_single_verses(parts))), language)
    found = with_titles_apart(without_numbers(with_clauses(with_questions(without_counts_of_questions(found)))))
    return with_headings(with_speakers(found), language)


def _raw(text: str) -> Iterator[Block]:
    """Yield the blocks of a text by its lines; quotations, code and tables in Markdown unchanged."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for number, piece in enumerate(_FENCE.split(text) if "```" in text or "~~~" in text else (text,)):
        if number % 2:
            yield Block(BlockKind.CODE, piece.strip("\n"))
            continue
        paragraphs = [paragraph for paragraph in _BLANK_LINE.split(piece) if paragraph.strip()]
        for typed, group in groupby(paragraphs, key=lambda each: not each.lstrip().startswith(_NOT_TYPED)):
            run = list(group)
            yield from typed_blocks("\n\n".join(run)) if typed else (Block(BlockKind.PARAGRAPH, each) for each in run)
