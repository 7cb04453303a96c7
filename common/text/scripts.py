"""The script of a text. All voices read Latin script alone, so the gateway, the harvester and model serving check the
texts that they are given.

Unicode's names of characters tell the script: https://www.unicode.org/charts/nameslist/.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

_SAMPLED: Final = 20_000
"""Characters, evenly spaced, that are looked at of a longer text."""
_NAMES: Final = {"CJK": "Chinese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean"}
"""What Unicode calls differently from people."""


def has_words(text: str) -> bool:
    """Tell whether `text` has a letter or a digit, and so can be spoken."""
    return any(character.isalpha() or character.isdigit() for character in text)


@lru_cache(maxsize=10_000)
def is_latin(character: str) -> bool:
    """Tell whether a letter is of the Latin script, the ordinal signs of Romance languages included."""
    return "LATIN" in unicodedata.name(character, "") or character in "ºª"


def mostly_latin(text: str) -> bool:
    """Tell whether at least half of the letters of `text` are Latin; a text without letters is."""
    if text.isascii():
        return True
    letters = Counter(_sampled_letters(text))
    return 2 * sum(times for letter, times in letters.items() if is_latin(letter)) >= letters.total()


def dominant_script(text: str) -> str:
    """Name the script of most letters of `text`, such as "Cyrillic"; "Latin" for a text without letters.

    Never "Latin" for a text not mostly_latin(), though Latin may well be the most frequent of several scripts. Japanese
    is written in three scripts, Chinese among these.
    """
    scripts = Counter(unicodedata.name(letter, "UNKNOWN").split()[0] for letter in _sampled_letters(text))
    if not mostly_latin(text):
        del scripts["LATIN"]
    if kana := scripts["HIRAGANA"] + scripts["KATAKANA"]:
        scripts["HIRAGANA"] = kana + scripts.pop("CJK", 0) if kana * 10 >= scripts["CJK"] else kana
    script, _ = scripts.most_common(1)[0] if scripts else ("LATIN", 0)
    return _NAMES.get(script, script.capitalize())


def _sampled_letters(text: str) -> Iterator[str]:
    return filter(str.isalpha, text[:: max(1, len(text) // _SAMPLED)])
