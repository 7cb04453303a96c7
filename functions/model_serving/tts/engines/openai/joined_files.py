"""Several files in a row in one answer, as of servers that say each sentence by itself: decoders take these for a
single file, and leave the rest out, or make noise of the next file's header."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_BEGINNINGS: Final = {
    "wav": rb"(?:RIFF|RF64|BW64).{4}WAVE[\w ]{4}",
    "aiff": rb"FORM.{4}AIF[FC]",
    "au": rb"\.snd\x00\x00.{2}",
    "caf": rb"caff\x00\x01\x00\x00desc",
    "mp4": rb"\x00\x00\x00[\x08-\x80]ftyp[\w ]{4}",
    "matroska": rb"\x1a\x45\xdf\xa3.{1,8}?\x42[\x82\x86]",
}
"""By libav's name: bytes that no sound has. libav itself finds where the next file of other kinds begins."""
_LONGEST: Final = 16


def files(pieces: Iterator[bytes], container: str) -> Iterator[Iterator[bytes]]:
    """Tell apart the files of one kind, the first of which begins at once, while they come. The unread rest of a file
    is passed over when the next file is asked for."""
    if container not in _BEGINNINGS:
        yield pieces
        return
    joined = _Joined(pieces, re.compile(_BEGINNINGS[container], re.DOTALL))
    while joined.more:
        yield (file := joined.file())
        for _ in file:
            pass


class _Joined:
    def __init__(self, pieces: Iterator[bytes], begins: re.Pattern[bytes]) -> None:
        self._pieces, self._begins = pieces, begins
        self._rest = b""
        self.more = True

    def file(self) -> Iterator[bytes]:
        """Yield the bytes until the next file begins."""
        looked = 1  # its own beginning is none
        while True:
            if found := self._begins.search(self._rest, looked):
                whole, self._rest = self._rest[: found.start()], self._rest[found.start() :]
                yield whole
                return
            if ready := self._rest[: max(0, len(self._rest) - _LONGEST)]:
                self._rest, looked = self._rest[len(ready) :], 0
                yield ready
            piece = next(self._pieces, b"")
            if not piece:
                self.more = False
                yield self._rest
                return
            self._rest += piece
