"""The same text found twice: reprints, mirrors, the print view of a page. Only a single copy is told.

Texts are compared by their shingles, runs of five words (Broder, "On the resemblance and containment of documents",
1997): of two texts, the shorter goes when nearly all of it is in the longer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from functions.content_harvester.source import Source

SHINGLE_WORDS = 5
CONTAINED = 0.8


def without_duplicates(sources: Sequence[Source]) -> list[Source]:
    """Return the sources in their order, without those nearly contained in another; of equals, the first stays."""
    longest_first = sorted(range(len(sources)), key=lambda number: (-len(sources[number].text), number))
    kept: dict[int, set[int]] = {}
    for number in longest_first:
        shingles = _shingles(sources[number].text)
        if not any(len(shingles & others) >= CONTAINED * len(shingles) for others in kept.values()):
            kept[number] = shingles
    return [sources[number] for number in sorted(kept)]


def _shingles(text: str) -> set[int]:
    words = re.findall(r"\w+", text.lower())
    runs = range(max(1, len(words) - SHINGLE_WORDS + 1))
    return {hash(tuple(words[first : first + SHINGLE_WORDS])) for first in runs}
