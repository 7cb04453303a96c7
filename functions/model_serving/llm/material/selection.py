"""What is told of the sources: cut into parts, a share of the time for each, and the passages that fill it.

A part is read no further than matters and ranked on its own, so that the work before the next turn does not grow with
the sources.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from functions.model_serving.llm.material.context_dependence import depends_on_context
from functions.model_serving.llm.material.focus import Focus
from functions.model_serving.llm.material.ranking import Vector, lexrank, similarity, terms, vectors
from functions.model_serving.llm.material.sentences import Paragraph, Passage, passages
from functions.model_serving.llm.speaking_rate import characters, seconds

_MINUTES_A_CHAPTER: Final = 1.5
_OPENING_CHAPTER: Final = 0.5
"""Of a chapter: the first is shorter, so that two minutes have two."""
_MAX_CHAPTERS: Final = 16
_MIN_PART_S: Final = 15.0
_MIN_PART_CHARACTERS: Final = 500
_MAX_READ: Final = 40_000
"""Characters of a part that are read and ranked: more than ten times what is told of it."""
_BRIDGE_S: Final = 1.4
"""What a host's own words add to a passage, on average."""
_ALIKE: Final = 0.5
_REDUNDANCY: Final = 0.7
_DWELT_ON: Final = 2.0
_LEFT_OUT: Final = 0.02
"""How much more, or less, a passage is worth that has what the podcast is to dwell on, or to leave out."""


@dataclass(frozen=True)
class Part:
    """What one chapter is made from: paragraphs of one source that follow each other, and their characters."""

    paragraphs: tuple[Paragraph, ...]
    size: int


def parts_of(material: Sequence[Sequence[Paragraph]], minutes: float, language: str) -> list[Part]:
    """Cut the sources into about as many parts as there is time for chapters, in order, no part over two sources."""
    most = max(1, int(minutes * 60 / _MIN_PART_S))
    sources = [source for source in material if source][:most]
    sizes = [sum(len(paragraph.text) for paragraph in source) for source in sources]
    cuts = [1] * len(sources)
    while sum(cuts) < min(_MAX_CHAPTERS, round(_OPENING_CHAPTER + minutes / _MINUTES_A_CHAPTER)):
        longest = max(range(len(sources)), key=lambda number: sizes[number] / cuts[number])
        if sizes[longest] / (cuts[longest] + 1) < _MIN_PART_CHARACTERS:
            break
        cuts[longest] += 1
    return [
        part for source, size, count in zip(sources, sizes, cuts, strict=True) for part in _slices(source, size / count)
    ]


def _slices(source: Sequence[Paragraph], size: float) -> Iterator[Part]:
    """Parts of about this size, cut before a heading where there is one nearby."""
    taken: list[Paragraph] = []
    length = 0
    for paragraph in source:
        new_heading = bool(taken) and paragraph.heading != taken[-1].heading
        if length > (0.7 if new_heading else 1.0) * size:
            yield Part(tuple(taken), length)
            taken, length = [], 0
        taken.append(paragraph)
        length += len(paragraph.text)
    if taken:
        yield Part(tuple(taken), length)


def share(parts: Sequence[Part], left_s: float, language: str) -> float:
    """The seconds for the first of these parts: by the root of its size, and what shorter ones cannot fill."""
    weights = {number: math.sqrt(part.size) for number, part in enumerate(parts)}
    capacities = [part.size / characters(1, language) for part in parts]
    while True:
        unit = left_s / sum(weights.values())
        full = [number for number in weights if capacities[number] <= weights[number] * unit]
        if not full or len(full) == len(weights):
            return weights[0] * unit
        if 0 in full:
            return capacities[0]
        for number in full:
            left_s -= capacities[number]
            del weights[number]


