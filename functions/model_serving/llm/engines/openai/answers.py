"""The answers of `/v1/chat/completions` as servers really give them: events with comments, pings, blanks and marks of
byte order between them, a whole answer where a stream was asked for, and errors of any shape with the status 200.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True)
class Piece:
    """A part of an answer: the words said, whether the model is only thinking, or refuses, and the reason of an end
    here."""

    text: str = ""
    thought: bool = False
    refused: bool = False
    finish: str = ""


class Malformed(ValueError):
    """Something other than JSON in a place for JSON."""


class Failed(Exception):
    """A failure told by the server in mid-answer; `error` is the server's message."""

    def __init__(self, error: Any) -> None:
        super().__init__("the server failed in mid-answer")
        self.error = error


def events(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects of an answer, until `[DONE]`, for which an empty object stands.

    Raises Malformed, and Failed.
    """
    waiting: list[bytes] = []
    plain: list[bytes] = []
    streamed = False
    for number, raw in enumerate(lines):
        line = raw.removeprefix(codecs.BOM_UTF8) if number == 0 else raw
        name, colon, value = line.partition(b":")
        if colon and name in {b"data", b"error"}:  # the latter is llama.cpp's
            waiting.append(value.strip())
            whole = b"\n".join(waiting).strip()
            if whole.strip(b'"').upper() == b"[DONE]":
                yield {}
                return
            if whole == b"null":
                waiting.clear()
            elif whole and (event := _parsed(whole)) is not None:
                waiting.clear()
                streamed = True
                for each in event if isinstance(event, list) else (event,):
                    yield _checked(each, failed=name == b"error")
        elif not line.strip():
            _nothing_left(waiting)
        elif isinstance(event := None if plain else _parsed(line), dict) and _is_chunk(event):
            streamed = True  # an object a line: https://docs.ollama.com/api/streaming
            yield _checked(event, failed=False)
        elif not (colon and name in {b"", b"event", b"id", b"retry"}):
            plain.append(line)
    _nothing_left(waiting)
    if plain and not streamed:
        event = _parsed(b"\n".join(plain))
        if event is None:
            raise Malformed
        yield _checked(event, failed=False)
        yield {}


def _is_chunk(event: dict[str, Any]) -> bool:
    choices = event.get("choices")
    return "done" in event or (isinstance(choices, list) and any("delta" in each for each in choices if each))


def _nothing_left(waiting: list[bytes]) -> None:
    if any(waiting):
        raise Malformed
    waiting.clear()


def _parsed(data: bytes) -> Any:
    """Return the value of `data`, of which no part that is no UTF-8 loses the rest; None where it is no JSON, or
    null."""
    try:
        return json.loads(data.decode(errors="replace"))
    except (ValueError, RecursionError):
        return None


def _checked(event: Any, *, failed: bool) -> dict[str, Any]:
    if not isinstance(event, dict):
        raise Malformed
    if failed or event.get("error") or event.get("object") == "error":
        raise Failed(event.get("error") or event)
    return event


def pieces(event: dict[str, Any]) -> Iterator[Piece]:
    """Yield the pieces of an event, choice by choice, though a single choice is asked for: chunks, whole messages, and
    older completions."""
    choices = event.get("choices") or ()
    if not choices and "done" in event:  # Ollama's own form
        finish = str(event.get("done_reason") or "stop") if event["done"] else None
        choices = ({"delta": event.get("message") or event.get("response"), "finish_reason": finish},)
    for choice in (choices,) if isinstance(choices, dict) else choices:
        if not isinstance(choice, dict) or choice.get("index"):
            continue
        said = choice.get("delta") or choice.get("message") or {}
        if not isinstance(said, dict):
            said = {"content": said}
        if any(said.get(field) for field in _THOUGHTS):
            yield Piece(thought=True)
        if said.get("refusal"):
            yield Piece(refused=True)
        content = said.get("content") or choice.get("text")
        yield from _parts(content)
        called = said.get("function_call")
        for call in said.get("tool_calls") or (
            [{"function": called}] if called else ()
        ):  # some models answer in the form of a call that nobody offered
            arguments = (call.get("function") or {}).get("arguments") if isinstance(call, dict) else None
            yield from _parts(arguments if isinstance(arguments, str) else json.dumps(arguments) if arguments else "")
        if finish := choice.get("finish_reason"):
            yield Piece(finish=str(finish).lower())


_THOUGHTS: Final = ("reasoning_content", "reasoning", "reasoning_details", "thinking")


def _parts(content: Any) -> Iterator[Piece]:
    """Text, or a list of parts, of which those of other types are thoughts."""
    if isinstance(content, str):
        if content:
            yield Piece(content)
    elif isinstance(content, list):
        for part in content:
            match part:
                case str() if part:
                    yield Piece(part)
                case {"type": "text" | "output_text", "text": str(text)}:
                    yield Piece(text)
                case {"type": "refusal"}:
                    yield Piece(refused=True)
                case {"type": "thinking" | "reasoning"}:
                    yield Piece(thought=True)
