"""How long it takes to say something, before it is said: what a writer steers the length of a podcast by."""

from __future__ import annotations

from typing import Final

from common.languages import pack_of

_DIGIT = 5.0
"""A digit is said as a word or a good part of one."""
_PAUSE_S = 0.4


def seconds(text: str, language: str) -> float:
    """The time that a turn of this text takes in `language`, with the pause that follows it."""
    digits = sum(character.isdigit() for character in text)
    return (len(text) + (_DIGIT - 1) * digits) / pack_of(language).speaking_rate + _PAUSE_S


def characters(duration_s: float, language: str) -> int:
    """About how much text fits into that many seconds."""
    return round(duration_s * pack_of(language).speaking_rate)


CHARACTERS_A_WORD: Final = 6.0
"""With the space after it, about as long in all languages here."""


def words(duration_s: float, language: str) -> int:
    """About how many words fit into that many seconds."""
    return max(10, round(characters(duration_s, language) / CHARACTERS_A_WORD))
