"""A crowd of listeners in one process: one epoll loop, raw sockets, and as little work for each message as can be.

When something arrived is what the kernel says (SO_TIMESTAMPNS, socket(7)): on the loopback interface that is the moment
it was sent, so a crowd that is behind with its reading does not make a server look late.
"""

from __future__ import annotations

import heapq
import itertools
import select
import socket
import struct
import time
from collections.abc import Callable
from typing import Final, Protocol

_SO_TIMESTAMPNS: Final = 35  # asm-generic/socket.h; Python has no name for it
_TIMESPEC = struct.Struct("@qq")
_RECEIVE_BYTES = 256 * 1024


class Member(Protocol):
    """One connection of a crowd. Times are seconds since the epoch."""

    sock: socket.socket

    def take(self, data: bytes, at: float) -> None:
        """Something has arrived; nothing, where the other side has closed."""


class Crowd:
    """Runs members, and things that are to happen at a time."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._members: dict[int, Member] = {}
        self._later: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def add(self, member: Member) -> None:
        """Read from a member's socket from now on."""
        member.sock.setblocking(False)
        member.sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._members[member.sock.fileno()] = member
        self._epoll.register(member.sock.fileno(), select.EPOLLIN)

    def remove(self, member: Member) -> None:
        """Close a member's socket."""
        if self._members.pop(member.sock.fileno(), None) is not None:
            self._epoll.unregister(member.sock.fileno())
            member.sock.close()

    def close(self) -> None:
        for member in list(self._members.values()):
            self.remove(member)
        self._epoll.close()

    def at(self, moment: float, call: Callable[[], None]) -> None:
        """Have something happen at a time."""
        heapq.heappush(self._later, (moment, next(self._order), call))

    def run(self, seconds: float, until: Callable[[], bool] = lambda: False) -> bool:
        """Run for a time, or until a condition holds; whether it does."""
        deadline = time.time() + seconds
        while True:
            now = time.time()
            while self._later and self._later[0][0] <= now:
                heapq.heappop(self._later)[2]()
            following = min(deadline, now + 0.1, *(moment for moment, _, _ in self._later[:1]))
            for fileno, _ in self._epoll.poll(max(0.0, following - time.time())):
                member = self._members.get(fileno)
                if member is not None:
                    _receive(member)
            if until():
                return True
            if time.time() >= deadline:
                return False


def connect(host: str, port: int) -> socket.socket:
    """A connected socket."""
    sock = socket.create_connection((host, port), timeout=30)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def _receive(member: Member) -> None:
    try:
        data, ancillary, _, _ = member.sock.recvmsg(_RECEIVE_BYTES, 64)
    except BlockingIOError:
        return
    except OSError:
        data, ancillary = b"", []
    at = time.time()
    for level, kind, value in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
            seconds, nanoseconds = _TIMESPEC.unpack(value)
            at = seconds + nanoseconds * 1e-9
    member.take(data, at)
