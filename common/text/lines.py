"""Lines of a text broken by hand or by a program: a paragraph to be joined again, or a stanza to be kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from common.text.blocks import Block, BlockKind
from common.text.hyphens import keeps_hyphen

_NARROWEST = 50
"""Characters. Prose is not folded to less than that; what fits into less was broken on purpose."""
_WIDEST_VERSE = 90
_WORD = 80
"""Characters: no word is longer."""
_BEGINS_A_LINE = re.compile(r"[\"'“‘«„(¿¡—–-]{0,3}\s?[^\W\d_]")


def joined(lines: Sequence[str], kind: BlockKind = BlockKind.PARAGRAPH) -> Block:
    """Join consecutive lines to a block: a stanza where the lines form a stanza, else a block of this `kind`."""
    lines = [line for given in lines if (line := given.strip())]
    if kind is BlockKind.PARAGRAPH and _is_stanza(lines):
        return Block(BlockKind.VERSE, "\n".join(lines))
    pieces: list[str] = []
    for line, following in pairwise([*lines, ""]):
        parted = line[-1:] == "-" and line[-2:-1].isalpha() and following[:1].islower()
        pieces += [line if keeps_hyphen(line[-_WORD:], following[:_WORD], {}) else line[:-1]] if parted else [line, " "]
    return Block(kind, "".join(pieces).rstrip())


def _is_stanza(lines: Sequence[str]) -> bool:
    """Tell whether each line begins like verse, and folding at any fixed width would not have broken the lines so."""
    width = max(map(len, lines), default=0)
    if len(lines) < 3 or width > _WIDEST_VERSE:
        return False
    if all(map(str.isupper, lines)) and sum(map(len, lines)) > _NARROWEST * len(lines):
        return False  # of a disclaimer, which is shouted, every line begins so
    begun = [line for line in lines[1:] if (found := _BEGINS_A_LINE.match(line)) and found[0][-1].isupper()]
    if len(begun) * 5 < (len(lines) - 1) * 4:
        return False
    folded = all(len(line) + 1 + len(following.split()[0]) > width for line, following in pairwise(lines))
    return not (folded and width >= _NARROWEST)
