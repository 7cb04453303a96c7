"""An MP4 file that is stored while it is made, though its muxer goes back to write how long the sound has become.

FFmpeg's muxer writes a header with an empty length, all of the sound, and then seeks: to fill in that length, and about
in the index behind the sound. So the first bytes are kept here, the sound goes out as it comes, and from the first
seek on everything is kept again, until the index is finished. The head is stored by itself and put in front at last.
"""

from __future__ import annotations

import os

from common.blob_writer import Writer

HEAD_BYTES = 64
"""The `ftyp` box and the header of `mdat`, whose length is filled in, are shorter."""


class Mp4Stream:
    """Give this file to the muxer, and call `finish` thereafter. `body` takes all that follows the head."""

    def __init__(self, body: Writer) -> None:
        self._body = body
        self._head = bytearray()
        self._sent = HEAD_BYTES
        """How far, from the start of the file, what was handed to `body` reaches."""
        self._tail: bytearray | None = None
        self._at = 0

    def write(self, data: bytes) -> int:
        taken = len(data)
        if self._at < HEAD_BYTES:
            first = data[: HEAD_BYTES - self._at]
            self._head[self._at : self._at + len(first)] = first
            self._at += len(first)
            data = data[len(first) :]
        if data:
            self._write_behind_head(data)
        return taken

    def _write_behind_head(self, data: bytes) -> None:
        if self._tail is None:
            self._body.write(data)
            self._sent += len(data)
        else:
            place = self._at - self._sent
            if place < 0:
                raise OSError("the muxer went back into what is stored already")
            self._tail[place : place + len(data)] = data
        self._at += len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        end = self._sent + len(self._tail or b"")
        place = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: end}[whence] + offset
        if place != self._at and self._tail is None:
            self._tail = bytearray()
        self._at = place
        return place

    def tell(self) -> int:
        return self._at

    def finish(self) -> bytes:
        """Hand the index to `body`, and return the head, which belongs in front of it."""
        self._body.write(bytes(self._tail or b""))
        return bytes(self._head)
