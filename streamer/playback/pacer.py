"""The pacer: sends every listener what is due, and sees that it is served again when more is.

One for all. A thousand listeners mean some hundred sends a second, each of several seconds of audio that is framed
already: what is done here for each of them is what a listener costs.
"""

from __future__ import annotations

import asyncio
import logging

from common import wire
from common.wire import CLOSE_INTERNAL, CLOSE_NORMAL, CLOSE_TRY_LATER
from streamer import frames
from streamer.catalog.channels import Library
from streamer.catalog.timeline import Failure, Segment
from streamer.metrics import Counts
from streamer.net.connections import Lobby
from streamer.playback.scheduler import Timetable
from streamer.playback.send_window import Listener
from streamer.playback.subscription import Channel, Session
from streamer.tickets import Claim

logger = logging.getLogger(__name__)


class Pacer:
    """Serves sessions, on the hub's event loop. `use` has to be called before anything else is."""

    _lobby: Lobby
    _library: Library

    def __init__(self, loop: asyncio.AbstractEventLoop, counts: Counts) -> None:
        self._loop, self._counts = loop, counts
        self.timetable: Timetable[Session] = Timetable(loop, self._on_due)

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
            self.timetable.put(session, listener.due(self._loop.time()))

    def _on_due(self, session: Session, due_at: float) -> None:
        try:
            if self.serve(session, self._loop.time()):
                self._counts.send_lateness.observe(max(0.0, self._loop.time() - due_at))
        except Exception:
            logger.exception("a listener is given up")
            self._lobby.let_go(session)

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
            self.timetable.put(session, listener.due(now))
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
