"""Questions to a language model: repeated where nothing came of a question, without the model's thoughts, and only as
often as allowed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from threading import Lock

from common.errors import AethercastError, Busy, EngineBroken, EngineRefused
from functions.model_serving.engine_calls import Calls, begun
from functions.model_serving.llm.dialogue.language_model import LanguageModel, Prompt
from functions.model_serving.llm.dialogue.reasoning import without_reasoning

_UNANSWERED = frozenset({"engine_failed", "engine_unreachable", "engine_slow"})
"""Failures that cost nothing: the next attempt finds as many calls left as this one did."""

_LONGEST_ANSWER = 1_000_000
"""Characters, thoughts among them: no server that keeps to `max_tokens` sends so many."""


class Asked:
    """A language model as asked by a single podcast. Shared by threads."""

    def __init__(self, model: LanguageModel, calls: Calls, allowed: int) -> None:
        self._model = model
        self._calls = calls
        self._allowed = allowed
        self._lock = Lock()
        self._failure = ""

    @property
    def left(self) -> int:
        return max(0, self._allowed - self._calls.made)

    def allow(self, calls: int) -> None:
        """Allow so many further calls of the model."""
        with self._lock:
            self._allowed += calls

    def stream(self, prompt: Prompt) -> Iterator[str]:
        """Return the answer in pieces, without the model's thoughts. Raises the model's own errors, and EngineRefused
        "engine_calls_spent" once the model was asked as often as allowed."""
        return begun(lambda: without_reasoning(self._once(prompt)))

    def note(self, error: AethercastError) -> None:
        """Remember the last failure, for the report that too many calls were made."""
        self._failure = f" What it came to last: {error.detail}"

    def _once(self, prompt: Prompt) -> Iterator[str]:
        with self._lock:
            if not self.left:
                raise self._spent()
            self._calls.made += 1
        answered = False
        room = _LONGEST_ANSWER
        try:
            for piece in self._model.stream(replace(prompt, billed=self._bill)):
                answered = True
                room -= len(piece)
                if room < 0:
                    raise EngineBroken("engine_malformed", "The language model's answer had no end.")
                yield piece
        except AethercastError as error:
            self.note(error)
            if not answered and (
                isinstance(error, Busy) or (isinstance(error, EngineBroken) and error.code in _UNANSWERED)
            ):
                with self._lock:
                    self._calls.made -= 1
            raise

    def _bill(self, input_tokens: int, output_tokens: int) -> None:
        with self._lock:
            self._calls.input_tokens += input_tokens
            self._calls.output_tokens += output_tokens

    def _spent(self) -> EngineRefused:
        return EngineRefused(
            "engine_calls_spent",
            f"The language model was asked {self._calls.made} times, as often as LANGUAGE_CALLS lets this podcast ask."
            + self._failure,
        )
