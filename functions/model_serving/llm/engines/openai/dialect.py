"""Parts of a request accepted by a server: all at first, and fewer after each refusal of a part.

Servers of one API differ in their refusals: thinking models take `max_completion_tokens` for `max_tokens` and no
`temperature`, older servers know no `stream_options`, some models' templates no system role. A refusal is worded in
every server's own way; the refused part is found by the names of the fields, common to all of these servers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Final

from functions.model_serving.llm.dialogue.language_model import ROOM_FOR_THOUGHTS, Prompt
from functions.model_serving.llm.dialogue.refusals import SYSTEM_ROLE, context_tokens, numbers_in, told_by, too_long

_TEMPERATURE: Final = 0.8
_AT_MOST = re.compile(
    r"at most|less than|lower than|maximum|range of|valid range|between|exceed|too (?:large|high|big)|<=|≤|up to",
    re.IGNORECASE,
)
_LEAST_TOKENS: Final = 64
_LIMITS: Final = ("max_tokens", "max_completion_tokens", "maximum tokens", "max_output_tokens", "max_new_tokens")


@dataclass(frozen=True)
class Dialect:
    """A server's form of request. `limit` is the server's name for the length of an answer, `most_tokens` the greatest
    length allowed; `thinks`: the model has been seen to think, and needs room for thoughts."""

    limit: str = "max_tokens"
    most_tokens: int = 1_000_000
    temperature: bool = True
    usage: bool = True
    system: bool = True
    streams: bool = True
    thinks: bool = False

    def body(self, model: str, prompt: Prompt) -> dict[str, Any]:
        """Return the request for the answer to `prompt`."""
        if self.system:
            messages = [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}]
        else:
            messages = [{"role": "user", "content": f"{prompt.system}\n\n{prompt.user}"}]
        body: dict[str, Any] = {"model": model, "messages": messages, "stream": self.streams}
        if self.limit:
            body[self.limit] = self.tokens(prompt)
        if self.temperature:
            body["temperature"] = _TEMPERATURE
        if self.usage and self.streams:
            body["stream_options"] = {"include_usage": True}
        return body

    def tokens(self, prompt: Prompt) -> int:
        """Tell how long the answer to `prompt` may be."""
        room = ROOM_FOR_THOUGHTS if self.thinks or self.limit == "max_completion_tokens" else 0
        return min(prompt.max_tokens + room, self.most_tokens)

    def without(self, refusal: Any, prompt: Prompt) -> Dialect | None:
        """Return the dialect without the part refused in a server's message; None where the message refuses no known
        part."""
        told = told_by(refusal)
        if smaller := self._shorter_answer(told, prompt):
            return smaller
        if too_long(refusal):
            return None
        if self.limit == "max_tokens" and "max_completion_tokens" in told:
            return replace(self, limit="max_completion_tokens")
        if self.limit and self.limit in told:
            return replace(self, limit="max_completion_tokens" if self.limit == "max_tokens" else "")
        if self.temperature and "temperature" in told:
            return replace(self, temperature=False)
        if self.usage and ("stream_options" in told or "include_usage" in told):
            return replace(self, usage=False)
        if self.system and SYSTEM_ROLE.search(told):
            return replace(self, system=False)
        if self.streams and re.search(r"\bstream(?:ing|ed)?\b", told):
            return replace(self, streams=False, usage=False)
        return None

    def plainest(self) -> Dialect:
        """Return the dialect reduced to the fields accepted by every server."""
        return replace(self, temperature=False, usage=False)

    def _shorter_answer(self, told: str, prompt: Prompt) -> Dialect | None:
        """Return the dialect with the longest answer allowed by the server: the largest number told below the length
        asked for; a part of the context, where the server tells the context."""
        asked = self.tokens(prompt)
        if not self.limit:
            return None
        if too_long(told) and (context := context_tokens(told)):
            most = context // 3
        elif any(name in told for name in _LIMITS) and _AT_MOST.search(told):
            most = max((number for number in numbers_in(told) if number < asked), default=0)
        else:
            return None
        return replace(self, most_tokens=most) if _LEAST_TOKENS <= most < asked else None
