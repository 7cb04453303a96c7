"""Sound that is wrapped in text, in Base64 or hexadecimal digits, whatever its field is called:

- JSON: `{"audio": "UklGR…", "sample_rate": 24000}`; one document, a line each, or a list of pieces;
- events (https://html.spec.whatwg.org/multipage/server-sent-events.html), as of OpenAI's `stream_format: "sse"`:
  `data: {"type": "speech.audio.delta", "audio": "…"}`;
- nothing but the digits.

Gateways before a speech server answer so, and servers that tell the time of each word as well.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

from common.errors import EngineBroken

_RATE: Final = re.compile(r"(?:^|.*_)(?:sampl(?:e|ing)_?rate|rate)(?:_?h(?:z|ertz))?$", re.IGNORECASE)
_CHANNELS: Final = re.compile(r"(?:^|.*_)channels(?:_?count)?$|^num_?channels$", re.IGNORECASE)
_TYPE: Final = re.compile(r"(?:^|.*_)(?:mime|content|media)_?type$", re.IGNORECASE)
_LEAST_CHARACTERS: Final = 400
"""6 ms of samples: shorter strings are words, or names, unless their own name tells."""
_PIECE: Final = re.compile(
    r"^(?:delta|audio(?:_?(?:data|chunk|content|bytes|delta))?|(?:audio_?)?(?:b64|base_?64)(?:_?(?:json|audio|data))?)$",
    re.IGNORECASE,
)
"""Names of what is sound however short it is: a first piece may be no more than a header."""
_SHORTEST_PIECE: Final = 16
_NUMBERS: Final = re.compile(r"^(?:audio|samples?|wave?|waveform|pcm)(?:_?(?:data|chunk|samples))?$", re.IGNORECASE)
"""Names of lists that are samples, and no times of words."""
_NOT_SOUND: Final = re.compile(
    r"transcript|caption|viseme|(?:^|\.)(?:text|words?|alignment|marks?)(?:\.|$)", re.IGNORECASE
)
"""Kinds of documents whose pieces are words."""
_KINDS: Final = tuple(map(re.compile, ("[A-Z]", "[a-z]", r"\d|[+/_-]")))
_DATA_URL: Final = re.compile(r"data:[\w/+.;=-]{1,100},")
_HEXADECIMAL: Final = re.compile(r"(?=.*\d)(?=.*[A-Fa-f])(?:(?:[0-9a-f]{2})+|(?:[0-9A-F]{2})+)")
_EVENT_LINE: Final = re.compile(r"(data|event|id|retry|):(?!\S{1,100};base64,) ?(.*)", re.DOTALL)
_MOST_TRIES: Final = 20
"""Lines at which a document over many lines may seem to end, until its end is waited for."""


def unwrapped(pieces: Iterable[bytes], most_bytes: int) -> tuple[dict[str, str], Iterator[bytes]] | None:
    """Return what an answer states of its sound, as headers, and the sound as it comes; None for an answer without any,
    or with more than so much before any. Raises EngineBroken where the server tells of an error after some sound."""
    sound = _Sound()
    heard = (part for told, events in _documents(pieces, most_bytes * 4 // 3) for part in sound.parts(told, events))
    first = next(heard, None)
    return None if first is None else (sound.stated, chain([first], heard))


def _lines(pieces: Iterable[bytes], most_bytes: int) -> Iterator[str]:
    """Split a text into lines while the text comes, the rest behind the last line at the end; none is longer than a
    limit."""
    pieces, rest = iter(pieces), bytearray()
    first = next(pieces, b"").removeprefix(b"\xef\xbb\xbf")
    for piece in chain([first], pieces):
        whole, newline, after = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rpartition(b"\n")
        if newline:
            for line in (bytes(rest) + whole).split(b"\n"):
                yield line.decode("utf-8", "replace")
            rest.clear()
        rest += after
        if len(rest) > most_bytes:
            return
    yield rest.decode("utf-8", "replace")


def _documents(pieces: Iterable[bytes], most_bytes: int) -> Iterator[tuple[Any, bool]]:
    """Read each document as JSON where possible, and tell whether the document is an event's."""
    data: list[str] = []
    rest: list[str] = []
    size = tries = 0
    for line in _lines(pieces, most_bytes):
        size += len(line) + 1
        if size > 3 * most_bytes:
            return
        if not rest and (event := _EVENT_LINE.fullmatch(line)):
            if event[1] == "data":
                data.append(event[2])
        elif data and not line:
            yield _read("\n".join(data)), True
            data.clear()
        elif line.strip():
            rest.append(line)
            if tries < _MOST_TRIES and line.rstrip().endswith(("}", "]")):
                tries += 1
                whole = _read("\n".join(rest))
                if not isinstance(whole, str):
                    yield whole, False
                    rest.clear()
    if data:
        yield _read("\n".join(data)), True
    if rest:
        yield from ((document, False) for document in _joined("\n".join(rest)))


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _joined(text: str) -> Iterator[Any]:
    """Yield the documents of a text, one right after the other; anything else is a document of words."""
    at, reader = 0, json.JSONDecoder()
    while found := re.compile(r"\s*(?=\S)").match(text, at):
        try:
            document, at = reader.raw_decode(text, found.end())
        except (ValueError, RecursionError):
            document, at = text[found.end() :], len(text)
        yield document


