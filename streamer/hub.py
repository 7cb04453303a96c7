"""The hub: one thread that owns every listener's socket, and what is said and heard over it.

Threads that watch Firestore, claim streams and fetch audio hand what they have to this thread's event loop, so nothing
here needs a lock, no two writes can mix, and nothing here ever waits: not for a socket, a document or an object.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from google.cloud.firestore_v1 import Client

from common.errors import AethercastError, Busy, ServiceBroken
from common.wire import (
    CLOSE_INTERNAL,
    CLOSE_POLICY,
    CLOSE_TRY_LATER,
    ClientMessage,
    ClientMetrics,
    PauseRequest,
    Resume,
    ResumeRequest,
    Start,
    WireError,
)
from streamer import claims
from streamer.claims import Claim
from streamer.feed import Failure
from streamer.fetch import Fetcher
from streamer.library import Library
from streamer.listener import Listener
from streamer.lobby import Lobby
from streamer.metrics import TOLD, Counts, Gauges
from streamer.pacer import Pacer
from streamer.session import Session
from streamer.shelf import Shelf

logger = logging.getLogger(__name__)

SWEEP_S: Final = 1.0
POOL_THREADS: Final = 16


class Hub:
    """Feeds listeners. Methods without an underscore may be called from any thread once it has been started."""

    def __init__(
        self, db: Client, fetcher: Fetcher, *, feed_memory_bytes: int, max_connection_s: float, stalled_after_s: float
    ) -> None:
        self.counts = Counts()
        self.draining = False
        self._db = db
        self._loop = asyncio.new_event_loop()
        self._pool = ThreadPoolExecutor(POOL_THREADS, thread_name_prefix="blocking")
        self._pacer = Pacer(self._loop, self.counts)
        self._lobby = Lobby(
            self._loop,
            self._pacer.timetable,
            self.counts,
            self._obey,
            self._pacer.on_room,
            self._on_gone,
            max_connection_s=max_connection_s,
            stalled_after_s=stalled_after_s,
        )
        self._library = Library(
            self._loop,
            self._pool,
            db,
            fetcher,
            self.counts,
            Shelf(feed_memory_bytes),
            self._pacer.on_news,
            self._pacer.on_missing,
            self._on_attached,
        )
        self._pacer.use(self._lobby, self._library)
        self._by_stream: dict[str, Session] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = threading.Lock()
        self._thread = threading.Thread(target=self._loop.run_forever, name="hub", daemon=True)

    def start(self) -> None:
        self._library.watch.start()
        self._loop.call_soon(self._sweep)
        self._thread.start()

    def accept(self, sock: socket.socket, on_end: Callable[[], None]) -> None:
        """Take over a socket after its opening handshake; it is closed here, and `on_end` called once it has been."""
        self._loop.call_soon_threadsafe(self._take_over, sock, on_end)

    def attached(self, stream: str, uri: str) -> None:
        """An audio object was attached to a stream. The watch tells this too, somewhat later."""
        self._loop.call_soon_threadsafe(self._on_attached, stream, uri)

    def drain(self, within_s: float) -> None:
        """Send every listener to another instance, wait for them to have left, and stop. Returns in `within_s`.

        Who calls it again waits for the first, and finds nothing left to do.
        """
        self.draining = True
        with self._stopping:
            if not self._thread.is_alive():
                return
            leaving = asyncio.run_coroutine_threadsafe(self._lobby.clear(within_s), self._loop)
            with contextlib.suppress(TimeoutError):
                leaving.result(within_s + 1.0)
            self._library.stop()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(1.0)
            self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def healthy(self) -> bool:
        """Whether this thread lives and Firestore tells what changes."""
        return self._thread.is_alive() and self._library.watch.healthy

    @property
    def alive(self) -> bool:
        """Whether this process can still be of use: it is to be ended and started anew where it cannot."""
        return self._thread.is_alive() and not self._library.watch.lost

    def gauges(self) -> Gauges:
        sessions = list(self._lobby.sessions)
        shelf = self._library.shelf
        return Gauges(
            connections=len(sessions),
            listeners=sum(session.listener is not None for session in sessions),
            feeds=len(self._library.channels),
            feed_bytes=shelf.size,
            feed_evictions=shelf.evictions,
            bytes_sent=sum(session.connection.bytes_sent for session in sessions),
            watch_restarts=self._library.watch.restarts,
        )

    # Coming and going

    def _take_over(self, sock: socket.socket, on_end: Callable[[], None]) -> None:
        session = self._lobby.admit(sock, on_end)
        if self.draining:
            self._lobby.hand_over(session, "restart")

    def _on_gone(self, session: Session) -> None:
        if session.channel is not None:
            session.channel.sessions.discard(session)
        if session.claim is not None:
            self._leave_stream(session, session.claim)

    def _leave_stream(self, session: Session, claim: Claim) -> None:
        if session.awaits_attachment:
            self._library.forget_attachment(claim.stream)
        if self._by_stream.get(claim.stream) is session:
            del self._by_stream[claim.stream]
        # That a podcast has failed it would be told again; of the end, only now is it certain that the last word has
        # arrived: until then the resume token must stay good
        if session.ending == "failed" or (session.ending == "finished" and session.peer_closed):
            self._spawn(self._close_stream(claim))

    # What clients say

    def _obey(self, session: Session, message: ClientMessage, said_at: float) -> None:
        listener = session.listener
        match message:
            case ClientMetrics(values) if session.claiming:  # first, for nearly all are reports
                self._note(session, values)
                if "played_ms" in values:
                    session.played = values["played_ms"], said_at
                    if listener is not None:
                        listener.played(*session.played)
                        self._pacer.retime(session, listener)
            case Start() | Resume():
                if session.claiming:
                    raise WireError("started_already", "a connection is for one stream")
                session.claiming = True
                self._spawn(self._claim(session, message))
            case _ if not session.claiming:
                raise WireError("not_started", "a connection begins with start or resume")
            case PauseRequest():
                session.paused = True
                if listener is not None:
                    listener.pause(said_at)
                    self._pacer.retime(session, listener)
            case ResumeRequest():
                session.paused = False
                if listener is not None:
                    listener.go_on(said_at)
                    self._pacer.serve(session, self._loop.time())

    def _note(self, session: Session, values: dict[str, float]) -> None:
        if "buffered_ms" in values:
            self.counts.client_buffer.observe(values["buffered_ms"] / 1000)
        for name in TOLD & values.keys():
            self.counts.told[name] += values[name]
        session.client_stalls += values.get("stalls", 0.0)
        if "first_audio_ms" in values:
            self.counts.client_first_audio.observe(values["first_audio_ms"] / 1000)

    async def _claim(self, session: Session, message: Start | Resume) -> None:
        try:
            match message:
                case Start(stream_id):
                    claim = await self._loop.run_in_executor(self._pool, claims.start, self._db, stream_id)
                case Resume(resume_token):
                    claim = await self._loop.run_in_executor(self._pool, claims.resume, self._db, resume_token)
        except AethercastError as error:
            passing = isinstance(error, Busy | ServiceBroken)
            failure = Failure(error.code, error.detail, retryable=passing)
            self._lobby.fail(session, "refused", failure, CLOSE_TRY_LATER if passing else CLOSE_POLICY)
            return
        except Exception:
            logger.exception("a stream could not be claimed")
            failure = Failure("internal", "An unexpected error occurred; try again.", retryable=True)
            self._lobby.fail(session, "broken", failure, CLOSE_INTERNAL)
            return
        if session not in self._lobby.sessions or session.ending:
            return  # it has left meanwhile; its player comes back with a fresh stream
        before = self._by_stream.get(claim.stream)
        if before is not None:
            session.awaits_attachment, before.awaits_attachment = before.awaits_attachment, False
            self._lobby.end(before, "superseded", CLOSE_POLICY, "this stream goes on over another connection")
        session.claim = claim
        self._by_stream[claim.stream] = session
        self._tune_in(session, claim, message.next_packet, message.window_ms)

    def _tune_in(self, session: Session, claim: Claim, next_packet: int, window_ms: int | None) -> None:
        channel = self._library.open(claim)
        channel.sessions.add(session)
        session.channel = channel
        session.listener = Listener(channel.feed, next_packet, window_ms)
        now = self._loop.time()
        if session.played is not None:  # who comes back with half a minute in store has no room for as much again
            session.listener.played(*session.played)
        if session.paused:
            session.listener.pause(now)
        self._pacer.serve(session, now)

    async def _close_stream(self, claim: Claim) -> None:
        try:
            await self._loop.run_in_executor(self._pool, claims.close, self._db, claim)
        except AethercastError as error:
            logger.warning("a stream stays open until it expires: %s", error)

    # Attached audio

    def _on_attached(self, stream: str, uri: str) -> None:
        """An object is heard in the workflow's place by one who has heard nothing yet."""
        session = self._by_stream.get(stream)
        if session is None or session.listener is None or session.claim is None or session.claim.audio:
            return
        if session.listener.messages:
            return
        if session.channel is not None:
            session.channel.sessions.discard(session)
        session.claim = Claim(stream, session.claim.workflow_id, session.claim.resume_token, uri)
        self._tune_in(session, session.claim, session.listener.position, session.listener.window_ms)

    # What time brings

    def _sweep(self) -> None:
        """Once a second: what nobody does anything about."""
        now = self._loop.time()
        for session in self._lobby.whose_turn_it_is():
            try:
                self._lobby.look_after(session, now)
                self._mind_attachment(session)
            except Exception:
                logger.exception("a listener is given up")
                self._lobby.let_go(session)
        self._library.sweep(now)
        self._loop.call_later(SWEEP_S, self._sweep)

    def _mind_attachment(self, session: Session) -> None:
        """Who has heard nothing yet may still be given an attached object to hear."""
        listener, claim = session.listener, session.claim
        if session not in self._lobby.sessions or listener is None or claim is None or claim.audio:
            return
        waits = not listener.messages
        if waits and not session.awaits_attachment:
            self._library.await_attachment(claim.stream)
        elif session.awaits_attachment and not waits:
            self._library.forget_attachment(claim.stream)
        session.awaits_attachment = waits

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
