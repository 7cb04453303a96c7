"""Moves of chess in a text, "12. Nf3 d6": their numbers count no items, head nothing, and end no sentence.

https://www.fide.com/FIDE/handbook/LawsOfChess.pdf, appendix C; pieces have the letters of any language here.
"""

from __future__ import annotations

import re

_MOVE = r"(?:[KQRBNDTLSFCAP]?[a-h]?[1-8]?x?[a-h][1-8](?:=[A-Z])?|([O0])-\1(?:-\1)?)[+#]?[!?]{0,2}(?!\w)"
_BEGINS = re.compile(r"\d{1,3}\.(?:\.\.|…)?\s?" + _MOVE)
_NUMBER_LAST = re.compile(r"(?:^|\s)\d{1,3}\.(?:\.\.)?$")
_MOVED = re.compile(_MOVE)
_ALONE = re.compile(rf"(?:\d{{1,3}}\.(?:\.\.|…)?|1[-–]0|0[-–]1|½[-–]½|{_MOVE})")


def begins_with_move(text: str) -> bool:
    """Tell whether a text begins with the number of a move and the move."""
    return text[:1].isdigit() and _BEGINS.match(text) is not None


def is_moves(text: str) -> bool:
    """Tell whether a text is moves and nothing else, its last full stop aside."""
    words = re.sub(r"(\d\.(?:\.\.|…)?)(?=[^\s.…])", r"\1 ", text).split()
    return begins_with_move(text) and all(_ALONE.fullmatch(word) or _ALONE.fullmatch(word[:-1]) for word in words)


def parted_from_number(before: str, after: str) -> bool:
    """Tell whether a text ends in the number of the move that the next begins with."""
    return before.endswith(".") and _NUMBER_LAST.search(before) is not None and _MOVED.match(after) is not None
