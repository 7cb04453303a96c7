"""The cache of audio: a bound in bytes for all podcasts together, the least recently heard evicted first.

An evicted segment is fetched again when a listener gets there. Beyond this bound, memory holds, for up to a second, new
cuts for another length of message, and segments still waiting for room in a socket.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from streamer.catalog.segment_audio import SegmentAudio
from streamer.catalog.timeline import Segment


class AudioCache:
    """Keep the audio of segments, up to `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._sizes: OrderedDict[Segment, int] = OrderedDict()
        self.size = 0
        self.evictions = 0

    def put(self, segment: Segment, audio: SegmentAudio) -> None:
        """Keep a segment's audio, making room first; a segment larger than the limit is kept alone."""
        self.drop([segment])
        self._make_room(audio.size, but_for=0)
        segment.audio = audio
        self._sizes[segment] = audio.size
        self.size += audio.size

    def touch(self, segment: Segment) -> None:
        """Mark a segment as heard just now."""
        if segment in self._sizes:
            self._sizes.move_to_end(segment)

    def remeasure(self) -> None:
        """Count the growth by new cuts, and make room; to be called now and then."""
        for segment in self._sizes:
            if segment.audio is not None:
                self._sizes[segment] = segment.audio.size
        self.size = sum(self._sizes.values())
        self._make_room(0, but_for=1)

    def _make_room(self, wanted: int, but_for: int) -> None:
        while len(self._sizes) > but_for and self.size + wanted > self._limit:
            self.drop([next(iter(self._sizes))])
            self.evictions += 1

    def drop(self, segments: Iterable[Segment]) -> None:
        """Let the audio of these segments go."""
        for segment in segments:
            self.size -= self._sizes.pop(segment, 0)
            segment.audio = None
