"""The writer with a language model: an opening at once, then an outline, then chapter after chapter.

The opening is written from the sources' beginnings, while over-long sources are condensed and the chapters planned.
Each chapter is written with the whole plan and the latest turns in view. Nothing is kept between two calls: the turns
so far are in the request, so a writer asked to go on plans the rest, and goes on.

A model fails in many ways, and none starts the script over: a broken, truncated or malformed answer is asked for again
from the last good turn on; a chapter refused by the model is left out; a turn repeating another, or in another
language, is dropped. A server shown more than it takes is shown less from then on. The length is steered by time: each
chapter gets its share of the time left.
"""

from __future__ import annotations

import contextvars
import logging
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from typing import Final

from common.errors import EngineBroken, EngineRefused
from common.languages import pack_of
from common.logs import fields
from common.settings import Settings
from common.text.detection import is_foreign
from common.text.titles import with_title
from functions.model_serving.llm.dialogue.asking import Asked
from functions.model_serving.llm.dialogue.cast import Cast
from functions.model_serving.llm.dialogue.condense import fitting, shortened
from functions.model_serving.llm.dialogue.declined import declines, ends_script, hands_over
from functions.model_serving.llm.dialogue.language_model import LanguageModel, Prompt, PromptTooLong, Truncated
from functions.model_serving.llm.dialogue.outline import Chapter, chapters_for, plan
from functions.model_serving.llm.dialogue.prompting import (
    TURNS_SCHEMA,
    focus,
    language_name,
    numbered,
    render,
    system,
    title_of,
    transcript,
)
from functions.model_serving.llm.dialogue.repeats import Repeats
from functions.model_serving.llm.dialogue.turn_stream import SpokenTurn, TurnReader
from functions.model_serving.llm.material.foreign import has_words_of_another
from functions.model_serving.llm.protocol import Request, Source, Turn, require_known, said_since_greeting
from functions.model_serving.llm.speaking_rate import seconds, words
from functions.model_serving.tts.speakable import require_latin_script

logger = logging.getLogger(__name__)

_OPENING_S: Final = 30.0
_OPENING_CHARACTERS: Final = 6_000
"""Of the sources: enough to say what they are about, and little enough to be read at once."""
_SAID_CHARACTERS: Final = 3_000
_FAILURES: Final = 3
"""Answers without a single good turn, one after the other, that are put up with."""
_ENOUGH: Final = 0.85
"""Of a chapter's time: below it more is asked for. At its end the chapter is cut off after a turn."""
_WORDS_A_TURN: Final = 40
_LEAST_S: Final = 8.0
"""What is too short for a turn is left to the close."""
_CONDENSED_AT_ONCE: Final = 8
_CALLS_A_CHAPTER: Final = 2
_FOREIGN: Final = 2
"""Turns in another language that an answer may begin with, before it is given up."""
_LEFT_OUT: Final = frozenset({"engine_text_refused", "engine_calls_spent"})
"""Refusals that leave a chapter out, rather than end a podcast that has others."""


class DialogueWriter:
    """See the module. The model's limit, once learned, is kept for the scripts to come."""

    def __init__(self, model: LanguageModel, settings: Settings) -> None:
        self._model = model
        self._calls = settings.language_calls
        self._context = Context(settings.language_context_characters)

    def write(self, request: Request) -> Iterator[Turn]:
        require_known(request.language)
        require_latin_script(" ".join(source.text[:20_000] for source in request.sources))
        allowed = self._calls + _CALLS_A_CHAPTER * (1 + chapters_for(request.minutes * 60))
        model = Asked(self._model, request.calls, allowed)
        pool = ThreadPoolExecutor(1, thread_name_prefix="plan")
        try:
            yield from _Script(model, request, self._context, pool).turns()
        finally:  # also where the caller has lost interest in mid-script
            pool.shutdown(wait=False, cancel_futures=True)


class Context:
    """How many `characters` of sources the model is shown at once."""

    def __init__(self, characters: int) -> None:
        self.characters = characters

    def lessen(self, error: PromptTooLong, prompt_characters: int) -> None:
        """Reduce the limit to the amount taken according to the server, at most half of a prompt's sources.

        Raises `error` where the new limit is too little to write from; a server cutting prompts silently is left to
        cut.
        """
        less = min(self.characters, prompt_characters) // 2
        if error.tokens:
            less = min(less, int(_OF_THE_CONTEXT * _CHARACTERS_A_TOKEN * error.tokens))
        if self.characters <= _LEAST_CONTEXT and not error.silently:
            raise error
        self.characters = max(less, _LEAST_CONTEXT)
        logger.warning("the model takes less at once", extra=fields(tokens=error.tokens, characters=self.characters))


_CHARACTERS_A_TOKEN: Final = 3.0
_OF_THE_CONTEXT: Final = 0.5
"""The rest is for the instructions, what was said, and the answer."""
_LEAST_CONTEXT: Final = 1_500


