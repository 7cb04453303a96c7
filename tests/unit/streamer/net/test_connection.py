"""A connection: whatever the socket takes, frames arrive whole and in order."""

from __future__ import annotations

import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamer import frames
from streamer.net.connection import Connection, receive
from tests.conftest import eventually
from tests.streaming.listeners import frames_of
from tests.unit.streamer.sockets import available, tcp_pair


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
@given(st.lists(st.integers(1000, 30_000), min_size=8, max_size=20))
def test_a_hand_over_cuts_no_frame(lengths: list[int]) -> None:
    """Close 1012 drops unsent messages, since another instance sends these; what was begun is ended."""
    payloads = [bytes([which]) * length for which, length in enumerate(lengths)]
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

        def ages() -> bool:
            theirs.sendall(b"one")
            time.sleep(0.05)  # as long as it lies unread
            data, age_s = receive(ours, 100)
            assert data == b"one"
            assert age_s <= 1.0
            return age_s >= 0.05

        eventually(ages)  # the kernel takes times from a moment after it was asked to
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


def frames_of_any_length(data: bytes) -> list[bytes]:
    return [payload for _, payload in frames_of(data)]
