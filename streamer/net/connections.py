"""The registry of open connections: how they come and end, and which are kept alive, found silent or stalled.

The meaning of messages, and the audio, are the owner's business (server.py), on whose event loop all of this runs. The
registry emits events to the owner, and calls nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import math
import random
import selectors
import socket
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from common import wire
from common.contract import KEEPALIVE_S
from common.wire import CLOSE_NORMAL, ClientMessage, WireError, parse_client_message
from streamer import frames
from streamer.metrics import Counts
from streamer.net.connection import Connection, receive
from streamer.net.ending import Close, Ending
from streamer.net.peer import Peer
from streamer.net.receiver import PeerClosed, Pinged, ProtocolBroken, Receiver

logger = logging.getLogger(__name__)

START_WITHIN_S: Final = 10.0
PING_S: Final = KEEPALIVE_S
"""Longer than from one report of a player's to the next: who plays needs no pings."""
PONG_WITHIN_S: Final = 3.0
"""A client that has taken everything, and neither says anything nor answers a ping for so long, is gone or frozen: its
kernel, or a proxy between us, would acknowledge minutes of audio before the first byte is kept back."""
CHECK_EVERY_S: Final = 4
"""The health of every connection is checked at least so often, that of some of them each second."""
CLOSE_WITHIN_S: Final = 5.0
READ_EVERY_S: Final = 0.5
"""The bytes of those who are served are read together: a wake-up for each would cost more than the reading. A message
counts from when it came."""
_RECEIVE_BYTES = 4096
_DISCARD_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    """A client has sent a message; `at` is the time of arrival, perhaps a little before the read."""

    peer: Peer
    message: ClientMessage
    at: float


@dataclass(frozen=True, slots=True)
class Drained:
    """A socket has taken all bytes kept back."""

    peer: Peer


@dataclass(frozen=True, slots=True)
class Left:
    """A connection has ended and its socket is closed; `peer.ending` says why."""

    peer: Peer


PeerEvent = Received | Drained | Left


