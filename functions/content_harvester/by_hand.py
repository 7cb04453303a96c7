"""Structure that people set by hand, although their program has styles: items begun with a sign, headings in bold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, zip_longest

from common.text.blocks import Block, BlockKind
from common.text.sentences import ended
from common.text.typed import typed_blocks
from common.text.typed.signs import BULLETS

_ITEM = re.compile(rf"(?:[-–—*+{BULLETS}\uf0b7\uf0a7]|\(?(?:\d{{1,2}}|[a-z]|[ivx]{{1,4}})[.)])\ufe0f?\s+\S")
_NUMBER = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,5}\.)\s+(?=[^\W\d_])")
_LONGEST = 80
_TEXTS = frozenset([BlockKind.PARAGRAPH, BlockKind.VERSE])


def is_item(line: str) -> bool:
    """Tell whether a line begins as a typed item does."""
    return _ITEM.match(line) is not None


def with_items(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the blocks, with paragraphs in a row as items where each begins with an item's sign, or with the next
    number."""
    for typed, run in groupby(blocks, _is_of_items):
        given = list(run)
        lines = [" ".join(line.split()) for block in given for line in block.text.split("\n")] if typed else []
        told = typed_blocks("\n".join(line.lstrip("\uf0b7\uf0a7") for line in lines)) if len(lines) > 1 else []
        yield from told if told and all(block.kind is BlockKind.ITEM for block in told) else given


def _is_of_items(block: Block) -> bool:
    return block.kind in _TEXTS and all(map(is_item, block.text.split("\n")))


def with_headings(blocks: Sequence[Block], bold: set[str]) -> Iterator[Block]:
    """Yield the blocks, with paragraphs in bold as headings where they read as headings, and what is below is not bold.

    The first one, with nothing above, is of the first rank: a title.
    """
    for number, (block, after) in enumerate(zip_longest(blocks, blocks[1:])):
        if after is None or block.text not in bold or after.text in bold or not reads_as_heading(block):
            yield block
            continue
        text = _NUMBER.sub("", block.text, count=1)
        yield Block(BlockKind.HEADING, text, 2 if number else 1)


def reads_as_heading(block: Block) -> bool:
    """Tell whether a paragraph is as short as a heading, and no sentence."""
    text = block.text.strip()
    short = 1 < len(text) <= _LONGEST and "\n" not in text
    return block.kind is BlockKind.PARAGRAPH and short and not ended(text) and text[-1] not in ":;,"
