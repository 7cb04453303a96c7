"""Paragraphs as items of the paragraph above, and numbered questions above their answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from common.text.blocks import Block, BlockKind
from common.text.plain.clauses import NUMBERED_KINDS
from common.text.plain.counting import in_order
from common.text.plain.words import breaks_off, is_ended

_NUMBERED = re.compile(
    r"(?P<marker>\((?:\d{1,2}|[a-z]|[ivx]{2,4})\)|\d{1,2}[.)°º]|[a-z]\)|[IVX]{1,5}\s?[-–—])\s+(?=\S)"
)
_QUESTION_NUMBER = re.compile(
    r"(?:[QFPD]|Question|Frage|Pregunta|Pergunta|Domanda)\s?(?:n[º°o.]{1,2}\s?)?\d{1,2}\s?[.:)–—-]\s+(?=\S.*\?$)"
)


def with_continued(blocks: Sequence[Block], language: str) -> list[Block]:
    """Make items of paragraphs that go on where the last breaks off: "provided you have", "signed the waiver,"."""
    found = list(blocks)
    for at, block in enumerate(blocks[:-1]):
        if block.kind != BlockKind.PARAGRAPH or is_ended(block.text) or not breaks_off(block.text, language):
            continue
        end = at + 1
        while end < len(blocks) and blocks[end].kind == BlockKind.PARAGRAPH and blocks[end].text[:1].islower():
            end += 1
            if is_ended(blocks[end - 1].text):
                break
        if end - at > 2:
            found[at + 1 : end] = [replace(each, kind=BlockKind.ITEM, level=1) for each in blocks[at + 1 : end]]
    return found


def with_items_below(blocks: Sequence[Block]) -> list[Block]:
    """Make items of numbered paragraphs below a lead-in: "1° …;", "2° …;"."""
    found = list(blocks)
    for at, block in enumerate(blocks):
        if block.kind != BlockKind.PARAGRAPH or not block.text.rstrip().endswith(":"):
            continue
        run: list[tuple[Block, re.Match[str]]] = []
        for below in blocks[at + 1 :]:
            number = _NUMBERED.match(below.text) if below.kind == BlockKind.PARAGRAPH else None
            if number is None or not in_order([*(_bare(each) for _, each in run), _bare(number)]):
                break
            run.append((below, number))
        if len(run) > 1 and _bare(run[0][1]) in {"1", "a", "i"}:
            found[at + 1 : at + 1 + len(run)] = [
                replace(each, kind=BlockKind.ITEM, text=each.text[number.end() :], level=1, marker=number["marker"])
                for each, number in run
            ]
    return found


def _bare(number: re.Match[str]) -> str:
    return number["marker"].strip("().°º–— -").lower()


def without_counts_of_questions(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks without "Q1." before their questions, where these are counted."""
    counted = [_QUESTION_NUMBER.match(block.text) if block.kind in NUMBERED_KINDS else None for block in blocks]
    if sum(match is not None for match in counted) < 2:
        return list(blocks)
    return [
        replace(block, text=block.text[match.end() :]) if match else block
        for block, match in zip(blocks, counted, strict=True)
    ]


def with_questions(blocks: Sequence[Block]) -> list[Block]:
    """Let numbered questions be the headings of their answers."""
    asked = [block.kind == BlockKind.ITEM and bool(block.marker) and block.text.endswith("?") for block in blocks]
    answered = [here and not following for here, following in zip(asked, [*asked[1:], False], strict=False)]
    if sum(answered) < 2 or sum(asked) > sum(answered):
        return list(blocks)
    return [
        replace(block, kind=BlockKind.HEADING, level=2) if here else block
        for block, here in zip(blocks, asked, strict=True)
    ]
