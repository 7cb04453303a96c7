"""The stream server: the thread that owns every listener's socket, and routes events between its parts.

The registry (net/) emits clients' messages and the ends of connections, the channels (catalog/) new audio, the timers
due times; the pacer (playback/) sends, and returns how the subscription stands then. These parts do not know each
other: each event comes here, and from here the next step is called.

Threads that watch Firestore, redeem tickets and fetch audio hand their results to this thread's event loop, so nothing
here needs a lock, no two writes can mix, and nothing here ever waits: not for a socket, a document or an object.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
import socket
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from common.errors import AethercastError, Busy, ServiceBroken
from common.logs import fields
from common.settings import Settings
from common.wire import (
    CLOSE_INTERNAL,
    CLOSE_NORMAL,
    CLOSE_POLICY,
    CLOSE_TRY_LATER,
    ClientMessage,
    ClientMetrics,
    PauseRequest,
    Resume,
    ResumeRequest,
    Start,
)
from streamer import tickets
from streamer.catalog.audio_cache import AudioCache
from streamer.catalog.channels import Attached, AudioMissing, CatalogEvent, Channels, Updated
from streamer.catalog.fetch import Fetcher
from streamer.catalog.timeline import Failure
from streamer.metrics import TOLD, Counts, Gauges
from streamer.net.connections import ConnectionRegistry, Drained, Left, PeerEvent, Received
from streamer.net.ending import Close, Ending
from streamer.net.peer import Peer
from streamer.playback.pacer import Pacer, Standing
from streamer.playback.scheduler import TimerWheel
from streamer.playback.subscription import Subscription
from streamer.tickets import Ticket

logger = logging.getLogger(__name__)

SWEEP_S: Final = 1.0
POOL_THREADS: Final = 16
SHARE_LOOKED_AT_S: Final = 30.0
"""So often a connection's share is looked at: who listens by one that was taken back is cut off within a minute."""

Listener = Subscription[Peer]
_SUPERSEDED: Final = Close(Ending.SUPERSEDED, CLOSE_POLICY, "this stream goes on over another connection")


