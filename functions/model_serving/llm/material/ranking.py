"""Ranking of passages by their share in a text's content: LexRank, less the likeness to passages chosen before.

LexRank is the stationary distribution of a walk between similar passages (Erkan and Radev 2004,
https://doi.org/10.1613/jair.1523); maximal marginal relevance (Carbonell and Goldstein 1998) keeps repetition out. Both
are small enough to write out, and libraries with both bring along a language toolkit, which downloads its data.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

import Stemmer

from common.languages import pack_of

Vector = dict[str, float]

_WORD = re.compile(r"[^\W\d_]{3,}")
_DAMPING: Final = 0.85
_ROUNDS: Final = 12


def terms(text: str, language: str) -> list[str]:
    """Find the meaningful words of `text`, each as its stem by Snowball (https://snowballstem.org)."""
    known = pack_of(language)
    words = [word for word in _WORD.findall(text.lower()) if word not in known.stop_words]
    stems: list[str] = Stemmer.Stemmer(known.stemmer, 0).stemWords(words)  # of one's own: none is safe for two threads
    return stems


def vectors(texts: Sequence[str], language: str) -> list[Vector]:
    """Return a TF-IDF vector for each text, of unit length."""
    counts = [Counter(terms(text, language)) for text in texts]
    document_frequency = Counter(term for count in counts for term in count)
    weighted = []
    for count in counts:
        vector = {term: number * math.log(1 + len(texts) / document_frequency[term]) for term, number in count.items()}
        length = math.sqrt(sum(weight * weight for weight in vector.values())) or 1.0
        weighted.append({term: weight / length for term, weight in vector.items()})
    return weighted


def similarity(one: Vector, other: Vector) -> float:
    """Return the cosine between two vectors of unit length."""
    if len(other) < len(one):
        one, other = other, one
    return sum(weight * other[term] for term, weight in one.items() if term in other)


def lexrank(texts: Sequence[Vector]) -> list[float]:
    """Centrality of each text among the others: 1 on average, more for a text on the subject of many others."""
    if not texts:
        return []
    neighbors = _neighbors(texts)
    outward = [sum(weights.values()) or 1.0 for weights in neighbors]
    scores = [1.0] * len(texts)
    for _ in range(_ROUNDS):
        scores = [
            (1 - _DAMPING)
            + _DAMPING * sum(scores[other] * weight / outward[other] for other, weight in neighbors[each].items())
            for each in range(len(texts))
        ]
    return scores


def _neighbors(texts: Sequence[Vector]) -> list[dict[int, float]]:
    """Similar texts of each, with how similar they are; by way of the terms, for most pairs have none in common."""
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for number, vector in enumerate(texts):
        for term in vector:
            holders[term].append(number)
    neighbors: list[defaultdict[int, float]] = [defaultdict(float) for _ in texts]
    for term, numbers in holders.items():
        if len(numbers) > 0.5 * len(texts) + 2:
            continue  # what half of all texts have in common tells nothing
        for one in numbers:
            weight, near = texts[one][term], neighbors[one]
            for other in numbers:
                if other != one:
                    near[other] += weight * texts[other][term]
    return [dict(near) for near in neighbors]
