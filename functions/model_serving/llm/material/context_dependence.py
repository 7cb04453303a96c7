"""Dependence of sentences on the sentence before: those leaning on a predecessor, and incomprehensible if quoted
without the predecessor; and those limiting a predecessor, which would not be true without the limitation.

Told by the sentences' beginnings, as listed in the pack of their language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from common.languages import pack_of

_SOLE_PARAGRAPH = re.compile(r"Parágrafo único\s?[.:–—-]{0,2}\s", re.IGNORECASE)
"""How laws of Brazil name what they add to an article, and mostly take from it."""


@dataclass(frozen=True)
class _Patterns:
    opening: re.Pattern[str]
    stands_alone: re.Pattern[str]
    takes_up: re.Pattern[str]
    limits: re.Pattern[str]


@cache
def _patterns(language: str) -> _Patterns:
    context = pack_of(language).context
    return _Patterns(
        opening=re.compile(rf"(?:{_any(context.openings)})\b", re.IGNORECASE),
        stands_alone=re.compile(_any(context.stands_alone), re.IGNORECASE),
        takes_up=re.compile(rf"\b(?:{_any(context.takes_up)})\b", re.IGNORECASE),
        limits=re.compile(rf"(?:{_any(context.limits)})\b", re.IGNORECASE),
    )


def _any(patterns: Sequence[str]) -> str:
    """Make one pattern of several; of none, one that nothing matches."""
    return "|".join(patterns) or r"(?!)"


def depends_on_context(text: str, language: str) -> bool:
    """Tell whether the first sentence of `text` takes up something said before: "It", "Such", "In return"."""
    opening = _opening(text)
    patterns = _patterns(language)
    if not opening or patterns.stands_alone.match(opening):
        return False
    if opening.split(maxsplit=1)[0].rstrip(",.;:").lower() in pack_of(language).context.first_words:
        return True
    if patterns.opening.match(opening):
        return True
    return patterns.takes_up.search(opening[:160].partition(". ")[0]) is not None


def limits_what_was_said(text: str, language: str) -> bool:
    """Tell whether `text` takes back part of the statement before: "However", "Only if", "This does not"."""
    return _patterns(language).limits.match(_opening(text)) is not None


def _opening(text: str) -> str:
    return _SOLE_PARAGRAPH.sub("", text, count=1).lstrip("«“\"'(¿¡— ").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
