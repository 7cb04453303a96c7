"""JSON as written by models: with a comma too many, a quotation mark too few, non-existent escapes, and talk around the
JSON. Repaired by json-repair (https://github.com/mangiucugna/json_repair), but never at the cost of words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import json_repair

_LONGEST: Final = 20_000
"""Characters that are repaired, which takes longer than reading them."""
_BEGINS = re.compile(r"""[\[({]{0,3}\s*["'][\s\\]*[\[{]|[\[{]\s*(?:["'\[({]|\w+\s*:)""")
"""What no prose begins with: a list or an object, or a string with one in it; not "[music]"."""
_SINGLE_MARKS = re.compile(r"\s*\{\s*'")
_OPENED = re.compile(r"(?<!\w)'(?=\w)")
_LEFT = re.compile(r"(?<=[.!?…])'$")
_COMMENT = re.compile(r"/\*.{0,400}?\*/|(?<=[\s,\[{])//[^\n]{0,400}", re.DOTALL)
"""Of JSON5."""
_NO_LETTERS = re.compile(r"\\u[0-9a-fA-F]{0,4}|\\.|\b(?:null|None|true|True|false|False)\b")


def object_of(text: str) -> dict[str, Any] | None:
    """Return the object written, or nearly written, in `text`; None where a repair would lose words."""
    value = _loaded(text)
    return value if isinstance(value, dict) else None


def values_in(text: str) -> Iterator[Any]:
    """Yield the objects and lists in `text`, whatever stands around, the last first: anything earlier is a draft."""
    decoder = json.JSONDecoder(strict=False)
    found = []
    at = 0
    while start := re.compile(r"[{\[]").search(text, at):
        try:
            value, at = decoder.raw_decode(text, start.start())
            found.append(value)
        except (ValueError, RecursionError):
            at = start.end()
    yield from reversed(found)
    start, end = re.search(r"[{\[]", text), max(text.rfind("}"), text.rfind("]"))
    if start and end > start.start():
        yield _loaded(text[start.start() : end + 1])


def values_of(answer: str) -> list[Any]:
    """Return the values an answer consists of, in or without a fence and talk around: one in all, or one a line. Empty
    for anything else."""
    lines = [line for given in answer.splitlines() if (line := given.strip()) and not line.startswith("```")]
    begun = next((at for at in range(len(lines)) if _BEGINS.match(" ".join(lines[at : at + 3]))), len(lines))
    ended = max((at for at, line in enumerate(lines, 1) if line.rstrip(",").endswith(("]", "}", '"', "'"))), default=0)
    whole, each = ["\n".join(lines[begun:ended])], lines[begun:ended]
    for parts, load in ((whole, _strictly), (each, _strictly), (whole, _loaded), (each, _loaded)):
        values = [load(part.rstrip(",")) if _BEGINS.match(part) else None for part in parts]
        if values and None not in values:
            return values
    return []


def _loaded(text: str) -> Any:
    value = _strictly(text)
    if value is not None or len(text) > _LONGEST:
        return value
    try:
        value = json_repair.loads(text, skip_json_loads=True)
    except (ValueError, RecursionError):  # nested too deep
        return None
    if _letters(json.dumps(value, ensure_ascii=False)) < _letters(_COMMENT.sub("", text)):
        return None
    if isinstance(value, dict) and _SINGLE_MARKS.match(text):
        return {key: _without_mark(said) if isinstance(said, str) else said for key, said in value.items()}
    return value


def _without_mark(said: str) -> str:
    """Return a text without the mark of its end, left there where an apostrophe was taken for this mark."""
    return said if _OPENED.search(said) else _LEFT.sub("", said)


def _strictly(text: str) -> Any:
    """Return the value of a text that is JSON but for line breaks in strings; None for any other, and for null."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _letters(text: str) -> int:
    """Tell how many letters there are; those of escapes, and of null and its like, are none."""
    return sum(map(str.isalpha, _NO_LETTERS.sub("", text)))
