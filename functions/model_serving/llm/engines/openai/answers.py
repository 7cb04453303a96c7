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
    """The JSON objects of an answer, until `[DONE]`, for which an empty object stands.

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
            if whole == b"[DONE]":
                yield {}
                return
            if whole and (event := _parsed(whole)) is not None:
                waiting.clear()
                streamed = True
                yield _checked(event, failed=name == b"error")
        elif not line.strip():
            _nothing_left(waiting)
        elif not (colon and name in {b"", b"event", b"id", b"retry"}):
            plain.append(line)
    _nothing_left(waiting)
    if plain and not streamed:
        event = _parsed(b"\n".join(plain))
        if event is None:
            raise Malformed
        yield _checked(event, failed=False)
        yield {}


def _nothing_left(waiting: list[bytes]) -> None:
    if any(waiting):
        raise Malformed
    waiting.clear()


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return None


def _checked(event: Any, *, failed: bool) -> dict[str, Any]:
    if not isinstance(event, dict):
        raise Malformed
    if failed or event.get("error") or event.get("object") == "error":
        raise Failed(event.get("error") or event)
    return event


def pieces(event: dict[str, Any]) -> Iterator[Piece]:
    """The pieces of an event, choice by choice, though a single choice is asked for: chunks, whole messages, and older
    completions."""
    for choice in event.get("choices") or ():
        if not isinstance(choice, dict) or choice.get("index"):
            continue
        said = choice.get("delta") or choice.get("message") or {}
        if any(said.get(field) for field in _THOUGHTS):
            yield Piece(thought=True)
        if said.get("refusal"):
            yield Piece(refused=True)
        content = said.get("content") or choice.get("text")
        yield from _parts(content)
        for call in said.get("tool_calls") or ():  # some models answer in the form of a call that nobody offered
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
