"""What the hub holds: a session for each connection, a channel for each workflow that somebody hears."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from streamer.catalog.segment_audio import SegmentAudio
from streamer.catalog.timeline import Feed, Segment
from streamer.net.connection import Connection
from streamer.net.receiver import Incoming
from streamer.playback.send_window import Listener
from streamer.tickets import Claim

FetchAudio = Callable[[Segment], SegmentAudio]
"""Blocking; raises the errors of fetch.py."""


@dataclass(eq=False, slots=True)
class Session:
    """One connection, from the opening handshake to its end. Times are seconds of the hub's clock."""

    sock: socket.socket
    connection: Connection
    incoming: Incoming
    on_end: Callable[[], None]
    opened_at: float
    expires_at: float
    heard_at: float
    pinged_at: float = 0.0
    due_at: float | None = None
    claiming: bool = False
    """Whether it has said what it wants to hear."""
    paused: bool = False
    """What its player said last, perhaps before there was anything to hold."""
    played: tuple[float, float] | None = None
    """Where its player was, in milliseconds, and when that was: as it said last, perhaps before it could hear."""
    claim: Claim | None = None
    channel: Channel | None = None
    listener: Listener | None = None
    supplied: Segment | None = None
    """The segment it was last found in, if that is at hand with what follows: until its end nothing is to fetch."""
    greeted: bool = False
    awaits_attachment: bool = False
    ending: str = ""
    """Why it ends, once it does."""
    peer_closed: bool = False
    discarded: int = 0
    """Bytes received after it began to end."""
    client_stalls: float = 0.0
    """How often its player has run dry, as it says."""


@dataclass(eq=False, slots=True)
class Channel:
    """A feed, and the sessions that hear it. `fetch` is how it gets a segment's audio."""

    feed: Feed
    fetch: FetchAudio
    follows: bool
    """Whether it is fed by the watch; an attached audio object is not."""
    sessions: set[Session] = field(default_factory=set)
    idle_since: float = 0.0
    reread_at: float = 0.0
    reread_after: float = 0.0

    @property
    def starving(self) -> bool:
        """Whether somebody waits for what has not been told yet."""
        return not (self.feed.complete or self.feed.failure) and any(
            not session.greeted or (session.listener is not None and session.listener.position >= self.feed.packets)
            for session in self.sessions
        )
