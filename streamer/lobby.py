"""The lobby: connections as such. How they come, how they end, and what becomes of those that nobody minds.

What is said over them, and what they are sent, is the hub's (hub.py), on whose event loop all of this runs.
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
from typing import Final

from common import wire
from common.contract import KEEPALIVE_S
from common.logs import fields
from common.wire import (
    CLOSE_NORMAL,
    CLOSE_POLICY,
    CLOSE_RESTART,
    ClientMessage,
    WireError,
    parse_client_message,
)
from streamer import frames
from streamer.cohorts import Cohort
from streamer.connection import Connection, receive
from streamer.door import Incoming, PeerClosed, Pinged, ProtocolBroken
from streamer.feed import Failure
from streamer.metrics import Counts
from streamer.session import Session
from streamer.timetable import Timetable

logger = logging.getLogger(__name__)

START_WITHIN_S: Final = 10.0
PING_S: Final = KEEPALIVE_S
"""Longer than from one report of a player's to the next: who plays needs no pings."""
PONG_WITHIN_S: Final = 3.0
"""A client that has taken everything, and neither says anything nor answers a ping for so long, is gone or frozen: its
kernel, or a proxy between us, would acknowledge minutes of audio before the first byte is kept back."""
LOOK_EVERY_S: Final = 4
"""Everybody is looked after at least so often, some of them each second."""
CLOSE_WITHIN_S: Final = 5.0
HEAR_EVERY_S: Final = 0.5
"""What those say who are being served is read together: a wake-up for each would cost more than the reading. It counts
from when it came."""
_RECEIVE_BYTES = 4096
_DISCARD_BYTES = 64 * 1024

OnSaid = Callable[[Session, ClientMessage, float], None]
"""Called with each message of a client and the time it came; may raise WireError, which ends the connection."""
OnSession = Callable[[Session], None]


