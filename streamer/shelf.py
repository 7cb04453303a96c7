"""How much audio is kept in memory: a bound for all feeds together, least recently heard first out.

What is put out is fetched again when somebody gets there. A socket that has not yet taken what it was sent holds on to
that piece beyond this bound, 10 s of audio at most (listener.py).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from streamer.audio import SegmentAudio
from streamer.feed import Segment


class Shelf:
    """Holds the audio of segments, `limit` bytes of it."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._sizes: OrderedDict[Segment, int] = OrderedDict()
        self.size = 0
        self.evictions = 0

    def put(self, segment: Segment, audio: SegmentAudio) -> None:
        """Keep this audio, making room for it first; one that is larger than all the room is kept alone."""
        self.drop([segment])
        while self._sizes and self.size + audio.size > self._limit:
            self.drop([next(iter(self._sizes))])
            self.evictions += 1
        segment.audio = audio
        self._sizes[segment] = audio.size
        self.size += audio.size

    def heard(self, segment: Segment) -> None:
        """Somebody was just sent some of this segment; it may have grown by another cut."""
        size = self._sizes.get(segment)
        if segment.audio is not None and size is not None:
            self._sizes.move_to_end(segment)
            self.size += segment.audio.size - size
            self._sizes[segment] = segment.audio.size

    def drop(self, segments: Iterable[Segment]) -> None:
        for segment in segments:
            self.size -= self._sizes.pop(segment, 0)
            segment.audio = None
