"""The ends of sentences, for quoting a source and for finding the quoted words.

By sentencex (https://github.com/wikimedia/sentencex), which knows the abbreviations of each language. Needs that
library at the call, not at the import of this module."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from common.text.citations import without_citations

_INITIAL: Final = 5
"""Characters. Whatever is shorter was parted after an initial or the like: "M." is no sentence."""

_MARKUP = re.compile(r"^\s*(?:#{1,6}\s+|[-*+•]\s+|>\s+|\d{1,2}[.)]\s+)")
_LONGEST: Final = 420
"""Characters that are said in one breath."""
_SHORTEST: Final = 120
_CLAUSE_ENDS: Final = ("; ", ": ", ", ", " – ", " — ")


def one_line(paragraph: str) -> str:
    """Put a paragraph on one line, without marks of citations and the sign of a list or heading before it."""
    return _MARKUP.sub("", " ".join(without_citations(paragraph).split()))


def breaths(sentence: str) -> Iterator[str]:
    """Cut a sentence too long for a breath at a clause's end, or at worst between words."""
    while len(sentence) > _LONGEST:
        cut = max(sentence.rfind(mark, _SHORTEST, _LONGEST) for mark in _CLAUSE_ENDS)
        if cut < 0:
            cut = sentence.rfind(" ", 1, _LONGEST)
        if cut < 0:
            return
        yield sentence[: cut + 1].strip()
        sentence = sentence[cut + 1 :].strip()
    if sentence:
        yield sentence


def sentences(text: str, language: str) -> Iterator[str]:
    """Split `text`, written in `language` (two letters), into its sentences, none with space around it."""
    from sentencex import segment

    carried = ""
    for piece in segment(language, text):
        whole = f"{carried} {piece.strip()}".strip()
        carried = whole if len(whole) < _INITIAL else ""
        if not carried:
            yield whole
    if carried:
        yield carried