class Lobby:
    """Holds every session from its handshake to its end.

    Calls `on_said` for what it says, `on_room` when its socket has taken all that was kept back, `on_gone` at its end.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        timetable: Timetable[Session | Cohort],
        counts: Counts,
        on_said: OnSaid,
        on_room: OnSession,
        on_gone: OnSession,
        *,
        max_connection_s: float,
        stalled_after_s: float,
    ) -> None:
        self._loop, self._timetable, self._counts = loop, timetable, counts
        self._on_said, self._on_room, self._on_gone = on_said, on_room, on_gone
        self._max_connection_s, self._stalled_after_s = max_connection_s, stalled_after_s
        self._empty = asyncio.Event()
        self._seated = selectors.DefaultSelector()
        """Those who are being served."""
        self._hearing = False
        self.sessions: OrderedDict[Session, None] = OrderedDict()
        """All there are; those first who have not been looked after for the longest time."""

    def admit(self, sock: socket.socket, on_end: Callable[[], None]) -> Session:
        """Take a socket over after its opening handshake; it is closed here, and `on_end` called once it has been."""
        now = self._loop.time()
        Connection.prepare(sock)
        session = Session(
            sock=sock,
            connection=Connection(sock, now, lambda: self._on_full(session), lambda: self._on_empty(session)),
            incoming=Incoming(now),
            on_end=on_end,
            opened_at=now,
            # Spread, so that those who came together do not all move on together
            expires_at=now + self._max_connection_s * random.uniform(0.9, 1.0),  # noqa: S311
            heard_at=now,
            pinged_at=now - random.uniform(0.0, PING_S),  # noqa: S311
        )
        self._counts.connects += 1
        self.sessions[session] = None
        self._loop.add_reader(sock, self._on_readable, session)
        return session

    def seat(self, session: Session) -> None:
        """It is being served: nothing that it says from now on has to be heard at once."""
        self._loop.remove_reader(session.sock)
        self._seated.register(session.sock, selectors.EVENT_READ, session)
        if not self._hearing:
            self._hearing = True
            self._loop.call_later(HEAR_EVERY_S, self._hear)

    def _hear(self) -> None:
        for key, _ in self._seated.select(0):
            try:
                self._on_readable(key.data)
            except Exception:
                logger.exception("a listener is given up")
                self.let_go(key.data)
        self._hearing = bool(self._seated.get_map())
        if self._hearing:
            self._loop.call_later(HEAR_EVERY_S, self._hear)

    def end(self, session: Session, reason: str, code: int, message: str) -> None:
        """Say that this is the end, and why; the socket goes once the client has answered, or has taken too long."""
        if session.ending:
            return
        session.ending = reason
        self._timetable.put(session, None)
        session.connection.close(code, message, self._loop.time())
        self._settle(session)

    def fail(self, session: Session, reason: str, failure: Failure, code: int = CLOSE_POLICY) -> None:
        """End with an `error` message of the wire."""
        if not session.ending:
            session.connection.send([failure.frame()], self._loop.time())
            self.end(session, reason, code, failure.code)

    def hand_over(self, session: Session, reason: str) -> None:
        """Have the client resume on another instance."""
        self.end(session, reason, CLOSE_RESTART, "this instance lets go: resume, and another takes over")

    def _settle(self, session: Session) -> None:
        """Let the socket go if nothing more can come of it."""
        connection = session.connection
        if connection.broken or (session.peer_closed and not connection.full):
            self.let_go(session)

    def let_go(self, session: Session) -> None:
        """End it without another word."""
        if session not in self.sessions:
            return
        del self.sessions[session]
        self._timetable.put(session, None)
        if not self._loop.remove_reader(session.sock):
            self._seated.unregister(session.sock)
        self._loop.remove_writer(session.sock)
        session.connection.abort()
        session.sock.close()
        self._count_out(session)
        self._on_gone(session)
        session.on_end()
        if not self.sessions:
            self._empty.set()

    async def clear(self, within_s: float) -> None:
        """Hand everybody over, and let go in the end of whoever has not left within so many seconds."""
        for session in list(self.sessions):
            self.hand_over(session, "restart")
        self._empty.clear()
        if self.sessions:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), within_s)
        for session in list(self.sessions):
            self.let_go(session)

    def whose_turn_it_is(self) -> list[Session]:
        """Whom to look after now; to be asked once a second."""
        turn = list(itertools.islice(self.sessions, math.ceil(len(self.sessions) / LOOK_EVERY_S)))
        for session in turn:
            self.sessions.move_to_end(session)
        return turn

    def look_after(self, session: Session, now: float) -> None:
        """What has to be done now and then for a session that nobody does anything about."""
        connection = session.connection
        stalled_s = connection.stalled_for(now)
        if connection.broken or (session.ending and connection.unanswered_for(now) > CLOSE_WITHIN_S):
            self.let_go(session)
        elif stalled_s is not None and stalled_s > self._stalled_after_s:
            session.ending = session.ending or "stalled"
            self.let_go(session)
        elif session.ending:
            return
        elif stalled_s is None and self._is_silent(session, now):
            session.ending = "silent"
            self.let_go(session)
        elif not session.claiming and now - session.opened_at > START_WITHIN_S:
            self.fail(session, "never_started", Failure("start_missing", "A connection begins with start or resume."))
        elif now > session.expires_at:
            self.hand_over(session, "expired")
        else:
            self._keep_alive(session, now)

    def _is_silent(self, session: Session, now: float) -> bool:
        """Whether a ping was not answered: where this thread is behind, the answer may still have to be read."""
        if session.pinged_at <= session.heard_at or now - session.pinged_at <= PONG_WITHIN_S:
            return False
        self._on_readable(session)
        return session in self.sessions and session.pinged_at > session.heard_at

    def _keep_alive(self, session: Session, now: float) -> None:
        if now - max(session.pinged_at, session.heard_at) > PING_S:
            session.pinged_at = now
            session.connection.ping()
        if session.greeted and now - session.connection.sent_at > KEEPALIVE_S:
            session.connection.send([frames.text(wire.keepalive())], now)

    def _on_readable(self, session: Session) -> None:
        try:
            data, age_s = receive(session.sock, _RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data, age_s = b"", 0.0
        now = session.heard_at = self._loop.time()
        if not data:
            self.let_go(session)
            return
        self._counts.bytes_received += len(data)
        if session.ending:
            session.discarded += len(data)
            if session.discarded > _DISCARD_BYTES:
                self.let_go(session)
                return
        try:
            for said in session.incoming.read(data, now):
                self._take(session, said, now, now - age_s)
        except WireError as error:
            self.fail(session, "wire_broken", Failure(error.code, str(error)))
        except ProtocolBroken as error:
            self.end(session, "protocol_broken", error.code, str(error))

    def _take(self, session: Session, said: str | Pinged | PeerClosed | None, now: float, said_at: float) -> None:
        if isinstance(said, PeerClosed):
            session.peer_closed = True
            self.end(session, "left", CLOSE_NORMAL, "")
            self._settle(session)
        elif session.ending:
            return
        elif isinstance(said, Pinged):
            session.connection.send([frames.pong(said.payload)], now)
        elif said is not None:
            self._counts.messages_received += 1
            self._on_said(session, parse_client_message(said), said_at)

    def _on_full(self, session: Session) -> None:
        self._timetable.put(session, None)
        self._loop.add_writer(session.sock, self._on_writable, session)

    def _on_writable(self, session: Session) -> None:
        session.connection.flush(self._loop.time())
        if session.connection.broken:
            self.let_go(session)

    def _on_empty(self, session: Session) -> None:
        self._loop.remove_writer(session.sock)
        if session.ending:
            self._settle(session)
        else:
            self._on_room(session)

    def _count_out(self, session: Session) -> None:
        reason = session.ending or ("left" if session.peer_closed else "gone")
        self._counts.disconnects[reason] += 1
        self._counts.bytes_sent += session.connection.bytes_sent
        self._counts.send_stalls += session.connection.stalls
        self._counts.stream_bytes.observe(session.connection.bytes_sent)
        logger.info(
            "a listener has left",
            extra=fields(
                reason=reason,
                stream=session.claim.stream if session.claim else None,
                workflow_id=session.claim.workflow_id if session.claim else None,
                seconds=round(self._loop.time() - session.opened_at, 3),
                bytes_sent=session.connection.bytes_sent,
                send_stalls=session.connection.stalls,
                client_stalls=session.client_stalls,
            ),
        )
