"""Transitions between quoted passages: questions answered by the next passage, and words of attribution.

Nothing here states a fact. A question takes up a name, a word, a reason or a figure in the passage.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Final

from common.languages import pack_of
from common.text.scripts import mostly_latin
from common.text.titles import whole_title, with_title
from functions.model_serving.llm.material.ranking import terms
from functions.model_serving.llm.material.sentences import Passage
from functions.model_serving.llm.material.topics import names, nouns, often

_FIGURES = re.compile(r"\b(?!1[5-9]\d\d\b|20\d\d\b)\d[\d.,]*\s?(?:%|[a-zà-ÿ$€£])")  # years are not amounts
_MAX_TITLE: Final = 72
_UNCLOSED = re.compile(r"[\s,;:–—-]*[(\[“«„][^)\]”»]*$")
_EARLY: Final = 60
"""Characters of a passage that begin with its subject."""
_MAX_SAID: Final = 90
"""Characters: a longer title of a chapter is shown, and not said."""


class Transitions:
    """Takes its phrases in turn from banks shuffled once, and no name or word twice."""

    def __init__(self, language: str, title: str, chance: random.Random) -> None:
        self._language = language
        self._phrases = pack_of(language).phrases
        self._chance = chance
        self._decks: dict[tuple[str, ...], list[str]] = {}
        self._taken_up = set(terms(title, language))
        self._reason = re.compile(rf"\b(?:{'|'.join(self._phrases.because)})\b", re.IGNORECASE)
        self._last = ""

    def begin(self) -> str:
        return self._phrases.begin

    def source(self, title: str) -> str:
        return with_title(self._draw(self._phrases.source), title, self._language)

    def chapter(self, title: str) -> str:
        """Leads into a chapter by its title, in mid-sentence beginning as in the text: "the Moon"."""
        article, space, rest = title.partition(" ")
        if space and article.lower() in pack_of(self._language).nouns.articles:
            title = f"{article.lower()} {rest}"
        if len(title) > _MAX_SAID or not mostly_latin(title):
            return self.moving_on()
        return with_title(self._draw(self._phrases.chapter), title, self._language)

    def moving_on(self) -> str:
        return self._draw(self._phrases.moving_on)

    def lead_in(self) -> str:
        return self._draw(self._phrases.lead_in)

    def last(self) -> str:
        return self._draw(self._phrases.last)

    def unfinished(self) -> str:
        return self._phrases.unfinished

    def question(self, passage: Passage, *, after: Passage) -> str:
        """Return a question answered by the passage, as far as the passage's words tell; empty where none is found.

        Nobody asks for reasons or figures `after` having heard some, nor for those of something else; and nobody asks
        about a thing mentioned in passing.
        """
        goes_on = not set(terms(after.text, self._language)).isdisjoint(terms(passage.sentences[0], self._language))
        gives_reason = self._reason.search(passage.text) and not self._reason.search(after.text)
        if goes_on and gives_reason and self._chance.random() < 0.5:
            return self._draw(self._phrases.why)
        gives_figures = len(_FIGURES.findall(passage.text)) > 1 and not _FIGURES.search(after.text)
        if goes_on and gives_figures and self._chance.random() < 0.7:
            return self._draw(self._phrases.figures)
        named = names(passage.text, self._language)
        name = self._take_up(sorted(named, key=lambda name: name not in passage.sentences[0]))
        if name:
            return self._draw(self._phrases.about_name).format(term=name)
        word = self._take_up([noun for noun in nouns(passage.text, self._language) if self._matters(noun, passage)])
        if word:
            return self._draw(self._phrases.about_word).format(term=word)
        return ""

    def _matters(self, noun: str, passage: Passage) -> bool:
        return noun.lower() in passage.text[:_EARLY].lower() or often(noun, passage.text, self._language) > 1

    def on(self) -> str:
        """Return a listener's words asking for more, whatever the subject."""
        return self._draw(self._phrases.on)

    def topic(self, passages: Sequence[Passage]) -> str:
        """Return a title for untitled passages: a name or noun of several sentences; empty where none recurs. A single
        word is one only where many sentences are about it, or without an article most: "Sugar" is no title of a
        recipe.

        The last of several passages yields no title: its contents are not told earlier.
        """
        told = [passage for passage in (passages[:-1] or passages) if not passage.listed]
        sentences = [sentence for passage in told for sentence in passage.sentences]
        whole = " ".join(sentences)
        for found in (names(whole, self._language), nouns(whole, self._language)):
            topic = self._take_up([one for one in found if self._recurs(one, sentences)])
            if topic:
                return topic[0].upper() + topic[1:]
        return ""

    def _recurs(self, candidate: str, sentences: Sequence[str]) -> bool:
        times = sum(often(candidate, sentence, self._language) > 0 for sentence in sentences)
        several = len(terms(candidate, self._language)) > 1
        return times > 1 and (several or (3 if " " in candidate else 2) * times > len(sentences))

    def begins_with(self, title: str, passage: Passage) -> bool:
        """Tell whether a passage is about the subject of a title: later subjects are not announced ahead."""
        return often(title, passage.text, self._language) > 0

    def _draw(self, bank: tuple[str, ...]) -> str:
        """Return the next phrase of a bank, every phrase before any comes back, and none twice in a row."""
        deck = self._decks.setdefault(bank, [])
        if not deck:
            deck.extend(bank)
            self._chance.shuffle(deck)
            if len(deck) > 1 and deck[-1] == self._last:
                deck.reverse()
        self._last = deck.pop()
        return self._last

    def _take_up(self, candidates: Sequence[str]) -> str:
        for candidate in candidates:
            stems = set(terms(candidate, self._language))
            if stems and not stems & self._taken_up:
                self._taken_up |= stems
                return candidate
        return ""


def opening_words(passage: Passage, language: str) -> str:
    """Return the first words of a passage, as its title; a single word in front, such as a report's place, is none."""
    if passage.asked:
        return shortened(passage.asked, language)
    first = next((sentence for sentence in passage.sentences if " " in sentence), passage.sentences[0])
    return shortened(first.partition("\n")[0], language)


def shortened(title: str, language: str) -> str:
    """Return a title to be shown and not said: cut where too long, at a clause's end or at a word able to stand
    last."""
    title = title.rstrip(" ,;:")
    title = title if title.endswith("?") else title.rstrip(" .!…")
    if len(title) <= _MAX_TITLE:
        return title
    cut = _UNCLOSED.sub("", title[:_MAX_TITLE].rsplit(" ", 1)[0])
    cut = cut[: cut.rfind('"')] if cut.count('"') % 2 and cut[0] != '"' else cut
    return whole_title(f"{cut.rstrip(' .,;:–—-(')}…", language) + "…"