class _Script:
    """A script in the making, or the rest of a script."""

    def __init__(self, model: Asked, request: Request, context: Context, pool: ThreadPoolExecutor) -> None:
        self._model = model
        self._request = request
        self._context = context
        self._fitted = context.characters
        self._pool = pool
        self._cast = Cast(request.hosts)
        self._language = request.language
        self._system = system(request)
        self._said = list(request.said)
        self._refused: EngineRefused | None = None
        self._foreign = 0  # turns in another language since the last good one
        self._repeats = Repeats(request.language, (turn.text for turn in request.said))
        self._close = with_title(pack_of(self._language).phrases.goodbye, request.title, self._language)
        spoken_s = sum(seconds(turn.text, self._language) for turn in self._said)
        self._left_s = request.minutes * 60 - spoken_s - seconds(self._close, self._language)

    def turns(self) -> Iterator[Turn]:
        if self._said and self._said[-1].text == self._close:
            return
        opening_s = 0.0 if said_since_greeting(self._said) else min(_OPENING_S, self._left_s / 3)
        planned = self._pool.submit(contextvars.copy_context().run, self._planned, self._left_s - opening_s)
        if opening_s:
            yield from self._opening(opening_s)
        material, chapters = planned.result()
        for number, chapter in enumerate(chapters):
            share = chapter.weight / sum(other.weight for other in chapters[number:])
            yield from self._chapter(material, chapters, number, self._left_s * share)
        if self._refused and (not chapters or self._said[-1].chapter not in {chapter.title for chapter in chapters}):
            raise self._refused  # an opening alone is no podcast
        if not said_since_greeting(self._said):
            raise EngineBroken("engine_wrote_nothing", "The language model wrote nothing that can be spoken.")
        yield Turn(self._next_speaker(), self._close, self._said[-1].chapter, None, "close")

    def _planned(self, seconds_left: float) -> tuple[list[Source], list[Chapter]]:
        """Return the part of the sources to be shown, and the chapters for the time left by the opening."""
        if seconds_left < _LEAST_S:
            return list(self._request.sources), []
        told = list(dict.fromkeys(turn.chapter for turn in said_since_greeting(self._request.said)))
        while True:
            try:
                self._fitted = self._context.characters
                with ThreadPoolExecutor(_CONDENSED_AT_ONCE, thread_name_prefix="condense") as condensing:
                    material = fitting(self._model, self._request, self._fitted, condensing)
                return material, plan(self._model, self._request, material, told, seconds_left)
            except PromptTooLong as error:
                self._context.lessen(error, self._context.characters)

    def _opening(self, budget_s: float) -> Iterator[Turn]:
        def prompt(left_s: float) -> str:
            each = min(_OPENING_CHARACTERS, self._context.characters) // min(len(self._request.sources), 4)
            beginnings = [(number, _cut(source, each)) for number, source in enumerate(self._request.sources[:4])]
            return render(
                "opening",
                title=title_of(self._request),
                language_name=language_name(self._language),
                said=self._transcript(),
                focus=focus(self._request),
                sources=numbered(beginnings),
                words=words(left_s, self._language),
                turns=max(2, words(left_s, self._language) // 20),
                next_speaker=self._next_speaker(),
            )

        yield from self._written(self._request.title, budget_s, prompt)

    def _chapter(
        self, material: Sequence[Source], chapters: Sequence[Chapter], number: int, budget_s: float
    ) -> Iterator[Turn]:
        chapter = chapters[number]
        last = number == len(chapters) - 1
        begun = len(self._said)

        def prompt(left_s: float) -> str:
            shown = [material[index] for index in chapter.sources]
            if self._context.characters < self._fitted:  # less than the model was thought to take
                shown = shortened(shown, self._context.characters, self._request)
            return render(
                "chapter",
                title=title_of(self._request),
                language_name=language_name(self._language),
                plan="\n".join(f"{at + 1}. {each.title}: {each.purpose}" for at, each in enumerate(chapters)),
                number=number + 1,
                count=len(chapters),
                chapter=chapter.title,
                purpose=chapter.purpose or chapter.title,
                said=self._transcript(),
                focus=focus(self._request),
                sources=numbered(zip(chapter.sources, shown, strict=True)),
                continued=", which was begun above, to its end" if len(self._said) > begun else "",
                words=words(left_s, self._language),
                turns=max(2, words(left_s, self._language) // _WORDS_A_TURN),
                next_speaker=self._next_speaker(),
                ending="It is the last one: end on a thought that stays." if last else "It does not sum up.",
            )

        yield from self._written(chapter.title, budget_s, prompt)

    def _written(self, chapter: str, budget_s: float, prompt: Callable[[float], str]) -> Iterator[Turn]:
        """Turns to fill about the given time, asked for until enough have come; fewer where the model has no more to
        say.

        Raises EngineBusy as the model does, EngineBroken where the model keeps failing, EngineRefused where the model
        refuses the very first turn of the podcast.
        """
        left_s = budget_s
        failures = 0
        while left_s > max((1 - _ENOUGH) * budget_s, _LEAST_S) and failures < _FAILURES:
            before_s = left_s
            asked = prompt(left_s)
            error: EngineBroken | None = None
            try:
                with closing(self._answered(chapter, asked, left_s)) as answered:
                    for turn in answered:
                        yield turn
                        left_s -= seconds(turn.text, self._language)
            except EngineBroken as broken:
                error = broken
            except PromptTooLong as too_long:
                self._context.lessen(too_long, len(asked))
                if not too_long.silently:
                    continue
            except EngineRefused as refused:
                if refused.code not in _LEFT_OUT or not said_since_greeting(self._said):
                    raise
                logger.warning("a chapter is left out", extra=fields(chapter=chapter, error=refused.code))
                self._refused = refused
                return
            failures = 0 if left_s < before_s else failures + 1
            if error:
                logger.warning("goes on after the last good turn", extra=fields(error=error.code, chapter=chapter))
            if error:
                self._model.note(error)
            if error and failures == _FAILURES:
                if error.code == "engine_language_wrong":  # waiting teaches it no other
                    raise EngineRefused(error.code, error.detail)
                raise error

    def _answered(self, chapter: str, prompt: str, left_s: float) -> Generator[Turn]:
        """Yield the good turns of a single answer, each as soon as complete, as many as fit the time best."""
        good = foreign = declined = 0
        with closing(self._spoken(prompt, 300 + 4 * words(left_s, self._language))) as answer:
            for spoken in answer:
                if declines(spoken.text) or hands_over(spoken.text) or ends_script(spoken.text):
                    declined += declines(spoken.text)
                    continue
                takes_s = seconds(spoken.text, self._language)
                if left_s < _LEAST_S / 2 or takes_s > 2 * max(left_s, _LEAST_S):
                    return  # to go over the time by more than would be left of it
                suspected = self._foreign > 0 or has_words_of_another(spoken.text, self._language)
                if is_foreign(spoken.text, self._language, suspected=suspected):
                    foreign += 1
                    self._foreign += 1
                    if foreign >= _FOREIGN and not good:
                        break
                    continue
                good += 1
                self._foreign = 0
                turn = self._turn(spoken, chapter)
                if turn:
                    left_s -= takes_s
                    yield turn
        if declined and not good:
            raise _declined()
        if foreign and not good:
            asked = language_name(self._language)
            raise EngineBroken(
                "engine_language_wrong", f"The language model does not write in {asked}, as it was asked."
            )

    def _spoken(self, prompt: str, max_tokens: int) -> Generator[SpokenTurn]:
        """Yield the turns of a single answer, good or not. Raises EngineBroken after the last turn of an incomplete
        answer."""
        reader = TurnReader(self._request.hosts)
        whole = 0
        try:
            for piece in self._model.stream(Prompt(self._system, prompt, max_tokens, TURNS_SCHEMA)):
                for turn in reader.feed(piece):
                    whole += 1
                    yield turn
        except EngineBroken as error:
            for turn in reader.finish(cut=True):
                whole += 1
                yield turn
            if isinstance(error, Truncated) and whole:
                return  # it has said much, and is asked for the rest
            raise
        last = reader.finish()
        yield from last
        if not whole and not last and declines(reader.prose):
            raise _declined()
        if reader.broken or reader.inside:
            raise EngineBroken("engine_malformed", "The language model's answer was malformed.")

    def _turn(self, spoken: SpokenTurn, chapter: str) -> Turn | None:
        """Return the turn in its committed form, or None for a turn repeating an earlier turn."""
        if self._repeats.has(spoken.text):
            logger.info("dropped a turn that repeats another", extra=fields(chapter=chapter))
            return None
        self._repeats.add(spoken.text)
        speaker = self._cast.host(spoken.speaker, next_host=self._next_speaker())
        known = spoken.source is not None and 1 <= spoken.source <= len(self._request.sources)
        turn = Turn(speaker, spoken.text, chapter, spoken.source - 1 if known and spoken.source else None)
        self._said.append(turn)
        self._left_s -= seconds(turn.text, self._language)
        return turn

    def _transcript(self) -> str:
        return transcript(self._said, min(_SAID_CHARACTERS, self._context.characters // 2))

    def _next_speaker(self) -> str:
        """Return the host who did not speak last."""
        hosts = self._request.hosts
        if not self._said or self._said[-1].speaker not in hosts:
            return hosts[0]
        return hosts[(hosts.index(self._said[-1].speaker) + 1) % len(hosts)]


def _declined() -> EngineRefused:
    return EngineRefused("engine_text_refused", "The language model will not write about this.")


def _cut(source: Source, characters: int) -> Source:
    return replace(source, text=source.text[:characters])
