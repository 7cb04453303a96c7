"""Repetition of earlier turns, in the same words or nearly: a model writing for long comes back to things."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from functions.model_serving.llm.material.ranking import terms

_ALIKE: Final = 0.7
_FEWEST: Final = 6
"""Words of meaning in a turn, below which it may well be said again: "And why is that?"."""


class Repeats:
    """Remembers turns by their words of meaning; not shared by threads."""

    def __init__(self, language: str, said: Iterable[str] = ()) -> None:
        self._language = language
        self._said: list[frozenset[str]] = []
        for text in said:
            self.add(text)

    def add(self, text: str) -> None:
        words = frozenset(terms(text, self._language))
        if len(words) >= _FEWEST:
            self._said.append(words)

    def has(self, text: str) -> bool:
        """Tell whether a turn says nearly the same as a turn before."""
        words = frozenset(terms(text, self._language))
        if len(words) < _FEWEST:
            return False
        return any(len(words & other) > _ALIKE * len(words | other) for other in self._said)
