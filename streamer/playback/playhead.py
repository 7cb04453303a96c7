"""The playhead: where on the podcast's clock a listener is. No I/O.

The clock starts with the first sound, runs with the server's, is held by a pause, and is set right by what the player
reports. The position never goes beyond `sent`, the packets sent to the listener, which the methods take as an argument.
Positions are in packets, times in seconds of a monotonic clock.
"""

from __future__ import annotations

import math
from typing import Final

from common.contract import PACKET_MS

PACKETS_A_SECOND: Final = 1000 // PACKET_MS


class Playhead:
    """Track the position of a listener who begins at packet `position`."""

    __slots__ = ("_began_at", "_held_at", "_started", "paused")

    def __init__(self, position: int) -> None:
        self.paused = False
        self._started = False
        self._held_at = float(position)
        self._began_at = math.inf
        """When the playhead was at the beginning of the podcast, had it played it all; never, while it is held."""

    @property
    def held(self) -> bool:
        """Tell whether the clock stands still: before the first sound, or in a pause."""
        return self._began_at == math.inf

    def at(self, now: float, sent: int) -> float:
        """Return the position, as far as can be told."""
        position = self._held_at if self._began_at == math.inf else (now - self._began_at) * PACKETS_A_SECOND
        return min(position, sent)

    def reaches(self, position: float) -> float:
        """Return when a running playhead is at a position."""
        return self._began_at + position / PACKETS_A_SECOND

    def start(self, position: float, at: float) -> None:
        """Run from a position on, unless paused: the first sound was sent, or the next after the player ran dry."""
        self._started = True
        self._set(position, at)

    def pause(self, at: float, sent: int) -> None:
        """Hold the clock."""
        position, self.paused = self.at(at, sent), True
        self._set(position, at)

    def resume(self, at: float, sent: int) -> None:
        """Let the clock run again."""
        position, self.paused = self.at(at, sent), False
        self._set(position, at)

    def report(self, position_ms: float, at: float, sent: int) -> None:
        """Set the clock to the position that the player reports for a time."""
        self.start(min(position_ms / PACKET_MS, sent), at)

    def _set(self, position: float, at: float) -> None:
        self._held_at = position
        runs = self._started and not self.paused
        self._began_at = at - position / PACKETS_A_SECOND if runs else math.inf
