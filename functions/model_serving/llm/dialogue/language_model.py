"""What every language model is, wherever it runs: a prompt goes in, text comes out as it is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from common.errors import EngineBroken


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

        Raises EngineRefused where the model will not answer this, now or later; EngineBusy when a quota is used up;
        Truncated where the answer reached its limit; EngineBroken where it broke off in another way. What was given
        out before stands.
        """
        ...


class Truncated(EngineBroken):
    """The model would have had more to say than it may."""

    def __init__(self) -> None:
        super().__init__("engine_truncated", "The writer ran into the limit of its answer.")
