"""The streamer's parts, each alone: whatever comes in whatever order, no packet is lost, repeated or sent too early."""

from __future__ import annotations

import asyncio
import json
import select
import socket
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from common.settings import Settings
from common.wire import PACKET_MS, unpack_packets
from streamer import frames
from streamer.catalog import fetch
from streamer.catalog.audio_cache import Shelf
from streamer.catalog.segment_audio import LARGE, SMALL, SegmentAudio
from streamer.catalog.timeline import Feed, Segment
from streamer.metrics import Counts
from streamer.net.connection import Connection, receive
from streamer.net.connections import LOOK_EVERY_S, PING_S, Lobby
from streamer.playback.pacer import Pacer
from streamer.playback.scheduler import GRID_S, Timetable
from streamer.playback.send_window import FAST_START, Listener
from streamer.playback.subscription import Channel, Session
from streamer.tickets import Claim
from tests.streaming.test_hostile import frames_of


def packet(number: int) -> bytes:
    """A packet that says which it is."""
    return b"\xf8" + number.to_bytes(4, "big") + bytes(number % 7)


def document(index: int, packets: int, state: str = "FORGED") -> dict[str, Any]:
    said = {"index": index, "kind": "turn", "speaker": "Ada", "text": "…", "chapter": "", "pre_skip": 312}
    return {**said, "packets": packets, "state": state}


def audio_of(first: int, packets: int) -> SegmentAudio:
    return SegmentAudio(document(0, packets), first, [packet(first + at) for at in range(packets)])


def numbers(data: bytes) -> list[int]:
    """The packets' numbers in a run of frames, each checked to be the packet of that number."""
    found: list[int] = []
    for opcode, payload in frames_of(data):
        if opcode == 2:
            first, packets = unpack_packets(payload)
            assert packets == [packet(first + at) for at in range(len(packets))]
            found += range(first, first + len(packets))
    return found


# audio


@given(
    total=st.integers(1, 350),
    first=st.integers(0, 2**31),
    offset=st.integers(0, 349),
    steps=st.lists(st.tuples(st.integers(0, 400), st.sampled_from([SMALL, LARGE])), max_size=40),
)
def test_pieces_of_a_segment_follow_one_another_exactly(
    total: int, first: int, offset: int, steps: list[tuple[int, int]]
) -> None:
    audio = audio_of(first, total)
    position = start = min(offset, total - 1)
    taken = b""
    for at_most, size in steps:
        piece = audio.take(position, at_most, size) if position < total else None
        if piece is not None:
            run, packets, messages = piece
            assert packets <= at_most
            assert messages == len(frames_of(bytes(run)))
            taken += run
            position += packets
    assert numbers(taken) == list(range(first + start, first + position))


@given(total=st.integers(1, 350), offset=st.integers(0, 349), size=st.sampled_from([SMALL, LARGE]))
def test_with_room_a_segment_is_always_taken_to_its_end(total: int, offset: int, size: int) -> None:
    audio, position = audio_of(0, total), min(offset, total - 1)
    while position < total:
        _, packets, _ = audio.take(position, total, size)
        assert packets > 0
        position += packets


# feed


@given(st.permutations(range(8)), st.lists(st.integers(1, 100), min_size=8, max_size=8), st.integers(0, 900))
def test_a_feed_grows_without_gaps_in_whatever_order(order: list[int], lengths: list[int], asked: int) -> None:
    feed = Feed("workflow")
    seen: set[int] = set()
    for index in order:
        assert not feed.take_segment(document(index, lengths[index], "SCRIPTED"))
        grown = feed.take_segment(document(index, lengths[index]))
        assert not feed.take_segment(document(index, lengths[index])), "told again, it is nothing new"
        seen.add(index)
        ready = next((index for index in range(9) if index not in seen), 8)
        assert len(feed.segments) == ready
        assert grown == (index < ready)
        assert feed.packets == sum(lengths[:ready])
    found = feed.segment_at(asked)
    if asked >= sum(lengths):
        assert found is None
    else:
        assert found is not None
        assert found.first_packet <= asked < found.first_packet + found.packets


