"""Sound that is wrapped in JSON, in Base64: `{"audio": "UklGR…", "sample_rate": 24000}`, whatever the field is called.

Gateways before a speech server answer so, and servers that tell the time of each word as well.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

_RATE: Final = re.compile(r"(?:^|.*_)(?:sample_?rate|rate)(?:_?h(?:z|ertz))?$", re.IGNORECASE)
_LEAST_CHARACTERS: Final = 400
"""6 ms of samples: shorter strings are words, or names."""
_KINDS: Final = tuple(map(re.compile, ("[A-Z]", "[a-z]", r"\d|[+/_-]")))
_DATA_URL: Final = re.compile(r"data:[\w/+.;=-]{1,100},")


def unwrapped(pieces: Iterable[bytes], most_bytes: int) -> tuple[bytes, int | None] | None:
    """The sound in an answer, and its Hz where stated; None for an answer without any, or with more than so much."""
    text = bytearray()
    for number, piece in enumerate(pieces):
        text += piece
        if (number == 0 and not piece.lstrip().startswith((b"{", b"["))) or len(text) > most_bytes * 4 // 3:
            return None
    try:
        fields = list(_fields(json.loads(text)))
    except (ValueError, RecursionError):
        return None
    rates = [int(value) for name, value in fields if isinstance(value, int | float) and _RATE.match(name)]
    parts = [sound for _, value in fields if isinstance(value, str) and (sound := _decoded(value))]
    return (max(parts, key=len), rates[0] if rates else None) if parts else None


def _fields(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that is neither an object nor a list, with the name of its field."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _fields(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _fields(inner, name)
    else:
        yield name, value


def _decoded(text: str) -> bytes:
    """The bytes that a string stands for; nothing for a string that is something else, such as words or a name."""
    if len(text) < _LEAST_CHARACTERS or not all(each.search(text) for each in _KINDS):
        return b""
    plain = re.sub(r"[\r\n]", "", _DATA_URL.sub("", text, count=1)).translate({45: "+", 95: "/"})
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (ValueError, binascii.Error):
        return b""
