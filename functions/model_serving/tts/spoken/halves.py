"""Halves with what they are halves of: "media taza", "deux heures et demie".

One half agrees with its noun, and in German with what is before it, too; and it stands behind this noun after a whole
number, in the languages with such words in their pack.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from common.languages.pack import Pack
from functions.model_serving.tts.spoken.nouns import Nouns, any_of
from functions.model_serving.tts.spoken.numerals import SPACE, Number, Numerals


class Halves:
    """Says the halves of one language."""

    def __init__(self, language: Pack, numerals: Numerals, nouns: Nouns) -> None:
        self._reading, self._numerals, self._nouns = language.reading, numerals, nouns
        hours = {nouns.named("duration-hour", Decimal(count)).said for count in (1, 2)}  # "ora" is also "now"
        self._small_words = (language.stop_words | language.nouns.function_words | language.nouns.fused) - hours
        words = {word: power for power, names in self._reading.scales.items() for word in names.split("|")}
        self._scales = words
        self._scale = re.compile(rf"{SPACE}({any_of(words)})(?!\w)")
        self._times = self._reading.times.split("|")
        letter = "[A-ZÀ-Þ]" if self._reading.ordinal_dot else "[a-zà-ÿ]"
        self._neuter = re.compile(self._reading.neuter or r"(?!)")
        self._declined = [
            (re.compile(rf"(?<!\w)(?:{words})\s$"), forms) for words, forms in self._reading.half_declined
        ]
        self._word = re.compile(rf"{SPACE}({letter}[a-zà-ÿ]{{2,}})(?![\w'’-])")
        self._of_all = re.compile(rf"{SPACE}(?:{self._reading.of_all})") if self._reading.of_all else None

    def read(self, text: str, at: int, number: Number) -> tuple[str, int] | None:
        """Say a number `at` a place that ends in one half, and its noun; None where neither agrees with anything."""
        if not number.halved or not self._reading.half:
            return None
        whole = int(number.value)
        if whole and not self._reading.and_a_half:
            return None
        before = text[max(0, at - 30) : at]
        declined = next((forms for words, forms in self._declined if words.search(before)), None)
        words, end = self._counted(text, number, whole, declined or self._reading.half) or ("", number.end)
        if declined:
            return (words, end) if words.strip() else None
        article, _, rest = words.partition(" ")
        if article and text[:at].endswith(f" {article} "):  # "une ½ heure"
            words = rest
        return (words, end) if words.strip() else None

    def _counted(self, text: str, number: Number, whole: int, half: Sequence[str]) -> tuple[str, int] | None:
        """Return a number with its noun; `half` is one half before a masculine, a feminine and a neuter noun."""
        if found := self._scale.match(text, number.end):
            one, many = self._reading.scales[self._scales[found[1]]].split("|")
            return self._said(whole, many if whole > 1 else one, self._gender(one), half), found.end()
        if unit := self._nouns.unit(text, number.end, Decimal(max(1, whole))):
            noun, end = unit
            if whole == 0 or " " not in noun.said:
                return self._said(whole, noun.said, noun.feminine or self._gender(noun.said), half), end
            return f"{self._said(whole, '', int(noun.feminine), half)} {noun.said}", end
        found = self._word.match(text, number.end)
        if found and (found[1] in self._times or found[1] not in self._small_words):
            return self._with_word(whole, found, number.end, half)
        if whole == 0:
            return (
                (self._reading.half_of, number.end) if self._of_all and self._of_all.match(text, number.end) else None
            )
        return self._said(whole, "", 0, half), number.end

    def _gender(self, singular: str) -> int:
        """0 for masculine, 1 for feminine, 2 for neuter."""
        if self._nouns.is_feminine(singular):
            return 1
        return 2 if self._neuter.search(singular.partition(" ")[0]) else 0

    def _said(self, whole: int, noun: str, gender: int, half: Sequence[str]) -> str:
        """Both in words, the noun empty where it stays in the text."""
        if whole == 0:
            return f"{half[gender]} {noun}".rstrip()
        words = self._numerals.cardinal(whole)
        if noun or gender:
            words = self._numerals.agreeing(words, feminine=gender == 1)
        return " ".join(filter(None, (words, noun, self._reading.and_a_half[gender])))

    def _with_word(self, whole: int, found: re.Match[str], end: int, half: Sequence[str]) -> tuple[str, int]:
        """Say a half with a word that is no unit: the word moves before the half where its form shows a noun in the
        number wanted."""
        word, plural_s = found[1], self._reading.plural_s
        is_times = word in self._times
        if plural_s:
            singular, is_plural = word.removesuffix("s"), word.endswith("s")
        else:  # "tazze", "litri"
            is_plural = whole > 0 and word.endswith(("e", "i"))
            singular = f"{word[:-1]}a" if is_plural and word.endswith("e") else word
        singular = self._times[0] if is_times else singular
        gender = 1 if is_times else self._gender(singular)
        moved = ""
        if whole > 1 and is_plural:
            moved = word
        elif whole == 1 and (gender == 1 or (plural_s and singular.endswith("o"))):
            moved = singular
        return self._said(whole, moved, gender, half), found.end() if moved else end
