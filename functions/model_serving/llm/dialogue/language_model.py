"""The interface of every language model, wherever the model runs: a prompt goes in, text comes out as written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from common.errors import EngineBroken, EngineRefused

ROOM_FOR_THOUGHTS: Final = 8_192
"""Tokens: what a model thinks before it answers counts as part of the answer."""


@dataclass(frozen=True)
class Prompt:
    """`schema` is the JSON schema of the answer, for models able to keep to a schema; None asks for plain text.
    `billed` is told the input and output tokens of the answer, where the model says how many it bills."""

    system: str
    user: str
    max_tokens: int
    schema: dict[str, Any] | None = None
    billed: Callable[[int, int], None] = field(default=lambda _in, _out: None, compare=False, repr=False)


class LanguageModel(Protocol):
    def stream(self, prompt: Prompt) -> Iterator[str]:
        """Return the answer in pieces, as the model writes.

        Raises EngineRefused where the model will not answer this, now or later, PromptTooLong where the model may
        answer a shorter prompt; EngineBusy when a quota is used up; Truncated where the answer reached its limit;
        EngineBroken where the answer broke off in another way. Pieces given out before stand. The model is asked only
        once here: asking.py asks again.
        """
        ...


class Truncated(EngineBroken):
    """The model had more to say than its limit allows."""

    def __init__(self) -> None:
        super().__init__("engine_truncated", "The writer ran into the limit of its answer.")


class PromptTooLong(EngineRefused):
    """The prompt is longer than the server takes. `tokens` is how many the server takes or has read, where known;
    `silently`: the server has cut the prompt, and answered the rest."""

    def __init__(self, engine: str, tokens: int | None = None, *, silently: bool = False) -> None:
        told = f" (it takes about {tokens} tokens)" if tokens else ""
        super().__init__(
            "engine_context_exceeded",
            f"The prompt is longer than {engine} takes{told}: set LANGUAGE_CONTEXT_CHARACTERS lower, or let it have "
            "more context.",
        )
        self.tokens = tokens
        self.silently = silently
