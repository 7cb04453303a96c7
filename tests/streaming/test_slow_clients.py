"""Slow, stalled and vanished listeners: bounded, found out, and none of their neighbours' business."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator

import pytest

from common.wire import unpack_packets
from tests.conftest import eventually
from tests.streaming.harness import PACKET_BYTES, StreamerHarness
from tests.streaming.instances import Instance
from tests.streaming.listeners import WebSocketListener, in_order, raw_socket, start, text_frame

pytestmark = pytest.mark.xdist_group("streaming-slow")

STALLED_AFTER_S = 3
ALL_AT_ONCE = 120_000
"""A window of so many milliseconds: more than a socket's buffers hold."""


@pytest.fixture(scope="module")
def streamer(harness: StreamerHarness, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    folder = tmp_path_factory.mktemp("slow")
    instance = Instance(harness, folder, STALLED_AFTER_S=str(STALLED_AFTER_S))
    instance.await_ready()
    yield instance
    instance.child.stop()


def test_a_stalled_listener_is_let_go_and_its_neighbours_hear_on(harness: StreamerHarness, streamer: Instance) -> None:
    podcast = harness.podcast(segments=4, packets=1000)
    with (
        raw_socket(streamer.stream, receive_buffer=4096) as stalled,
        WebSocketListener(streamer.stream, start(podcast.ticket(), window_ms=ALL_AT_ONCE)) as neighbour,
    ):
        stalled.sendall(text_frame(**start(podcast.ticket(), window_ms=ALL_AT_ONCE)))  # and never a byte is read
        eventually(lambda: streamer.metrics()["asf_send_stalls_total"] >= 1)
        neighbour.wait_for_packets(4000)
        eventually(lambda: gone(streamer, "stalled") == 1, 60)
        podcast.say()
        podcast.end()
        assert neighbour.wait_for_end() == 1000
    assert in_order(neighbour.heard) == podcast.packets
    now = streamer.metrics()
    assert now["asf_connections"] == now["asf_listeners"] == 0
    assert now["asf_send_stalls_total"] >= 1


def test_a_listener_at_16_kbit_a_second_is_not_taken_for_stalled(harness: StreamerHarness, streamer: Instance) -> None:
    """The listener reads for several times a stalled listener's allowance, then at full speed: all is whole and in
    order."""
    podcast = harness.podcast(segments=3, packets=1000)
    podcast.end()
    before = gone(streamer, "stalled")
    with raw_socket(streamer.stream, receive_buffer=2304, segment_size=536) as slow:
        slow.sendall(text_frame(**start(podcast.ticket(), window_ms=ALL_AT_ONCE)))
        data = bytearray()
        began = time.monotonic()
        while (elapsed := time.monotonic() - began) < 3 * STALLED_AFTER_S:
            data += slow.recv(max(1, int(elapsed * 2_000) - len(data)))
            time.sleep(0.05)  # a slow line is what is being shown here
        read_to_end(slow, data)
    assert gone(streamer, "stalled") == before
    heard = [packet for message in messages(bytes(data)) for packet in message]
    assert heard == podcast.packets
    eventually(lambda: streamer.metrics()["asf_send_stalls_total"] >= 1)  # counted once a listener has left


def test_a_slow_listener_holds_no_more_memory_than_was_promised(harness: StreamerHarness, streamer: Instance) -> None:
    """Sent and untaken bytes are bounded by the socket and a few seconds, not by the podcast."""
    podcast = harness.podcast(segments=6, packets=1000)
    with raw_socket(streamer.stream, receive_buffer=4096) as stalled:
        stalled_before, before = gone(streamer, "stalled"), streamer.metrics()["asf_sent_bytes_total"]
        stalled.sendall(text_frame(**start(podcast.ticket(), window_ms=ALL_AT_ONCE)))
        eventually(lambda: gone(streamer, "stalled") > stalled_before, 60)
        taken = streamer.metrics()["asf_sent_bytes_total"] - before
    assert taken < 64 * 1024 + 128 * 1024 < 6000 * PACKET_BYTES


def test_one_who_vanishes_without_a_word_frees_its_seat(harness: StreamerHarness, streamer: Instance) -> None:
    podcast = harness.podcast(segments=1)
    vanished = raw_socket(streamer.stream)
    vanished.sendall(text_frame(**start(podcast.ticket())))
    eventually(lambda: streamer.metrics()["asf_listeners"] == 1)
    vanished.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    vanished.close()  # with a reset, as a machine does that knows nothing of the connection any more
    eventually(lambda: streamer.metrics()["asf_connections"] == 0)


def test_half_closed_is_closed(harness: StreamerHarness, streamer: Instance) -> None:
    podcast = harness.podcast(segments=1)
    with raw_socket(streamer.stream) as half:
        half.sendall(text_frame(**start(podcast.ticket())))
        half.shutdown(socket.SHUT_WR)
        eventually(lambda: streamer.metrics()["asf_connections"] == 0)


def gone(streamer: Instance, reason: str) -> float:
    return streamer.metrics().get(f'asf_disconnects_total{{reason="{reason}"}}', 0)


def read_to_end(sock: socket.socket, data: bytearray) -> None:
    sock.settimeout(20)
    while piece := sock.recv(65536):
        data += piece
        if piece.endswith(CLOSE):
            return


CLOSE = b"the end"


def messages(data: bytes) -> Iterator[list[bytes]]:
    """The audio in a server's frames, which have to follow one another exactly (RFC 6455, section 5.2)."""
    position = 0
    expected = 0
    while position < len(data):
        opcode, length = data[position] & 0x0F, data[position + 1]
        assert data[position] & 0xF0 == 0x80, "a frame begins in the middle of another"
        position += 2
        if length >= 126:
            size = 2 if length == 126 else 8
            length = int.from_bytes(data[position : position + size], "big")
            position += size
        payload, position = data[position : position + length], position + length
        if opcode == 2:
            first, packets = unpack_packets(payload)
            assert first == expected
            expected += len(packets)
            yield packets
        else:
            assert opcode in {1, 8, 9}
