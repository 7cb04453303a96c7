"""Words parted at a line's end: written together, or with a hyphen of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping

_JOINED_WITH_A_HYPHEN = {
    "all", "cross", "ever", "far", "half", "high", "ill", "long", "low", "much", "near", "non", "old", "self", "semi",
    "short", "state", "well", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
}  # fmt: skip
_MELTING = {
    "any", "back", "down", "every", "further", "here", "more", "never", "over", "out", "some", "there", "under", "up",
    "what", "when", "where", "which", "with",
}  # fmt: skip
"""First parts of words that are written as one: "overturned", "furthermore"."""
_ENDINGS = {"able", "ability", "ably", "ance", "fully", "ful", "less", "ment", "ness", "ship", "ward", "wards"}


def keeps_hyphen(text: str, more: str, words: Mapping[str, int]) -> bool:
    """Tell whether a word parted between two lines is written with a hyphen elsewhere: in this text, by the counts of
    its `words`, or in general."""
    first = re.search(r"[\w-]*$", text[:-1])[0].lower()  # type: ignore[index]
    second = re.match(r"[\w-]*", more)[0].lower()  # type: ignore[index]
    begun, _, last = first.rpartition("-")
    whole, parted = words.get(last + second, 0), words.get(f"{first}-{second}", 0)
    if begun or not more[0].islower():
        return whole <= parted
    if whole or parted:
        return parted > whole
    if first in _MELTING or second in _ENDINGS:
        return False
    if min(len(first), len(second)) > 3 and min(words.get(first, 0), words.get(second, 0)) > 1:
        return True  # two words that stand alone elsewhere
    return first in _JOINED_WITH_A_HYPHEN or (first, second) == ("so", "called")
