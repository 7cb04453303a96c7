"""Stand-ins for language models: a server of OpenAI's `/v1/chat/completions`, and one of Gemini's streaming REST.

Behind both sits an author who answers the writer's own prompts with turns, plans and summaries of the right length, in
words that never repeat. What a real model would say is no matter here; how its answers come, and fail to come, is.
"""

from __future__ import annotations

import itertools
import json
import random
import re
import time
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from tests.fakes.web import FakeEngine

Author = Callable[[str, str], str]
"""From the system prompt and the prompt to an answer."""

_SYLLABLES = [consonant + vowel for consonant in "bdfklmnr" for vowel in "aeio"]


class Novelist:
    """Answers each prompt of llm/dialogue/prompts/ as requested, in words unique to the prompt."""

    def __call__(self, system: str, prompt: str) -> str:
        return _Sitting(prompt).answer(system, prompt)


class _Sitting:
    def __init__(self, prompt: str) -> None:
        self._random = random.Random(prompt)

    def answer(self, system: str, prompt: str) -> str:
        if found := re.search(r"Plan these (\d+) chapters", prompt):
            return self._plan(int(found[1]))
        if found := re.search(r"Condense it to about (\d+) words", prompt):
            return self._sentence(int(found[1]))
        words = int(re.search(r"about (\d+) words", prompt)[1])  # type: ignore[index]
        turns = int(re.search(r"in (?:about )?(\d+) turns", prompt)[1])  # type: ignore[index]
        first = re.search(r"first turn is (\w+)'s", prompt)[1]  # type: ignore[index]
        hosts = re.findall(r"[A-Z]\w+", re.search(r"for (?:one|two|three|four) hosts?, (.*?)\.", system)[1])  # type: ignore[index]
        hosts = [first, *(host for host in hosts if host != first)]
        lines = (
            {"speaker": hosts[at % len(hosts)], "text": self._sentence(max(3, words // turns)), "source": 1}
            for at in range(turns)
        )
        return "\n".join(json.dumps(line) for line in lines)

    def _plan(self, count: int) -> str:
        chapters = [
            {"title": f"Chapter {self._sentence(2)}", "purpose": self._sentence(8), "sources": [1], "weight": 1.0}
            for _ in range(count)
        ]
        return json.dumps({"chapters": chapters})

    def _sentence(self, words: int) -> str:
        text = " ".join("".join(self._random.choices(_SYLLABLES, k=3)) for _ in range(words))
        return text.capitalize() + "."


def tokens_of(text: str) -> list[str]:
    """Cut an answer into its tokens, as the servers count them."""
    return re.findall(r"\s*\S{1,4}", text)


class FakeLanguage(FakeEngine):
    """What both servers share: tokens at a pace, and the faults "refuse", "truncate" and, from the base, the others.

    An answer with a fault in it stops half way.
    """

    kind: ClassVar[str] = "text/event-stream"

    def __init__(self, author: Author | None = None, tokens_per_second: float = 0) -> None:
        super().__init__()
        self.author = author or Novelist()
        self._pause_s = 1 / tokens_per_second if tokens_per_second else 0.0
        self.prompts: list[str] = []

    def answer(self, body: dict[str, Any], path: str) -> Iterator[bytes]:
        system, prompt = self.asked(body, path)
        self.prompts.append(prompt)
        read = max(1, (len(system) + len(prompt)) // 3)
        tokens = tokens_of(self.author(system, prompt))
        began = time.perf_counter()
        for number, piece in self._pieces(tokens):
            if (wait := began + number * self._pause_s - time.perf_counter()) > 0:
                time.sleep(wait)
            yield self.event(piece)
        yield from self.end("stop", len(tokens), read)

    def _pieces(self, tokens: list[str]) -> Iterator[tuple[int, str]]:
        """Yield the events' texts, each with the number of its first token: without a pace several tokens at once, as
        servers send what waits."""
        at_once = itertools.cycle((1,) if self._pause_s else (1, 2, 1, 12))
        at = 0
        while at < len(tokens):
            count = next(at_once)
            yield at, "".join(tokens[at : at + count])
            at += count

    def mangled(self, pieces: Iterator[bytes], fault: str) -> Iterator[bytes]:
        whole = list(pieces)
        yield from whole[: len(whole) // 2]
        match fault:
            case "hang":
                self.closing.wait()
            case "malformed":
                yield b"data: {not json\n\n"
            case "quotes":  # as models do: a quotation mark within a text, not escaped
                yield self.event('"oops" he said')
                yield from whole[len(whole) // 2 :]
            case "refuse" | "truncate":
                yield from self.end(fault, len(whole) // 2)

    def asked(self, body: dict[str, Any], path: str) -> tuple[str, str]:
        raise NotImplementedError

    def event(self, text: str) -> bytes:
        raise NotImplementedError

    def end(self, why: str, tokens: int, read: int = 0) -> Iterator[bytes]:
        """The end of an answer of so many `tokens` to a prompt of `read` tokens, 0 for not counted."""
        raise NotImplementedError


def sse(data: Any) -> bytes:
    """One server-sent event."""
    return b"data: " + json.dumps(data).encode() + b"\n\n"


class FakeChatServer(FakeLanguage):
    """`/v1/chat/completions`, streamed."""

    def asked(self, body: dict[str, Any], path: str) -> tuple[str, str]:
        assert path == "/v1/chat/completions"
        assert body["stream"] is True
        return body["messages"][0]["content"], body["messages"][1]["content"]

    def event(self, text: str) -> bytes:
        return sse({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]})

    def end(self, why: str, tokens: int, read: int = 0) -> Iterator[bytes]:
        reason = {"refuse": "content_filter", "truncate": "length"}.get(why, why)
        yield sse({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        yield sse({"choices": [], "usage": {"prompt_tokens": read, "completion_tokens": tokens}})
        yield b"data: [DONE]\n\n"


class FakeGemini(FakeLanguage):
    """`models/…:streamGenerateContent?alt=sse`, of the Gemini API and of Vertex AI."""

    def asked(self, body: dict[str, Any], path: str) -> tuple[str, str]:
        assert ":streamGenerateContent?alt=sse" in path
        return body["systemInstruction"]["parts"][0]["text"], body["contents"][0]["parts"][0]["text"]

    def event(self, text: str) -> bytes:
        return sse({"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}}]})

    def end(self, why: str, tokens: int, read: int = 0) -> Iterator[bytes]:
        reason = {"refuse": "SAFETY", "truncate": "MAX_TOKENS", "stop": "STOP"}[why]
        usage = {"promptTokenCount": read, "candidatesTokenCount": tokens, "totalTokenCount": read + tokens}
        yield sse({"candidates": [{"finishReason": reason}], "usageMetadata": usage})
