"""Sentences of a paragraph that is still without a language, to leave out those with a formula.

Where a podcast is written its language is known, and common/text/sentences.py knows that language's abbreviations.
"""

from __future__ import annotations

import re
from typing import Final

_CLOSING: Final = "[\"'”’»«“)\\]]"
_BETWEEN = re.compile(
    rf"(?:(?<=[.!?…])|(?<=[.!?…]{_CLOSING})|(?<=[.!?…]{_CLOSING}{{2}})|(?<=[.!?…]\s»))\s+"
    r"(?=[A-ZÀ-ÖØ-Þ\d(\[\"'“”„«»¿¡‘’⌬\ue001•–—])(?!»(?:\s|$))"
)
"""A small letter begins no sentence, whichever letter of Latin script; a mark for a formula may (office, markup)."""


def sentences(text: str) -> list[str]:
    """Part a paragraph between its sentences; joined by spaces they are the paragraph again."""
    return _BETWEEN.split(text)
