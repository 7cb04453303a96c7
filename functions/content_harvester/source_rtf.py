"""A Rich Text file's text: https://www.biblioscape.com/rtf15_spec.htm"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from striprtf.striprtf import rtf_to_text

from common.text.blocks import Block, BlockKind
from common.text.tables import sentences_of
from functions.content_harvester.back_matter import without_back_matter
from functions.content_harvester.by_hand import with_items
from functions.content_harvester.source import Document, Source

_FACT = r"\{{\\{name}\s+([^{{}}]{{1,400}})\}}"
_HIDDEN = re.compile(r"\{\\(?:v|deleted)(?=[\\ ])(?!0)[^{}]{0,2000}\}")
"""Groups that are set to be hidden, or were deleted with changes tracked."""
_BINARY = re.compile(r"\\bin(?!\d)")
"""Says that bytes follow, but not how many; the library asks for their number."""
_BULLET = re.compile(r"[•·▪◦\uf0b7-]\s+")


def read_rtf(document: Document) -> Source:
    """Return the text of an RTF file. Raises Unreadable."""
    markup = _BINARY.sub("", _HIDDEN.sub("", document.data.decode("latin-1")))
    text = rtf_to_text(markup, errors="ignore")
    left_out = Counter[str]()
    blocks = list(with_items(_blocks(text.splitlines(), left_out)))
    return Source.of_blocks(
        without_back_matter(blocks, left_out),
        title=_fact(markup, "title") or document.stem,
        url=document.url,
        author=_fact(markup, "author"),
        date=None,
        left_out=left_out,
    )


def _fact(markup: str, name: str) -> str | None:
    """Return the facts in the information group of the file, their escaped letters written out."""
    found = re.search(_FACT.format(name=name), markup[:100_000])
    return rtf_to_text(rf"{{\rtf1 {found[1]}}}", errors="ignore").strip() if found else None


def _blocks(lines: Sequence[str], left_out: Counter[str]) -> Iterator[Block]:
    """Yield the paragraphs and items, and the rows of tables, whose cells the library parts by bars."""
    for is_row, run in groupby(filter(str.strip, lines), lambda line: line.rstrip().endswith("|") and "|" in line[:-1]):
        if not is_row:
            yield from map(_block, run)
            continue
        told = sentences_of([line.rstrip().removesuffix("|").split("|") for line in run])
        left_out["table"] += told is None
        yield from (Block(BlockKind.TABLE, sentence) for sentence in told or ())


def _block(line: str) -> Block:
    text = line.strip()
    if marker := _BULLET.match(text):
        return Block(BlockKind.ITEM, text[marker.end() :], 1)
    return Block(BlockKind.PARAGRAPH, text)
