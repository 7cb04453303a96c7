"""A subscription: the stream of a single client, from its first message to the end of its connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from streamer.catalog.channels import Channel
from streamer.catalog.timeline import Segment
from streamer.playback.send_window import SendWindow
from streamer.tickets import Ticket


class Sink(Protocol):
    """Anything that takes whole WebSocket frames: in production, a connection (net/peer.py)."""

    @property
    def ready(self) -> bool:
        """Tell whether another frame would be sent at once, as far as is known."""
        ...

    def send(self, buffers: Sequence[bytes | memoryview], now: float) -> None:
        """Send whole frames, in order."""
        ...


K = TypeVar("K", bound=Sink)


@dataclass(eq=False, slots=True)
class Subscription(Generic[K]):
    """One client's stream into its `sink`. Times are seconds of the event loop's clock.

    `channel` and `window` are set once its ticket has been redeemed; a pause or report before is kept for then.
    """

    sink: K
    due_at: float | None = None
    """When it is served next: the timer wheel's (scheduler.py)."""
    ticket: Ticket | None = None
    channel: Channel[Subscription[K]] | None = None
    window: SendWindow | None = None
    supplied: Segment | None = None
    """The segment it was last found in, if that is in memory with its successor: until its end none is to fetch."""
    greeted: bool = False
    """Whether it has been sent the stream's metadata."""
    awaits_attachment: bool = False
    """Whether an audio object attached to its stream would be noticed (catalog/channels.py)."""
    client_stalls: float = 0.0
    """How often its player has run dry, by its own count."""
    _paused: bool = False
    _reported: tuple[float, float] | None = None
    """The last position that the player reported, in milliseconds, and when that was."""

    def open(
        self, ticket: Ticket, channel: Channel[Subscription[K]], next_packet: int, window_ms: int | None, now: float
    ) -> None:
        """Hear a channel from a packet on, in place of the previous channel."""
        self.close()
        self.ticket, self.channel = ticket, channel
        self.window = SendWindow(channel.timeline, next_packet, window_ms)
        channel.subscribers.add(self)
        if self._reported is not None:  # who comes back with half a minute in store has no room for as much again
            self.window.report(*self._reported)
        if self._paused:
            self.window.pause(now)

    def close(self) -> None:
        """Hear the channel no longer."""
        if self.channel is not None:
            self.channel.subscribers.discard(self)

    def pause(self, at: float) -> None:
        """Hold the playhead."""
        self._paused = True
        if self.window is not None:
            self.window.pause(at)

    def resume(self, at: float) -> None:
        """Let the playhead run again."""
        self._paused = False
        if self.window is not None:
            self.window.resume(at)

    def report(self, position_ms: float, at: float) -> None:
        """Set the playhead to where the player was at a time."""
        self._reported = position_ms, at
        if self.window is not None:
            self.window.report(position_ms, at)

    @property
    def starving(self) -> bool:
        """Tell whether the client waits for the podcast to begin, or has been sent every ready packet."""
        window = self.window
        return not self.greeted or (window is not None and window.position >= window.timeline.packets)

    @property
    def untouched(self) -> bool:
        """Tell whether no audio has been sent yet, so other audio may take its place."""
        return self.window is not None and not self.window.messages
