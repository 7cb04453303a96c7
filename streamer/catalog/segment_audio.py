"""The audio of a segment, cut into WebSocket frames once and shared by all listeners.

Frames lie side by side in memory, so any run of frames is sent as a single slice. There are two cuts of a segment:
messages of 2 s for the steady stream, and of 200 ms for a fast start and for small windows. Both are counted from the
segment's beginning; a listener who joins in mid-message gets a frame of their own up to the next.
"""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from common.records import Segment
from common.wire import pack_lengths, pack_sound, segment_message
from streamer import frames

SMALL: Final = 10
LARGE: Final = 100
"""Packets in a message."""
_UNCUT = 0


Piece = tuple[memoryview, int, int]
"""A run of whole frames; how many packets they hold, and how many messages they are."""
_NOTHING: Final[Piece] = memoryview(b""), 0, 0


@dataclass(frozen=True, slots=True)
class _Cut:
    data: memoryview
    size: int
    """Packets in a frame."""
    ends: Sequence[int]
    """Where each frame ends, in bytes."""

    def run(self, first: int, end: int) -> memoryview:
        """Return frames `first` to `end`, the latter not included."""
        return self.data[self.ends[first - 1] if first else 0 : self.ends[end - 1]]


class SegmentAudio:
    """Hold one segment's audio: `packets` of 20 ms, the first being number `first_packet` of the podcast.

    `introduction` is the frame with the segment's text; it is sent before the first packet.
    """

    __slots__ = ("_cuts", "_ends", "_first_packet", "_lengths", "introduction", "size")

    def __init__(self, segment: Segment, first_packet: int, packets: Sequence[bytes]) -> None:
        self.introduction = frames.text(segment_message(segment, first_packet))
        self._first_packet = first_packet
        self._ends = array("I", itertools.accumulate(map(len, packets)))
        self._lengths = pack_lengths(packets)
        data = memoryview(b"".join(packets))
        self._cuts = {_UNCUT: _Cut(data, len(packets), [len(data)])}
        self.size = self._measure()
        """Bytes of memory, nearly; it grows when another length of message is asked for."""

    def take(self, offset: int, at_most: int, size: int) -> Piece:
        """Return whole frames from packet `offset` of the segment on, in messages of `size` (LARGE or SMALL).

        They hold `at_most` packets, or fewer where the next frame would be too long or another size of message has to
        follow; none where not even one frame fits.
        """
        total = len(self._ends)
        if offset % SMALL:
            count = min(SMALL - offset % SMALL, total - offset)
            if count > at_most:
                return _NOTHING
            return memoryview(self._frame(offset, count)), count, 1
        if offset % size:
            at_most = min(at_most, size - offset % size)  # small ones up to where the large ones go on
            size = SMALL
        cut = self._cuts.get(size)
        if cut is None:
            cut = self._cuts[size] = self._cut(size)
            self._cuts.pop(_UNCUT, None)  # from now on the sound is taken from there: it is kept once
            self.size = self._measure()
        first = offset // size
        end = len(cut.ends) if offset + at_most >= total else (offset + at_most) // size
        if end <= first:
            return _NOTHING
        return cut.run(first, end), min(end * size, total) - offset, end - first

    def _measure(self) -> int:
        return 6 * len(self._ends) + sum(len(cut.data) for cut in self._cuts.values())

    def _cut(self, size: int) -> _Cut:
        total = len(self._ends)
        pieces = [self._frame(start, min(size, total - start)) for start in range(0, total, size)]
        return _Cut(memoryview(b"".join(pieces)), size, array("I", itertools.accumulate(map(len, pieces))))

    def _frame(self, offset: int, count: int) -> bytes:
        lengths = self._lengths[2 * offset : 2 * (offset + count)]
        return frames.binary(pack_sound(self._first_packet + offset, lengths, self._sound(offset, count)))

    def _sound(self, offset: int, count: int) -> list[memoryview]:
        """Return the bytes of packets, taken out of the frames of whichever cut exists: a slice of each."""
        cut = next(iter(self._cuts.values()))
        pieces: list[memoryview] = []
        until = offset + count
        while offset < until:
            frame = offset // cut.size
            end = min((frame + 1) * cut.size, len(self._ends))
            shift = cut.ends[frame] - self._ends[end - 1]  # heads of frames, up to here
            start = self._ends[offset - 1] if offset else 0
            pieces.append(cut.data[shift + start : shift + self._ends[min(end, until) - 1]])
            offset = end
        return pieces
