"""The pacer: sends every listener what is due, and sees that it is served again when more is.

One for all. A thousand listeners mean some hundred sends a second, each of several seconds of audio that is framed
already: what is done here for each of them is what a listener costs.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from common import wire
from common.wire import CLOSE_INTERNAL, CLOSE_NORMAL, CLOSE_TRY_LATER, PACKET_MS
from streamer import frames
from streamer.claims import Claim
from streamer.cohorts import Cohort, Cohorts
from streamer.feed import Failure, Segment
from streamer.library import Library
from streamer.listener import Listener
from streamer.lobby import Lobby
from streamer.metrics import Counts
from streamer.session import Channel, Session
from streamer.timetable import Timetable

logger = logging.getLogger(__name__)

_LATE_S: Final = 1.0
"""Who is served so late may have run dry meanwhile, and has its clock looked at."""


class Pacer:
    """Serves sessions, on the hub's event loop. `use` has to be called before anything else is."""

    _lobby: Lobby
    _library: Library

    def __init__(self, loop: asyncio.AbstractEventLoop, counts: Counts) -> None:
        self._loop, self._counts = loop, counts
        self.timetable: Timetable[Session | Cohort] = Timetable(loop, self._on_due)
        self._cohorts = Cohorts(self.timetable)

    def use(self, lobby: Lobby, library: Library) -> None:
        self._lobby, self._library = lobby, library

    def serve(self, session: Session, now: float) -> bool:
        """Send what is due, if anything is, and note when more will be. Whether there was any audio."""
        listener, channel, claim, connection = session.listener, session.channel, session.claim, session.connection
        if session.ending or listener is None or channel is None or claim is None or connection.full:
            return False
        if not session.greeted:
            if channel.feed.failure is not None:  # nobody begins to hear what has failed, or was cancelled
                self._end_with(session, channel.feed.failure)
                return False
            if not channel.feed.known:
                return False
            self._greet(session, channel, claim, now)
        messages = listener.messages
        due = listener.take(now)
        if due:
            self._counts.sends += 1
            self._counts.messages_sent += listener.messages - messages
            connection.send(due, now)
        segment = listener.segment
        if segment is not session.supplied or listener.missing is not None:
            session.supplied = segment if self._library.want(channel, segment) else None
        self._go_on(session, listener, channel, now)
        return bool(due)

    def on_room(self, session: Session) -> None:
        """Its socket has taken all that was kept back."""
        self.serve(session, self._loop.time())

    def on_news(self, channel: Channel, told: list[bytes]) -> None:
        """There is more to hear, or to tell: frames for all who hear it."""
        now = self._loop.time()
        for session in list(channel.sessions):
            if told and session.greeted:
                session.connection.send(told, now)
            if session.due_at is None:  # who has a time of their own is served then
                self.serve(session, now)

    def on_missing(self, channel: Channel, segment: Segment, failure: Failure) -> None:
        """A segment's audio cannot be had: that is the end for who has come to it."""
        for session in list(channel.sessions):
            if session.listener is not None and session.listener.missing is segment:
                self._lobby.fail(session, "audio_missing", failure, CLOSE_TRY_LATER)

    def retime(self, session: Session, listener: Listener) -> None:
        """Its clock was set: it is due at another time."""
        if not (session.ending or session.connection.full):
            self._wait(session, listener, self._loop.time())

    def _on_due(self, due: Session | Cohort, due_at: float) -> None:
        now = self._loop.time()
        served = self._serve_together(due, due_at, now) if isinstance(due, Cohort) else self._serve_alone(due, now)
        if served:
            self._counts.send_lateness.observe(max(0.0, self._loop.time() - due_at), served)

    def _serve_alone(self, session: Session, now: float) -> int:
        try:
            return int(self.serve(session, now))
        except Exception:
            logger.exception("a listener is given up")
            self._lobby.let_go(session)
            return 0

    def _serve_together(self, cohort: Cohort, due_at: float, now: float) -> int:
        """Send a cohort its next piece: for each of them there is no more to it than that. Returns how many were sent
        anything.
        """
        members = self._cohorts.dissolve(cohort, due_at)
        segment, position, pace, _ = cohort.place
        packets = 0
        if segment.audio is not None and now - due_at < _LATE_S:
            offset = position - segment.first_packet
            piece, packets, messages = segment.audio.within(offset, pace.piece, pace.message)
        if not packets:
            return sum(self._serve_alone(session, now) for session, _ in members)
        go_on: list[tuple[Session, Listener]] = []
        for session, listener in members:
            listener.position = position + packets
            listener.messages += messages
            try:
                if session.connection.send_piece(piece, now):
                    go_on.append((session, listener))
                elif session.connection.broken:
                    self._lobby.let_go(session)
            except Exception:
                logger.exception("a listener is given up")
                self._lobby.let_go(session)
        self._counts.sends += len(members)
        self._counts.messages_sent += messages * len(members)
        if go_on:
            self._cohorts.join(go_on, segment, due_at + packets * PACKET_MS / 1000)
        return len(members)

    def _wait(self, session: Session, listener: Listener, now: float) -> None:
        """Until it is due again: with others, where it will be in the middle of a segment."""
        due_at, segment = listener.due(now), listener.stride
        if due_at is not None and due_at > now and segment is not None:
            self._cohorts.join([(session, listener)], segment, due_at)
        else:
            self.timetable.put(session, due_at)

    def _greet(self, session: Session, channel: Channel, claim: Claim, now: float) -> None:
        feed = channel.feed
        metadata = wire.stream_metadata(
            workflow_id=claim.workflow_id, title=feed.title, pre_skip=feed.pre_skip, resume_token=claim.resume_token
        )
        session.greeted = True
        self._lobby.seat(session)
        session.connection.send([frames.text(metadata), *feed.progress_so_far()], now)

    def _go_on(self, session: Session, listener: Listener, channel: Channel, now: float) -> None:
        """After what was due: the next time, or the end."""
        feed, connection = channel.feed, session.connection
        if connection.broken:
            self._lobby.let_go(session)
        elif connection.full:
            return
        elif listener.position < feed.packets:
            self._wait(session, listener, now)
        elif listener.finished:
            connection.send([frames.text(wire.stream_end(feed.packets))], now)
            self._lobby.end(session, "finished", CLOSE_NORMAL, "the end")
        elif listener.astray:
            self._lobby.fail(session, "astray", Failure("position_unknown", "The podcast is shorter than that."))
        elif feed.failure is not None:
            self._end_with(session, feed.failure)
        else:
            self.timetable.put(session, None)  # the next to come is the feed's to bring

    def _end_with(self, session: Session, failure: Failure) -> None:
        if failure.retryable:
            self._lobby.fail(session, "broken", failure, CLOSE_INTERNAL)
        else:
            self._lobby.fail(session, "failed", failure, CLOSE_NORMAL)