class ConnectionRegistry:
    """Hold every connection from its handshake to its end, and `emit` events."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        counts: Counts,
        emit: Callable[[PeerEvent], None],
        *,
        max_connection_s: float,
        stalled_after_s: float,
    ) -> None:
        self._loop, self._counts, self._emit = loop, counts, emit
        self._max_connection_s, self._stalled_after_s = max_connection_s, stalled_after_s
        self._empty = asyncio.Event()
        self._served = selectors.DefaultSelector()
        """The sockets of those who are served."""
        self._reading = False
        self.peers: OrderedDict[Peer, None] = OrderedDict()
        """All connections; those first whose health has not been checked for the longest time."""

    def admit(self, sock: socket.socket, on_end: Callable[[], None]) -> Peer:
        """Take a socket over after its opening handshake, to close in the end; `on_end` is called after."""
        now = self._loop.time()
        Connection.prepare(sock)
        peer = Peer(
            sock=sock,
            connection=Connection(sock, now, lambda: self._on_full(peer), lambda: self._on_drained(peer)),
            receiver=Receiver(now),
            on_end=on_end,
            opened_at=now,
            # Spread, so that those who came together do not all move on together
            expires_at=now + self._max_connection_s * random.uniform(0.9, 1.0),  # noqa: S311
            heard_at=now,
            pinged_at=now - random.uniform(0.0, PING_S),  # noqa: S311
        )
        self._counts.connects += 1
        self.peers[peer] = None
        self._loop.add_reader(sock, self._on_readable, peer)
        return peer

    def serve(self, peer: Peer) -> None:
        """Treat a client as served: from now on, its messages need not be read at once."""
        if peer.served or peer not in self.peers:
            return
        peer.served = True
        self._loop.remove_reader(peer.sock)
        self._served.register(peer.sock, selectors.EVENT_READ, peer)
        if not self._reading:
            self._reading = True
            self._loop.call_later(READ_EVERY_S, self._read_served)

    def close(self, peer: Peer, close: Close) -> None:
        """End a connection, and say why; the socket goes once the client has answered, or has taken too long."""
        if not peer.begin_ending(close.ending):
            return
        now = self._loop.time()
        if close.error:
            peer.send([close.error], now)
        peer.connection.close(close.code, close.reason, now)
        self._drop_if_settled(peer)

    def drop(self, peer: Peer) -> None:
        """End a connection without a close frame."""
        if peer not in self.peers:
            return
        peer.begin_ending(Ending.LEFT if peer.closed else Ending.GONE)
        del self.peers[peer]
        if not self._loop.remove_reader(peer.sock):
            self._served.unregister(peer.sock)
        self._loop.remove_writer(peer.sock)
        peer.connection.abort()
        peer.sock.close()
        self._count_out(peer)
        self._emit(Left(peer))
        peer.on_end()
        if not self.peers:
            self._empty.set()

    async def clear(self, within_s: float) -> None:
        """Hand every client over to another instance; drop the remaining after so many seconds."""
        for peer in list(self.peers):
            self.close(peer, Close.hand_over(Ending.RESTART))
        self._empty.clear()
        if self.peers:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), within_s)
        for peer in list(self.peers):
            self.drop(peer)

    def next_batch(self) -> list[Peer]:
        """Return the connections due for a check of health; to be called once a second."""
        batch = list(itertools.islice(self.peers, math.ceil(len(self.peers) / CHECK_EVERY_S)))
        for peer in batch:
            self.peers.move_to_end(peer)
        return batch

    def check_health(self, peer: Peer, now: float) -> None:
        """End a stalled, silent, late or old connection; keep any other alive."""
        connection = peer.connection
        stalled_s = connection.stalled_for(now)
        if connection.broken or (peer.ending and connection.unanswered_for(now) > CLOSE_WITHIN_S):
            self.drop(peer)
        elif stalled_s is not None and stalled_s > self._stalled_after_s:
            peer.begin_ending(Ending.STALLED)
            self.drop(peer)
        elif peer.ending:
            return
        elif stalled_s is None and self._is_silent(peer, now):
            peer.begin_ending(Ending.SILENT)
            self.drop(peer)
        elif not peer.started and now - peer.opened_at > START_WITHIN_S:
            detail = "A connection begins with start or resume."
            self.close(peer, Close.failure(Ending.NEVER_STARTED, "start_missing", detail))
        elif now > peer.expires_at:
            self.close(peer, Close.hand_over(Ending.EXPIRED))
        else:
            self._keep_alive(peer, now)

    def _drop_if_settled(self, peer: Peer) -> None:
        """Let an ending connection's socket go, unless a frame or an answer is still under way."""
        connection = peer.connection
        if connection.broken or (peer.closed and not connection.full):
            self.drop(peer)

    def _is_silent(self, peer: Peer, now: float) -> bool:
        """Tell whether a ping was not answered: where this thread is behind, the answer may still have to be read."""
        if peer.pinged_at <= peer.heard_at or now - peer.pinged_at <= PONG_WITHIN_S:
            return False
        self._on_readable(peer)
        return peer in self.peers and peer.pinged_at > peer.heard_at

    def _keep_alive(self, peer: Peer, now: float) -> None:
        if now - max(peer.pinged_at, peer.heard_at) > PING_S:
            peer.pinged_at = now
            peer.connection.ping()
        if peer.served and now - peer.connection.sent_at > KEEPALIVE_S:
            peer.send([frames.text(wire.keepalive())], now)

    def _read_served(self) -> None:
        for key, _ in self._served.select(0):
            try:
                self._on_readable(key.data)
            except Exception:
                logger.exception("a listener is given up")
                self.drop(key.data)
        self._reading = bool(self._served.get_map())
        if self._reading:
            self._loop.call_later(READ_EVERY_S, self._read_served)

    def _on_readable(self, peer: Peer) -> None:
        try:
            data, age_s = receive(peer.sock, _RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data, age_s = b"", 0.0
        now = peer.heard_at = self._loop.time()
        if not data:
            self.drop(peer)
            return
        self._counts.bytes_received += len(data)
        if peer.ending:
            peer.discarded += len(data)
            if peer.discarded > _DISCARD_BYTES:
                self.drop(peer)
                return
        try:
            for event in peer.receiver.read(data, now):
                self._on_frame(peer, event, now, now - age_s)
        except WireError as error:
            self.close(peer, Close.failure(Ending.WIRE_BROKEN, error.code, str(error)))
        except ProtocolBroken as error:
            self.close(peer, Close(Ending.PROTOCOL_BROKEN, error.code, str(error)))

    def _on_frame(self, peer: Peer, event: str | Pinged | PeerClosed | None, now: float, came_at: float) -> None:
        if isinstance(event, PeerClosed):
            peer.closed = True
            self.close(peer, Close(Ending.LEFT, CLOSE_NORMAL, ""))
            self._drop_if_settled(peer)
        elif peer.ending:
            return
        elif isinstance(event, Pinged):
            peer.send([frames.pong(event.payload)], now)
        elif event is not None:
            self._counts.messages_received += 1
            self._emit(Received(peer, parse_client_message(event), came_at))

    def _on_full(self, peer: Peer) -> None:
        self._loop.add_writer(peer.sock, self._on_writable, peer)

    def _on_writable(self, peer: Peer) -> None:
        peer.connection.flush(self._loop.time())
        if peer.connection.broken:
            self.drop(peer)

    def _on_drained(self, peer: Peer) -> None:
        self._loop.remove_writer(peer.sock)
        if peer.ending:
            self._drop_if_settled(peer)
        else:
            self._emit(Drained(peer))

    def _count_out(self, peer: Peer) -> None:
        self._counts.disconnects[str(peer.ending)] += 1
        self._counts.bytes_sent += peer.connection.bytes_sent
        self._counts.send_stalls += peer.connection.stalls
        self._counts.stream_bytes.observe(peer.connection.bytes_sent)
