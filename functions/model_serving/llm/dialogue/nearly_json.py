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
_NO_LETTERS = re.compile(r"\\u[0-9a-fA-F]{0,4}|\\.|\b(?:null|None|true|True|false|False)\b")


def object_of(text: str) -> dict[str, Any] | None:
    """The object written, or nearly written, in `text`; None where a repair would lose words."""
    value = _loaded(text)
    return value if isinstance(value, dict) else None


def values_in(text: str) -> Iterator[Any]:
    """The objects and lists in `text`, whatever stands around, the last first: anything earlier is a draft."""
    decoder = json.JSONDecoder(strict=False)
    found = []
    at = 0
    while start := re.compile(r"[{\[]").search(text, at):
        try:
            value, at = decoder.raw_decode(text, start.start())
            found.append(value)
        except ValueError:
            at = start.end()
    yield from reversed(found)
    start, end = re.search(r"[{\[]", text), max(text.rfind("}"), text.rfind("]"))
    if start and end > start.start():
        yield _loaded(text[start.start() : end + 1])


def _loaded(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except ValueError:
        if len(text) > _LONGEST:
            return None
        value = json_repair.loads(text, skip_json_loads=True)
        return value if _letters(json.dumps(value, ensure_ascii=False)) >= _letters(text) else None


def _letters(text: str) -> int:
    """How many letters there are; those of escapes, and of null and its like, are none."""
    return sum(map(str.isalpha, _NO_LETTERS.sub("", text)))
