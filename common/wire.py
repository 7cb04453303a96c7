"""The WebSocket wire between the streamer and a listener: binary audio messages and JSON control messages.

A binary message is one or more complete Opus packets of 20 ms, all integers big-endian:

    u32  number of the first packet        u16  how many packets follow
    u16 length, for each packet            the packets, one after the other

Packet N plays at N x 20 ms, from the start of the podcast: that is the clock, the position to resume at, and the proof
that nothing was left out or heard twice. Text messages are JSON objects with a `type`; the constructors below are the
whole vocabulary of the server, `parse_client_message` that of the client.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from common.contract import (
    FRAMING,
    MAX_CLIENT_MESSAGE_BYTES,
    MAX_WINDOW_MS,
    MIN_WINDOW_MS,
    PACKET_MS,
    SAMPLE_RATE,
    Close,
)
from common.records import Segment

_HEAD = struct.Struct(">IH")

CLOSE_NORMAL: Final = Close.NORMAL
CLOSE_POLICY: Final = Close.POLICY
CLOSE_INTERNAL: Final = Close.INTERNAL
CLOSE_RESTART: Final = Close.RESTART
CLOSE_TRY_LATER: Final = Close.TRY_LATER


class WireError(ValueError):
    """A message foreign to this wire. `code` is stable, the text is meant for the other side."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def pack_packets(first: int, packets: Sequence[bytes | memoryview]) -> bytes:
    """Build a binary message of 1 to 65,535 Opus packets, the first being number `first` of the podcast."""
    return pack_sound(first, pack_lengths(packets), packets)


def pack_lengths(packets: Sequence[bytes | memoryview]) -> bytes:
    """Write the packets' lengths as in a message, 2 bytes each: a run of packets has a run of these."""
    return struct.pack(f">{len(packets)}H", *map(len, packets))


