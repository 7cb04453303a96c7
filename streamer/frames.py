"""WebSocket frames as a server sends them: whole, unmasked, uncompressed.

https://www.rfc-editor.org/rfc/rfc6455#section-5.2. Frames are built here, apart from any connection, so that those
carrying audio are built once and sent to every listener.
"""

from __future__ import annotations

import struct
from typing import Any, Final

from common import wire

_FIN: Final = 0x80
_TEXT, _BINARY, _CLOSE, _PING, _PONG = 0x1, 0x2, 0x8, 0x9, 0xA
_MAX_REASON_BYTES = 123


def text(message: dict[str, Any]) -> bytes:
    """Encode a control message of the wire (common/wire.py) as a text frame."""
    return _frame(_TEXT, wire.dumps(message).encode())


def error(code: str, message: str, *, retryable: bool = False) -> bytes:
    """Encode an `error` message of the wire as a text frame."""
    return text(wire.error(code, message, retryable=retryable))


def binary(payload: bytes) -> bytes:
    """Encode a message of audio as a binary frame."""
    return _frame(_BINARY, payload)


def close(code: int, reason: str) -> bytes:
    """Encode a close frame; `reason` is for people who debug a client, and cut off after 123 bytes of UTF-8."""
    cut = reason.encode()[:_MAX_REASON_BYTES].decode(errors="ignore").encode()
    return _frame(_CLOSE, struct.pack(">H", code) + cut)


def ping() -> bytes:
    """Encode a ping without a payload."""
    return _frame(_PING, b"")


def pong(payload: bytes) -> bytes:
    """Encode the answer to a ping, with the ping's payload."""
    return _frame(_PONG, payload)


def _frame(opcode: int, payload: bytes) -> bytes:
    length = len(payload)
    if length < 126:
        head = struct.pack(">BB", _FIN | opcode, length)
    elif length < 1 << 16:
        head = struct.pack(">BBH", _FIN | opcode, 126, length)
    else:
        head = struct.pack(">BBQ", _FIN | opcode, 127, length)
    return head + payload
