"""One listener: what has been sent, where on the podcast's clock the ears are, and what is due next. No I/O.

The first seconds go out at once, in small messages; then as much as the listener's window holds, in large ones; from
then on a piece of a third of the window (a tenth of a small one) whenever there is room for it: what a listener costs
is sends, not bytes. The clock starts with the first sound, runs with the server's, is held by a pause, and is set right
by what the player reports.
"""

from __future__ import annotations

from typing import Final

from common.wire import PACKET_MS
from streamer.audio import LARGE, SMALL
from streamer.feed import Feed, Segment
from streamer.timetable import GRID_S

FAST_START: Final = 3_000 // PACKET_MS
"""Packets sent in small messages to one who has just come."""
DEFAULT_WINDOW_MS: Final = 40_000
_LARGE_WINDOW_MS = 10 * LARGE * PACKET_MS
_LARGEST_PIECE_MS: Final = 20_000
_AT_ONCE = _LARGEST_PIECE_MS // PACKET_MS
"""Packets handed to a socket before it is waited for: what a listener on a slow line can tie up in memory."""
_BEAT_S: Final = 0.5
"""Those with a large window are due at multiples of this, so that they are served together."""


def piece_ms(window_ms: int) -> int:
    """How much is sent at a time, once a window of so many milliseconds has been filled."""
    return min(window_ms // 3, _LARGEST_PIECE_MS) if window_ms >= _LARGE_WINDOW_MS else window_ms // 10


def early_s(window_ms: int) -> float:
    """By how much a piece may be sent before it has to be: at that time there has to be room for it already."""
    return _BEAT_S if window_ms >= _LARGE_WINDOW_MS else GRID_S


class Listener:
    """A listener of `feed` who has everything before `next_packet`, and can hold `window_ms` beyond what is playing.

    Times are seconds of a monotonic clock.
    """

    __slots__ = (
        "_clock_at",
        "_clock_ms",
        "_early_s",
        "_fast_until",
        "_introduced",
        "_message",
        "_piece_ms",
        "_running",
        "_segment",
        "feed",
        "messages",
        "missing",
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
        self._message = LARGE if self.window_ms >= _LARGE_WINDOW_MS else SMALL
        self._piece_ms = piece_ms(self.window_ms)
        self._early_s = early_s(self.window_ms)
        self._clock_ms = float(next_packet * PACKET_MS)
        self._clock_at = 0.0
        self._running = False

    @property
    def finished(self) -> bool:
        """Whether the whole podcast has been sent."""
        return self.feed.complete and self.position == self.feed.packets

    @property
    def astray(self) -> bool:
        """Whether the position asked for lies beyond the end of the podcast."""
        return self.feed.complete and self.position > self.feed.packets

    def clock_ms(self, now: float) -> float:
        """Where the ears are, as far as can be told: never beyond what was sent."""
        elapsed = (now - self._clock_at) * 1000 if self._running and not self.paused else 0.0
        return min(self._clock_ms + elapsed, self.position * PACKET_MS)

    def pause(self, at: float) -> None:
        self._set_clock(self.clock_ms(at), at)
        self.paused = True

    def go_on(self, at: float) -> None:
        self._set_clock(self.clock_ms(at), at)
        self.paused = False

    def played(self, position_ms: float, at: float) -> None:
        """The player says where it was at a time."""
        self._set_clock(min(position_ms, self.position * PACKET_MS), at)
        self._running = True

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
        self._clock_ms = clock_ms = self.clock_ms(now)  # who ran into the end of what was sent goes on from there
        self._clock_at = now
        self.missing = None
        taken: list[bytes | memoryview] = []
        room_ms = self.window_ms - self.position * PACKET_MS + clock_ms
        if room_ms < self._piece_ms:
            return taken
        room = min(int(room_ms) // PACKET_MS, _AT_ONCE)
        while room > 0 and (segment := self.segment) is not None:
            audio = segment.audio
            if audio is None:
                self.missing = segment
                break
            offset = self.position - segment.first_packet
            if self.position < self._fast_until:
                frames, packets, messages = audio.take(offset, min(room, SMALL), SMALL)
            else:
                frames, packets, messages = audio.take(offset, room, self._message)
            if not packets:
                break
            if segment is not self._introduced:
                taken.append(audio.introduction)
                self._introduced = segment
            taken.append(frames)
            self.messages += messages
            self.position += packets
            room -= packets
        if taken:
            self._running = True
        return taken

    def stride(self, now: float) -> tuple[memoryview, int] | None:
        """What `take` gives a listener nearly always, in the middle of a segment, at a fraction of the cost: frames,
        and how many messages they are. None where it takes more care than that, and nothing has changed then.
        """
        segment = self._introduced
        if segment is None or segment.audio is None or self.paused or self.position < self._fast_until:
            return None
        clock_ms = self._clock_ms + (now - self._clock_at) * 1000
        ahead_ms = self.position * PACKET_MS - clock_ms
        room_ms = self.window_ms - ahead_ms
        if ahead_ms < 0 or room_ms < self._piece_ms:
            return None
        room = min(int(room_ms) // PACKET_MS, _AT_ONCE)
        frames, packets, messages = segment.audio.within(self.position - segment.first_packet, room, self._message)
        if not packets:
            return None
        self._clock_ms, self._clock_at = clock_ms, now
        self.messages += messages
        self.position += packets
        return frames, messages

    def due(self, now: float) -> float | None:
        """When there will be room for the next piece, and to spare; None where no passing of time makes room."""
        if self.missing is not None or self.position >= self.feed.packets:
            return None
        then_ms = self.position * PACKET_MS + self._piece_ms - self.window_ms
        at = self._clock_at + (then_ms - self._clock_ms) / 1000 + self._early_s  # when the ears are there
        if self.paused:
            return now if at <= self._clock_at else None
        return max(at // self._early_s * self._early_s, now)

    def _set_clock(self, position_ms: float, at: float) -> None:
        self._clock_ms, self._clock_at = position_ms, at