@dataclass
class _Sound:
    """Facts about a sound from the documents so far: the name of its field, and the kind of document."""

    stated: dict[str, str] = field(default_factory=dict)
    name: str | None = None
    kind: str = ""

    def parts(self, told: Any, event: bool) -> Iterator[bytes]:
        """Yield the sound in a document: all parts under one name."""
        fields = list(_fields(told))
        kind = " ".join(str(value) for name, value in fields if name == "type")
        failed = "error" in kind or (isinstance(told, dict) and told.get("error"))
        if failed and self.name is not None:
            raise EngineBroken("engine_broke_off", "The speech server broke off with an error of its own.")
        if failed or _NOT_SOUND.search(kind):
            return
        if self.name is None:
            self._state(fields)
            found = [(name, sound) for name, value in fields if (sound := _decoded(value, _least(name, event), name))]
            if found:
                self.name, self.kind = max(found, key=lambda part: len(part[1]))[0], kind
                yield from (sound for name, sound in found if name == self.name)
        elif kind == self.kind or not kind.endswith(("done", "completed")):  # which may tell all of it once more
            yield from (sound for name, value in fields if name == self.name and (sound := _decoded(value, 1, name)))

    def _state(self, fields: list[tuple[str, Any]]) -> None:
        for name, value in fields:
            if _RATE.match(name) and _is_number(value):
                self.stated.setdefault("X-Sample-Rate", f"{value}")
            elif _CHANNELS.match(name) and _is_number(value):
                self.stated.setdefault("X-Channels", f"{value}")
            elif _TYPE.match(name) and isinstance(value, str) and value.startswith("audio/"):
                self.stated.setdefault("Content-Type", value)


def _is_number(value: Any) -> bool:
    return re.fullmatch(r"\d{1,6}(?:\.\d+)?", str(value)) is not None


def _least(name: str, event: bool) -> int:
    return _SHORTEST_PIECE if event and _PIECE.match(name) else _LEAST_CHARACTERS


def _fields(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each value but objects and lists, with the name of its field; but lists of numbers as a whole."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _fields(inner, key)
    elif isinstance(value, list) and not (value and all(isinstance(each, int | float) for each in value)):
        for inner in value:
            yield from _fields(inner, name)
    else:
        yield name, value


def _decoded(value: Any, least: int, name: str) -> bytes:
    """Decode the bytes of a value; nothing for any other value, such as words or a name."""
    if isinstance(value, list):
        return _samples(value) if len(value) >= least and _NUMBERS.match(name) else b""
    if not isinstance(value, str) or len(value) < least:
        return b""
    if len(value) >= _LEAST_CHARACTERS and _HEXADECIMAL.fullmatch(value):
        return bytes.fromhex(value)
    if least == _LEAST_CHARACTERS and not all(each.search(value) for each in _KINDS):
        return b""
    plain = re.sub(r"[\r\n]", "", _DATA_URL.sub("", value, count=1)).translate({45: "+", 95: "/"})
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (ValueError, binascii.Error):
        return b""


def _samples(numbers: list[int | float]) -> bytes:
    """Numbers as samples of 16 bits: whole ones are, others are parts of the loudest."""
    scale = 1 if all(isinstance(number, int) for number in numbers) else 32_767
    return array("h", (round(max(-32_768, min(32_767, scale * number))) for number in numbers)).tobytes()
