"""The speaker of each line, in a text with speakers named before their lines: interviews, plays, chats, minutes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from common.text.blocks import Block, BlockKind
from functions.content_harvester.lines import joined

_WHEN = (
    r"\u200e?(?:\[[\d:.,/ \u202f-]{4,30}(?:[AP]M)?\]\s?"  # [12/03/2021, 10:11:12]
    r"|\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s\d{1,2}:\d\d(?::\d\d)?(?:\s?[AaPp]\.?\s?[Mm]\.?)?\s[-–]\s"
    r"|\(?\d{1,2}:\d\d(?::\d\d)?\)?\s)?"
)
_SPOKEN = re.compile(
    _WHEN
    + r"(?:>>\s?)?\*{0,2}([^\W\d_][\w.'’&/()-]{0,39}(?: [\w.'’&/()-]{1,39}){0,3})\*{0,2}(?:\s?:\*{0,2}|\s[—–])\s+(\S.*)"
)
_TAGGED = re.compile(r"<(\w[\w ]{0,39})>\s*(\S.*?)\s*</\1>$")
_STAMPED = re.compile(_WHEN.removesuffix("?") + r"\S")
_NAME = 40
_NO_WORDS = re.compile(r"\u200e?<[^<>]{1,40}>|\u200e?\w+ omitted")


def spoken(line: str) -> tuple[str, str] | None:
    """The name and the words of a line beginning with its speaker's name and a colon, or tagged with the name."""
    found = _SPOKEN.match(line) or _TAGGED.match(line)
    return (found[1].rstrip("."), found[2]) if found and len(found[1]) <= _NAME else None


def lines_by_speakers(paragraphs: Sequence[Sequence[str]]) -> list[Block] | None:
    """The paragraphs' lines with their speakers, or None for paragraphs other than a conversation.

    Paragraphs are a conversation where at least two names come again, and most paragraphs begin with a name. Text
    between is a paragraph of its own: no speaker is made to say words not ascribed to that speaker by the text.
    """
    names = Counter(found[0] for lines in paragraphs for line in lines if (found := spoken(line.strip())))
    again = {name for name, times in names.items() if times > 1}
    begun = sum(bool((found := spoken(lines[0].strip())) and found[0] in names) for lines in paragraphs)
    if len(again) < 2 or len(again) * 3 < len(names) or begun * 2 < len(paragraphs):
        return None
    blocks: list[Block] = []
    for lines in paragraphs:
        pending: list[str] = []
        speaker = ""
        for line in map(str.strip, lines):
            found = spoken(line)
            if found or _STAMPED.match(line):
                blocks += _said(speaker, pending)
                speaker, pending = (found[0], [found[1]]) if found else ("", [])
            else:
                pending.append(line)
        blocks += _said(speaker, pending)
    return blocks


def with_speakers(blocks: list[Block]) -> list[Block]:
    """The blocks, their paragraphs as speakers' lines where they are a conversation."""
    paragraphs = [[block.text] for block in blocks if block.kind is BlockKind.PARAGRAPH]
    if lines_by_speakers(paragraphs) is None:
        return blocks
    return [
        Block(BlockKind.LINE, found[1], speaker=found[0])
        if block.kind is BlockKind.PARAGRAPH and (found := spoken(block.text))
        else block
        for block in blocks
    ]


def _said(speaker: str, lines: Sequence[str]) -> list[Block]:
    lines = [line for line in lines if not _NO_WORDS.fullmatch(line)]
    if not lines:
        return []
    if not speaker:
        return [joined(lines)]
    return [Block(BlockKind.LINE, joined(lines, BlockKind.LINE).text, speaker=speaker)]