class StreamServer:
    """Play to listeners. Methods without an underscore may be called from any thread after `start`."""

    def __init__(self, settings: Settings) -> None:
        self.counts = Counts()
        self.draining = False
        self._settings = settings
        self._loop = asyncio.new_event_loop()
        self._pool = ThreadPoolExecutor(POOL_THREADS, thread_name_prefix="blocking")
        self._registry = ConnectionRegistry(
            self._loop,
            self.counts,
            self._on_peer_event,
            max_connection_s=settings.max_connection_s,
            stalled_after_s=settings.stalled_after_s,
        )
        self._channels = Channels[Listener](
            self._loop,
            self._pool,
            settings,
            Fetcher(settings),
            AudioCache(settings.feed_memory_bytes),
            self.counts,
            self._on_catalog_event,
        )
        self._timers = TimerWheel[Listener](self._loop, self._on_due)
        self._pacer = Pacer(self._loop.time, self._timers, self._channels, self.counts)
        self._listeners: dict[Peer, Listener] = {}
        """Those who have said what they want to hear."""
        self._by_stream: dict[str, Listener] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = threading.Lock()
        self._thread = threading.Thread(target=self._loop.run_forever, name="server", daemon=True)

    def start(self) -> None:
        """Begin to watch, and to take connections over."""
        self._channels.watch.start()
        self._loop.call_soon(self._sweep)
        self._thread.start()

    def accept(self, sock: socket.socket, on_end: Callable[[], None]) -> None:
        """Take over a socket after its opening handshake, to close in the end; `on_end` is called after."""
        self._loop.call_soon_threadsafe(self._take_over, sock, on_end)

    def attach(self, stream: str, uri: str) -> None:
        """Play an audio object attached to a stream. The watch brings the same news somewhat later."""
        self._loop.call_soon_threadsafe(self._attach, stream, uri)

    def drain(self, within_s: float) -> None:
        """Send every listener to another instance, wait for the last to leave, and stop. Returns in `within_s`.

        A second call waits for the first, and finds nothing left to do.
        """
        self.draining = True
        with self._stopping:
            if not self._thread.is_alive():
                return
            leaving = asyncio.run_coroutine_threadsafe(self._registry.clear(within_s), self._loop)
            with contextlib.suppress(TimeoutError):
                leaving.result(within_s + 1.0)
            self._channels.stop()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(1.0)
            self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def healthy(self) -> bool:
        """Tell whether this thread lives and the watch on Firestore works."""
        return self._thread.is_alive() and self._channels.watch.healthy

    @property
    def alive(self) -> bool:
        """Tell whether this process can still be of use: it is to be ended and started anew where it cannot."""
        return self._thread.is_alive() and not self._channels.watch.lost

    def gauges(self) -> Gauges:
        """Count connections, listeners and memory as of now, for the metrics."""
        peers = list(self._registry.peers)
        cache = self._channels.cache
        return Gauges(
            connections=len(peers),
            listeners=sum(listener.window is not None for listener in list(self._listeners.values())),
            channels=len(self._channels),
            audio_bytes=cache.size,
            audio_evictions=cache.evictions,
            bytes_sent=sum(peer.connection.bytes_sent for peer in peers),
            watch_restarts=self._channels.watch.restarts,
        )

    # Connections

    def _take_over(self, sock: socket.socket, on_end: Callable[[], None]) -> None:
        peer = self._registry.admit(sock, on_end)
        if self.draining:
            self._registry.close(peer, Close.hand_over(Ending.RESTART))

    def _on_peer_event(self, event: PeerEvent) -> None:
        match event:
            case Received(peer, message, at):
                self._handle_message(peer, message, at)
            case Drained(peer):
                listener = self._listeners.get(peer)
                if listener is not None:
                    self._serve(listener, self._loop.time())
            case Left(peer):
                listener = self._listeners.pop(peer, None)
                self._log_out(peer, listener)
                if listener is not None:
                    self._unsubscribe(listener)

    def _handle_message(self, peer: Peer, message: ClientMessage, at: float) -> None:
        listener = self._listeners.get(peer)
        match message:
            case ClientMetrics(values) if listener is not None:  # first, for nearly all are reports
                self._count_report(listener, values)
                if "played_ms" in values:
                    listener.report(values["played_ms"], at)
                    self._pacer.retime(listener)
            case Start() | Resume() if listener is None:
                peer.started = True
                self._listeners[peer] = listener = Subscription(peer)
                self._spawn(self._subscribe(listener, message))
            case Start() | Resume():
                detail = "a connection is for one stream"
                self._registry.close(peer, Close.failure(Ending.WIRE_BROKEN, "started_already", detail))
            case _ if listener is None:
                detail = "a connection begins with start or resume"
                self._registry.close(peer, Close.failure(Ending.WIRE_BROKEN, "not_started", detail))
            case PauseRequest():
                listener.pause(at)
                self._pacer.retime(listener)
            case ResumeRequest():
                listener.resume(at)
                self._serve(listener, self._loop.time())

    def _count_report(self, listener: Listener, values: dict[str, float]) -> None:
        if "buffered_ms" in values:
            self.counts.client_buffer.observe(values["buffered_ms"] / 1000)
        for name in TOLD & values.keys():
            self.counts.told[name] += values[name]
        listener.client_stalls += values.get("stalls", 0.0)
        if "first_audio_ms" in values:
            self.counts.client_first_audio.observe(values["first_audio_ms"] / 1000)

    def _log_out(self, peer: Peer, listener: Listener | None) -> None:
        ticket = listener.ticket if listener is not None else None
        logger.info(
            "a listener has left",
            extra=fields(
                reason=peer.ending,
                stream=ticket.stream if ticket else None,
                workflow_id=ticket.workflow_id if ticket else None,
                seconds=round(self._loop.time() - peer.opened_at, 3),
                bytes_sent=peer.connection.bytes_sent,
                send_stalls=peer.connection.stalls,
                client_stalls=listener.client_stalls if listener is not None else 0.0,
            ),
        )

    # Streams

    async def _subscribe(self, listener: Listener, message: Start | Resume) -> None:
        """Redeem a client's ticket and open its channel."""
        peer, now = listener.sink, datetime.now(UTC)
        try:
            match message:
                case Start(shown):
                    redeemed = partial(tickets.start, self._settings, shown, now, self._expect)
                case Resume(shown):
                    redeemed = partial(tickets.resume, self._settings, shown, now, self._expect)
            ticket = await self._loop.run_in_executor(self._pool, redeemed)
        except AethercastError as error:
            passing = isinstance(error, Busy | ServiceBroken)
            failure = Failure(error.code, error.detail, retryable=passing)
            self._fail(peer, Ending.REFUSED, failure, CLOSE_TRY_LATER if passing else CLOSE_POLICY)
            return
        except Exception:
            logger.exception("a stream could not be claimed")
            failure = Failure("internal", "An unexpected error occurred; try again.", retryable=True)
            self._fail(peer, Ending.BROKEN, failure, CLOSE_INTERNAL)
            return
        if peer not in self._registry.peers or peer.ending:
            return  # it has left meanwhile; what it has shown is good again
        before = self._by_stream.get(ticket.stream)
        if before is not None and before.ticket is not None:
            if before.ticket.generation > ticket.generation:  # which came later, and was redeemed sooner
                self._registry.close(peer, _SUPERSEDED)
                return
            listener.awaits_attachment, before.awaits_attachment = before.awaits_attachment, False
            self._registry.close(before.sink, _SUPERSEDED)
        self._by_stream[ticket.stream] = listener
        self._open(listener, ticket, message.next_packet, message.window_ms)
        self._look_after_later(listener, ticket)

    def _expect(self, workflow_id: str, audio: str | None) -> None:
        """Open a channel for somebody whose ticket is being redeemed, which takes as long as the first documents."""
        with contextlib.suppress(RuntimeError):  # the loop has just been closed
            self._loop.call_soon_threadsafe(self._channels.open, workflow_id, audio)

    def _look_after_later(self, listener: Listener, ticket: Ticket) -> None:
        within = SHARE_LOOKED_AT_S if ticket.shared else self._settings.resume_grace_s
        self._loop.call_later(within, self._look_after, listener, ticket)

    def _look_after(self, listener: Listener, ticket: Ticket) -> None:
        """End a connection whose stream goes on over a later one on another instance, or whose share was taken back:
        again and again, as its tokens may be handed on at any time."""
        if listener.sink in self._registry.peers and not listener.sink.ending:
            self._spawn(self._leave_to_later(listener.sink, ticket))
            self._look_after_later(listener, ticket)

    async def _leave_to_later(self, peer: Peer, ticket: Ticket) -> None:
        try:
            gone_on = await self._loop.run_in_executor(self._pool, tickets.superseded, self._settings, ticket)
        except AethercastError as error:
            logger.warning("whether a stream goes on elsewhere cannot be told: %s", error)
            return
        if gone_on and peer in self._registry.peers and not peer.ending:
            self._registry.close(peer, _SUPERSEDED)

    def _open(self, listener: Listener, ticket: Ticket, next_packet: int, window_ms: int | None) -> None:
        channel = self._channels.open(ticket.workflow_id, ticket.audio)
        now = self._loop.time()
        listener.open(ticket, channel, next_packet, window_ms, now)
        self._serve(listener, now)

    def _unsubscribe(self, listener: Listener) -> None:
        peer, ticket = listener.sink, listener.ticket
        self._timers.put(listener, None)
        listener.close()
        if ticket is None:
            return
        if listener.awaits_attachment:
            self._channels.forget_attachment(ticket.stream)
        if self._by_stream.get(ticket.stream) is listener:
            del self._by_stream[ticket.stream]
        # That a podcast has failed it would be told again; of the end, only now is it certain that the last word has
        # arrived: until then the resume token must stay good
        if peer.ending is Ending.FAILED or (peer.ending is Ending.FINISHED and peer.closed):
            self._spawn(self._close_stream(ticket))

    async def _close_stream(self, ticket: Ticket) -> None:
        try:
            await self._loop.run_in_executor(self._pool, tickets.close, self._settings, ticket)
        except AethercastError as error:
            logger.warning("a stream stays open until it expires: %s", error)

    # Playback

    def _on_due(self, listener: Listener, due_at: float) -> None:
        try:
            self._act_on(listener, self._pacer.serve_due(listener, due_at))
        except Exception:
            logger.exception("a listener is given up")
            self._registry.drop(listener.sink)

    def _serve(self, listener: Listener, now: float) -> None:
        self._act_on(listener, self._pacer.serve(listener, now))

    def _act_on(self, listener: Listener, standing: Standing) -> None:
        """Bring a connection in line with its subscription's standing."""
        peer, channel = listener.sink, listener.channel
        if peer.connection.broken:
            self._registry.drop(peer)
            return
        if listener.greeted:
            self._registry.serve(peer)
        match standing:
            case Standing.FINISHED:
                self._registry.close(peer, Close(Ending.FINISHED, CLOSE_NORMAL, "the end"))
            case Standing.ASTRAY:
                failure = Failure("position_unknown", "The podcast is shorter than that.")
                self._fail(peer, Ending.ASTRAY, failure, CLOSE_POLICY)
            case Standing.FAILED if channel is not None and channel.timeline.failure is not None:
                if channel.timeline.failure.retryable:
                    self._fail(peer, Ending.BROKEN, channel.timeline.failure, CLOSE_INTERNAL)
                else:
                    self._fail(peer, Ending.FAILED, channel.timeline.failure, CLOSE_NORMAL)

    def _fail(self, peer: Peer, ending: Ending, failure: Failure, code: int) -> None:
        close = Close.failure(ending, failure.code, failure.message, retryable=failure.retryable, code=code)
        self._registry.close(peer, close)

    # The catalog

    def _on_catalog_event(self, event: CatalogEvent[Listener]) -> None:
        match event:
            case Updated(channel, frames):
                now = self._loop.time()
                for listener in list(channel.subscribers):
                    if frames and listener.greeted:
                        listener.sink.send(frames, now)
                    if listener.due_at is None:  # who has a time is served then
                        self._serve(listener, now)
            case AudioMissing(channel, segment, failure):
                for listener in list(channel.subscribers):
                    if listener.window is not None and listener.window.missing is segment:
                        self._fail(listener.sink, Ending.AUDIO_MISSING, failure, CLOSE_TRY_LATER)
            case Attached(stream, uri):
                self._attach(stream, uri)

    def _attach(self, stream: str, uri: str) -> None:
        """Play an object in the workflow's place to a listener without audio so far."""
        listener = self._by_stream.get(stream)
        if listener is None or listener.ticket is None or listener.window is None:
            return
        if listener.untouched and not listener.ticket.audio:
            ticket = dataclasses.replace(listener.ticket, audio=uri)
            self._open(listener, ticket, listener.window.position, listener.window.window_ms)

    def _watch_attachment(self, listener: Listener) -> None:
        """Watch for an attached object as long as the listener could still hear any."""
        ticket = listener.ticket
        if listener.sink not in self._registry.peers or ticket is None or ticket.audio:
            return
        if listener.untouched and not listener.awaits_attachment:
            self._channels.watch_attachment(ticket.stream)
        elif listener.awaits_attachment and not listener.untouched:
            self._channels.forget_attachment(ticket.stream)
        listener.awaits_attachment = listener.untouched

    # Once a second

    def _sweep(self) -> None:
        """Do what no event brings about."""
        now = self._loop.time()
        self._loop.call_later(SWEEP_S, self._sweep)
        for peer in self._registry.next_batch():
            try:
                self._registry.check_health(peer, now)
                listener = self._listeners.get(peer)
                if listener is not None:
                    self._watch_attachment(listener)
            except Exception:
                logger.exception("a listener is given up")
                self._registry.drop(peer)
        self._channels.sweep(now)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
