"""Headings of typed texts: underlined, in capitals, numbered, or a short line above prose."""

from __future__ import annotations

import re
from collections import Counter
from itertools import zip_longest

from common.text.blocks import Block, BlockKind
from common.text.sentences import ended
from common.text.typed.items import BARE_NUMBER, readings
from common.text.typed.signs import BULLET, MAX_HEADING, NARROWEST, NUMBER, Line

_CHAPTER = re.compile(
    r"(?:chapter|part|book|act|scene|kapitel|teil|buch|chapitre|partie|livre|capítulo|capitolo|parte|libro|livro)\s"
    r"(?:[ivxlc]{1,7}|\d{1,3}|[^\W\d_]{3,12})\b.{0,60}",
    re.IGNORECASE,
)
_LEAST_PROSE = 100
_FEWEST_CONTENTS = 2
_SENTENCE = 4
"""Words of the shortest sentence that might begin as the name of a chapter does: "Part one is here"."""


def heading_of(part: list[Line], underlined: str, *, alone: bool) -> Block | None:
    """Read a line as a heading, by its underline, its capitals or its number; None for any other line."""
    line = part[0]
    if line.over and line.article:
        return Block(BlockKind.HEADING, line.text, 2)
    if line.over:
        return Block(BlockKind.HEADING, line.text[next(BARE_NUMBER.finditer(line.text)).end() :], 2)
    if underlined and not ended(line.text):
        return Block(BlockKind.HEADING, line.text, 1 if underlined == "=" else 2)
    if len(part) == 1 and not alone and is_in_capitals(line):
        return Block(BlockKind.HEADING, line.text, 3)
    if len(part) == 1 and _is_numbered_heading(line):
        return Block(BlockKind.HEADING, line.text[len(line.marker) :].strip(), 2)
    return None


def is_in_capitals(line: Line) -> bool:
    """Tell whether a line is a heading for its capitals."""
    text = line.text
    return (
        text.isupper() and not line.accepted and not line.clause and len(text) <= MAX_HEADING
        and text[-1] not in ".!?:;,…" and any(len(word) > 3 and word.isalpha() for word in text.split())
        and not any(map(str.isdigit, text))
    )  # fmt: skip


def _is_numbered_heading(line: Line) -> bool:
    """Tell whether an item that stands alone is a heading, by great Roman numbers, or in capitals: "II. Access"."""
    words = line.text[len(line.marker) :].strip()
    great = line.style.strip("().°º-–— ").startswith("great roman")
    if not line.numbered or not line.accepted or len(words) > MAX_HEADING or words[-1] in ".!?:;,…":
        return False
    return (great or words.isupper()) and any(map(str.isalpha, words))


def is_under_title(lines: list[Line], told: list[Block]) -> bool:
    """Tell whether a text begins with its title and lines below that: a day, a place, an addressee."""
    if not 1 < len(lines) < 4 or any(block.kind is BlockKind.VERSE for block in told):
        return False
    first, second = lines[0].text, lines[1].text
    begun = first.lstrip('«“„"¿¡')[:1].isupper()
    if len(first) > MAX_HEADING or first[-1] in ".!?:;,…-–" or not begun or ":" in first:
        return False
    room = max(len(line.text) for line in lines) >= len(first) + 1 + len(second.split()[0]) or len(first) < NARROWEST
    return room and not second[0].islower() and not any(ended(line.text) for line in lines)


def with_headings(blocks: list[Block]) -> list[Block]:
    """Make headings of lines that stand alone before prose and are no sentence, and of all numbered as those are."""
    are_headings = [
        after is not None
        and (_is_over_clauses(block, after) or _is_heading(block, after))
        and not _is_next_item(blocks[:number], block)
        for number, (block, after) in enumerate(zip_longest(blocks, blocks[1:]))
    ]
    headed = [block for block, is_heading in zip(blocks, are_headings, strict=True) if is_heading and block.marker]
    styles = {_style(block) for block in headed}
    return [
        Block(BlockKind.HEADING, block.text, 2)
        if is_heading or (block.marker and _style(block) in styles and _is_alone(block, before, after))
        else block
        for before, block, after, is_heading in zip(
            [None, *blocks], blocks, [*blocks[1:], None], are_headings, strict=False
        )
    ]


