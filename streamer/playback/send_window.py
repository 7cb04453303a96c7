"""One listener: what has been sent, where on the podcast's clock the ears are, and what is due next. No I/O.

The first seconds go out at once, in small messages; then as much as the listener's window holds, in large ones; from
then on a piece of a third of the window (a tenth of a small one) whenever there is room for it: what a listener costs
is sends, not bytes. The clock starts with the first sound, runs with the server's, is held by a pause, and is set right
by what the player reports.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from common.wire import PACKET_MS
from streamer.catalog.segment_audio import LARGE, SMALL
from streamer.catalog.timeline import Feed, Segment
from streamer.playback.scheduler import GRID_S

FAST_START: Final = 3_000 // PACKET_MS
"""Packets sent in small messages to one who has just come."""
DEFAULT_WINDOW_MS: Final = 40_000
_AT_ONCE: Final = 20_000 // PACKET_MS
"""Packets handed to a socket before it is waited for: what a listener on a slow line can tie up in memory."""
_PACKETS_A_SECOND: Final = 1000 // PACKET_MS
_HAIR: Final = 1e-3
"""Packets: what rounding may cost."""
_BEAT_S: Final = 0.5
"""Those with a large window are due at multiples of this, so that they are served together."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a window is kept full. One for all who have the same, in packets."""

    window: int
    piece: int
    """How much is sent at a time, once the window has been filled."""
    message: int
    """How much of it a message holds."""
    most: int
    """How much may lie ahead of the ear for there to be room for another piece."""
    early_s: float
    """By how much a piece may be sent before it has to be: at that time there has to be room for it already."""


@lru_cache(maxsize=256)
def pace_of(window_ms: int) -> Pace:
    window = window_ms // PACKET_MS
    if window < 10 * LARGE:
        return Pace(window, piece := window // 10, SMALL, window - piece, GRID_S)
    return Pace(window, piece := min(window // 3, _AT_ONCE), LARGE, window - piece, _BEAT_S)


class Listener:
    """A listener of `feed` who has everything before `next_packet`, and can hold `window_ms` beyond what is playing.

    Times are seconds of a monotonic clock.
    """

    __slots__ = (
        "_began_at",
        "_fast_until",
        "_held_at",
        "_introduced",
        "_running",
        "_segment",
        "feed",
        "messages",
        "missing",
        "pace",
        "paused",
        "position",
        "window_ms",
    )

    def __init__(self, feed: Feed, next_packet: int, window_ms: int | None) -> None:
        self.feed = feed
        self.position = next_packet
        """The next packet to send."""
        self.window_ms = window_ms or DEFAULT_WINDOW_MS
        self.paused = False
        self.missing: Segment | None = None
        """The ready segment that was due but is not in memory."""
        self.messages = 0
        """Audio messages sent."""
        self._fast_until = next_packet + FAST_START
        self._introduced: Segment | None = None
        self._segment: Segment | None = None
        self.pace = pace_of(self.window_ms)
        self._held_at = float(next_packet)
        self._began_at = math.inf
        """When the ears were at the beginning of the podcast, had they heard it all; never, while they are held."""
        self._running = False

    @property
    def finished(self) -> bool:
        """Whether the whole podcast has been sent."""
        return self.feed.complete and self.position == self.feed.packets

    @property
    def astray(self) -> bool:
        """Whether the position asked for lies beyond the end of the podcast."""
        return self.feed.complete and self.position > self.feed.packets

    def clock(self, now: float) -> float:
        """Where the ears are, in packets, as far as can be told: never beyond what was sent."""
        heard = self._held_at if self._began_at == math.inf else (now - self._began_at) * _PACKETS_A_SECOND
        return min(heard, self.position)

    def pause(self, at: float) -> None:
        heard, self.paused = self.clock(at), True
        self._set_clock(heard, at)

    def go_on(self, at: float) -> None:
        heard, self.paused = self.clock(at), False
        self._set_clock(heard, at)

    def played(self, position_ms: float, at: float) -> None:
        """The player says where it was at a time."""
        self._running = True
        self._set_clock(min(position_ms / PACKET_MS, self.position), at)

    @property
    def segment(self) -> Segment | None:
        """The ready segment that holds the next packet, if there is one."""
        segment = self._segment
        if segment is None or not segment.first_packet <= self.position < segment.end:
            segment = self._segment = self.feed.segment_at(self.position)
        return segment

    def take(self, now: float) -> list[bytes | memoryview]:
        """The frames that are due, in order, which count as sent; none unless there is room for a whole piece.

        Where there are more, `due` is now.
        """
        heard = self.clock(now)
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
            self._running = True
            self._set_clock(heard, now)
        return taken

    def due(self, now: float) -> float | None:
        """When there will be room for the next piece, and to spare; None where no passing of time makes room."""
        if self.missing is not None or self.position >= self.feed.packets:
            return None
        pace = self.pace
        then = self.position - pace.most
        if self._began_at == math.inf:
            return now if then <= self._held_at else None
        at = self._began_at + then / _PACKETS_A_SECOND  # when the ears are there
        return max((at // pace.early_s + 1) * pace.early_s, now)

    def _set_clock(self, position: float, at: float) -> None:
        self._held_at = position
        runs = self._running and not self.paused
        self._began_at = at - position / _PACKETS_A_SECOND if runs else math.inf
