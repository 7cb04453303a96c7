"""Speaking time of a text, before the text is said: the measure by which a writer steers a podcast's length."""

from __future__ import annotations

from typing import Final

from common.languages import pack_of

_DIGIT = 5.0
"""A digit is said as a word or a good part of one."""
_PAUSE_S = 0.4


def seconds(text: str, language: str) -> float:
    """Return the speaking time of a turn's text in `language`, with the pause after the turn."""
    digits = sum(character.isdigit() for character in text)
    return (len(text) + (_DIGIT - 1) * digits) / pack_of(language).speaking_rate + _PAUSE_S


def characters(duration_s: float, language: str) -> int:
    """About as much text as fits into so many seconds."""
    return round(duration_s * pack_of(language).speaking_rate)


CHARACTERS_A_WORD: Final = 6.0
"""With the space after it, about as long in all languages here."""


def words(duration_s: float, language: str) -> int:
    """About as many words as fit into so many seconds."""
    return max(10, round(characters(duration_s, language) / CHARACTERS_A_WORD))
