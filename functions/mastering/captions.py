"""Turns cut into captions that can be read: at most two lines of 42 characters, for at most seven seconds.

The measures are those of broadcasters and of https://partnerhelp.netflixstudios.com/hc/en-us/articles/217350977. A turn
is cut at the end of a sentence, else of a clause, else between words. No engine says when it speaks which word, so each
caption gets the share of the turn's time that its letters and the rests at its marks make up, as the player has it
(web/page/word_groups.js).
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from common.text.sentences import ended
from functions.mastering.episode import Turn

LINE: Final = 42
LINES: Final = 2
LONGEST_MS: Final = 7_000
_CLAUSE_END = re.compile(r"[,;:—–][\"'”’»«“)\]]*$|\n")
_WORD = re.compile(r"((?:«[^\S\n])?\S+(?:[^\S\n][!?;:»]{1,3}(?!\S))*)[ \t]*(\n?)")
"""With the marks that French sets apart from it."""
_REST_OF_SENTENCE, _REST_OF_CLAUSE = 9, 4
"""Letters that a rest is as long as."""
_FULL_ENOUGH: Final = 0.4
"""Of what fits: a caption that ends with a sentence may be so short."""


@dataclass(frozen=True)
class Caption:
    """What is read at once, in its lines, and from when to when."""

    lines: tuple[str, ...]
    start_ms: int
    end_ms: int


def captions(turn: Turn, label: str = "") -> Iterator[Caption]:
    """Yield the captions of a turn in order; `label` is put before its first words, and takes no time to say."""
    words = _words(f"{label}{turn.text}")
    spoken_ms = turn.end_ms - turn.speech_ms
    weight = sum(map(_weight, words))
    in_one = LONGEST_MS * weight / spoken_ms if spoken_ms else weight
    at, done = turn.speech_ms, 0.0
    while words:
        taken = _cut(words, in_one)
        group, words = words[:taken], words[taken:]
        done += sum(map(_weight, group))
        end = turn.speech_ms + round(spoken_ms * done / weight)
        yield Caption(tuple(_lines(group)), at, min(end, at + LONGEST_MS))
        at = end


def _words(text: str) -> list[str]:
    """Return the words of a text, those that are longer than a line in pieces; a newline after the last of a verse."""
    found = ((match[1], match[2]) for match in _WORD.finditer(text))
    return [
        word[at : at + LINE] + (end if at + LINE >= len(word) else "")
        for word, end in found
        for at in range(0, len(word), LINE)
    ]


def _cut(words: list[str], most: float) -> int:
    """Tell how many of the words make the next caption: `most` is how much may be said while it is read."""
    weight, fit = 0.0, 0
    for number, word in enumerate(words, 1):
        weight += _weight(word)
        if fit and (weight > most or len(_lines(words[:number])) > LINES):
            break
        fit = number
    if fit == len(words):
        return fit
    for ends in (ended, _CLAUSE_END.search):
        for number in range(fit, 0, -1):
            if ends(words[number - 1]) and number >= _FULL_ENOUGH * fit:
                return number
    return fit


def _lines(words: list[str]) -> list[str]:
    verses = " ".join(words).split("\n")
    return [line for verse in verses for line in textwrap.wrap(verse.strip(), LINE, break_on_hyphens=False)]


def _weight(word: str) -> int:
    """Tell how long a word takes, in letters."""
    rest = _REST_OF_SENTENCE if ended(word) else _REST_OF_CLAUSE if _CLAUSE_END.search(word) else 0
    return len(word.rstrip("\n")) + rest
