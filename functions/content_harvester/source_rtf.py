"""A Rich Text file's text: https://www.biblioscape.com/rtf15_spec.htm"""

from __future__ import annotations

import re

from striprtf.striprtf import rtf_to_text

from common.text.blocks import Block, BlockKind
from functions.content_harvester.source import Document, Source

_FACT = r"\{{\\{name}\s+([^{{}}]{{1,400}})\}}"
_BULLET = re.compile(r"[•·▪◦\uf0b7-]\s+")


def read_rtf(document: Document) -> Source:
    """The text of an RTF file. Raises Unreadable."""
    markup = document.data.decode("latin-1")
    text = rtf_to_text(markup, errors="ignore")
    return Source.of_blocks(
        [_block(line) for line in text.splitlines() if line.strip()],
        title=_fact(markup, "title") or document.stem,
        url=document.url,
        author=_fact(markup, "author"),
        date=None,
    )


def _fact(markup: str, name: str) -> str | None:
    """The facts in the information group of the file, their escaped letters written out."""
    found = re.search(_FACT.format(name=name), markup[:100_000])
    return rtf_to_text(rf"{{\rtf1 {found[1]}}}", errors="ignore").strip() if found else None


def _block(line: str) -> Block:
    text = line.strip().replace("|", ", ").strip(", ") if line.count("|") > 1 else line.strip()
    if marker := _BULLET.match(text):
        return Block(BlockKind.ITEM, text[marker.end() :], 1)
    return Block(BlockKind.PARAGRAPH, text)
