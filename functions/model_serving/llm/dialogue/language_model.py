"""What every language model is, wherever it runs: a prompt goes in, text comes out as it is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol

from common.errors import EngineBroken, EngineRefused

ROOM_FOR_THOUGHTS: Final = 8_192
"""Tokens: what a model thinks before it answers counts as part of the answer."""


@dataclass(frozen=True)
class Prompt:
    """`schema` is the JSON schema of the answer, for models that can be held to one; None asks for plain text."""

    system: str
    user: str
    max_tokens: int
    schema: dict[str, Any] | None = None


class LanguageModel(Protocol):
    def stream(self, prompt: Prompt) -> Iterator[str]:
        """The answer in pieces, as the model writes it.

        Raises EngineRefused where the model will not answer this, now or later, PromptTooLong where it may answer a
        shorter prompt; EngineBusy when a quota is used up; Truncated where the answer reached its limit; EngineBroken
        where it broke off in another way. What was given out before stands. It is asked once: asking.py asks again.
        """
        ...


class Truncated(EngineBroken):
    """The model would have had more to say than it may."""

    def __init__(self) -> None:
        super().__init__("engine_truncated", "The writer ran into the limit of its answer.")


class PromptTooLong(EngineRefused):
    """The prompt is longer than the server takes. `tokens` is how many it takes or has read, where that is known;
    `silently` it has cut the prompt, and answered what was left of it."""

    def __init__(self, engine: str, tokens: int | None = None, *, silently: bool = False) -> None:
        told = f" (it takes about {tokens} tokens)" if tokens else ""
        super().__init__(
            "engine_context_exceeded",
            f"The prompt is longer than {engine} takes{told}: set LANGUAGE_CONTEXT_CHARACTERS lower, or let it have "
            "more context.",
        )
        self.tokens = tokens
        self.silently = silently
