"""Peers: clients' connections, from the opening handshake to the end."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from streamer.net.connection import Connection
from streamer.net.ending import Ending
from streamer.net.receiver import Receiver


@dataclass(eq=False, slots=True)
class Peer:
    """The other side of one connection. Times are seconds of the event loop's clock.

    The registry (connections.py) alone writes the fields, but for `started`, the owner's.
    """

    sock: socket.socket
    connection: Connection
    receiver: Receiver
    on_end: Callable[[], None]
    opened_at: float
    expires_at: float
    heard_at: float
    """When its last bytes were read."""
    pinged_at: float
    started: bool = False
    """Whether its client has said what to send; until then, the connection lives for START_WITHIN_S."""
    served: bool = False
    """Whether it is sent a stream: its bytes are read with those of others, and silence is kept from it."""
    closed: bool = False
    """Whether its client has sent a close frame."""
    discarded: int = 0
    """Bytes received after the end began."""
    _ending: Ending | None = None

    @property
    def ending(self) -> Ending | None:
        """Why the connection ends, once it does."""
        return self._ending

    def begin_ending(self, ending: Ending) -> bool:
        """Record why the connection ends; the first reason stays. Return whether this is the first."""
        if self._ending is not None:
            return False
        self._ending = ending
        return True

    @property
    def ready(self) -> bool:
        """Tell whether another frame would be sent at once, as far as is known."""
        connection = self.connection
        return self._ending is None and not connection.full and not connection.broken

    def send(self, buffers: Sequence[bytes | memoryview], now: float) -> None:
        """Send whole frames, in order."""
        self.connection.send(buffers, now)