def without_contents(blocks: list[Block], left_out: Counter[str]) -> list[Block]:
    """Leave out a list of numbered headings that stand again below, and make those headings."""
    listed: dict[tuple[str, str], int] = {}
    again: dict[int, int] = {}
    for at, block in enumerate(blocks):
        if block.kind is BlockKind.ITEM and block.marker and len(block.text) <= 2 * MAX_HEADING:
            title = (block.marker, re.sub(r"\W", "", block.text).casefold())
            first = listed.setdefault(title, at)
            if first != at:
                again[at] = first
    first, last = min(again.values(), default=0), max(again.values(), default=0)
    apart = all(at + 1 not in again for at in again)  # else they are the steps of two lists
    if len(again) < _FEWEST_CONTENTS or last - first + 1 != len(again) or last >= min(again) or not apart:
        return blocks
    lead = blocks[first - 1] if first else None
    if lead and lead.kind in {BlockKind.PARAGRAPH, BlockKind.HEADING} and len(lead.text) <= MAX_HEADING:
        first -= 0 if lead.text.endswith((".", "!")) else 1
    left_out["contents"] += 1
    headed = [Block(BlockKind.HEADING, block.text, 2) if at in again else block for at, block in enumerate(blocks)]
    return headed[:first] + headed[last + 1 :]


def _style(block: Block) -> tuple[str, int]:
    """Tell how an item is numbered, and how deep."""
    return re.sub(r"\d+", "1", block.marker), block.level


def _is_alone(block: Block, before: Block | None, after: Block | None) -> bool:
    """Tell whether a numbered line is by itself, and no sentence."""
    short = len(block.text) <= MAX_HEADING and block.text[-1] not in ".!?:;,…" and not block.text[0].islower()
    listed = any(near is not None and near.marker and _style(near) == _style(block) for near in (before, after))
    return short and after is not None and not listed


def _is_over_clauses(block: Block, after: Block) -> bool:
    """Tell whether a line numbered 2 stands above a line numbered 2.1."""
    number = block.marker.rstrip(".)")
    paragraph = after.kind is BlockKind.PARAGRAPH and after.text.startswith(f"{number}.1")
    return number.isdigit() and paragraph and not ended(block.text)


def _is_next_item(above: list[Block], block: Block) -> bool:
    """Tell whether an item goes on the list right above, by its number."""
    if not block.marker:
        return False
    for before in reversed(above):
        if before.kind is not BlockKind.ITEM:
            return False
        one, other = (set(readings(marker.strip("(). \t-–—°º"))) for marker in (before.marker, block.marker))
        if any((style, number - 1) in one for style, number in other):
            return True
    return False


def _is_heading(block: Block, after: Block) -> bool:
    text = block.text
    if block.kind is not BlockKind.PARAGRAPH and not block.marker:
        return False
    above = len(text) <= MAX_HEADING and after.kind is BlockKind.PARAGRAPH and not after.text.isupper()
    in_capitals = text.isupper() and sum(map(str.isalpha, text)) > 3 and not ended(text)
    is_chapter = _CHAPTER.fullmatch(text) is not None and (not ended(text) or len(text.split()) < _SENTENCE)
    return (above and (in_capitals or is_chapter)) or (
        len(text) <= MAX_HEADING
        and text[-1] not in ".!?:;,…"
        and (text[0].isupper() or text[0].isdigit())
        and after.kind is BlockKind.PARAGRAPH
        and len(after.text) >= _LEAST_PROSE
        and not (after.text[0].islower() or NUMBER.match(after.text) or BULLET.match(after.text))
    )