@given(st.permutations(["segment", "segment", "failed", "total"]))
def test_a_failure_counts_only_where_something_is_missing(order: list[str]) -> None:
    """However a workflow's documents and its segments' overtake one another."""
    feed, told = Feed("workflow"), dict[str, Any](state="GENERATING")
    for event in order:
        if event == "segment":
            feed.take_segment(document(len(feed.segments), 10))
            continue
        told |= {"state": "FAILED", "error": {"code": "x", "message": "y"}} if event == "failed" else {}
        told |= {"segments_total": 2} if event == "total" else {}
        feed.take_workflow(dict(told))
    assert feed.complete
    assert feed.failure is None
    assert feed.settled


# listener


class Listening(RuleBasedStateMachine):
    """A listener through everything that can happen, in every order: time, pauses, reports, growth, eviction."""

    def __init__(self) -> None:
        super().__init__()
        self.feed = Feed("workflow")
        self.now = 1000.0
        self.heard: list[int] = []
        self.ears_ms = 0.0
        """Where the ears can be at most: what was played, or reported."""

    @initialize(window_ms=st.sampled_from([3_000, 60_000]))
    def come(self, window_ms: int) -> None:
        self.window_ms = window_ms
        self.listener = Listener(self.feed, 0, window_ms)

    @rule(packets=st.integers(1, 150) | st.integers(1_000, 4_000))
    def grow(self, packets: int) -> None:
        self.feed.take_segment(document(len(self.feed.segments), packets))

    @rule(which=st.integers(0, 20))
    def fetch(self, which: int) -> None:
        if which < len(self.feed.segments):
            segment = self.feed.segments[which]
            segment.audio = audio_of(segment.first_packet, segment.packets)

    @rule(which=st.integers(0, 20))
    def evict(self, which: int) -> None:
        if which < len(self.feed.segments):
            self.feed.segments[which].audio = None

    @rule(seconds=st.floats(0.0, 10.0))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        if not self.listener.paused:
            self.ears_ms = min(self.ears_ms + seconds * 1000, len(self.heard) * PACKET_MS)

    @rule()
    def pause(self) -> None:
        self.listener.pause(self.now)

    @rule()
    def go_on(self) -> None:
        self.listener.go_on(self.now)

    @rule(position_ms=st.floats(0, 100_000))
    def report(self, position_ms: float) -> None:
        self.listener.played(position_ms, self.now)
        self.ears_ms = min(position_ms, len(self.heard) * PACKET_MS)

    @rule()
    def take(self) -> None:
        taken = numbers(b"".join(self.listener.take(self.now)))
        self.heard += taken
        if taken:  # a player that goes back may find itself with more than its window
            assert len(self.heard) * PACKET_MS <= self.ears_ms + self.window_ms + 1

    @rule()
    def due_now_is_served_now(self) -> None:
        """Whoever is told a time gets something then: no listener is forgotten, and none spins."""
        self.take()
        due = self.listener.due(self.now)
        while due is not None and due <= self.now:
            had = len(self.heard)
            self.take()
            assert len(self.heard) > had
            due = self.listener.due(self.now)

    @precondition(lambda self: self.feed.segments and not self.listener.paused)
    @rule()
    def wait_until_due(self) -> None:
        self.fetch_all()
        self.due_now_is_served_now()
        due = self.listener.due(self.now)
        if due is None:
            assert len(self.heard) == self.feed.packets
            return
        self.wait(due - self.now + 0.001)
        had = len(self.heard)
        self.take()
        assert len(self.heard) > had

    def fetch_all(self) -> None:
        for which in range(len(self.feed.segments)):
            if self.feed.segments[which].audio is None:
                segment = self.feed.segments[which]
                segment.audio = audio_of(segment.first_packet, segment.packets)

    @invariant()
    def nothing_is_lost_or_repeated(self) -> None:
        assert self.heard == list(range(len(self.heard)))
        assert self.listener.position == len(self.heard)


