"""A listener without a loudspeaker: hears a podcast over the WebSocket as the player does, and keeps the packets."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

from common.contract import MAX_WINDOW_MS, PACKET_MS
from common.wire import unpack_packets

TELL_EVERY = 500
"""Packets: 10 s of sound."""
RESUME_ATTEMPTS = 5
QUIET_TIMEOUT_S = 60.0
"""The streamer says something at least every KEEPALIVE_S (common/contract.py); a connection that says nothing for this
long is broken."""


class StreamBroken(Exception):
    """The stream ended before `stream_end`. `resumable`: no error speaks against going on."""

    def __init__(self, reason: str, *, resumable: bool) -> None:
        super().__init__(reason)
        self.resumable = resumable


@dataclass
class Heard:
    """What has been heard: packets by number (20 ms each), and every text message in order."""

    packets: dict[int, bytes] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)
    repeated: int = 0
    resume_token: str = ""
    pre_skip: int = 0
    ended: bool = False

    @property
    def next_packet(self) -> int:
        """The first packet not heard yet."""
        return len(self.packets)

    def segments(self) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["type"] == "segment"]

    def take(self, message: str | bytes) -> dict[str, Any] | None:
        """Note one message of the server; the text message as an object, or None for audio."""
        if isinstance(message, bytes):
            first, packets = unpack_packets(message)
            self.repeated += sum(first + offset in self.packets for offset in range(len(packets)))
            self.packets.update(enumerate(packets, first))
            return None
        control: dict[str, Any] = json.loads(message)
        self.messages.append(control)
        if control["type"] == "stream_metadata":
            self.resume_token, self.pre_skip = control["resumeToken"], control["preSkip"]
        elif control["type"] == "stream_end":
            self.ended = True
        return control

    def whole(self) -> bool:
        """Tell whether the stream ended and every packet of it, 0 to N-1, was heard once."""
        ends = [message["packets"] for message in self.messages if message["type"] == "stream_end"]
        return bool(ends) and sorted(self.packets) == list(range(ends[-1])) and not self.repeated


def listen(url: str, heard: Heard, first: dict[str, Any]) -> Iterator[dict[str, Any] | None]:
    """Open a WebSocket, send the message `first` (start or resume), and take every message into `heard`.

    Yields each text message, and None for each message of audio. Offers permessage-deflate, as browsers do. Raises
    StreamBroken when the connection ends without `stream_end`.
    """
    try:
        # max_queue: the streamer's goodbye is behind all sound that it has sent, which the window bounds
        with connect(url, open_timeout=10, max_size=2**22, max_queue=None, ping_interval=None) as socket:
            socket.send(json.dumps(first))
            yield from _messages(socket, heard)
    except (OSError, WebSocketException, TimeoutError) as error:
        if not heard.ended:
            raise _broken(error, heard) from error


def listen_through(url: str, stream_id: str, heard: Heard) -> Iterator[dict[str, Any] | None]:
    """Listen as `listen` does, over as many connections as needed: a broken stream is resumed at the break.

    Raises StreamBroken when that is refused, or fails several times with nothing new heard.
    """
    first, failures = start(stream_id), 0
    while True:
        had = heard.next_packet
        try:
            yield from listen(url, heard, first)
        except StreamBroken as broken:
            failures = 1 if heard.next_packet > had else failures + 1
            if not broken.resumable or failures > RESUME_ATTEMPTS:
                raise
        else:
            return
        time.sleep(0.2 * 2**failures * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
        if heard.resume_token:  # else it was cut off before it was told one, and what it has shown is good again
            first = resume(heard)


def _messages(socket: ClientConnection, heard: Heard) -> Iterator[dict[str, Any] | None]:
    told_at = 0
    while not heard.ended:
        yield heard.take(socket.recv(timeout=QUIET_TIMEOUT_S))
        if heard.next_packet - told_at >= TELL_EVERY:
            told_at = heard.next_packet
            # Nobody waits for sound here: what has come counts as played, so that the rest follows at once
            with suppress(ConnectionClosed):  # the last messages may still be there to be read
                socket.send(json.dumps({"type": "client_metrics", "played_ms": told_at * PACKET_MS}))


def start(stream_id: str) -> dict[str, Any]:
    return {"type": "start", "stream_id": stream_id, "window_ms": MAX_WINDOW_MS}


def resume(heard: Heard) -> dict[str, Any]:
    return {
        "type": "resume",
        "resume_token": heard.resume_token,
        "next_packet": heard.next_packet,
        "window_ms": MAX_WINDOW_MS,
    }


def _broken(error: Exception, heard: Heard) -> StreamBroken:
    told = heard.messages[-1] if heard.messages and heard.messages[-1]["type"] == "error" else None
    if told is None:
        return StreamBroken(f"the connection ended early ({error})", resumable=True)
    return StreamBroken(f"{told['code']}: {told['message']}", resumable=told["retryable"])
