"""Selection from the sources: cut into parts, a share of the time for each, and the passages to fill the share.

A part is read no further than matters and ranked on its own, so the work before the next turn does not grow with the
sources.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from common.languages import pack_of
from common.text.sentences import ended
from functions.model_serving.llm.material.context_dependence import depends_on_context, limits_what_was_said
from functions.model_serving.llm.material.focus import Focus
from functions.model_serving.llm.material.paragraphs import Paragraph, Shape
from functions.model_serving.llm.material.ranking import Vector, lexrank, similarity, terms, vectors
from functions.model_serving.llm.material.sentences import MAX_PASSAGE, Passage, all_passages
from functions.model_serving.llm.material.telling import Telling, telling_of
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
_MARKS: Final = 1.1
"""How much longer a part is as it is told, with what parts the items of lists."""
_AROUND_S: Final = 18.0
"""The greeting, the opening and the close."""
_READ_AT_ONCE: Final = 420
"""Characters of a story that one host reads."""
_LONGEST_AT_ONCE: Final = 1_500
"""Characters that one host reads where no sentence ends."""
_SLIGHT: Final = 40
"""Characters: what is shorter says little by itself."""
_ALIKE: Final = 0.5
_REDUNDANCY: Final = 0.7
_DWELT_ON: Final = 2.0
_LEFT_OUT: Final = 0.02
"""How much more, or less, a passage is worth that has what the podcast is to dwell on, or to leave out."""
_WORD = re.compile(r"\w+")
_NO_SENTENCE: Final = 15
"""Letters: what is shorter may be said twice, as "No."."""


@dataclass(frozen=True)
class Part:
    """The material of a single chapter: consecutive paragraphs of one source, and their characters.

    `begins`: the source begins with this part, so the part's first sentence leans on nothing; `unfinished`: the source
    goes on after this part, and nothing of the rest is told.
    """

    paragraphs: tuple[Paragraph, ...]
    size: int
    telling: Telling = Telling.POINTS
    begins: bool = False
    unfinished: bool = False


def parts_of(material: Sequence[Sequence[Paragraph]], minutes: float, language: str) -> list[Part]:
    """Cut the sources into about as many parts as the time allows chapters, in order, no part over two sources.

    Questions and answers are a single part, so the best of all are told; a source read on ends where its time does.
    """
    most = max(1, int(minutes * 60 / _MIN_PART_S))
    sources = [source for source in material if source][:most]
    tellings = [telling_of(source, language) for source in sources]
    sizes = [sum(paragraph.size for paragraph in source) for source in sources]
    cuts = [1] * len(sources)
    while sum(cuts) < min(_MAX_CHAPTERS, round(_OPENING_CHAPTER + minutes / _MINUTES_A_CHAPTER)):
        longest = max(range(len(sources)), key=lambda number: sizes[number] / cuts[number], default=0)
        if not sources or sizes[longest] / (cuts[longest] + 1) < _MIN_PART_CHARACTERS:
            break
        cuts[longest] += 1
    whole = [Part(tuple(source), size) for source, size in zip(sources, sizes, strict=True)]
    parts: list[Part] = []
    cut: list[Part]
    for number, (source, telling, size, count) in enumerate(zip(sources, tellings, sizes, cuts, strict=True)):
        if telling == Telling.PAIRS:
            cut = [replace(whole[number], telling=telling)]
        elif telling == Telling.READ_ON:
            of_all = math.sqrt(size or 1) / sum(math.sqrt(each or 1) for each in sizes)
            cut = list(_read_on(source, (minutes * 60 - _AROUND_S) * of_all, language, count))
        else:
            cut = list(_slices(source, size / count, language))
        parts += [replace(cut[0], begins=True), *cut[1:]]
    return parts


def _slices(source: Sequence[Paragraph], size: float, language: str) -> Iterator[Part]:
    """Parts of about the given size, cut before a nearby heading, if any, and before nothing that leans on the words
    above, which are in another part then, and out of its reach."""
    taken: list[Paragraph] = []
    length = 0
    for paragraph in source:
        new_heading = bool(taken) and paragraph.heading != taken[-1].heading
        full = length > (0.7 if new_heading else 1.0) * size
        if full and (new_heading or length > 2 * size or not _goes_on(paragraph, language)):
            yield Part(tuple(taken), length)
            taken, length = [], 0
        taken.append(paragraph)
        length += paragraph.size
    if taken:
        yield Part(tuple(taken), length)


def _goes_on(paragraph: Paragraph, language: str) -> bool:
    """Tell whether a paragraph takes up the one above, or takes something of it back."""
    text = paragraph.text
    return depends_on_context(text, language) or limits_what_was_said(text, language)


def _read_on(source: Sequence[Paragraph], time_s: float, language: str, count: int) -> Iterator[Part]:
    """Yield the beginning of a source, as far as readable in the given time: never less than a paragraph."""
    read: list[Paragraph] = []
    for paragraph in source:
        time_s -= seconds("x" * paragraph.size, language) if paragraph.size else 0
        if read and time_s < 0:
            break
        read.append(paragraph)
    size = sum(paragraph.size for paragraph in read)
    parts = [replace(part, telling=Telling.READ_ON) for part in _slices(read, max(1, size / count), language)]
    yield from parts[:-1]
    yield replace(parts[-1], unfinished=len(read) < len(source))


def share(parts: Sequence[Part], left_s: float, language: str) -> float:
    """Return the seconds for the first of these parts: by the root of its size, and the time left unfilled by shorter
    parts."""
    weights = {number: math.sqrt(part.size or 1) for number, part in enumerate(parts)}
    capacities = [_MARKS * part.size / characters(1, language) + _BRIDGE_S * len(part.paragraphs) for part in parts]
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
    """Chooses passages part by part, and remembers the quoted ones so that nothing is told twice.

    A selection that is not `strict` takes words without an end mark for a sentence: for texts without any end marks.
    `focus` is the contents to dwell on and to leave out.
    """

    def __init__(self, language: str, title: str, *, focus: str = "", strict: bool = True) -> None:
        self._language = language
        self._focus = Focus.of(focus, language)
        self._title = frozenset(terms(title, language))
        self._strict = strict
        self._sentences: set[str] = set()
        self._quoted: list[_Said] = []
        self.first: Passage | None = None
        """How the source begins that was chosen from last, if it was begun there."""

    def choose(self, part: Part, budget_s: float, *, opens: bool, at_least_one: bool = False) -> list[Passage]:
        """Return the passages saying most of a part in about `budget_s`, in the source's order.

        A story is read whole, at any length; of anything else `at_least_one` passage is told, if need be.
        """
        candidates = self._candidates(part, brief=opens)
        self.first = candidates[0] if candidates and part.begins else None
        if part.telling == Telling.READ_ON:
            return _together([candidate for candidate in candidates if candidate.quotable], brief=opens)
        weighted = vectors([f"{candidate.asked} {candidate.text}" for candidate in candidates], self._language)
        worth = self._worth(candidates, weighted)
        costs = [
            sum(seconds(text, self._language) for text in (candidate.asked, *_turns(candidate)) if text) + _BRIDGE_S
            for candidate in candidates
        ]
        chosen: list[int] = []
        likeness = [0.0] * len(candidates)
        bound = [_bound(candidates, number) for number in range(len(candidates))]
        open_numbers = {number for number, others in enumerate(bound) if others}
        while open_numbers:
            standing = {
                number
                for number in open_numbers
                if self._stands(candidates, number, chosen) or (number == 0 and part.begins)
            }
            together = [sum(costs[each] for each in others if each not in chosen) for others in bound]
            if opens and not chosen and standing and together[min(standing)] < 2 * budget_s:
                best: int | None = min(standing)  # how a text begins is how it wants to be begun
            else:
                best = self._best(standing, worth, likeness, together, budget_s)
            if best is None and at_least_one and not chosen:
                best = min(standing or open_numbers, key=lambda number: together[number])
            if best is None:
                break
            open_numbers.discard(best)
            if self._told(candidates[best]):
                continue
            for each in bound[best]:
                if each not in chosen:
                    open_numbers.discard(each)
                    chosen.append(each)
                    budget_s -= costs[each]
                    self._remember(candidates[each])
            for number in open_numbers:
                likeness[number] = max(likeness[number], similarity(weighted[number], weighted[best]))
        return [_finished(candidates[number]) for number in sorted(chosen)]

    @staticmethod
    def _best(
        numbers: set[int], worth: Sequence[float], likeness: Sequence[float], costs: Sequence[float], left_s: float
    ) -> int | None:
        """Return the most worthwhile passage still fitting; at the end the passage nearest in length to the time
        left."""
        if not numbers:
            return None
        fitting = [number for number in numbers if costs[number] <= left_s]
        if fitting:
            return max(fitting, key=lambda number: (worth[number] - _REDUNDANCY * likeness[number], -number))
        nearest = min(numbers, key=lambda number: (costs[number], number))
        return nearest if costs[nearest] < 2 * left_s else None

    @staticmethod
    def _stands(candidates: Sequence[Passage], number: int, chosen: Sequence[int]) -> bool:
        """Tell whether a passage can be quoted: a passage leaning on its predecessor only where the predecessor is
        quoted too; a question that takes up "it", after an answer that is never told, where the one before that is."""
        if not (candidates[number].leans or candidates[number].limits):
            return True
        before = number - 1
        while candidates[number].asked and before > 0 and candidates[before].asked and not candidates[before].quotable:
            before -= 1
        return before in chosen

    def _candidates(self, part: Part, *, brief: bool) -> list[Passage]:
        """Return the passages of a part, or of evenly spaced paragraphs of a long part; passages told before are
        gaps."""
        read_on = part.telling == Telling.READ_ON
        found: list[Passage] = []
        seen: set[str] = set()
        for number, paragraph in enumerate(part.paragraphs if read_on else _spaced(part)):
            most, length = (1, 150) if brief and number == 0 else (99, _READ_AT_ONCE) if read_on else (3, 330)
            strict = self._strict and not read_on
            cut = all_passages(paragraph, self._language, most=most, length=length, strict=strict)
            for passage in _after_the_first(cut) if most == 1 and not read_on else cut:
                keys = _keys(passage)
                again = not read_on and not (keys.isdisjoint(seen) and keys.isdisjoint(self._sentences))
                found.append(replace(passage, quotable=False) if again else passage)
                seen |= keys
        return found

    def _worth(self, candidates: Sequence[Passage], weighted: Sequence[Vector]) -> list[float]:
        ranks = lexrank(weighted)
        highest = max(ranks, default=1.0) or 1.0
        return [
            rank / highest * self._fitness(candidate, first=number == 0)
            for number, (candidate, rank) in enumerate(zip(candidates, ranks, strict=True))
        ]

    def _fitness(self, passage: Passage, *, first: bool) -> float:
        """Merits unknown to a rank: openings announce the contents, and titles name the important matters."""
        factor = 1.3 if first else 1.0
        if passage.opens_paragraph:
            factor *= 1.1
        if self._title.intersection(terms(passage.text, self._language)):
            factor *= 1.15
        words = self._focus.wanted | self._focus.unwanted
        if words and (found := words.intersection(terms(passage.text, self._language))):
            factor *= _LEFT_OUT if found & self._focus.unwanted else _DWELT_ON
        if len(passage.text) < _SLIGHT:
            factor *= 0.6
        return factor

    def _told(self, passage: Passage) -> bool:
        """Tell whether another passage has told nearly the same, in this part or before."""
        said = _Said.of_passage(passage, self._language)
        return any(said.is_like(quoted) for quoted in self._quoted)

    def _remember(self, passage: Passage) -> None:
        self._sentences |= _keys(passage)
        self._quoted.append(_Said.of_passage(passage, self._language))


@dataclass(frozen=True)
class _Said:
    """What a passage says, roughly: its meaningful words; and what must be the same for another to say the same, its
    negations, its figures and, of a few words such as "The motion was carried.", the heading they are said of."""

    words: frozenset[str]
    turned_by: frozenset[str]
    of: str

    @staticmethod
    def of_passage(passage: Passage, language: str) -> _Said:
        negations = pack_of(language).context.negations
        turned_by = frozenset(
            word for word in _WORD.findall(passage.text.lower()) if word[0].isdigit() or word in negations
        )
        return _Said(frozenset(terms(passage.text, language)), turned_by, _of(passage))

    def is_like(self, other: _Said) -> bool:
        if (self.turned_by, self.of) != (other.turned_by, other.of):
            return False
        return len(self.words & other.words) > _ALIKE * len(self.words | other.words)


def _of(passage: Passage) -> str:
    return passage.heading if len(passage.text) < _SLIGHT else ""


def _keys(passage: Passage) -> set[str]:
    """Return the passage's sentences, in letters and digits alone, but for those that may be said twice."""
    keys = map(_key, passage.sentences)
    return {f"{_of(passage)}:{key}" for key in keys if len(key) > _NO_SENTENCE}