TestListening = Listening.TestCase
TestListening.settings = settings(max_examples=40, stateful_step_count=25)


def test_a_fast_start_is_in_small_messages() -> None:
    feed = Feed("workflow")
    feed.take_segment(document(0, 1000))
    feed.segments[0].audio = audio_of(0, 1000)
    listener = Listener(feed, 0, None)
    sent = [
        len(unpack_packets(payload)[1]) for opcode, payload in frames_of(b"".join(listener.take(0.0))) if opcode == 2
    ]
    assert sent[: FAST_START // SMALL] == [SMALL] * (FAST_START // SMALL)
    assert max(sent) == LARGE


def test_a_full_window_is_kept_full_in_few_large_pieces() -> None:
    """What a listener costs: a send every 20 s of a browser's window, which never holds less than 39 s of sound."""
    feed = Feed("workflow")
    for index in range(60):
        feed.take_segment(document(index, 317))
        feed.segments[index].audio = audio_of(feed.segments[index].first_packet, 317)
    listener, now, sends = Listener(feed, 0, 60_000), 0.0, 0
    while listener.take(now):
        pass
    while now < 240:
        due = listener.due(now)
        assert due is not None
        now = due
        assert listener.position * PACKET_MS - listener.clock(now) * PACKET_MS > 39_000
        assert listener.take(now)
        assert listener.position * PACKET_MS - listener.clock(now) * PACKET_MS <= 60_000
        sends += 1
    assert sends <= 240 / 18


# connection


@settings(max_examples=60)
@given(st.lists(st.tuples(st.binary(min_size=1, max_size=30_000), st.integers(0, 60_000)), min_size=1, max_size=20))
def test_everything_arrives_whole_and_in_order_whatever_is_taken(steps: list[tuple[bytes, int]]) -> None:
    ours, theirs = tcp_pair()
    with ours, theirs:
        state = {"full": False}
        connection = Connection(ours, 0.0, lambda: state.update(full=True), lambda: state.update(full=False))
        Connection.prepare(ours)
        expected, received = b"", b""
        for payload, read in steps:
            frame = frames.binary(payload)
            expected += frame
            connection.send([frame[: len(frame) // 2], memoryview(frame)[len(frame) // 2 :]], 0.0)
            assert state["full"] == connection.full
            received += available(theirs, read)
            connection.flush(0.0)
        connection.close(1000, "the end", 0.0)
        connection.send([b"after the end"], 0.0)
        expected += frames.close(1000, "the end")
        while connection.full:
            received += available(theirs, 65536)
            connection.flush(0.0)
        assert not state["full"]
        connection.abort()
        theirs.setblocking(True)
        while piece := theirs.recv(65536):
            received += piece
        assert received == expected
        assert connection.bytes_sent == len(expected)


@settings(max_examples=12)
@given(st.lists(st.binary(min_size=1000, max_size=30_000), min_size=8, max_size=20))
def test_a_hand_over_cuts_no_frame(payloads: list[bytes]) -> None:
    """Close 1012 drops what was not begun, since another instance sends it; what was begun is ended."""
    ours, theirs = tcp_pair()
    with ours, theirs:
        connection = Connection(ours, 0.0, lambda: None, lambda: None)
        Connection.prepare(ours)
        for payload in payloads:
            connection.send([frames.binary(payload)], 0.0)
        connection.close(1012, "restart", 0.0)
        received = b""
        while connection.full:
            received += available(theirs, 65536)
            connection.flush(0.0)
        connection.abort()
        theirs.setblocking(True)
        while piece := theirs.recv(65536):
            received += piece
    found = frames_of_any_length(received)
    assert found[:-1] == payloads[: len(found) - 1]
    assert found[-1][:2] == (1012).to_bytes(2, "big")


def test_who_takes_nothing_is_stalled_and_who_takes_little_is_not() -> None:
    ours, theirs = tcp_pair()
    with ours, theirs:
        connection = Connection(ours, 0.0, lambda: None, lambda: None)
        Connection.prepare(ours)
        assert connection.stalled_for(100.0) is None
        connection.send([bytes(1_000_000)], 100.0)
        for now in range(100, 110):
            connection.stalled_for(float(now))
        assert (connection.stalled_for(110.0) or 0) >= 9
        while connection.stalled_for(111.0) != 0:  # a receiver announces its room in lumps
            assert available(theirs, 4096)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells when something came, on Linux")
def test_what_a_peer_says_counts_from_when_it_came() -> None:
    ours, theirs = tcp_pair()
    with ours, theirs:
        Connection.prepare(ours)
        theirs.sendall(b"one")
        time.sleep(0.3)  # as long as it lies unread
        data, age_s = receive(ours, 100)
        assert data == b"one"
        assert 0.25 < age_s <= 1.0
        with pytest.raises(BlockingIOError):
            receive(ours, 100)


def test_a_peer_that_has_gone_breaks_nothing() -> None:
    ours, theirs = tcp_pair()
    with ours:
        connection = Connection(ours, 0.0, lambda: None, lambda: None)
        theirs.close()
        for _ in range(10):
            connection.send([bytes(10_000)], 0.0)
            connection.flush(0.0)
        connection.close(1000, "", 0.0)
        assert connection.broken
        connection.abort()


def tcp_pair() -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        theirs = socket.socket()
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        theirs.connect(server.getsockname())
        ours, _ = server.accept()
    theirs.setblocking(False)
    return ours, theirs


def available(sock: socket.socket, at_most: int) -> bytes:
    try:
        return sock.recv(at_most) if at_most else b""
    except BlockingIOError:
        return b""


def frames_of_any_length(data: bytes) -> list[bytes]:
    return [payload for _, payload in frames_of(data)]


# frames


@given(st.binary(max_size=300) | st.integers(60_000, 70_000).map(bytes))
def test_frames_hold_what_was_put_in(payload: bytes) -> None:
    from wsproto.connection import Connection as Peer
    from wsproto.connection import ConnectionType
    from wsproto.events import BytesMessage

    peer = Peer(ConnectionType.CLIENT)
    peer.receive_data(frames.binary(payload))
    events = list(peer.events())
    assert b"".join(bytes(event.data) for event in events if isinstance(event, BytesMessage)) == payload


@given(st.text(max_size=200))
def test_the_reason_of_a_close_is_cut_between_characters(reason: str) -> None:
    ((_, payload),) = frames_of(frames.close(1000, reason))
    assert len(payload) <= 125
    assert reason.startswith(payload[2:].decode())


def test_texts_are_json() -> None:
    ((opcode, payload),) = frames_of(frames.text({"type": "keepalive", "é": "潮"}))
    assert (opcode, json.loads(payload)) == (1, {"type": "keepalive", "é": "潮"})


# shelf


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=60), st.integers(1, 60_000))
def test_a_shelf_holds_no_more_than_it_may(steps: list[tuple[int, bool]], limit: int) -> None:
    shelf = Shelf(limit)
    segments = [Segment(document(index, 50 + 10 * index), 0) for index in range(10)]
    for index, put in steps:
        segment = segments[index]
        if put:
            audio = audio_of(0, segment.packets)
            shelf.put(segment, audio)
            assert segment.audio is audio
        elif segment.audio is not None:
            segment.audio.take(0, 50, SMALL)
            shelf.heard(segment)
            shelf.settle()
            assert segment.audio is not None, "what was heard last stays"
        kept = [segment.audio for segment in segments if segment.audio is not None]
        assert shelf.size == sum(audio.size for audio in kept)
        if put:
            assert shelf.size <= limit or len(kept) == 1
    shelf.drop(segments)
    assert shelf.size == 0


# timetable


A_MOMENT = 1e-6
"""What floating point may be wrong by."""


class Item:
    due_at: float | None = None


class Clockwork:
    """What a timetable needs of an event loop, moved by hand. `wakes` counts how often a timer went off."""

    def __init__(self) -> None:
        self.now, self.wakes = 1000.0, 0
        self._timers: list[asyncio.TimerHandle] = []

    def time(self) -> float:
        return self.now

    def get_debug(self) -> bool:
        return False

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """asyncio tells its loops."""

    def call_at(self, when: float, callback: Callable[[], None]) -> asyncio.TimerHandle:
        self._timers.append(asyncio.TimerHandle(when, callback, (), cast(Any, self)))
        return self._timers[-1]

    def timetable(self, on_due: Callable[[Item, float], None]) -> Timetable[Item]:
        return Timetable(cast(Any, self), on_due)

    def run_until(self, moment: float) -> None:
        while timers := sorted(timer for timer in self._timers if not timer.cancelled() and timer.when() <= moment):
            self._timers.remove(timers[0])
            self.now = max(self.now, timers[0].when())
            self.wakes += 1
            timers[0]._run()
        self.now = moment


@given(st.lists(st.tuples(st.integers(0, 4), st.none() | st.floats(-0.1, 1.0), st.floats(0, 0.3)), max_size=20))
def test_each_is_served_once_at_the_time_it_had_last(steps: list[tuple[int, float | None, float]]) -> None:
    loop = Clockwork()
    items = [Item() for _ in range(5)]
    expected: dict[int, tuple[float, float]] = {}
    """By item: when it is due, and from when on it can be served."""

    def on_due(item: Item, due_at: float) -> None:
        due, put_at = expected.pop(items.index(item))
        assert due == due_at
        assert due - GRID_S - A_MOMENT < loop.now < max(due, put_at) + A_MOMENT

    timetable = loop.timetable(on_due)
    for which, after, passes in steps:
        expected.pop(which, None)
        if after is not None:
            expected[which] = loop.now + after, loop.now
        timetable.put(items[which], None if after is None else loop.now + after)
        loop.run_until(loop.now + passes)
    loop.run_until(loop.now + 2)
    assert not expected


def test_one_who_puts_himself_down_again_is_served_again() -> None:
    loop, times = Clockwork(), list[float]()

    def on_due(item: Item, due_at: float) -> None:
        times.append(loop.now)
        timetable.put(item, loop.now + GRID_S if len(times) < 3 else None)

    timetable = loop.timetable(on_due)
    timetable.put(Item(), loop.now)
    loop.run_until(loop.now + 1)
    assert times == pytest.approx([1000.0, 1000.0 + GRID_S, 1000.0 + 2 * GRID_S])


def test_those_who_are_due_within_a_slot_share_one_wake_up() -> None:
    loop, served = Clockwork(), list[Item]()
    timetable = loop.timetable(lambda item, due_at: served.append(item))
    for number in range(50):
        timetable.put(Item(), loop.now + 5 * GRID_S + (number + 0.5) * GRID_S / 50)
    loop.run_until(loop.now + 1)
    assert len(served) == 50
    assert loop.wakes == 1


# pacer


class Ears:
    """A listener's end of a pacer: a socket that can be stopped up, and where the ears can be at most, in ms."""

    def __init__(self, loop: Clockwork, pacer: Pacer, channel: Channel, window_ms: int) -> None:
        self.received, self.stopped_up = bytearray(), False
        self.latest: bytes | memoryview = b""
        self._loop, self._since, self._position, self._ears_ms = loop, loop.now, 0, 0.0
        self.listener = Listener(channel.feed, 0, window_ms)
        sock = cast(Any, self)
        self.session = Session(
            sock=sock,
            connection=Connection(
                sock,
                loop.now,
                lambda: pacer.timetable.put(self.session, None),
                lambda: pacer.on_room(self.session),
            ),
            incoming=cast(Any, None),
            on_end=lambda: None,
            opened_at=0.0,
            expires_at=0.0,
            heard_at=0.0,
            claim=Claim("stream", "workflow", "token", None),
            channel=channel,
            listener=self.listener,
        )
        channel.sessions.add(self.session)

    def send(self, data: bytes | memoryview, _: int) -> int:
        self.listen()
        if self.stopped_up:
            raise BlockingIOError
        self.received += data
        self.latest = data
        return len(data)

    def sendmsg(self, buffers: list[bytes | memoryview], _: object, flags: int) -> int:
        return self.send(b"".join(buffers), flags)

    def listen(self) -> None:
        """Time has passed since this was last called, and something may have been sent: never beyond the window."""
        if not self.listener.paused:
            self._ears_ms = min(self._ears_ms + (self._loop.now - self._since) * 1000, self._position * PACKET_MS)
        self._since = self._loop.now
        if self.listener.position != self._position:
            self._position = self.listener.position
            assert self._position * PACKET_MS <= self._ears_ms + self.listener.window_ms + 1

    def report(self, off_ms: float) -> None:
        """Tell a position that differs by so much from where the ears are."""
        self.listen()
        self._ears_ms = min(max(0.0, self._ears_ms + off_ms), self._position * PACKET_MS)
        self.listener.played(self._ears_ms, self._loop.now)


class Hall(RuleBasedStateMachine):
    """Many listeners of one feed, side by side, through everything that parts them."""

    def __init__(self) -> None:
        super().__init__()
        self.loop, self.counts = Clockwork(), Counts()
        self.pacer = Pacer(cast(Any, self.loop), self.counts)
        library = SimpleNamespace(want=lambda channel, segment: True)
        lobby = SimpleNamespace(
            seat=lambda session: None, end=lambda session, *_: setattr(session, "ending", "finished")
        )
        self.pacer.use(cast(Any, lobby), cast(Any, library))
        self.channel = Channel(Feed("workflow", known=True), fetch=cast(Any, None), follows=True)
        self.ears: list[Ears] = []
        self.grow(500)
        self.come(3, 2_000)

    def one(self, which: int) -> Ears:
        return self.ears[which % len(self.ears)]

    @rule(count=st.integers(1, 4), window_ms=st.sampled_from([2_000, 3_000, 60_000]))
    def come(self, count: int, window_ms: int) -> None:
        for _ in range(count):
            self.ears.append(Ears(self.loop, self.pacer, self.channel, window_ms))
            self.pacer.serve(self.ears[-1].session, self.loop.now)

    @rule(packets=st.integers(1, 150) | st.integers(1_000, 6_000))
    def grow(self, packets: int) -> None:
        feed = self.channel.feed
        feed.take_segment(document(len(feed.segments), packets))
        feed.segments[-1].audio = audio_of(feed.segments[-1].first_packet, packets)
        self.pacer.on_news(self.channel, [])

    @rule(which=st.integers(0, 3), there=st.booleans())
    def evict(self, which: int, there: bool) -> None:
        segment = self.channel.feed.segments[which % len(self.channel.feed.segments)]
        segment.audio = audio_of(segment.first_packet, segment.packets) if there else None
        self.pacer.on_news(self.channel, [])

    @rule(seconds=st.floats(0.0, 8.0))
    def wait(self, seconds: float) -> None:
        self.loop.run_until(self.loop.now + seconds)

    @rule(which=st.integers(0, 30))
    def pause_or_go_on(self, which: int) -> None:
        ears = self.one(which)
        ears.listen()
        if ears.listener.paused:
            ears.listener.go_on(self.loop.now)
            self.pacer.serve(ears.session, self.loop.now)
        else:
            ears.listener.pause(self.loop.now)
            self.pacer.retime(ears.session, ears.listener)

    @rule(which=st.integers(0, 30), off_ms=st.sampled_from([0, 0, -100, 200]) | st.floats(-60_000, 60_000))
    def report(self, which: int, off_ms: float) -> None:
        ears = self.one(which)
        ears.report(off_ms)
        self.pacer.retime(ears.session, ears.listener)

    @rule(which=st.integers(0, 30))
    def stop_up(self, which: int) -> None:
        self.one(which).stopped_up = True

    @rule()
    def free(self) -> None:
        for ears in self.ears:
            ears.stopped_up = False
            if ears.session.connection.full:
                ears.session.connection.flush(self.loop.now)

    @rule()
    def everybody_hears_on(self) -> None:
        """Nobody is forgotten: who neither waits nor is stopped up hears on."""
        self.free()
        for which in range(len(self.channel.feed.segments)):
            self.evict(which, there=True)
        had = {ears: ears.listener.position for ears in self.ears}
        self.wait(61.0)
        for ears, position in had.items():
            at_end = ears.listener.position == self.channel.feed.packets
            assert ears.listener.paused or at_end or ears.listener.position > position

    @invariant()
    def all_of_it_arrives_in_order(self) -> None:
        for ears in self.ears:
            ears.listen()
            heard = numbers(bytes(ears.received))
            assert heard == list(range(len(heard)))
            assert len(heard) == ears.listener.position or ears.session.connection.full


TestHall = Hall.TestCase
TestHall.settings = settings(max_examples=40, stateful_step_count=25)


@pytest.mark.parametrize("off_ms", [-200, 0, 200])
def test_who_leaves_the_others_and_comes_back_hears_nothing_twice(off_ms: float) -> None:
    hall = Hall()
    for wait_s in (4.05, 0.1, 0.25, 0.1):
        hall.wait(wait_s)
        hall.report(0, off_ms)
        hall.wait(0.01)
        hall.report(0, 0)
        hall.wait(0.21)
        hall.all_of_it_arrives_in_order()


def test_one_piece_of_memory_serves_all_who_hear_the_same() -> None:
    hall = Hall()
    hall.come(20, 2_000)
    hall.wait(4.0)
    hall.pause_or_go_on(0)
    hall.wait(2.0)
    paused, *others = hall.ears
    assert len({id(cast(memoryview, ears.latest).obj) for ears in others}) == 1
    assert {ears.listener.position - paused.listener.position for ears in others} == {100}


# lobby


def lobby_on(loop: asyncio.AbstractEventLoop) -> Lobby:
    limits = {"max_connection_s": 3600, "stalled_after_s": Settings.stalled_after_s}
    return Lobby(loop, Timetable(loop, print), Counts(), print, print, print, **limits)


def test_who_says_nothing_but_answers_pings_is_told_something_now_and_then() -> None:
    """A page hears no pings: after half a minute of silence it would take the connection for dead."""
    loop, now = asyncio.new_event_loop(), 1000.0
    loop.time = lambda: now  # type: ignore[method-assign]
    lobby = lobby_on(loop)
    with ExitStack() as open_sockets:
        ours, theirs = tcp_pair()
        open_sockets.enter_context(ours)
        open_sockets.enter_context(theirs)
        session = lobby.admit(ours, lambda: None)
        session.claiming = session.greeted = True
        told = []
        for _ in range(120):
            now += 1.0
            for each in lobby.whose_turn_it_is():
                lobby.look_after(each, now)
            theirs.settimeout(0)
            with suppress(BlockingIOError):
                frames_sent = frames_of(theirs.recv(4096))
                session.heard_at = now if any(opcode == 0x9 for opcode, _ in frames_sent) else session.heard_at
                told += [now for opcode, _ in frames_sent if opcode == 0x1]
        assert session in lobby.sessions
        assert len(told) >= 4
        assert max(after - before for before, after in pairwise([1000.0, *told])) < 30
        lobby.let_go(session)
    loop.close()


def test_everybody_is_looked_after_in_turn() -> None:
    loop = asyncio.new_event_loop()
    lobby = lobby_on(loop)
    with ExitStack() as open_sockets:
        pairs = [tcp_pair() for _ in range(10)]
        for ours, theirs in pairs:
            open_sockets.enter_context(ours)
            open_sockets.enter_context(theirs)
            lobby.admit(ours, lambda: None)
        turns = [lobby.whose_turn_it_is() for _ in range(LOOK_EVERY_S)]
        assert {session for turn in turns for session in turn} == set(lobby.sessions)
        assert max(map(len, turns)) == 3
        for session in list(lobby.sessions):
            lobby.let_go(session)
        assert lobby.whose_turn_it_is() == []
    loop.close()


@pytest.mark.parametrize("stalls", [True, False], ids=["takes nothing", "says nothing"])
def test_whoever_is_no_longer_there_is_let_go_within_30_s(stalls: bool) -> None:
    """In the middle of others, who answer every ping, on a clock that is moved by hand."""
    loop, now = asyncio.new_event_loop(), 1000.0
    loop.time = lambda: now  # type: ignore[method-assign]
    lobby = lobby_on(loop)
    with ExitStack() as open_sockets:
        sessions = []
        for _ in range(9):
            ours, theirs = tcp_pair()
            open_sockets.enter_context(ours)
            open_sockets.enter_context(theirs)
            sessions.append(lobby.admit(ours, lambda: None))
            sessions[-1].claiming = sessions[-1].greeted = True
        lost = sessions[4]
        if stalls:
            lost.connection.send([bytes(1_000_000)], now)
        while lost in lobby.sessions:
            now += 1.0
            for session in lobby.whose_turn_it_is():
                lobby.look_after(session, now)
            for session in sessions:
                session.heard_at = now if session is not lost or stalls else 1000.0
        assert lost.ending == ("stalled" if stalls else "silent")
        assert now - 1000 <= 30
        assert len(lobby.sessions) == 8
        for session in list(lobby.sessions):
            lobby.let_go(session)
    loop.close()


def test_who_has_answered_is_not_silent_though_nobody_has_read_it() -> None:
    """A server that is behind with its reading does not take it out on those who have written."""
    loop, now = asyncio.new_event_loop(), 1000.0
    loop.time = lambda: now  # type: ignore[method-assign]
    lobby = lobby_on(loop)
    ours, theirs = tcp_pair()
    with ours, theirs:
        session = lobby.admit(ours, lambda: None)
        session.claiming = True
        now += PING_S + 1
        lobby.look_after(session, now)
        assert frames_of(theirs.recv(4096)) == [(0x9, b"")]
        theirs.sendall(b"\x8a\x80" + bytes(4))
        assert select.select([ours], [], [], 5)[0]
        now += 60
        lobby.look_after(session, now)
        assert session in lobby.sessions
        lobby.let_go(session)
    loop.close()


# The window, by hand


@pytest.mark.parametrize("window_ms", [2_000, 5_000, 40_000, 120_000])
def test_a_window_is_filled_to_its_end(window_ms: int) -> None:
    feed = Feed("workflow")
    feed.take_segment(document(0, 10_000))
    feed.segments[0].audio = audio_of(0, 10_000)
    listener = Listener(feed, 0, window_ms)
    while listener.take(0.0):
        pass
    assert window_ms - 4_000 < listener.position * PACKET_MS <= window_ms


# The addresses of segments


@pytest.mark.parametrize(("lookahead", "at_once"), [(0, 16), (6, 6), (40, 16)])
def test_no_more_addresses_are_asked_for_at_a_time_than_may_be_voiced_for_it(
    lookahead: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[range] = []

    class Gateway:
        def post(self, path: str, body: dict[str, Any], *, timeout: float) -> dict[str, Any]:
            asked.append(range(body["first"], body["first"] + body["count"]))
            expires_at = datetime.now(UTC) + timedelta(minutes=15)
            return {"urls": [{"index": index, "url": ""} for index in asked[-1]], "expires_at": expires_at.isoformat()}

    monkeypatch.setattr(fetch, "service", lambda url: Gateway())
    fetcher, signed = fetch.Fetcher(Settings(lookahead_segments=lookahead)), fetch.SignedUrls()
    for index in range(3 * at_once):
        fetcher.sign_ahead("workflow", signed, index)
    assert asked == [range(first, first + at_once) for first in range(0, 3 * at_once, at_once)]
