"""A listener's socket, written to by one thread, never blocking, never in the middle of another frame.

Bytes beyond the kernel's send buffer are kept and sent when the socket has room. The buffer is bounded, and a stalled
peer is recognised by the bytes acknowledged. The kernel's own limit (tcp(7), TCP_USER_TIMEOUT) is for the very end
alone: the kernel would end a connection whose window has been small for so long, however steadily a slow peer reads.
"""

from __future__ import annotations

import fcntl
import socket
import struct
import sys
import termios
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from common.wire import CLOSE_RESTART
from streamer import frames

SEND_BUFFER_BYTES: Final = 32 * 1024
"""Asked for; Linux takes it twice, to make up for its own bookkeeping. About 8 s of audio at 32 kbit/s."""
_KERNEL_GIVES_UP_MS: Final = 5_000
_SO_TIMESTAMPNS: Final = 35  # asm-generic/socket.h; Python has no name for it
_TIMESPEC: Final = struct.Struct("@qq")
_OLDEST_S: Final = 1.0
"""Nothing waits for longer to be read (connections.py, READ_EVERY_S)."""
_ANCILLARY_BYTES: Final = socket.CMSG_SPACE(_TIMESPEC.size)
_MAX_VECTOR = 512  # buffers in one call; Linux allows 1,024 (IOV_MAX)


