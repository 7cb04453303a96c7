"""The speaker of each line, in a text with speakers named before their lines: interviews, plays, chats, minutes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

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
_IN_CAPITALS = re.compile(r"([A-ZÀ-Þ][A-ZÀ-Þ'’-]{2,20}(?: [A-ZÀ-Þ'’-]{1,20}){0,2})\.\s+(\S.*)")
"""As plays name them."""
_TAGGED = re.compile(r"<(\w[\w ]{0,39})>\s*(\S.*?)\s*</\1>$")
_STAMPED = re.compile(_WHEN.removesuffix("?") + r"\S")
_NAME = 40
_NO_WORDS = re.compile(r"\u200e?<[^<>]{1,40}>|\u200e?\w+ omitted")


def spoken(line: str) -> tuple[str, str] | None:
    """The name and the words of a line beginning with its speaker's name and a colon, or tagged with the name; or with
    the name in capitals and a full stop."""
    found = _SPOKEN.match(line) or _TAGGED.match(line) or _IN_CAPITALS.match(line)
    return (found[1].rstrip("."), found[2]) if found and len(found[1]) <= _NAME else None


def lines_by_speakers(paragraphs: Sequence[Sequence[str]]) -> list[Block] | None:
    """The paragraphs' lines with their speakers, or None for paragraphs other than a conversation.

    Paragraphs are a conversation where at least two names come again, and most paragraphs begin with a name. Text
    between is a paragraph of its own: no speaker is made to say words not ascribed to that speaker by the text.
    """
    names = Counter(found[0] for lines in paragraphs for line in lines if (found := spoken(line.strip())))
    again = {name for name, times in names.items() if times > 1}
    begun = sum(bool(spoken(lines[0].strip()) or _STAMPED.match(lines[0].strip())) for lines in paragraphs)
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


_ROLE = (
    r"[ \t]*(?:#{1,6}[ \t]+)?[*_]{0,3}(?:\U0001f464|\U0001f916|\U0001f9d1)?[ \t]?"
    r"(?:(?P<user>user|you|me|human|prompt|question|du|vous|toi|tú|você|tu)|"
    r"(?P<other>assistant|ai|bot|model|response|chatgpt|claude|gemini|copilot|mistral|deepseek|"
    r"(?:gpt|claude)[\w. -]{1,14}))"
    r"(?:[ \t](?:said|wrote|asked|replied))?[ \t]?:?[*_]{0,3}:?[ \t]*"
)
_ROLE_LINE = re.compile(rf"^{_ROLE}$", re.IGNORECASE | re.MULTILINE)
_ROLE_SURE = re.compile(r"(?:user|assistant|chatgpt|claude|gemini|copilot|gpt.*|.* said)\W*", re.IGNORECASE)


def with_roles_apart(text: str) -> str:
    """A chat with a program, copied as text, the lines that only name who speaks apart from what is said.

    Such lines take turns, a person's first; any other text is given back as it is.
    """
    found = list(_ROLE_LINE.finditer(text))
    if not _take_turns(found) or text[: found[0].start()].count("\n\n") > 1:
        return text
    return _ROLE_LINE.sub(lambda line: f"\n\n{_name_of_role(line)}{_ROLE_MARK}\n\n", text)


_ROLE_MARK = "\ue002"


def said_by_roles(blocks: Sequence[Block]) -> list[Block]:
    """The blocks of a text from with_roles_apart(), what is said with its speaker."""
    told: list[Block] = []
    speaker = ""
    for block in blocks:
        if block.text.endswith(_ROLE_MARK):
            speaker = block.text.removesuffix(_ROLE_MARK)
        elif speaker and block.kind is BlockKind.PARAGRAPH:
            told.append(Block(BlockKind.LINE, block.text, speaker=speaker))
        else:
            told.append(block)
    return told


def _take_turns(found: Sequence[re.Match[str]]) -> bool:
    turns = [bool(line["user"]) for line in found]
    sure = len(turns) > 3 or (len(turns) > 1 and all(_ROLE_SURE.search(line[0]) for line in found))
    return sure and turns[0] and all(one != other for one, other in pairwise(turns))


def _name_of_role(line: re.Match[str]) -> str:
    name = str(line["user"] or line["other"])
    return name if name != name.lower() else name.capitalize()


def _said(speaker: str, lines: Sequence[str]) -> list[Block]:
    lines = [line for line in lines if not _NO_WORDS.fullmatch(line)]
    if not lines:
        return []
    if not speaker:
        return [joined(lines)]
    return [Block(BlockKind.LINE, joined(lines, BlockKind.LINE).text, speaker=speaker)]
