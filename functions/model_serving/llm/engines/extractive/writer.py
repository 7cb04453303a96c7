"""The writer without a model: the sources' own sentences, ranked, and set as a dialogue of up to four hosts.

Every sentence of fact is quoted from a source verbatim, whole, and a list together with its lead-in; the hosts' own
words are questions and turns of phrase (common/languages/), and in their opening they say so. The same request makes
the same script, so a script can be continued anywhere: a writer asked to go on leaves out as many turns as were said.

The sources are told in their own order, cut into as many parts as the podcast is to have chapters. A part is read and
ranked when its turn comes, and no further than matters, so that a long source is begun as soon as a short one. An
interview is a conversation again: one host asks, another answers. A story, a play or a poem is read from its beginning
on, with nothing between.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from typing import Final

from common.errors import EngineRefused
from common.languages import pack_of
from common.styles import STYLES
from common.text.titles import with_title
from functions.model_serving.llm.material.foreign import readable_sources
from functions.model_serving.llm.material.paragraphs import Paragraph, paragraphs
from functions.model_serving.llm.material.selection import Part, Selection, parts_of, share
from functions.model_serving.llm.material.sentences import Passage, all_passages
from functions.model_serving.llm.material.telling import Telling
from functions.model_serving.llm.material.transitions import Transitions, opening_words
from functions.model_serving.llm.protocol import Request, Source, Turn, require_known, said_since_greeting
from functions.model_serving.llm.speaking_rate import seconds
from functions.model_serving.tts.speakable import require_latin_script

_FIRST: Final = 1_500
"""Characters of a source in which there is a sentence to begin with, if it is not peculiar."""
_FIRST_BLOCKS: Final = 12
_ASKED_FOR: Final = 80
"""Characters: what is shorter is said without being asked for by a word of it."""
_LABEL: Final = 40
_ANNOUNCED: Final = 40
"""Characters: what is shorter, as "Amen." at the end, is said without "one more passage"."""


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
        self._speaker = 0
        self._chapters: set[str] = set()
        self._chapter = self._above = ""
        self._sources_begun: set[int] = set()
        self._voices: dict[tuple[int, str], int] = {}
        self._read: dict[int, list[Paragraph]] = {}
        self._left_s = request.minutes * 60

    def turns(self) -> Iterator[Turn]:
        """Yield the whole script after the greeting."""
        strict = self._require_readable()
        close = with_title(self._phrases.close, self._request.title, self._language)
        greeting = [turn.text for turn in self._request.said if turn.kind == "cold_open"]
        self._left_s -= sum(seconds(text, self._language) for text in (*greeting, close))
        for text in self._opening():
            yield self._next(text, "")
        material = [self._paragraphs(number) for number in self._readable]
        parts = parts_of(material, self._request.minutes, self._language)
        self._selection = Selection(self._language, self._request.title, focus=self._request.focus, strict=strict)
        quoted = False
        for number, part in enumerate(parts):
            budget_s = share(parts[number:], self._left_s, self._language)
            last = number == len(parts) - 1
            chosen = self._selection.choose(part, budget_s, opens=number == 0, at_least_one=last and not quoted)
            quoted = quoted or bool(chosen)
            yield from self._part(part, chosen, last=last)
        if not quoted:  # whatever there is, and if it takes longer
            for part in parts[:-1]:
                chosen = self._selection.choose(part, 0, opens=False, at_least_one=True)
                yield from self._part(part, chosen, last=True)
                if chosen:
                    break
        yield Turn(self._pass_on(), close, self._chapter, None, "close")

    def _require_readable(self) -> bool:
        """Find the quotable sources, and tell whether any sentence in these sources has a proper end.

        Raises EngineRefused before the first turn for sources not readable by any voice, for sources in another
        language than the podcast, and for sources with nothing to be quoted.
        """
        require_latin_script(" ".join(source.text[:20_000] for source in self._request.sources))
        self._readable = readable_sources([source.text for source in self._request.sources], self._language)
        for strict in (True, False):
            for first in (True, False):
                if any(self._quotable(number, strict=strict, first=first) for number in self._readable):
                    return strict
        raise EngineRefused("engine_text_empty", "There is no sentence in these sources that could be read aloud.")

    def _quotable(self, number: int, *, strict: bool, first: bool) -> bool:
        return any(
            passage.quotable
            for paragraph in self._paragraphs(number, first=first)
            for passage in all_passages(paragraph, self._language, strict=strict)
        )

    def _paragraphs(self, number: int, *, first: bool = False) -> Sequence[Paragraph]:
        """Return the paragraphs of a source, or its first ones alone: of a short source, all."""
        source: Source = self._request.sources[number]
        text, blocks = (source.text[:_FIRST], source.blocks[:_FIRST_BLOCKS]) if first else (source.text, source.blocks)
        if number not in self._read:
            found = list(paragraphs(text, number, source.title, language=self._language, blocks=blocks))
            if len(text) < len(source.text) or len(blocks) < len(source.blocks):
                return found
            self._read[number] = found
        return self._read[number]

    def _opening(self) -> Sequence[str]:
        """Have each of the other hosts say who they are, the last of them also that what follows is quoted."""
        said = [self._phrases.introduction.format(other=host) for host in self._request.hosts[1:]]
        return [*said[:-1], f"{said[-1]} {self._phrases.opening}"] if said else [self._phrases.opening_alone]

    # A part, by how its source wants to be told

    def _part(self, part: Part, chosen: Sequence[Passage], *, last: bool) -> Iterator[Turn]:
        if not chosen:
            return
        if part.telling == Telling.READ_ON:
            yield from self._read_on(chosen)
            if part.unfinished:
                yield self._next(self._transitions.unfinished(), self._chapter)
        elif part.telling == Telling.PAIRS:
            yield from self._conversation(chosen, last=last)
        else:
            runs = [list(run) for _, run in groupby(chosen, key=lambda passage: passage.heading)]
            for number, run in enumerate(runs):
                yield from self._points(run, last=last and number == len(runs) - 1)

    def _points(self, chosen: Sequence[Passage], *, last: bool) -> Iterator[Turn]:
        """Quote the passages in order, with a transition from each to the next."""
        told_before = bool(self._sources_begun)
        introduction = self._begun(chosen)
        asked = False
        for number, passage in enumerate(chosen):
            following = chosen[number + 1] if number + 1 < len(chosen) else None
            ends = last and following is None
            if number == 0 and introduction:
                text = f"{introduction} {passage.text}"
            elif ends and (number or told_before) and _may_be_announced(passage):
                text = f"{self._transitions.last()} {passage.text}"
            elif (
                number
                and not asked
                and _may_be_announced(passage)
                and not _has_label(passage)
                and self._random.random() < self._mix.lead_in
            ):
                text = f"{self._transitions.lead_in()} {passage.text}"
            else:
                text = passage.text
            told_next = following if number + 2 < len(chosen) or not last else None  # its end is not given away
            question, prompt = self._question(passage, told_next)
            if question and (len(passage.sentences) > 2 or passage.listed or not self._mix.both_read):
                question, prompt = "", question  # after so much, the other host asks
            asked = bool(question)
            yield self._next(f"{text} {question}".rstrip(), self._chapter, passage.source, speaker=self._reader())
            prompt = prompt or self._prompt(following, asked=asked)
            if prompt:
                asked = True
                yield self._next(prompt, self._chapter)

    def _conversation(self, chosen: Sequence[Passage], *, last: bool) -> Iterator[Turn]:
        """Have one host ask, as in the source, and the next answer; the same two until its end."""
        asks: int | None = None
        between = False
        for passage in chosen:
            if not passage.asked:
                under_another = bool(passage.heading) and passage.heading != self._chapter
                introduction = self._begun([passage]) if under_another or not between else ""
                if asks is not None and passage is chosen[-1]:
                    introduction = self._transitions.last() if last else ""
                between = True
                said = f"{introduction} {passage.text}".strip()
                yield self._next(said, self._chapter, passage.source, speaker=asks if passage.speaker else None)
                continue
            between = False
            introduction = self._source(passage)
            self._sources_begun.add(passage.source)
            self._chapter = opening_words(passage, self._language)
            if asks is None:
                asks = (self._speaker + 1) % len(self._request.hosts)
            question = f"{introduction} {passage.asked}".strip()
            yield self._next(question, self._chapter, passage.source, speaker=asks)
            answers = (asks + 1) % len(self._request.hosts)
            for part in _joined(passage.sentences):
                yield self._next(part, self._chapter, passage.source, speaker=answers)

    def _read_on(self, chosen: Sequence[Passage]) -> Iterator[Turn]:
        """Read, the hosts in turn; or each the lines of one speaker."""
        goes_on = chosen[0].source in self._sources_begun
        introduction = self._begun(chosen, read_on=True)
        introduction = "" if goes_on else introduction
        cast = {paragraph.speaker for paragraph in self._paragraphs(chosen[0].source) if paragraph.speaker}
        for passage in chosen:
            text = passage.text
            self._chapter = passage.heading or self._chapter
            speaker = self._reader()
            if passage.speaker:
                speaker = self._voices.setdefault((passage.source, passage.speaker), len(self._voices))
                speaker %= len(self._request.hosts)
                if len(cast) > len(self._request.hosts):
                    text = f"{_spoken_name(passage.speaker)}: {text}"
            joint = "\n" if "\n" in text else " "
            text = f"{introduction}{joint}{text}" if introduction else text
            yield self._next(text, self._chapter, passage.source, speaker=speaker)
            introduction = ""

    # What leads on

    def _reader(self) -> int | None:
        return None if self._mix.both_read else 0

    def _question(self, passage: Passage, following: Passage | None) -> tuple[str, str]:
        """Return a question to which the following passage is the answer, or the other host's words asking for it,
        where there is no such question; often nothing."""
        if following is None or following.listed or len(following.text) < _ASKED_FOR:
            return "", ""
        if not self._asks(following, self._mix.question):
            return "", ""
        question = self._transitions.question(following, after=passage)
        return question, "" if question else self._transitions.on()

    def _prompt(self, following: Passage | None, *, asked: bool) -> str:
        """Return the other host's prompt for the reader to go on; so that a lecture stays a conversation."""
        often = self._mix.question / (2 if self._mix.both_read else 1)
        return "" if asked or not self._asks(following, often) else self._transitions.on()

    def _asks(self, following: Passage | None, chance: float) -> bool:
        return following is not None and len(self._request.hosts) > 1 and self._random.random() < chance

    def _begun(self, chosen: Sequence[Passage], *, read_on: bool = False) -> str:
        """Begin a chapter with these passages, unless they are still under its heading, and return the lead-in.

        The chapter is titled as in the source, else by its subject; else the first by the podcast's title, and the
        others by their first words.
        """
        passage = chosen[0]
        source = self._request.sources[passage.source]
        first = not self._sources_begun and not self._chapter
        begins_source = passage.source not in self._sources_begun
        if passage.heading and passage.heading == self._chapter and not begins_source:
            return ""
        named_source = len(self._request.sources) > 1 and begins_source
        title = passage.heading or (source.title if named_source else "")
        title = title or ("" if read_on else self._transitions.topic(chosen))
        named = bool(title) and title not in self._chapters
        if not named:
            whole = self._request.title if first and self._opens(passage) else ""
            title = passage.heading or whole or opening_words(passage, self._language)
        named = named and (title == passage.heading or self._transitions.begins_with(title, passage))
        self._chapters.add(title)
        self._chapter = title
        introduced = self._source(passage)
        self._sources_begun.add(passage.source)
        if first:
            self._above = passage.above
            above = f"{self._above}." if self._above else self._heading_of(passage)
            return f"{self._phrases.begin if self._opens(passage) else ''} {above}".strip()
        if begins_source:
            return f"{introduced} {self._heading_of(passage)}".strip()
        if passage.says_heading:
            self._above, before = passage.above, self._above
            return self._transitions.chapter(self._above) if self._above not in {"", before} else ""
        said = self._transitions.chapter(title) if named else self._transitions.moving_on()
        heading = self._heading_of(passage)
        return said if heading.casefold() in said.casefold() else f"{said} {heading}"

    def _heading_of(self, passage: Passage) -> str:
        """Return the question that is the heading of a passage, where the passage answers it: "Yes."."""
        return passage.heading if passage.below_heading and passage.heading.endswith("?") else ""

    def _source(self, passage: Passage) -> str:
        title = self._request.sources[passage.source].title
        if not self._sources_begun or passage.source in self._sources_begun:
            return ""
        return self._transitions.source(title) if title else self._transitions.moving_on()

    def _opens(self, passage: Passage) -> bool:
        """Tell whether a passage is the beginning of its source."""
        first = self._selection.first
        return first is not None and passage.text.startswith(first.text)

    def _next(self, text: str, chapter: str, source: int | None = None, *, speaker: int | None = None) -> Turn:
        """Return the next turn: of the other host, unless a `speaker` is named."""
        self._left_s -= seconds(text, self._language)
        return Turn(self._pass_on(speaker), text, chapter, source)

    def _pass_on(self, speaker: int | None = None) -> str:
        self._speaker = (self._speaker + 1) % len(self._request.hosts) if speaker is None else speaker
        return self._request.hosts[self._speaker]


def _joined(parts: Sequence[str], most: int = 450) -> Iterator[str]:
    """Yield the parts of an answer, short ones together, each a turn."""
    text = ""
    for part in parts:
        if text and len(text) + len(part) > most:
            yield text
            text = ""
        text = f"{text} {part}".strip()
    if text:
        yield text


def _may_be_announced(passage: Passage) -> bool:
    """Tell whether a passage is one by itself: neither slight, as "Amen.", nor going on with the words before."""
    return (passage.listed or len(passage.text) >= _ANNOUNCED) and not (passage.leans or passage.limits)


def _has_label(passage: Passage) -> bool:
    """Tell whether a passage begins with a few words and a colon, and so needs no further words in front."""
    return passage.listed or ":" in passage.text[:_LABEL]


def _spoken_name(name: str) -> str:
    return name.title() if name.isupper() else name
