"""Words said otherwise than written, as given by a podcast's maker.

An entry has the `written` words, and their sound: `said`, in other words, or `ipa`, in the International Phonetic
Alphabet, for voices that read it; with both, the other voices have the words. Whole words are meant, in the case in
which they are written unless `any_case`, whichever apostrophe, hyphen or space is in them, and in whichever form of
Unicode their letters come. The words of an entry are never changed by another entry.
"""

# ruff: noqa: RUF001 - signs of the International Phonetic Alphabet are meant

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from common.records import Pronunciation

MARK: Final = "\N{LATIN SMALL LETTER SALTILLO}"
"""Around the number, in letters, of a word whose sound the engine has another way to be told. A letter, so that it goes
through all that is done to a text; taken out of what others have written."""
GUARD: Final = "\N{LATIN CAPITAL LETTER SALTILLO}"
"""Before a word in what an entry has said, where another entry has a sound for the word: it is none of that entry's."""
_MARKED = re.compile(rf"{MARK}([a-z]+){MARK}")
_IPA_SIGNS: Final = frozenset("ˈˌːˑ.‿| ʼ˞ˀˠˤʰʷʲ͡")
_ALIKE: Final = (" \u00a0\u202f\u2009\n", "'\u2019\u02bc\u2018", "\u2010\u2011-")
"""Spaces, apostrophes and hyphens."""
_SAID_SIGNS: Final = frozenset(" '’-.,")


@dataclass(frozen=True)
class Respelled:
    """A text in its spoken form. `sounds` has the IPA of the words still in the text as written."""

    text: str
    sounds: Mapping[str, str]


def is_sayable(said: str) -> bool:
    """Tell whether `said` is words and nothing that an engine could take for markup."""
    return all(unicodedata.category(each)[0] in "LMN" or each in _SAID_SIGNS for each in said)


def is_ipa(ipa: str) -> bool:
    """Tell whether `ipa` may be in the International Phonetic Alphabet: letters and signs of length and stress."""
    return all(unicodedata.category(each)[0] in "LM" or each in _IPA_SIGNS for each in ipa)


def merged(*lists: Iterable[Pronunciation]) -> list[Pronunciation]:
    """Return a single list of several, earlier lists first."""
    found: dict[tuple[str, bool], Pronunciation] = {}
    for each in (entry for entries in lists for entry in entries):
        found.setdefault(_key(each), each)
    return list(found.values())


def in_text(text: str, entries: Iterable[Pronunciation]) -> bool:
    """Tell whether any of what is written is in `text`."""
    lexicon = tuple(map(_frozen, entries))
    return bool(lexicon) and bool(_pattern(lexicon).search(unicodedata.normalize("NFC", text)))


def respelled(
    text: str, entries: Iterable[Mapping[str, Any]], *, reads_ipa: Callable[[str], bool] | None = None
) -> Respelled:
    """Put the said words in place of written words. Words whose IPA the voice `reads_ipa` of stay as they are."""
    lexicon = tuple(map(_frozen, entries))
    if not lexicon:
        return Respelled(text, {})
    sounds: dict[str, str] = {}
    sounding = tuple(entry for entry in lexicon if reads_ipa and entry.ipa and reads_ipa(entry.ipa))

    def say(found: re.Match[str]) -> str:
        entry = lexicon[int(str(found.lastgroup)[1:])]
        if entry in sounding:
            sounds[found[0]] = entry.ipa
            return found[0]
        if not sounding:
            return entry.said or found[0]
        return _pattern(sounding).sub(lambda word: f"{GUARD}{word[0]}", entry.said) or found[0]

    text = unguarded(unicodedata.normalize("NFC", text))
    return Respelled(_pattern(lexicon).sub(say, text), sounds)


def unguarded(text: str) -> str:
    """Take the guards off a text, whose words an engine has not told apart by them."""
    return text.replace(GUARD, "")


def marked(text: str, sounds: Mapping[str, str]) -> tuple[str, list[str]]:
    """Put marks in the place of the words of `sounds`, and list these sounds by the numbers of the marks."""
    text = text.replace(MARK, "'")
    listed = list(sounds.values())
    if not sounds:
        return unguarded(text), listed
    numbers = {word: _letters(number) for number, word in enumerate(sounds)}
    words = "|".join(re.escape(word) for word in sorted(sounds, key=len, reverse=True))
    text = re.sub(rf"(?<!\w)(?:{words})(?!\w)", lambda found: f"{MARK}{numbers[found[0]]}{MARK}", text)
    return unguarded(text), listed


def unmarked(text: str, markup: list[str]) -> str:
    """Put `markup`, by the numbers of the marks, in the place of these."""
    return _MARKED.sub(lambda found: f" {markup[_number(found[1])]} ", text)


def split_at_marks(text: str) -> list[tuple[str, int | None]]:
    """Split a text at its marks: words without a number, and of each mark the number, without words."""
    pieces = _MARKED.split(text)
    return [("", _number(piece)) if at % 2 else (piece.strip(), None) for at, piece in enumerate(pieces)]


@dataclass(frozen=True)
class _Entry:
    written: str
    said: str
    ipa: str
    any_case: bool


def _frozen(entry: Mapping[str, Any]) -> _Entry:
    """Return an entry, without whatever should not have been let into it."""
    said, ipa = str(entry.get("said") or ""), str(entry.get("ipa") or "")
    return _Entry(
        unicodedata.normalize("NFC", str(entry["written"])),
        said if is_sayable(said) else "",
        ipa if is_ipa(ipa) else "",
        bool(entry.get("any_case")),
    )


def _key(entry: Pronunciation) -> tuple[str, bool]:
    any_case = bool(entry.get("any_case"))
    written = unicodedata.normalize("NFC", entry["written"])
    return (written.casefold() if any_case else written, any_case)


@lru_cache(maxsize=64)
def _pattern(lexicon: tuple[_Entry, ...]) -> re.Pattern[str]:
    """Return the longest first: of "New York" and "York", the former; and an entry bound to its case before an entry in
    any case."""
    numbered = sorted(enumerate(lexicon), key=lambda one: (-len(one[1].written), one[1].any_case))
    return re.compile(
        "|".join(
            f"(?P<n{number}>{'(?i:' if entry.any_case else '(?:'}{_however_typed(entry.written)}))"
            for number, entry in numbered
        ).join((r"(?<!\w)(?:", r")(?!\w)"))
    )


def _however_typed(words: str) -> str:
    """Return a pattern of words with any of the signs that a program may have put in the place of another."""
    return "".join(next((f"[{alike}]" for alike in _ALIKE if each in alike), re.escape(each)) for each in words)


def _letters(number: int) -> str:
    return f"{chr(97 + number // 26)}{chr(97 + number % 26)}"


def _number(letters: str) -> int:
    return (ord(letters[0]) - 97) * 26 + ord(letters[1]) - 97