class Connection:
    """Write frames to one socket. Every method but `prepare` belongs to the event loop's thread.

    `on_full` is called when something is kept back, `on_empty` when all of it has been sent: between the two, call
    `flush` whenever the socket is writable.
    """

    __slots__ = (
        "_acknowledged",
        "_on_empty",
        "_on_full",
        "_outbox",
        "_progress_at",
        "_sock",
        "broken",
        "bytes_sent",
        "close_code",
        "closed_at",
        "sent_at",
        "stalls",
    )

    def __init__(
        self, sock: socket.socket, now: float, on_full: Callable[[], None], on_empty: Callable[[], None]
    ) -> None:
        self._sock = sock
        self._outbox: deque[memoryview] = deque()
        self._on_full = on_full
        self._on_empty = on_empty
        self._acknowledged = 0
        self.broken = False
        self.bytes_sent = 0
        self.close_code: int | None = None
        self.closed_at = 0.0
        self.sent_at = self._progress_at = now
        self.stalls = 0

    @staticmethod
    def prepare(sock: socket.socket) -> None:
        """Set a socket up before the first read or write."""
        sock.settimeout(None)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if sys.platform == "linux":
            sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)

    def fileno(self) -> int:
        return self._sock.fileno()

    @property
    def full(self) -> bool:
        """Tell whether frames wait for room in the socket."""
        return bool(self._outbox)

    def send(self, buffers: Sequence[bytes | memoryview], now: float) -> None:
        """Send whole frames. Nothing is sent after a close frame, or over a broken connection."""
        if self.close_code is not None or self.broken:
            return
        if self._outbox:
            self._outbox.extend(map(memoryview, buffers))
            return
        self._keep(buffers, self._hand(buffers if len(buffers) <= _MAX_VECTOR else buffers[:_MAX_VECTOR], now), now)

    def ping(self) -> None:
        """Send a ping. Players do not see pings, so `sent_at` stays."""
        self.send([frames.ping()], self.sent_at)

    def close(self, code: int, reason: str, now: float) -> None:
        """Send a close frame after all other frames; the peer is expected to answer it."""
        if self.close_code is not None or self.broken:
            return
        if code == CLOSE_RESTART:
            self._keep_started_only()  # the rest will be sent by whoever takes this listener over
        self.send([frames.close(code, reason)], now)
        self.close_code, self.closed_at = code, now

    def flush(self, now: float) -> None:
        """Send the bytes kept back, as far as the socket has room."""
        self._write(now)
        if not self._outbox and not self.broken:
            self._on_empty()

    def stalled_for(self, now: float) -> float | None:
        """Return for how many seconds the peer has acknowledged nothing; None with every byte acknowledged.

        To be called regularly: bytes acknowledged since the last call count as acknowledged now.
        """
        if self._acknowledged == self.bytes_sent and not self._outbox:
            return None  # as it was at the last call
        unacknowledged = _unacknowledged(self._sock)
        acknowledged = self.bytes_sent - unacknowledged
        idle = not unacknowledged and not self._outbox
        if idle or acknowledged != self._acknowledged:
            self._acknowledged, self._progress_at = acknowledged, now
        return None if idle else now - self._progress_at

    def unanswered_for(self, now: float) -> float:
        """Return for how many seconds a close frame has had no answer; any bytes acknowledged count as an answer."""
        stalled_s = self.stalled_for(now)
        unanswered_s = now - self.closed_at
        return unanswered_s if stalled_s is None else min(unanswered_s, stalled_s)

    def abort(self) -> None:
        """End the connection without a close frame; a read finds the end of the stream.

        The kernel goes on sending its buffer, but to a stalled peer for seconds, not minutes.
        """
        self.broken = True
        self._outbox.clear()
        try:
            if sys.platform == "linux":
                self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _KERNEL_GIVES_UP_MS)
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it has ended by itself

    def _keep(self, buffers: Sequence[bytes | memoryview], sent: int, now: float) -> None:
        """Keep the bytes beyond the first `sent` of the buffers, for when the socket has room."""
        if sent == sum(map(len, buffers)) or self.broken:  # the first, nearly always
            return
        self._outbox.extend(map(memoryview, buffers))
        self._drop(sent)
        self._write(now)
        if self._outbox:
            self.stalls += 1
            self._on_full()

    def _write(self, now: float) -> None:
        """Hand the bytes kept back to the kernel, as far as the socket has room."""
        while self._outbox:
            sent = self._hand([self._outbox[at] for at in range(min(len(self._outbox), _MAX_VECTOR))], now)
            if not sent:
                return
            self._drop(sent)

    def _hand(self, buffers: Sequence[bytes | memoryview], now: float) -> int:
        """Offer bytes to the kernel and return how many were taken: none without room or connection."""
        try:
            if len(buffers) == 1:  # nearly always, and the cheaper call
                sent = self._sock.send(buffers[0], socket.MSG_DONTWAIT)
            else:
                sent = self._sock.sendmsg(buffers, (), socket.MSG_DONTWAIT)
        except BlockingIOError:
            return 0
        except OSError:
            self.abort()
            return 0
        self.bytes_sent += sent
        self.sent_at = now
        return sent

    def _drop(self, sent: int) -> None:
        while sent:
            first = self._outbox[0]
            if len(first) > sent:
                self._outbox[0] = first[sent:]
                return
            sent -= len(first)
            self._outbox.popleft()

    def _keep_started_only(self) -> None:
        while len(self._outbox) > 1:
            self._outbox.pop()


def receive(sock: socket.socket, at_most: int) -> tuple[bytes, float]:
    """Read from a prepared socket: the bytes, and the seconds since their arrival (socket(7), SO_TIMESTAMP).

    Raises BlockingIOError where nothing has, OSError where the connection is broken.
    """
    data, ancillary, _, _ = sock.recvmsg(at_most, _ANCILLARY_BYTES, socket.MSG_DONTWAIT)
    for level, kind, value in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
            seconds, nanoseconds = _TIMESPEC.unpack(value)
            age_s = time.time() - seconds - nanoseconds * 1e-9
            return data, min(max(0.0, age_s), _OLDEST_S)  # the wall clock may have been set meanwhile
    return data, 0.0


def _unacknowledged(sock: socket.socket) -> int:
    """Count the bytes in the send buffer that the peer's kernel has not acknowledged (tcp(7), SIOCOUTQ)."""
    if sys.platform != "linux":
        return 0
    return int(struct.unpack("i", fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, b"\0\0\0\0"))[0])
