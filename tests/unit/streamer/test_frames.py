"""Frames hold their messages, as another library reads them."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from streamer import frames
from tests.streaming.listeners import frames_of


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
