"""In which language a text is, by the words that are most frequent in each: no voice reads another's language.

Told from the packs alone, so that the writer needs no library for it. Short texts, and such with few of those words,
are in doubt the podcast's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Final

from common import languages
from common.languages import pack_of

_SAMPLE: Final = 240
"""Characters from the beginning, the middle and the end each: enough to have some frequent words in them."""
_LEAST: Final = 4
"""Words of another language that are no accident."""
_SURELY: Final = 0.2
"""Of the words of a text: so many frequent ones has no other language in common."""


def in_another_language(text: str, language: str) -> bool:
    """Tell whether `text` is surely not in `language`, but in another that there are podcasts in."""
    words = _sample(text).lower().split()
    own = _frequent(language)
    if sum(word in own for word in words) > _SURELY * len(words):
        return False
    counts = _counts(words)
    best = max(counts, key=lambda code: counts[code])
    return best != language and counts[best] >= _LEAST and counts[best] > 2.5 * counts[language]


def language_of(texts: Sequence[str]) -> str:
    """The language that most frequent words of `texts` are in."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(_counts(_sample(text).lower().split()))
    return counts.most_common(1)[0][0]


def _sample(text: str) -> str:
    if len(text) <= 3 * _SAMPLE:
        return text
    middle = len(text) // 2
    return f"{text[:_SAMPLE]} {text[middle : middle + _SAMPLE]} {text[-_SAMPLE:]}"


def _counts(words: Sequence[str]) -> Counter[str]:
    return Counter({code: sum(word in _frequent(code) for word in words) for code in languages.LANGUAGES})


@cache
def _frequent(language: str) -> frozenset[str]:
    known = pack_of(language)
    return known.stop_words | known.nouns.function_words | known.nouns.articles
