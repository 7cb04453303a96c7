"""hibari's dictionaries, whose entries are read when they are asked for: a text takes a few hundred of 260,000.

To read them all took a core a third of a second at each start of an instance, and 35 MB. The files are those of the
pinned wheel: JSON without spaces, `{"key":value,"key":value}`.
"""

from __future__ import annotations

import gzip
import json
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

_BLOCK: Final = 2_048
"""Characters of a dictionary that are read at a time, some 70 words."""


def read(folder: Path, name: str) -> Any:
    """Read one of hibari's files as its own reader does; of dictionaries there is only `get`."""
    data = (folder / name).read_bytes()
    if not name.endswith(".gz"):
        return json.loads(data)
    whole = gzip.decompress(data)
    if name.startswith("lexicon"):
        return Sorted(whole.decode())
    tagger, weights = whole.split(b'"weights":{', 1)
    return {**json.loads(tagger.rstrip(b",") + b"}"), "weights": Weights(weights)}


class Sorted:
    """A dictionary whose keys are in order, and plain: without escapes or anything but ASCII."""

    def __init__(self, text: str) -> None:
        self._blocks: list[str | dict[str, Any]] = [text[at:end] for at, end in _blocks(text)]
        self._first = [block[1 : block.index('"', 1)] for block in self._blocks if isinstance(block, str)]

    def get(self, key: str) -> Any:
        """Return the value of a key, or None."""
        number = max(0, bisect_right(self._first, key) - 1)
        block = self._blocks[number]
        if isinstance(block, str):
            block = self._blocks[number] = json.loads(f"{{{block}}}")
        return block.get(key)


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Tell where each block begins and ends: between two entries, of which some have an object for a value."""
    at, last = 1, len(text) - 1
    while at < last:
        end = text.find(',"', at + _BLOCK)
        if end > 0 and text.rfind("{", at, end) > text.rfind("}", at, end):
            end = text.find('},"', end) + 1
        if end <= 0:
            end = last
        yield at, end
        at = end + 1


class Weights:
    """The tagger's weights: for each feature of a word, a number for each tag."""

    def __init__(self, text: bytes) -> None:
        """Take them from behind their opening brace to the end of the file."""
        entries = text.lstrip(b'"').rstrip(b"}").split(b'},"')
        self._read: dict[bytes, Any] = dict([entry.split(b'":{', 1) for entry in entries])

    def get(self, feature: str) -> dict[str, float] | None:
        key = json.dumps(feature, ensure_ascii=False)[1:-1].encode()
        weights = self._read.get(key)
        if isinstance(weights, bytes):
            weights = self._read[key] = json.loads(b"{" + weights + b"}")
        return weights
