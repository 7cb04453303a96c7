"""Accents and letters at the same place of a PDF: two signs for an ï, as set by TeX's older fonts."""

# ruff: noqa: RUF001 - the signs that documents are set with

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from functions.content_harvester.pdf_letters import Letter

_SPACING = {"¨": "\u0308", "´": "\u0301", "ˆ": "\u0302", "˜": "\u0303", "ˇ": "\u030c", "˚": "\u030a", "˝": "\u030b"}
_PLACED = _SPACING | {"`": "\u0300", "¸": "\u0327", "¯": "\u0304", "˘": "\u0306", "˙": "\u0307", "˛": "\u0328"}
"""With those that are known by their places alone: a ` may be a quotation mark as well."""
_BEFORE = re.compile(r"(?:(?<=[^\W\d_])\s(?=\S\s?[a-zıȷ]))?([¨´ˆ˜ˇ˚˝])\s?([a-zA-Zıȷ])")
_DOTLESS = {"ı": "i", "ȷ": "j"}
_NO_SPACE = 0.15
"""Of a letter's height: a gap so narrow was no space before an accent was put into it."""
_STEP = 4.0
"""Points: letters are looked for by the height they stand at."""
_MOST, _MOST_NEAR = 2_000, 500
"""Accents of a page, and letters looked at for each: with more it is none that anybody reads."""


def composed(letters: Sequence[Letter]) -> list[Letter]:
    """Letters with the accents that are drawn over or under them, wherever in the content those are."""
    accents = [number for number, letter in enumerate(letters) if letter.text in _PLACED and letter.em]
    if not accents:
        return list(letters)
    by_height = defaultdict[int, list[int]](list)
    for number, letter in enumerate(letters if len(accents) <= _MOST else ()):
        if letter.em and letter.text.isalpha():
            by_height[int(letter.bottom // _STEP)].append(number)
    whole: dict[int, Letter] = {}
    placed = set[int]()
    for number in accents:
        for base in _near(number, letters, by_height):
            if base not in whole and (one := _one(letters[number], letters[base])):
                whole[base] = one
                placed.add(number)
                break
    told: list[Letter] = []
    for number, letter in enumerate(letters):
        if number in whole:
            _close(told, letter)
        if number not in placed:
            told.append(whole.get(number, letter))
    return told


def _near(number: int, letters: Sequence[Letter], by_height: dict[int, list[int]]) -> Iterator[int]:
    """Yield the letters that an accent may belong to: its neighbours, then what stands about as high."""
    yield from (near for near in (number + 1, number - 1, number + 2) if 0 <= near < len(letters) and letters[near].em)
    height = int(letters[number].bottom // _STEP)
    for step in (0, -1, 1):
        yield from by_height.get(height + step, ())[:_MOST_NEAR]


def _one(accent: Letter, letter: Letter) -> Letter | None:
    """Return the one letter that both are; None where the accent stands elsewhere, or there is no such letter."""
    middle = (accent.left + accent.right) / 2
    height = letter.top - letter.bottom
    if accent.turn != letter.turn or not letter.left <= middle <= letter.right:
        return None
    if abs(accent.bottom - letter.bottom) > height / 2:
        return None
    text = unicodedata.normalize("NFC", _DOTLESS.get(letter.text, letter.text) + _PLACED[accent.text])
    return replace(letter, text=text) if len(text) == 1 else None


def _close(told: list[Letter], letter: Letter) -> None:
    """Take back the spaces seen before a letter, where only its accent stood apart."""
    last = next((before for before in reversed(told[-3:]) if before.text != " "), None)
    if last is not None and last.em and abs(letter.left - last.right) < _NO_SPACE * (letter.top - letter.bottom):
        while told[-1].text == " ":
            told.pop()


def with_accents(text: str) -> str:
    """Return a text with the accents that stand as signs of their own before their letters."""
    if not any(accent in text for accent in _SPACING):
        return text
    return _BEFORE.sub(
        lambda found: unicodedata.normalize("NFC", _DOTLESS.get(found[2], found[2]) + _SPACING[found[1]]), text
    )
