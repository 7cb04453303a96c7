"""The same text found twice: reprints, mirrors, the print view of a page. Only a single copy is told.

Texts are compared by their shingles, runs of five words (Broder, "On the resemblance and containment of documents",
1997): of two texts, the shorter goes when nearly all of it is in the longer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from functions.content_harvester.source import Source

SHINGLE_WORDS = 5
CONTAINED = 0.8


def without_duplicates(sources: Sequence[Source]) -> list[Source]:
    """Return the sources in their order, without those nearly contained in another, which counts them; of equals, the
    first stays."""
    longest_first = sorted(range(len(sources)), key=lambda number: (-len(sources[number].text), number))
    kept: dict[int, set[int]] = {}
    copies = Counter[int]()
    for number in longest_first:
        shingles = _shingles(sources[number].text)
        whole = next((one for one, others in kept.items() if len(shingles & others) >= CONTAINED * len(shingles)), None)
        if whole is None:
            kept[number] = shingles
        else:
            copies[whole] += 1
    return [_with_copies(sources[number], copies[number]) for number in sorted(kept)]


def _with_copies(source: Source, copies: int) -> Source:
    return replace(source, left_out={**source.left_out, "copy": copies}) if copies else source


def _shingles(text: str) -> set[int]:
    words = re.findall(r"\w+", text.lower())
    runs = range(max(1, len(words) - SHINGLE_WORDS + 1))
    return {hash(tuple(words[first : first + SHINGLE_WORDS])) for first in runs}
