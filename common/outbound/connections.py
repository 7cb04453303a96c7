"""Connections to checked addresses alone, over when their time is.

httpcore2 opens every connection through its network backend, so this is the only place no request, retry or redirect
can get past. The name is resolved here, each of its addresses is checked, and the connection is made to the very
address checked: no second look-up is made for a DNS server to answer differently. `Host` and TLS keep the name.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterable
from functools import cache

import certifi
import httpcore2

from common.errors import SourceBroken, SourceRefused
from common.outbound.addresses import is_public

Resolver = Callable[[str, int], list[str]]
"""Host and port -> addresses, the best first. Raises socket.gaierror."""

CONNECT_TIMEOUT_S = 5.0


def resolve(host: str, port: int) -> list[str]:
    """Return the system's resolver, which bounds its own time (resolv.conf(5): 5 s, twice, if not told otherwise)."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@cache
def tls_context() -> ssl.SSLContext:
    """Whom TLS trusts: Mozilla's list, whatever machine this is."""
    return ssl.create_default_context(cafile=certifi.where())


class GuardedBackend(httpcore2.NetworkBackend):
    """Connects to public addresses only (to any with `private`), until `deadline` on the monotonic clock.

    `network` makes the connections to what was checked.
    """

    def __init__(
        self, *, deadline: float, private: bool, resolver: Resolver, network: httpcore2.NetworkBackend
    ) -> None:
        self._deadline = deadline
        self._private = private
        self._resolver = resolver
        self._network = network

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Raises SourceRefused, SourceBroken, or httpcore2's ConnectError and ConnectTimeout."""
        failure: Exception = httpcore2.ConnectError("no address")
        for address in self._addresses(host, port):
            within = min(CONNECT_TIMEOUT_S, _left(self._deadline, httpcore2.ConnectTimeout))
            try:
                stream = self._network.connect_tcp(address, port, within, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
                continue
            return _TimedStream(stream, self._deadline)
        raise failure

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            addresses = self._resolver(host, port)
        except (socket.gaierror, UnicodeError) as error:
            if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
                raise SourceBroken("source_unreachable", f"{host}: this name could not be looked up.") from error
            raise SourceRefused("source_unreachable", f"{host}: there is no server of this name.") from error
        # A name with one address of each kind is one that is about to change its mind: none of them is used.
        if not self._private and not all(map(is_public, addresses)):
            raise SourceRefused("source_not_public", f"{host}: this link does not lead to the public internet.")
        return addresses


class _TimedStream(httpcore2.NetworkStream):
    """A stream whose every wait ends at the deadline, however slowly bytes trickle in."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        within = _left(self._deadline, httpcore2.ConnectTimeout)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, within), self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _left(deadline: float, late: type[httpcore2.TimeoutException]) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise late("out of time")
    return left
