"""Who speaks in a chat with a program, copied as text: its lines name a person and a program in turns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from common.text.blocks import Block, BlockKind

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
    """Part the lines of a chat with a program, copied as text, that name a speaker from the words said.

    Such lines take turns, a person's first; any other text is given back as it is.
    """
    found = list(_ROLE_LINE.finditer(text))
    if not _take_turns(found) or text[: found[0].start()].count("\n\n") > 1:
        return text
    return _ROLE_LINE.sub(lambda line: f"\n\n{_name_of_role(line)}{_ROLE_MARK}\n\n", text)


_ROLE_MARK = "\ue002"


def said_by_roles(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks of a text from with_roles_apart(), what is said with its speaker."""
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
