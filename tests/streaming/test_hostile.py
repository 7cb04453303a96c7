"""What a stranger may send: 10,000 hostile texts and frames end in a clean close, and a neighbour hears on unharmed."""

from __future__ import annotations

import json
import random
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress

import pytest
import wsproto.connection
from hypothesis import given, settings
from hypothesis import strategies as st

from common.contract import MAX_CLIENT_MESSAGE_BYTES
from common.wire import WireError, parse_client_message
from streamer.net.receiver import PeerClosed, Pinged, ProtocolBroken, Receiver
from tests.conftest import eventually
from tests.streaming.harness import StreamerHarness
from tests.streaming.instances import Instance
from tests.streaming.listeners import WebSocketListener, frame, frames_of, in_order, raw_socket, start, text_frame

pytestmark = pytest.mark.xdist_group("streaming")

STRANGERS, SAID_BY_EACH = 500, 20
WORDS = ["type", "start", "resume", "stream_id", "resume_token", "next_packet", "window_ms", "client_metrics", "stalls"]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=5), inner),
    max_leaves=8,
)
texts = st.text(max_size=100) | json_values.map(json.dumps)


def text_frame_of(text: str) -> bytes:
    return frame(1, text.encode())


client_frames = st.builds(
    frame, st.integers(0, 15), st.binary(max_size=200) | texts.map(lambda text: text.encode()), final=st.booleans()
)


@settings(max_examples=300)
@given(texts)
def test_no_text_is_more_than_refused(text: str) -> None:
    try:
        parse_client_message(text)
    except WireError as error:
        assert error.code
        assert text not in str(error) or len(text) < 5, "what a stranger says is not handed on"


def read(receiver: Receiver, data: bytes, cut: int) -> list[object]:
    """The reading of these bytes, arriving in pieces of a size; how it ends is the last."""
    said: list[object] = []
    try:
        for at in range(0, len(data), cut):
            said += receiver.read(data[at : at + cut], 0.0)
    except (ProtocolBroken, WireError) as error:
        said.append((type(error), error.code))
    return said


@settings(max_examples=200)
@given(st.lists(st.binary(max_size=20) | client_frames | texts.map(text_frame_of), max_size=5), st.integers(1, 600))
def test_the_short_way_for_texts_comes_to_what_wsproto_does(pieces: list[bytes], cut: int) -> None:
    whole_way, data = Receiver(0.0), b"".join(pieces)
    whole_way._parser = wsproto.connection.Connection(wsproto.connection.ConnectionType.SERVER)
    assert read(Receiver(0.0), data, cut) == read(whole_way, data, cut)


@settings(max_examples=300)
@given(st.lists(st.binary(max_size=200) | client_frames, max_size=5), st.integers(1, 50))
def test_no_bytes_are_more_than_refused(pieces: list[bytes], cut: int) -> None:
    """However they are cut up on their way."""
    receiver, data = Receiver(0.0), b"".join(pieces)
    try:
        for at in range(0, len(data), cut):
            for said in receiver.read(data[at : at + cut], 0.0):
                assert said is None or isinstance(said, str | Pinged | PeerClosed)
    except ProtocolBroken as broken:
        assert broken.code in {1002, 1003, 1007, 1009}
    except WireError as error:
        assert error.code in {"too_many_messages", "binary_unexpected", "message_too_large"}


@settings(max_examples=300)
@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=10), st.integers(1, 20))
def test_what_is_well_said_is_heard_however_it_is_cut(said: list[str], cut: int) -> None:
    receiver = Receiver(0.0)
    data = b"".join(fragments(text, random.Random(cut)) for text in said)
    heard = [text for at in range(0, len(data), cut) for text in receiver.read(data[at : at + cut], 100.0 * at) if text]
    assert heard == said


def fragments(text: str, dice: random.Random) -> bytes:
    """A message in a frame or several, with a ping between."""
    encoded = text.encode()
    middle = dice.randrange(len(encoded) + 1)
    return frame(1, encoded[:middle], final=False) + frame(0, encoded[middle:])


# Over sockets


def hostile(dice: random.Random) -> bytes:
    """Something that no player says."""
    deep = "[" * 1000
    said: list[bytes] = [
        dice.randbytes(dice.randrange(1, 300)),
        frame(dice.randrange(16), dice.randbytes(dice.randrange(126)), final=dice.random() < 0.5),
        frame(1, dice.randbytes(50)),
        frame(2, dice.randbytes(50)),
        frame(1, json.dumps({dice.choice(WORDS): dice.choice(WORDS)}).encode()),
        frame(1, deep.encode()),
        frame(1, b"x" * (MAX_CLIENT_MESSAGE_BYTES + 1)),
        frame(9, bytes(126)),
        frame(8, dice.randbytes(dice.randrange(5))),
        text_frame(type="start", stream_id=dice.randrange(10**9), next_packet=-1),
        text_frame(type="start", stream_id="x" * 43, window_ms=dice.choice([0, -1, 1e9, "2000", None])),
        text_frame(type="resume", resume_token="a" * 64 + ".b", next_packet=2**40),
        text_frame(type="client_metrics", played_ms=dice.choice([-1, float("inf"), float("nan"), 2**80])),
        text_frame(type="pause_request") * 200,
        frame(0, b"a continuation of nothing"),
        b"\x81\xff" + struct.pack(">Q", 2**62) + bytes(4),
        b"\x81\x05hello",  # unmasked
        b"\xf1\x80" + bytes(4),  # with every reserved bit
    ]
    return dice.choice(said)


