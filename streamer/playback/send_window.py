"""The send window of one listener: how much has been sent, how far ahead of the playhead, and when more is due. No I/O.

The first seconds go out at once, in small messages; then as much as the listener's window holds, in large ones; from
then on a piece of a third of the window (a tenth of a small one) whenever there is room for it: the price of a listener
is sends, not bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from common.contract import PACKET_MS
from streamer.catalog.segment_audio import LARGE, SMALL
from streamer.catalog.timeline import Segment, Timeline
from streamer.playback.playhead import Playhead
from streamer.playback.scheduler import GRID_S

FAST_START: Final = 3_000 // PACKET_MS
"""Packets sent in small messages to one who has just come."""
DEFAULT_WINDOW_MS: Final = 40_000
_AT_ONCE: Final = 20_000 // PACKET_MS
"""Packets handed to a socket before it is waited for: what a listener on a slow line can tie up in memory."""
_HAIR: Final = 1e-3
"""Packets: the most that rounding may cost."""
_BEAT_S: Final = 0.5
"""Those with a large window are due at multiples of this, so that they are served together."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a window is kept full, in packets. One for all who have the same."""

    window: int
    piece: int
    """How much is sent at a time, once the window has been filled."""
    message: int
    """How much of it a message holds."""
    most: int
    """How much may lie ahead of the playhead for there to be room for another piece."""
    early_s: float
    """By how much a piece may be sent before it has to be: at that time there has to be room for it already."""


@lru_cache(maxsize=256)
def pace_of(window_ms: int) -> Pace:
    window = window_ms // PACKET_MS
    if window < 10 * LARGE:
        return Pace(window, piece := window // 10, SMALL, window - piece, GRID_S)
    return Pace(window, piece := min(window // 3, _AT_ONCE), LARGE, window - piece, _BEAT_S)


class SendWindow:
    """The window of a listener who has everything before `next_packet`, and can hold `window_ms` beyond the playhead.

    Times are seconds of a monotonic clock.
    """

    __slots__ = (
        "_fast_until",
        "_introduced",
        "_segment",
        "messages",
        "missing",
        "pace",
        "playhead",
        "position",
        "timeline",
        "window_ms",
    )

    def __init__(self, timeline: Timeline, next_packet: int, window_ms: int | None) -> None:
        self.timeline = timeline
        self.playhead = Playhead(next_packet)
        self.position = next_packet
        """The next packet to send."""
        self.window_ms = window_ms or DEFAULT_WINDOW_MS
        self.pace = pace_of(self.window_ms)
        self.missing: Segment | None = None
        """The ready segment that was due but is not in memory."""
        self.messages = 0
        """Audio messages sent."""
        self._fast_until = next_packet + FAST_START
        self._introduced: Segment | None = None
        self._segment: Segment | None = None

    @property
    def finished(self) -> bool:
        """Tell whether the whole podcast has been sent."""
        return self.timeline.complete and self.position == self.timeline.packets

    @property
    def astray(self) -> bool:
        """Tell whether the position asked for lies beyond the end of the podcast."""
        return self.timeline.complete and self.position > self.timeline.packets

    @property
    def paused(self) -> bool:
        """Tell whether the player is paused."""
        return self.playhead.paused

    def heard(self, now: float) -> float:
        """Return the position of the playhead, as far as is known."""
        return self.playhead.at(now, self.position)

    def pause(self, at: float) -> None:
        """Hold the playhead: what is ahead of it stays there."""
        self.playhead.pause(at, self.position)

    def resume(self, at: float) -> None:
        """Let the playhead run again."""
        self.playhead.resume(at, self.position)

    def report(self, position_ms: float, at: float) -> None:
        """Set the playhead to the position that the player reports for a time."""
        self.playhead.report(position_ms, at, self.position)

    @property
    def segment(self) -> Segment | None:
        """The segment of the next packet, if ready."""
        segment = self._segment
        if segment is None or not segment.first_packet <= self.position < segment.end:
            segment = self._segment = self.timeline.segment_at(self.position)
        return segment

    def take(self, now: float) -> list[bytes | memoryview]:
        """Return the frames due now, in order, counted as sent; none without room for a whole piece.

        Where there are more, `due` is now.
        """
        heard = self.playhead.at(now, self.position)
        self.missing = None
        taken: list[bytes | memoryview] = []
        pace, ahead = self.pace, self.position - heard
        if ahead > pace.most + _HAIR:
            return taken
        room = min(int(pace.window - ahead + _HAIR), _AT_ONCE)
        while room > 0 and (segment := self.segment) is not None:
            audio = segment.audio
            if audio is None:
                self.missing = segment
                break
            offset = self.position - segment.first_packet
            if self.position < self._fast_until:
                frames, packets, messages = audio.take(offset, min(room, SMALL), SMALL)
            else:
                frames, packets, messages = audio.take(offset, room, pace.message)
            if not packets:
                break
            if segment is not self._introduced:
                taken.append(audio.introduction)
                self._introduced = segment
            taken.append(frames)
            self.messages += messages
            self.position += packets
            room -= packets
        if taken and ahead <= 0:  # the first sound; or who ran into the end of what was sent, and goes on from there
            self.playhead.start(heard, now)
        return taken

    def due(self, now: float) -> float | None:
        """Return when the window will have room for the next piece, and to spare; None where time alone makes none."""
        if self.missing is not None or self.position >= self.timeline.packets:
            return None
        pace, playhead = self.pace, self.playhead
        then = self.position - pace.most
        if playhead.held:
            return now if then <= playhead.at(now, self.position) else None
        at = playhead.reaches(then)
        return max((at // pace.early_s + 1) * pace.early_s, now)
