"""Formulas in a PDF's text: neither displayed formulas nor sentences with more formula than words can be said."""

# ruff: noqa: RUF001 - the signs that documents are set with

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from functions.content_harvester.whole_sentences import sentences

FORMULA = re.compile(
    r"[=≈≡≤≥≠∑∏∫√∞∂∇∈∉⊂⊆∪∩∀∃∝⇒⇔↦⊗⊕≜∼∧∨¬⟨⟩‖]|[\U0001d400-\U0001d7ff]|[\u210a-\u2115\u2119-\u211d]|\\[a-z]{2,}|\^[{\d]|\s[<>]\s"
    r"|(?<![\w-])[Α-Ωα-ω](?!\w*[α-ω])\w{0,3}(?![\w-])(?<!μm|μg|μs|μl|μL|μM|μA|μV|μW)"
)
_ASIDE = re.compile(r"\([^()]{1,40}\)")
_MOST_SIGNS = 3
"""Of mathematics in a sentence: with more nobody follows, however many words are between."""


def is_formula(text: str, words: Sequence[str]) -> bool:
    """Tell whether a paragraph with these words is a displayed formula."""
    long = sum(len(word) for word in words if len(word) > 2)
    return long < 0.4 * len(text.replace(" ", "")) and (FORMULA.search(text) is not None or len(text) > 6)


def without_formulas(text: str, left_out: Counter[str]) -> str:
    """Return a text without the sentences that are more formula than words: they cannot be said.

    A figure in brackets, (n = 12), is none, and a sign or two in a sentence can be told.
    """
    if not FORMULA.search(text):
        return text
    whole = sentences(text)
    kept = [sentence for sentence in whole if not _is_mostly_formula(_ASIDE.sub("", sentence))]
    left_out["math"] += len(whole) - len(kept)
    return " ".join(kept)


def _is_mostly_formula(sentence: str) -> bool:
    words = sum(map(len, re.findall(r"[^\W\d_]{3,}", sentence)))
    signs = len(FORMULA.findall(sentence))
    return signs > _MOST_SIGNS or (signs > 1 and words < 0.6 * len(sentence.replace(" ", "")))