def pack_sound(first: int, lengths: bytes, sound: Sequence[bytes | memoryview]) -> bytes:
    """Return the same message from packed lengths and the packets' bytes in order, in pieces however they are at
    hand."""
    return b"".join((_HEAD.pack(first, len(lengths) // 2), lengths, *sound))


def unpack_packets(message: bytes) -> tuple[int, list[bytes]]:
    """Return the number of the first packet, and the packets. Raises WireError unless the message is exactly well
    formed."""
    if len(message) < _HEAD.size:
        raise WireError("message_short", "the message ends within its header")
    first, count = _HEAD.unpack_from(message)
    start = _HEAD.size + 2 * count
    if count == 0 or len(message) < start:
        raise WireError("message_short", "the message ends within its packet lengths")
    lengths = struct.unpack_from(f">{count}H", message, _HEAD.size)
    if len(message) != start + sum(lengths):
        raise WireError("message_length", "the packets do not add up to the message")
    packets = []
    for length in lengths:
        packets.append(message[start : start + length])
        start += length
    return first, packets


# What the server says


def stream_metadata(*, workflow_id: str, title: str, pre_skip: int, resume_token: str) -> dict[str, Any]:
    """Return the first message. `pre_skip` is in samples of 48 kHz, to be dropped at the start (RFC 7845, section
    4.2)."""
    return {
        "type": "stream_metadata",
        "codec": "opus",
        "sampleRate": SAMPLE_RATE,
        "channels": 1,
        "frameMs": PACKET_MS,
        "preSkip": pre_skip,
        "framing": FRAMING,
        "workflowId": workflow_id,
        "title": title,
        "resumeToken": resume_token,
    }


def segment_message(segment: Segment, first_packet: int) -> dict[str, Any]:
    """Return the live transcript: who says what from which packet on."""
    message = {
        "type": "segment",
        "index": segment.index,
        "kind": segment.kind,
        "speaker": segment.speaker,
        "text": segment.text,
        "chapter": segment.chapter,
        "firstPacket": first_packet,
        "packets": segment.packets,
    }
    if segment.source is not None:
        message["source"] = segment.source
    return message


def progress(stage: str, state: str, detail: str = "") -> dict[str, Any]:
    """Return the state of a stage; `detail` names its sources in words."""
    return {"type": "progress", "stage": stage, "state": state, **({"detail": detail} if detail else {})}


def keepalive() -> dict[str, Any]:
    return {"type": "keepalive"}


def stream_end(packets: int) -> dict[str, Any]:
    """Return the last message: how many packets the podcast has, all of them sent."""
    return {"type": "stream_end", "packets": packets}


def error(code: str, message: str, *, retryable: bool = False) -> dict[str, Any]:
    return {"type": "error", "code": code, "message": message, "retryable": retryable}


def dumps(message: dict[str, Any]) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


# What the client says


@dataclass(frozen=True)
class Start:
    """Listen from `next_packet` on: 0 except after the loss of the resume token, with a fresh stream id."""

    stream_id: str
    next_packet: int
    window_ms: int | None


@dataclass(frozen=True)
class Resume:
    resume_token: str
    next_packet: int
    window_ms: int | None


@dataclass(frozen=True)
class PauseRequest:
    pass


@dataclass(frozen=True)
class ResumeRequest:
    pass


@dataclass(frozen=True)
class ClientMetrics:
    """What a player tells of itself; numbers only, by name.

    `played_ms` is the position on the podcast's clock and `buffered_ms` the sound beyond; the others say what has come
    since its last message of this kind.
    """

    values: dict[str, float]


ClientMessage = Start | Resume | PauseRequest | ResumeRequest | ClientMetrics

CLIENT_METRICS: Final = frozenset(
    {
        "played_ms",
        "buffered_ms",
        "stalls",
        "stalled_ms",
        "first_audio_ms",
        "decode_errors",
        "reconnects",
        "dropped_messages",
    }
)


def parse_client_message(text: str | bytes) -> ClientMessage:
    """Read one text message of a client. Raises WireError with a stable code for any other message."""
    if not isinstance(text, str):
        raise WireError("binary_unexpected", "clients send text messages only")
    if len(text) > MAX_CLIENT_MESSAGE_BYTES:
        raise WireError("message_too_large", f"a message has at most {MAX_CLIENT_MESSAGE_BYTES} characters")
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise WireError("message_malformed", "the message is not JSON") from None
    if not isinstance(body, dict):
        raise WireError("message_malformed", "the message is not a JSON object")
    match body.get("type"):
        case "start":
            return Start(_token(body, "stream_id"), _count(body, "next_packet", default=0), _window(body))
        case "resume":
            return Resume(_token(body, "resume_token"), _count(body, "next_packet"), _window(body))
        case "pause_request":
            return PauseRequest()
        case "resume_request":
            return ResumeRequest()
        case "client_metrics":
            return ClientMetrics({name: _number(name, body[name]) for name in body if name in CLIENT_METRICS})
        case _:
            raise WireError("type_unknown", "the message has no known type")


def _token(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not 1 <= len(value) <= 200 or not value.isascii():
        raise WireError("field_invalid", f"{name} is not a token")
    return value


def _count(body: dict[str, Any], name: str, default: int | None = None) -> int:
    value = body.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**32:
        raise WireError("field_invalid", f"{name} is not a packet number")
    return value


def _window(body: dict[str, Any]) -> int | None:
    if "window_ms" not in body:
        return None
    value = body["window_ms"]
    if not isinstance(value, int) or isinstance(value, bool) or not MIN_WINDOW_MS <= value <= MAX_WINDOW_MS:
        raise WireError("field_invalid", f"window_ms is not between {MIN_WINDOW_MS} and {MAX_WINDOW_MS}")
    return value


_NUMBERS = (int, float)
"""As JSON has them: true and false are none."""


def _number(name: str, value: Any) -> float:
    # 2**53 keeps out infinities and NaN, which json.loads accepts, as well as integers too long for a float
    if type(value) not in _NUMBERS or not 0 <= value <= 2**53:
        raise WireError("field_invalid", f"{name} is not a number of at least 0")
    return float(value)
