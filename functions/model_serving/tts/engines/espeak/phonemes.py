"""IPA in espeak-ng's notation of sounds: mnemonics in [[ ]], each language's own (phonemes.toml).

https://github.com/espeak-ng/espeak-ng/blob/master/docs/phonemes.md. A stress stands before the vowel there, and before
the syllable in IPA.
"""

# ruff: noqa: RUF001 - signs of the International Phonetic Alphabet are meant

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

_STRESSES: Final = {"ˈ": "'", "ˌ": ","}
_IGNORED: Final = frozenset(".‿|ʼ͡ː")
"""Borders of syllables, ties; and length, where the language has no such sound of two lengths."""


def mnemonics(ipa: str, language: str) -> str | None:
    """Write `ipa` in the mnemonics of a language, two letters; None where that has no such sound."""
    sounds = _sounds(language)
    if not sounds:
        return None
    ipa = unicodedata.normalize("NFD", ipa.replace("g", "ɡ")).replace("c\u0327", "ç").replace("͡", "")
    longest = max(map(len, sounds))
    written, stress, at = "", "", 0
    while at < len(ipa):
        if ipa[at] in _STRESSES:
            stress, at = _STRESSES[ipa[at]], at + 1
            continue
        if ipa[at] in _IGNORED:
            at += 1
            continue
        if ipa[at] == " ":
            written, at = f"{written} ", at + 1
            continue
        for length in range(longest, 0, -1):
            if found := sounds.get(ipa[at : at + length]):
                break
        else:
            return None
        mnemonic, is_vowel = found
        if is_vowel:
            written, stress = written + stress, ""
        written += mnemonic
        at += length
    return written.strip() or None


@cache
def _sounds(language: str) -> dict[str, tuple[str, bool]]:
    """Return the mnemonics of a language by their IPA, and the vowels among the mnemonics."""
    table = tomllib.loads((Path(__file__).parent / "phonemes.toml").read_text(encoding="utf-8")).get(language, {})
    return {
        unicodedata.normalize("NFD", ipa) if ipa != "ç" else ipa: (mnemonic, kind == "vowels")
        for kind, sounds in table.items()
        for ipa, _, mnemonic in (sound.partition("=") for sound in sounds.split())
    }