class Selection:
    """Chooses passages part by part, and remembers what was quoted so that nothing is told twice."""

    def __init__(self, language: str, title: str, *, focus: str = "") -> None:
        self._language = language
        self._focus = Focus.of(focus, language)
        self._title = frozenset(terms(title, language))
        self._sentences: set[str] = set()
        self._quoted: list[frozenset[str]] = []

    def choose(self, part: Part, budget_s: float, *, opens: bool) -> list[Passage]:
        """The passages of a part that say most of it in about `budget_s`, in the source's order."""
        candidates = self._candidates(part, brief=opens)
        weighted = vectors([candidate.text for candidate in candidates], self._language)
        worth = self._worth(candidates, weighted)
        costs = [seconds(candidate.text, self._language) + _BRIDGE_S for candidate in candidates]
        chosen: list[int] = []
        likeness = [0.0] * len(candidates)
        open_numbers = set(range(len(candidates)))
        while open_numbers:
            standing = {number for number in open_numbers if self._stands(candidates, number, chosen)}
            best = self._best(standing, worth, likeness, costs, budget_s)
            if opens and not chosen:
                best = 0  # how a text begins is how it wants to be begun
            if best is None:
                break
            open_numbers.discard(best)
            if self._told(candidates[best]):
                continue
            chosen.append(best)
            budget_s -= costs[best]
            self._remember(candidates[best])
            for number in open_numbers:
                likeness[number] = max(likeness[number], similarity(weighted[number], weighted[best]))
        return [candidates[number] for number in sorted(chosen)]

    @staticmethod
    def _best(
        numbers: set[int], worth: Sequence[float], likeness: Sequence[float], costs: Sequence[float], left_s: float
    ) -> int | None:
        """The most worthwhile passage that still fits; at the end the one that comes nearest to what is left."""
        if not numbers:
            return None
        fitting = [number for number in numbers if costs[number] <= left_s]
        if fitting:
            return max(fitting, key=lambda number: (worth[number] - _REDUNDANCY * likeness[number], -number))
        nearest = min(numbers, key=lambda number: (costs[number], number))
        return nearest if costs[nearest] < 2 * left_s else None

    def _stands(self, candidates: Sequence[Passage], number: int, chosen: Sequence[int]) -> bool:
        """Whether a passage can be quoted: what leans on the passage before it only where that one is quoted too."""
        return number - 1 in chosen or not depends_on_context(candidates[number].text, self._language)

    def _candidates(self, part: Part, *, brief: bool) -> list[Passage]:
        """The passages of a part, or of evenly spaced paragraphs of a long one; sentences told before left out."""
        read = list(_spaced(part))
        found = []
        seen: set[str] = set()
        for number, paragraph in enumerate(read):
            most, length = (1, 150) if brief and number == 0 else (3, 330)
            for passage in passages(paragraph, self._language, most=most, length=length):
                fresh = []
                for sentence in passage.sentences:
                    key = _key(sentence)
                    if key not in seen and key not in self._sentences:
                        seen.add(key)
                        fresh.append(sentence)
                if fresh:
                    found.append(passage.with_sentences(fresh))
        return found

    def _worth(self, candidates: Sequence[Passage], weighted: Sequence[Vector]) -> list[float]:
        ranks = lexrank(weighted)
        highest = max(ranks, default=1.0) or 1.0
        return [
            rank / highest * self._fitness(candidate, first=number == 0)
            for number, (candidate, rank) in enumerate(zip(candidates, ranks, strict=True))
        ]

    def _fitness(self, passage: Passage, *, first: bool) -> float:
        """What a rank does not know: openings say what follows, and titles what matters."""
        factor = 1.3 if first else 1.0
        if passage.opens_paragraph:
            factor *= 1.1
        if self._title.intersection(terms(passage.text, self._language)):
            factor *= 1.15
        words = self._focus.wanted | self._focus.unwanted
        if words and (found := words.intersection(terms(passage.text, self._language))):
            factor *= _LEFT_OUT if found & self._focus.unwanted else _DWELT_ON
        return factor

    def _told(self, passage: Passage) -> bool:
        """Whether another passage has told nearly the same, in this part or before."""
        words = frozenset(terms(passage.text, self._language))
        return any(len(words & quoted) > _ALIKE * len(words | quoted) for quoted in self._quoted)

    def _remember(self, passage: Passage) -> None:
        self._sentences.update(map(_key, passage.sentences))
        self._quoted.append(frozenset(terms(passage.text, self._language)))


def _spaced(part: Part) -> Iterator[Paragraph]:
    """All paragraphs of a part, or evenly spaced ones of one that is longer than is read of it."""
    step = max(1.0, part.size / _MAX_READ)
    wanted = 0.0
    for number, paragraph in enumerate(part.paragraphs):
        if number >= wanted:
            wanted += step
            yield paragraph


def _key(sentence: str) -> str:
    return "".join(filter(str.isalnum, sentence.lower()))
