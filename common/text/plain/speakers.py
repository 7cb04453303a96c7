"""Lines of speakers by the names in front of them, as in transcripts and interviews."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from common.text.blocks import Block, BlockKind
from common.text.plain.words import without_signs

NAME = r"[A-ZÀ-Þ][\w.'’-]*(?: [A-ZÀ-Þ\d][\w.'’-]*){0,2}"
LABEL = re.compile(
    rf"(?:\*\*|__)?(?P<name>{NAME})(?:\*\*|__)?\s?:(?:\*\*|__)?\s+(?=\S)|(?P<letter>[QAPRDF])\.\s+(?=[A-ZÀ-Þ¿¡«“\"—–])"
)
LEAST_LINES: Final = 3
"""Labelled lines that make a conversation."""


def with_speakers(blocks: Sequence[Block]) -> list[Block]:
    """Name the speakers of lines, where labels come back and somebody asks; lines without a label are by the speaker
    before.

    "Decision: …" and "Serves: four" are labels, too: a conversation has a question in it, or nothing but lines.
    """
    labels = [
        match if block.kind == BlockKind.PARAGRAPH and (match := LABEL.match(block.text)) else None for block in blocks
    ]
    at = [number for number, label in enumerate(labels) if label]
    names = Counter(_name(label) for label in labels if label)
    repeated = [number for number in at if (label := labels[number]) and names[_name(label)] > 1]
    if len(at) < LEAST_LINES or len(names) < 2 or len(repeated) < 0.6 * len(at):
        return list(blocks)
    span = at[-1] - at[0] + 1
    asked = sum(blocks[number].text.rstrip('"”» *').endswith("?") for number in at)
    if not asked or (asked < 2 and len(at) < 0.8 * span):
        return list(blocks)
    found = list(blocks)
    speaker = ""
    last_answers = bool(labels[at[-1]])
    for number in range(at[0], len(blocks)):
        label, block = labels[number], blocks[number]
        if label:
            speaker = _name(label)
            text = without_signs(block.text[label.end() :].removesuffix("**").removesuffix("__"))
            found[number] = replace(block, kind=BlockKind.LINE, text=text, speaker=speaker)
        elif block.kind == BlockKind.PARAGRAPH and number < at[-1] and last_answers:
            found[number] = replace(block, kind=BlockKind.LINE, text=without_signs(block.text), speaker=speaker)
    return found


def _name(label: re.Match[str]) -> str:
    return label["name"] or label["letter"]
