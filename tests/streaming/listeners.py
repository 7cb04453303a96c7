"""Listeners: a player's side of the wire, a step at a time, and misbehaving sockets."""

from __future__ import annotations

import base64
import json
import os
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from local.listener import Heard

PATIENCE_S = 60.0
"""Of a listener; a streamer that shares its cores with many others may take so long for what it does in a moment."""


class WebSocketListener:
    """A connection hearing in a thread of its own. Offers permessage-deflate, as browsers do.

    `heard` goes on from an earlier connection where given. `first` is the opening message.
    """

    def __init__(self, url: str, first: dict[str, Any] | None = None, heard: Heard | None = None, **how: Any) -> None:
        self.heard = heard or Heard()
        self._news = threading.Condition()
        self._over = False
        self._open = ExitStack()
        connection = connect(url, open_timeout=PATIENCE_S, max_size=2**22, ping_interval=None, **how)
        self.socket = self._open.enter_context(connection)
        self._thread = threading.Thread(target=self._listen, name="listener", daemon=True)
        self._thread.start()
        if first is not None:
            self.say(**first)

    def __enter__(self) -> WebSocketListener:
        return self

    def __exit__(self, *exc: object) -> None:
        self._open.close()
        self._thread.join(PATIENCE_S)

    def say(self, **message: Any) -> None:
        with suppress(ConnectionClosed):  # the last that was said to us may still have to be read
            self.socket.send(json.dumps(message))

    def told(self, kind: str) -> list[dict[str, Any]]:
        """The messages of one type, so far."""
        with self._news:
            return [message for message in self.heard.messages if message["type"] == kind]

    def wait_for(self, holds: Callable[[], bool], within_s: float = PATIENCE_S) -> None:
        """Return as soon as `holds()`, looking whenever something was heard; fail on any other ending."""
        with self._news:
            assert self._news.wait_for(lambda: holds() or self._over, within_s), f"not within {within_s} s"
            assert holds(), f"the connection ended: {self.ending()}, {self.heard.messages[-1:]}"

    def wait_for_packets(self, count: int) -> None:
        self.wait_for(lambda: len(self.heard.packets) >= count)

    def wait_for_told(self, kind: str) -> dict[str, Any]:
        """The first message of a type."""
        self.wait_for(lambda: bool(self.told(kind)))
        return self.told(kind)[0]

    def wait_for_end(self, within_s: float = PATIENCE_S) -> int:
        """The close code, once the connection is over; 1006 where it ended without one."""
        self._thread.join(within_s)
        assert not self._thread.is_alive(), f"still open after {within_s} s"
        return self.ending()[0]

    def ending(self) -> tuple[int, str]:
        return self.socket.close_code or 1006, self.socket.close_reason or ""

    def _listen(self) -> None:
        try:
            while True:
                message = self.socket.recv()
                with self._news:
                    self.heard.take(message)
                    self._news.notify_all()
        except ConnectionClosed:
            pass
        finally:
            with self._news:
                self._over = True
                self._news.notify_all()


def start(stream_id: str, **more: Any) -> dict[str, Any]:
    return {"type": "start", "stream_id": stream_id, **more}


def resume(heard: Heard, **more: Any) -> dict[str, Any]:
    return {"type": "resume", "resume_token": heard.resume_token, "next_packet": heard.next_packet, **more}


def in_order(heard: Heard) -> list[bytes]:
    """The packets heard, which have to be numbered from 0 without a gap and each heard once."""
    assert heard.repeated == 0
    assert sorted(heard.packets) == list(range(len(heard.packets)))
    return [heard.packets[number] for number in range(len(heard.packets))]


def raw_socket(url: str, *, receive_buffer: int | None = None, segment_size: int | None = None) -> socket.socket:
    """A socket after the opening handshake, for those who read or write as no WebSocket library would."""
    where = urlsplit(url)
    sock = socket.socket()
    if receive_buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    if segment_size:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, segment_size)
    sock.settimeout(PATIENCE_S)
    sock.connect((where.hostname, where.port))
    key = base64.b64encode(os.urandom(16)).decode()
    headers = (
        f"GET {where.path} HTTP/1.1",
        f"Host: {where.netloc}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
    )
    sock.sendall("\r\n".join((*headers, "", "")).encode())
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):  # a byte at a time: what follows the head is not ours to read here
        answer += sock.recv(1)
    assert answer.startswith(b"HTTP/1.1 101"), answer
    assert b"permessage-deflate" not in answer
    return sock


def frame(opcode: int, payload: bytes, *, final: bool = True) -> bytes:
    """A client's frame, masked with zeros (RFC 6455, section 5.2)."""
    head = bytes([(0x80 if final else 0) | opcode])
    if len(payload) < 126:
        head += bytes([0x80 | len(payload)])
    elif len(payload) < 1 << 16:
        head += b"\xfe" + len(payload).to_bytes(2, "big")
    else:
        head += b"\xff" + len(payload).to_bytes(8, "big")
    return head + bytes(4) + payload


def text_frame(**message: Any) -> bytes:
    return frame(1, json.dumps(message).encode())


def frames_of(data: bytes) -> list[tuple[int, bytes]]:
    """Parse a server's frames, each whole, as opcode and payload."""
    found = []
    while data:
        length, head = data[1], 2
        if length == 126:
            length, head = int.from_bytes(data[2:4], "big"), 4
        assert data[0] & 0xF0 == 0x80
        assert len(data) >= head + length
        found.append((data[0] & 0x0F, data[head : head + length]))
        data = data[head + length :]
    return found