def _turns(passage: Passage) -> Sequence[str]:
    """Return the passage's turns, each said at a stretch: an answer is several turns, anything else a single turn."""
    return passage.sentences if passage.asked else (passage.text,)


def _bound(candidates: Sequence[Passage], number: int) -> tuple[int, ...]:
    """Return a passage and the limiting passages after it; nothing where any of these cannot be quoted."""
    numbers = [number]
    while numbers[-1] + 1 < len(candidates) and candidates[numbers[-1] + 1].limits:
        numbers.append(numbers[-1] + 1)
    return tuple(numbers) if all(candidates[each].quotable for each in numbers) else ()


def _after_the_first(passages: Iterable[Passage]) -> Iterator[Passage]:
    """Yield the first sentence alone, for the first sound to come soon; the others of its paragraph together again."""
    before: Passage | None = None
    for number, passage in enumerate(passages):
        prose = before is not None and number > 1 and before.quotable and passage.quotable
        if before and prose and not passage.listed and len(before.text) + len(passage.text) < MAX_PASSAGE:
            text, sentences = f"{before.text} {passage.text}", (*before.sentences, *passage.sentences)
            before = replace(before, text=text, sentences=sentences)
            continue
        if before:
            yield before
        before = passage
    if before:
        yield before


def _together(passages: Sequence[Passage], *, brief: bool) -> list[Passage]:
    """Consecutive passages, short ones joined: as much as a single host reads, up to the end of a sentence."""
    joined: list[Passage] = []
    for number, passage in enumerate(passages):
        before = joined[-1] if joined and not (brief and number == 1 and ended(joined[-1].text)) else None
        fits = before is not None and len(before.text) + len(passage.text) < _READ_AT_ONCE
        if (
            before
            and not before.speaker
            and not passage.speaker
            and before.heading == passage.heading
            and (fits or (not ended(before.text) and len(before.text) < _LONGEST_AT_ONCE))
        ):
            joined[-1] = replace(
                before,
                text=f"{before.text}{_joint(before, passage)}{passage.text}",
                sentences=(*before.sentences, *passage.sentences),
            )
        else:
            joined.append(passage)
    return [_finished(passage) for passage in joined]


