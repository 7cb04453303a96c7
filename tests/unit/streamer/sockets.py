"""Connected sockets of this machine's own."""

from __future__ import annotations

import socket


def tcp_pair() -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        theirs = socket.socket()
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        theirs.connect(server.getsockname())
        ours, _ = server.accept()
    theirs.setblocking(False)
    return ours, theirs


def available(sock: socket.socket, at_most: int) -> bytes:
    try:
        return sock.recv(at_most) if at_most else b""
    except BlockingIOError:
        return b""
