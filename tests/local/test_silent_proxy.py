"""The proxy that loses connections: bytes pass unchanged, and a loss is silent."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from local.silent_proxy import SilentProxy


@pytest.fixture
def echo() -> Iterator[str]:
    """A server echoing its input, and ending with the other side."""
    held = socket.create_server(("127.0.0.1", 0))

    def serve(peer: socket.socket) -> None:
        with peer:
            while said := peer.recv(4096):
                peer.sendall(said)

    def accept() -> None:
        while True:
            try:
                peer, _ = held.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(peer,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield f"127.0.0.1:{held.getsockname()[1]}"
    held.shutdown(socket.SHUT_RDWR)
    held.close()


@pytest.fixture
def proxy(echo: str) -> Iterator[SilentProxy]:
    with SilentProxy(echo) as running:
        yield running


def connected(proxy: SilentProxy) -> socket.socket:
    host, _, port = proxy.address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=0.2)


def said_again(sock: socket.socket, said: bytes) -> bytes:
    sock.sendall(said)
    heard = b""
    while len(heard) < len(said) and (more := sock.recv(4096)):
        heard += more
    return heard


def test_everything_passes_both_ways_and_the_end_as_well(proxy: SilentProxy) -> None:
    with connected(proxy) as sock:
        assert said_again(sock, b"x" * 200_000) == b"x" * 200_000
        sock.shutdown(socket.SHUT_WR)
        assert sock.recv(1) == b""
    assert proxy.connections == 1


def test_a_lost_connection_takes_what_is_sent_and_says_nothing(proxy: SilentProxy) -> None:
    with connected(proxy) as lost:
        assert said_again(lost, b"before") == b"before"
        proxy.lose()
        with pytest.raises(TimeoutError):
            said_again(lost, b"after")
        with connected(proxy) as new:
            assert said_again(new, b"new") == b"new"
        with pytest.raises(TimeoutError):
            lost.recv(1)


def test_new_connections_may_be_lost_as_well_until_they_are_not(proxy: SilentProxy) -> None:
    proxy.lose(new_too=True)
    with connected(proxy) as lost, pytest.raises(TimeoutError):
        said_again(lost, b"lost")
    proxy.lose()
    with connected(proxy) as new:
        assert said_again(new, b"new") == b"new"
