"""The registry: a live client is kept alive, and a dead client is let go."""

from __future__ import annotations

import asyncio
import select
from collections.abc import Callable
from contextlib import ExitStack, suppress
from itertools import pairwise

import pytest

from common.settings import Settings
from common.wire import PauseRequest, ResumeRequest
from streamer.metrics import Counts
from streamer.net.connections import CHECK_EVERY_S, PING_S, ConnectionRegistry, Drained, Left, PeerEvent, Received
from streamer.net.ending import Ending
from tests.streaming.listeners import frame, frames_of, text_frame
from tests.unit.streamer.sockets import tcp_pair


def registry_on(loop: asyncio.AbstractEventLoop) -> ConnectionRegistry:
    limits = {"max_connection_s": 3600, "stalled_after_s": Settings.stalled_after_s}
    return ConnectionRegistry(loop, Counts(), print, **limits)


def test_who_says_nothing_but_answers_pings_is_told_something_now_and_then() -> None:
    """A page hears no pings: after half a minute of silence a player would take the connection for dead."""
    loop, now = asyncio.new_event_loop(), 1000.0
    loop.time = lambda: now  # type: ignore[method-assign]
    registry = registry_on(loop)
    with ExitStack() as open_sockets:
        ours, theirs = tcp_pair()
        open_sockets.enter_context(ours)
        open_sockets.enter_context(theirs)
        peer = registry.admit(ours, lambda: None)
        peer.started = True
        registry.serve(peer)
        told = []
        for _ in range(120):
            now += 1.0
            for each in registry.next_batch():
                registry.check_health(each, now)
            theirs.settimeout(0)
            with suppress(BlockingIOError):
                frames_sent = frames_of(theirs.recv(4096))
                peer.heard_at = now if any(opcode == 0x9 for opcode, _ in frames_sent) else peer.heard_at
                told += [now for opcode, _ in frames_sent if opcode == 0x1]
        assert peer in registry.peers
        assert len(told) >= 4
        assert max(after - before for before, after in pairwise([1000.0, *told])) < 30
        registry.drop(peer)
    loop.close()


def test_everybody_is_checked_in_turn() -> None:
    loop = asyncio.new_event_loop()
    registry = registry_on(loop)
    with ExitStack() as open_sockets:
        pairs = [tcp_pair() for _ in range(10)]
        for ours, theirs in pairs:
            open_sockets.enter_context(ours)
            open_sockets.enter_context(theirs)
            registry.admit(ours, lambda: None)
        batches = [registry.next_batch() for _ in range(CHECK_EVERY_S)]
        assert {peer for batch in batches for peer in batch} == set(registry.peers)
        assert max(map(len, batches)) == 3
        for peer in list(registry.peers):
            registry.drop(peer)
        assert registry.next_batch() == []
    loop.close()


@pytest.mark.parametrize("stalls", [True, False], ids=["takes nothing", "says nothing"])
def test_whoever_is_no_longer_there_is_let_go_within_30_s(stalls: bool) -> None:
    """Amid others that answer every ping, on a clock moved by hand."""
    loop, now = asyncio.new_event_loop(), 1000.0
    loop.time = lambda: now  # type: ignore[method-assign]
    registry = registry_on(loop)
    with ExitStack() as open_sockets:
        peers = []
        for _ in range(9):
            ours, theirs = tcp_pair()
            open_sockets.enter_context(ours)
            open_sockets.enter_context(theirs)
            peers.append(registry.admit(ours, lambda: None))
            peers[-1].started = True
            registry.serve(peers[-1])
        lost = peers[4]
        if stalls:
            lost.connection.send([bytes(1_000_000)], now)
        while lost in registry.peers:
            now += 1.0
            for peer in registry.next_batch():
                registry.check_health(peer, now)
            for peer in peers:
                peer.heard_at = now if peer is not lost or stalls else 1000.0
        assert lost.ending is (Ending.STALLED if stalls else Ending.SILENT)
        assert now - 1000 <= 30
        assert len(registry.peers) == 8
        for peer in list(registry.peers):
            registry.drop(peer)
    loop.close()


def test_who_has_answered_is_not_silent_though_nobody_has_read_it() -> None:
    """A server behind with its reading does not punish its writers."""
    loop, now = asyncio.new_event_loop(), 1000.0
    loop.time = lambda: now  # type: ignore[method-assign]
    registry = registry_on(loop)
    ours, theirs = tcp_pair()
    with ours, theirs:
        peer = registry.admit(ours, lambda: None)
        peer.started = True
        now += PING_S + 1
        registry.check_health(peer, now)
        assert frames_of(theirs.recv(4096)) == [(0x9, b"")]
        theirs.sendall(b"\x8a\x80" + bytes(4))
        assert select.select([ours], [], [], 5)[0]
        now += 60
        registry.check_health(peer, now)
        assert peer in registry.peers
        registry.drop(peer)
    loop.close()


def test_the_owner_learns_in_events_what_a_client_does() -> None:
    """Messages, room in the socket, the end: each once, in order; pings are answered without the owner."""
    loop, events, ended = asyncio.new_event_loop(), list[PeerEvent](), list[bool]()
    registry = ConnectionRegistry(loop, Counts(), events.append, max_connection_s=3600, stalled_after_s=20)
    ours, theirs = tcp_pair()
    theirs.setblocking(True)

    def run_until(holds: Callable[[], bool]) -> None:
        async def wait() -> None:
            while not holds():
                await asyncio.sleep(0)

        loop.run_until_complete(asyncio.wait_for(wait(), 10))

    with theirs:
        peer = registry.admit(ours, lambda: ended.append(True))
        theirs.sendall(text_frame(type="pause_request") + frame(9, b"?") + text_frame(type="resume_request"))
        run_until(lambda: len(events) == 2)
        assert [event.message for event in events if isinstance(event, Received)] == [PauseRequest(), ResumeRequest()]
        assert frames_of(theirs.recv(100)) == [(0xA, b"?")]
        peer.send([bytes(1_000_000)], loop.time())
        assert peer.connection.full
        received = 0
        while received < 1_000_000:
            received += len(theirs.recv(65_536))
            run_until(lambda: True)
        run_until(lambda: len(events) == 3)
        assert events[2:] == [Drained(peer)]
        assert peer.ready
        theirs.sendall(text_frame(type="dance"))
        run_until(lambda: peer.ending is not None)
        assert [opcode for opcode, _ in frames_of(theirs.recv(1000))] == [0x1, 0x8]
        theirs.sendall(frame(8, (1000).to_bytes(2, "big")))
        run_until(lambda: bool(ended))
        assert events[3:] == [Left(peer)]
        assert peer.ending is Ending.WIRE_BROKEN
    loop.close()
