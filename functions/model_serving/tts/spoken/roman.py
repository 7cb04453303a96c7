"""Roman numerals: of kings, wars, chapters and centuries, where they are sure to be numbers."""

from __future__ import annotations

import re
from typing import Final

from common.languages.pack import Reading
from functions.model_serving.tts.spoken.numerals import Numerals

_VALUES: Final = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
PATTERN: Final = re.compile(
    r"(?<![\w.'’-])(M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3}))(?<=[IVXLCDM])"
    r"(?:(er|re|ère|ème|nde|nd|e|ᵉ)?(?![\w'’]))(\.(?=\s[a-zäöü]|,))?(?!\.\w)"
)
_WORD_BEFORE = re.compile(r"(\w[\w.]*)\s$")


class RomanNumerals:
    """Says the Roman numerals of one language. A lone I is a word, and V and X are names, but behind a chapter."""

    def __init__(self, reading: Reading, numerals: Numerals) -> None:
        self._reading, self._numerals = reading, numerals

    def said(self, found: re.Match[str]) -> str | None:
        """Say the numeral found, or None where the match may be a word."""
        reading = self._reading
        roman, suffix, stop = found.groups()
        word = _WORD_BEFORE.search(found.string[max(0, found.start() - 40) : found.start()])
        number = _value(roman)
        if suffix in reading.ordinal_suffixes and set(roman) <= set("IVX"):
            if number == 1 and reading.first:
                return reading.first[0 if suffix == "er" else 1]
            return self._numerals.ordinal(number)
        if suffix or not word:
            return None
        before = word[1]
        century, counted = before.lower() in reading.before_century, before.lower() in reading.counted
        if not (before[0].isupper() or century or counted):
            return None
        sure = counted or (century and before.lower() not in reading.fused_before_century)
        if len(roman) < 2 and not (sure and roman in "IVX"):
            return None
        if len(roman) < 2 and roman == "I" and before.islower() and reading.pronoun_i:
            return None
        if set(roman) & set("LCDM") and (len(roman) < 3 or number > 100) and not (counted or number > 1000):
            return None
        if set(roman) & set("CDM") and len(roman) < 4:
            return None
        if number > 100:
            return self._numerals.year(number)
        if reading.ranked and not counted:
            ordinal = self._numerals.ordinal(number)
            return reading.ranked.format(ordinal=ordinal, Ordinal=ordinal.capitalize())
        by_rank = number <= reading.ranks_up_to and (reading.centuries_ranked or not century) and not counted
        said = self._numerals.ordinal(number) if by_rank else self._numerals.cardinal(number)
        return said + (stop or "")


def _value(roman: str) -> int:
    values = [_VALUES[letter] for letter in roman]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))
