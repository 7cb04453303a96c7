"""Stanzas beside other paragraphs: few short lines alone are none, and "Chorus" is not told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from common.text.blocks import Block, BlockKind
from common.text.plain.speakers import LEAST_LINES
from common.text.plain.words import without_signs
from common.text.stanzas import is_stanza_label, sung_lines

_LABELS: Final = {BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.ITEM}
"""What the label of a stanza may have been taken for."""


def without_single_verses(parts: Sequence[tuple[Block, Block]]) -> list[Block]:
    """Return the parts of blocks, but a few short lines are no stanza where nothing else is: they are a paragraph."""
    stanzas = [part for block, part in parts if part.kind == BlockKind.VERSE != block.kind]
    poem = len(stanzas) > 1 or any(part.text.count("\n") >= LEAST_LINES for part in stanzas)
    return [
        part
        if poem or part.kind != BlockKind.VERSE or block.kind == BlockKind.VERSE
        else Block(BlockKind.PARAGRAPH, without_signs(part.text))
        for block, part in parts
    ]


def without_labels(blocks: list[Block]) -> list[Block]:
    """Return the blocks without the labels of stanzas beside verses: "Chorus"."""
    if not any(block.kind == BlockKind.VERSE for block in blocks):
        return blocks
    kept: list[Block] = []
    for block in blocks:
        if block.kind == BlockKind.VERSE:
            verses = "\n".join(sung_lines(block.text.split("\n")).values())
            kept += [replace(block, text=verses)] if verses else []
        elif block.kind not in _LABELS or not is_stanza_label(block.text):
            kept.append(block)
    return kept
