"""Turns out of a model's stream, each as soon as its last brace is there.

Asked for one JSON object a turn, models answer with that, with an array of them, with {"turns": [...]}, or with any of
these in a code fence. So no grammar of the whole is assumed: every innermost object is looked at, and one with a
speaker and a text is a turn. What is malformed is dropped, and told, so that the writer can have it written again.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Final

from pydantic import BaseModel, StringConstraints, ValidationError, field_validator

from common.text.citations import without_citations
from common.text.links import without_links

_DIRECTION = re.compile(
    r"[(\[](?:[^()\[\]*]{0,30}\b)?(?:(?:laugh|chuckl|sigh|paus|smil|gasp)\w*|music\b|beat\b)[^()\[\]*]{0,20}[)\]]"
    r"|\*(?:[^*]{0,30}\b)?(?:laugh|chuckl|sigh|paus|smil|gasp)\w*[^*]{0,20}\*",
    re.I,
)
_MARKUP = re.compile(r"\*{1,3}|_{2,3}|`+|^#+\s*", re.MULTILINE)

MAX_TURN: Final = 1_200


class SpokenTurn(BaseModel):
    """One turn as the model answers it. `source` is the number of the source it is from, 1 being the first."""

    speaker: str
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=MAX_TURN)]
    source: int | None = None

    @field_validator("text", mode="before")
    @classmethod
    def _only_what_is_spoken(cls, text: Any) -> Any:
        """Without stage directions, markup, citation marks and addresses: a voice would read them out."""
        if not isinstance(text, str):
            return text
        return " ".join(_MARKUP.sub("", without_citations(_DIRECTION.sub(" ", without_links(text)))).split())

    @field_validator("source", mode="before")
    @classmethod
    def _a_number_or_nothing(cls, source: Any) -> int | None:
        """A reference that is none does not make a turn worthless."""
        try:
            return int(source)
        except (TypeError, ValueError):
            return None


class TurnReader:
    """Feed it the stream. `broken` counts what looked like a turn and was none; `inside`: one is unfinished."""

    def __init__(self) -> None:
        self._text = ""
        self._at = 0
        self._starts: list[int] = []
        self._quoted = self._escaped = False
        self.broken = 0

    @property
    def inside(self) -> bool:
        return bool(self._starts)

    def feed(self, piece: str) -> list[SpokenTurn]:
        """Take more of the stream, and return the turns that it completed."""
        self._text += piece
        found: list[SpokenTurn] = []
        while self._at < len(self._text):
            self._step(self._text[self._at], found)
            self._at += 1
        if not self._starts:
            self._text, self._at = "", 0
        return found

    def _step(self, character: str, found: list[SpokenTurn]) -> None:
        if self._quoted:
            if self._escaped:
                self._escaped = False
            elif character == "\\":
                self._escaped = True
            elif character == '"':
                self._quoted = False
            elif character == "\n":  # no JSON string has a line break: a quotation mark was forgotten
                self._give_up()
        elif character == '"':
            self._quoted = bool(self._starts)
        elif character == "{":
            self._starts.append(self._at)
        elif character == "}" and self._starts:
            self._close(self._text[self._starts.pop() : self._at + 1], found)

    def _give_up(self) -> None:
        self.broken += 1
        self._starts.clear()
        self._quoted = self._escaped = False

    def _close(self, text: str, found: list[SpokenTurn]) -> None:
        try:
            value = json.loads(text)
        except ValueError:
            self.broken += 1
            return
        if "text" not in value:
            return  # what holds the turns, or something else altogether
        try:
            found.append(SpokenTurn.model_validate(value))
        except ValidationError:
            self.broken += 1