def _joint(before: Passage, passage: Passage) -> str:
    """Return the space between two passages: verses keep their lines, and stanzas the line between."""
    if "\n" not in before.text and "\n" not in passage.text:
        return " "
    return "\n\n" if passage.opens_paragraph else "\n"


def _finished(passage: Passage) -> Passage:
    """Return the same passage with a full stop where its own text has no mark at its end: a verse, or somebody's
    line."""
    if ended(passage.text):
        return passage
    *parts, last = passage.sentences
    parts.append(f"{last.rstrip(' ,;:–—-')}.")
    text = f"{passage.text.rstrip(' ,;:–—-')}."
    return replace(passage, text=text, sentences=tuple(parts))


def _spaced(part: Part) -> Iterator[Paragraph]:
    """Yield all paragraphs of a part, or evenly spaced ones of a part longer than the amount read, with gaps
    between."""
    step = max(1.0, part.size / _MAX_READ)
    wanted = 0.0
    skips = False
    for number, paragraph in enumerate(part.paragraphs):
        if number >= wanted:
            wanted += step
            skips = False
            yield paragraph
        elif not skips:
            skips = True
            yield replace(paragraph, shape=Shape.GAP, text="", items=(), answer=())


def _key(sentence: str) -> str:
    return "".join(filter(str.isalnum, sentence.lower()))
