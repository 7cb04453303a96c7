"""A listener of the streamer, as a browser is one: permessage-deflate offered, pings answered, metrics reported.

Everything is checked as it comes: frames uncompressed, every packet, in order, byte for byte.
"""

from __future__ import annotations

import base64
import json
import os
import socket
import struct
import time
from typing import Final

from common.contract import PACKET_MS
from streamer.playback.send_window import pace_of
from tests.bench.streaming.crowd import Crowd
from tests.bench.streaming.material import SEGMENT_PACKETS, Sound

WINDOW_MS: Final = 60_000
METRICS_S: Final = 20.0
"""As web/stream/connection.js and web/episode.js have it."""
_MERGED_S = 0.02
_TEXT, _CLOSE, _PONG = 0x1, 0x8, 0xA
_HEAD = struct.Struct(">IH")


class Player:
    """Hears a stream, or waits with its first sound until `go` is called. Times are seconds since the epoch.

    `sends` are the server's sends of audio: when each came and with which packet it began. `starts` is when the first
    packet of each segment came.
    """

    __slots__ = (
        "_crowd", "_held_at", "_open", "_rest", "_sound", "_start", "began_at", "bytes", "ended", "fault",
        "next_packet", "sends", "sock", "starts", "window_ms",
    )  # fmt: skip

    def __init__(
        self, crowd: Crowd, sock: socket.socket, stream_id: str, sound: Sound, window_ms: int, *, held: bool
    ) -> None:
        self.sock = sock
        self.window_ms = window_ms
        self.next_packet = 0
        self.began_at = 0.0
        self.bytes = 0
        self.sends: list[tuple[float, int]] = []
        self.starts: list[float] = []
        self.fault = ""
        self.ended = False
        self._crowd, self._sound = crowd, sound
        self._start = {"type": "start", "stream_id": stream_id, "next_packet": 0, "window_ms": window_ms}
        self._held_at: float | None = 0.0 if held else None
        self._open = False
        self._rest = b""
        sock.sendall(_handshake(sock))
        crowd.add(self)

    def go(self) -> None:
        """Play, after having been held."""
        if self._held_at is not None and not self.fault:
            now = time.time()
            self.began_at += now - self._held_at
            self._held_at = None
            self._say({"type": "resume_request"})
            self._crowd.at(now + METRICS_S * (self.sock.fileno() % 100 + 1) / 100, self._tell)

    def lateness(self, since: float, until: float) -> list[float]:
        """How late each send between those times was, in seconds.

        Its first packet was due when the window had room for a piece and for what may be sent early, together with
        others'; the podcast's clock is the player's, as it tells the server now and then.
        """
        kept = pace_of(self.window_ms)
        origin = self.began_at - kept.most * PACKET_MS / 1000 + kept.early_s
        late, before = [], 0.0
        for at, first in self.sends:
            # A send of several seconds may arrive in two parts, of which the first tells
            if since <= at <= until and (kept.piece < 50 or at - before > _MERGED_S):
                late.append(max(0.0, at - origin - first * PACKET_MS / 1000))
            before = at
        return late

    def take(self, data: bytes, at: float) -> None:
        if not data:
            self._fail("" if self.ended else "the connection ended")
            return
        self.bytes += len(data)
        if self._rest:
            data = self._rest + data
        if not self._open:
            data = self._opened(data)
        offset, size, first = 0, len(data), self.next_packet
        while size - offset >= 2:
            length, head = data[offset + 1], 2
            if length == 126:
                head = 4
                length = int.from_bytes(data[offset + 2 : offset + 4], "big") if size - offset >= 4 else size
            elif length > 126:
                self._fail("a masked or a giant frame")
                return
            end = offset + head + length
            if end > size:
                break
            self._frame(data[offset], data, offset + head, end, at)
            offset = end
        self._rest = data[offset:]
        if self.next_packet > first:
            self.sends.append((at, first))

    def _opened(self, data: bytes) -> bytes:
        head, end, rest = data.partition(b"\r\n\r\n")
        if not end:
            self._rest = data
            return b""
        if not head.startswith(b"HTTP/1.1 101") or b"permessage-deflate" in head.lower():
            self._fail(f"refused, or deflated: {head[:60]!r}")
        self._open = True
        self._say(self._start)
        return rest

    def _frame(self, first_byte: int, data: bytes, start: int, end: int, at: float) -> None:
        if first_byte & 0xF0 != 0x80:
            self._fail("a frame that is compressed or in parts")
        match first_byte & 0x0F:
            case 0x2:
                self._audio(data, start, end, at)
            case 0x1:
                self._told(data[start:end])
            case 0x9:
                self._send(_PONG, data[start:end])
            case _:
                self.ended = self.ended or data[start : start + 2] == b"\x03\xe8"
                self._send(_CLOSE, data[start : start + 2])

    def _audio(self, data: bytes, start: int, end: int, at: float) -> None:
        first, count = _HEAD.unpack_from(data, start)
        if first != self.next_packet:
            self._fail(f"packet {first} came where {self.next_packet} was expected")
        within = first % SEGMENT_PACKETS
        ends = self._sound.ends
        heard = self._sound.data[ends[within - 1] if within else 0 : ends[within + count - 1]]
        if data[start + 6 + 2 * count : end] != heard:
            self._fail(f"the sound from packet {first} on is not as it was stored")
        if within == 0:
            self.starts.append(at)
        if not self.began_at:
            self.began_at = at
            if self._held_at is None:
                self._crowd.at(at + METRICS_S, self._tell)
            else:
                self._held_at = at
                self._say({"type": "pause_request"})
        self.next_packet = first + count

    def _told(self, payload: bytes) -> None:
        if payload.startswith(b'{"type":"error"'):
            self._fail(payload.decode())
        elif payload.startswith(b'{"type":"stream_end"'):
            self.ended = True

    def _tell(self) -> None:
        """What web/episode.js tells, and how often."""
        if self.fault or self.ended:
            return
        now = time.time()
        played_ms = min((now - self.began_at) * 1000, self.next_packet * PACKET_MS)
        buffered_ms = self.next_packet * PACKET_MS - played_ms
        self._say({"type": "client_metrics", "played_ms": round(played_ms), "buffered_ms": round(buffered_ms)})
        self._crowd.at(now + METRICS_S, self._tell)

    def _say(self, message: dict[str, object]) -> None:
        self._send(_TEXT, json.dumps(message).encode())

    def _send(self, opcode: int, payload: bytes) -> None:
        """A frame as clients send it; a mask of zeros is a mask too, and costs nothing here."""
        size = len(payload)
        head = bytes((0x80 | opcode, 0x80 | size)) if size < 126 else struct.pack(">BBH", 0x80 | opcode, 0xFE, size)
        try:
            self.sock.send(head + b"\0\0\0\0" + payload)
        except OSError as error:
            self._fail(f"nothing can be sent: {error}")

    def _fail(self, why: str) -> None:
        self.fault = self.fault or why
        self._crowd.remove(self)


def _handshake(sock: socket.socket) -> bytes:
    host, port = sock.getpeername()
    return (
        f"GET /api/v1/podcasts/stream HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n"
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
    ).encode()
