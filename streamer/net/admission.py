"""Who may connect: how many at once, from which address, and from which pages."""

from __future__ import annotations

import base64
import contextlib
import socket
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from werkzeug.datastructures import Headers

from common.errors import BadRequest, Refused, UpgradeRequired
from common.wire import CLOSE_TRY_LATER
from streamer import frames

WEBSOCKET_VERSION: Final = "13"
_REFUSALS: Final = {
    "connections_exhausted": "All seats of this instance are taken; try again.",
    "address_exhausted": "There are too many connections from your address; close one.",
}


@dataclass
class ConnectionLimiter:
    """Count open connections, in all and by address. Every method may be called from any thread."""

    limit: int
    limit_per_address: int
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _by_address: Counter[str] = field(default_factory=Counter)

    def enter(self, address: str) -> str | None:
        """Count a connection in, or return the code of the limit in its way."""
        with self._lock:
            if self._by_address.total() >= self.limit:
                return "connections_exhausted"
            if self._by_address[address] >= self.limit_per_address:
                return "address_exhausted"
            self._by_address[address] += 1
            return None

    def leave(self, address: str) -> None:
        """Count a connection out again."""
        with self._lock:
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address]


def turn_away(sock: socket.socket, code: str) -> None:
    """Refuse an open connection with a code of `ConnectionLimiter.enter`.

    Bytes beyond the socket's send buffer are not sent.
    """
    refusal = frames.error(code, _REFUSALS[code], retryable=True) + frames.close(CLOSE_TRY_LATER, code)
    with contextlib.suppress(OSError):
        sock.settimeout(1.0)
        sock.sendall(refusal)
        sock.shutdown(socket.SHUT_WR)


def handshake_refusal(headers: Headers) -> Refused | None:
    """Check a WebSocket's opening handshake as RFC 6455, section 4.2.1 has it; None where it may go on."""
    if headers.get("Sec-WebSocket-Version", "").strip() != WEBSOCKET_VERSION:
        return UpgradeRequired("websocket_version_unknown", f"This address speaks WebSocket {WEBSOCKET_VERSION}.")
    try:
        key = base64.b64decode(headers.get("Sec-WebSocket-Key", "").strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != 16:
        return BadRequest("websocket_key_invalid", "A handshake has a Sec-WebSocket-Key of 16 bytes in base64.")
    return None


def origin_allowed(origin: str | None, host: str, allowed: tuple[str, ...]) -> bool:
    """Check the Origin of a handshake: browsers name their page, ours or an allowed page; programs send none."""
    if origin is None or origin in allowed:
        return True
    try:
        return urlsplit(origin).netloc == host != ""  # a page of no origin ("null") is of no host
    except ValueError:  # brackets that hold no address
        return False
