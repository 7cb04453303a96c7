"""The writer without a model: the sources' own sentences, ranked, and set as a dialogue of two hosts.

Every sentence with a fact in it is quoted from a source as it stands there; what the hosts say themselves are questions
and turns of phrase (common/languages/), and in their opening they say so. The same request makes the same script, so it
can be continued anywhere: a writer that is asked to go on leaves out as many turns as were said.

The sources are told in their own order, cut into as many parts as the podcast is to have chapters. A part is read and
ranked when its turn comes, and no more of it than matters, so that a long source is begun as soon as a short one.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from itertools import islice

from common.errors import EngineRefused
from common.languages import pack_of
from common.styles import STYLES
from functions.model_serving.llm.material.selection import Selection, parts_of, share
from functions.model_serving.llm.material.sentences import Paragraph, Passage, paragraphs, passages
from functions.model_serving.llm.material.transitions import Transitions, opening_words
from functions.model_serving.llm.protocol import Request, Turn, require_known, said_since_greeting
from functions.model_serving.llm.speaking_rate import seconds
from functions.model_serving.tts.speakable import require_latin_script


class ExtractiveWriter:
    """See the module. Holds nothing between two scripts."""

    def write(self, request: Request) -> Iterator[Turn]:
        require_known(request.language)
        return islice(_Script(request).turns(), len(said_since_greeting(request.said)), None)


class _Script:
    """One script in the making."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._language = request.language
        self._mix = STYLES[request.style].mix
        seed = repr((request.title, request.language, request.minutes, request.style, request.hosts, request.sources))
        self._random = random.Random(hashlib.sha256(seed.encode()).digest())  # noqa: S311 - the same each time
        self._transitions = Transitions(request.language, request.title, self._random)
        self._phrases = pack_of(request.language).phrases
        self._selection = Selection(request.language, request.title, focus=request.focus)
        self._speaker = 0
        self._chapters: set[str] = set()
        self._named = False
        self._sources_begun: set[int] = set()
        self._left_s = request.minutes * 60

    def turns(self) -> Iterator[Turn]:
        """The whole script after the greeting."""
        material = [
            list(paragraphs(source.text, number, source.title)) for number, source in enumerate(self._request.sources)
        ]
        self._require_readable(material)
        close = self._phrases.close.format(title=self._request.title)
        greeting = [turn.text for turn in self._request.said if turn.kind == "cold_open"]
        self._left_s -= sum(seconds(text, self._language) for text in (*greeting, close))
        yield self._next(self._opening(), "")
        parts = parts_of(material, self._request.minutes, self._language)
        chapter = ""
        for number, part in enumerate(parts):
            budget_s = share(parts[number:], self._left_s, self._language)
            chosen = self._selection.choose(part, budget_s, opens=number == 0)
            if chosen:
                chapter = self._chapter_title(chosen)
                yield from self._chapter(chapter, chosen, first=number == 0, last=number == len(parts) - 1)
                self._sources_begun.add(chosen[0].source)
        yield Turn(self._pass_on(), close, chapter, None, "close")

    def _require_readable(self, material: Sequence[Sequence[Paragraph]]) -> None:
        """Raise EngineRefused before the first turn where the sources have nothing in them to be quoted."""
        require_latin_script(" ".join(source.text[:20_000] for source in self._request.sources))
        if not any(any(passages(paragraph, self._language)) for source in material for paragraph in source):
            raise EngineRefused("engine_text_empty", "There is no sentence in these sources that could be read aloud.")

    def _opening(self) -> str:
        if len(self._request.hosts) == 1:
            return self._phrases.opening_alone
        return self._phrases.opening.format(other=self._request.hosts[1])

    def _chapter(self, title: str, chosen: Sequence[Passage], *, first: bool, last: bool) -> Iterator[Turn]:
        """Quote the passages in order, with what leads from one to the next."""
        asked = False
        for number, passage in enumerate(chosen):
            following = chosen[number + 1] if number + 1 < len(chosen) else None
            text = passage.text
            if number == 0:
                text = f"{self._introduction(passage, title, first=first)} {text}"
            elif last and following is None:
                text = f"{self._transitions.last()} {text}"
            elif not asked and self._random.random() < self._mix.lead_in:
                text = f"{self._transitions.lead_in()} {text}"
            question, prompt = self._question(following), ""
            if question and (len(passage.sentences) > 2 or not self._mix.both_read):
                question, prompt = "", question  # after so much, the other host asks
            asked = bool(question)
            yield self._next(f"{text} {question}".rstrip(), title, passage.source, speaker=self._reader())
            prompt = prompt or self._prompt(following, asked=asked)
            if prompt:
                asked = True
                yield self._next(prompt, title)

    def _reader(self) -> int | None:
        return None if self._mix.both_read else 0

    def _question(self, following: Passage | None) -> str:
        """What is asked so that the passage which follows is its answer; often nothing."""
        if not self._asks(following, self._mix.question):
            return ""
        return self._transitions.question(following) if following else ""

    def _prompt(self, following: Passage | None, *, asked: bool) -> str:
        """What the other host says to have the one who reads go on; so that a lecture stays a conversation."""
        often = self._mix.question / (2 if self._mix.both_read else 1)
        return "" if asked or not self._asks(following, often) else self._transitions.on()

    def _asks(self, following: Passage | None, chance: float) -> bool:
        return following is not None and len(self._request.hosts) > 1 and self._random.random() < chance

    def _introduction(self, passage: Passage, chapter: str, *, first: bool) -> str:
        if first:
            return self._transitions.begin()
        source = self._request.sources[passage.source]
        if source.title and passage.source not in self._sources_begun:
            return self._transitions.source(source.title)
        return self._transitions.chapter(chapter) if self._named else self._transitions.moving_on()

    def _chapter_title(self, chosen: Sequence[Passage]) -> str:
        """What the chapter is called: as in the source, else by what it is about, else as it begins."""
        source = self._request.sources[chosen[0].source]
        begins_source = len(self._request.sources) > 1 and chosen[0].source not in self._sources_begun
        title = chosen[0].heading or (source.title if begins_source else "") or self._transitions.topic(chosen)
        if not title or title in self._chapters:
            title, self._named = opening_words(chosen[0]), False
        else:
            self._named = True
        self._chapters.add(title)
        return title

    def _next(self, text: str, chapter: str, source: int | None = None, *, speaker: int | None = None) -> Turn:
        """The next turn: of the other host, unless a `speaker` is named."""
        self._left_s -= seconds(text, self._language)
        return Turn(self._pass_on(speaker), text, chapter, source)

    def _pass_on(self, speaker: int | None = None) -> str:
        self._speaker = (self._speaker + 1) % len(self._request.hosts) if speaker is None else speaker
        return self._request.hosts[self._speaker]