@pytest.fixture
def neighbour(harness: StreamerHarness, streamer: Instance) -> Iterator[WebSocketListener]:
    """A listener to a whole podcast throughout, complete in the end."""
    podcast = harness.podcast(segments=1)
    with WebSocketListener(streamer.stream, start(podcast.ticket())) as listener:
        listener.wait_for_packets(50)
        yield listener
        podcast.say()
        podcast.end()
        assert listener.wait_for_end() == 1000
    assert in_order(listener.heard) == podcast.packets


def test_ten_thousand_hostile_frames_and_texts_end_cleanly(streamer: Instance, neighbour: WebSocketListener) -> None:
    del neighbour
    dice = random.Random(20)
    for _ in range(STRANGERS // 20):
        strangers = [raw_socket(streamer.stream) for _ in range(20)]
        for stranger in strangers:
            with suppress(OSError):  # there is only so much that is listened to after the first mistake
                for _ in range(SAID_BY_EACH):
                    stranger.sendall(hostile(dice))
                stranger.shutdown(socket.SHUT_WR)  # whatever was begun is never ended
        for stranger in strangers:
            with stranger:
                assert whole_frames(everything(stranger))
    eventually(lambda: streamer.metrics()["asf_connections"] == 1)
    assert streamer.metrics().get('asf_disconnects_total{reason="broken"}', 0) == 0


REFUSED = [
    (text_frame(type="pause_request"), 1008, "not_started"),
    (text_frame(type="dance"), 1008, "type_unknown"),
    (frame(1, b"{"), 1008, "message_malformed"),
    (frame(1, b"[]"), 1008, "message_malformed"),
    (frame(1, b"[" * 4000), 1008, "message_malformed"),
    (frame(2, b"{}"), 1008, "binary_unexpected"),
    (frame(1, b" " * 5000), 1008, "message_too_large"),
    (text_frame(type="start", stream_id=""), 1008, "field_invalid"),
    (text_frame(type="start", stream_id="x", window_ms=1), 1008, "field_invalid"),
    (frame(9, b"") * 100, 1008, "too_many_messages"),
    (frame(0, b""), 1002, None),
    (frame(3, b""), 1002, None),
    (frame(1, b"\xff"), 1007, None),
    (b"\x81\x01x", 1002, None),
]


@pytest.mark.parametrize(("said", "close_code", "error"), REFUSED, ids=[str(said[:24]) for said, *_ in REFUSED])
def test_what_is_wrong_is_said(streamer: Instance, said: bytes, close_code: int, error: str | None) -> None:
    with raw_socket(streamer.stream) as stranger:
        stranger.sendall(said)
        with suppress(OSError):  # the answer may be there already, and the connection closed
            stranger.shutdown(socket.SHUT_WR)
        told = frames_of(everything(stranger))
    assert told[-1][0] == 8
    assert int.from_bytes(told[-1][1][:2], "big") == close_code
    codes = [json.loads(payload)["code"] for opcode, payload in told if opcode == 1]
    assert codes == ([error] if error else [])


def test_a_second_start_is_refused(harness: StreamerHarness, streamer: Instance) -> None:
    podcast = harness.podcast(segments=1)
    with WebSocketListener(streamer.stream, start(podcast.ticket())) as listener:
        listener.wait_for_packets(50)
        listener.say(**start(podcast.ticket()))
        assert listener.wait_for_end() == 1008
    assert listener.heard.messages[-1]["code"] == "started_already"


def test_one_who_comes_and_says_nothing_is_sent_away(streamer: Instance) -> None:
    with WebSocketListener(streamer.stream) as listener:
        assert listener.wait_for_end() == 1008
    assert listener.heard.messages[-1]["code"] == "start_missing"


def everything(sock: socket.socket) -> bytes:
    data = b""
    try:
        while piece := sock.recv(65536):
            data += piece
    except ConnectionResetError:
        pass  # what it had still to say to us was not taken any more
    return data


def whole_frames(data: bytes) -> bool:
    """Whether the answer is frames, ending with the close frame, if any."""
    opcodes = [opcode for opcode, _ in frames_of(data)]
    return 8 not in opcodes[:-1]
