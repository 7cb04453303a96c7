"""Ports of this machine, for servers that are started as processes of their own."""

from __future__ import annotations

import socket


def listen(port: int) -> socket.socket:
    """A listening socket that children inherit, so that no port is lost between choosing and using it.

    A port of 0 is any free one. Raises OSError for one that is in use.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind(("127.0.0.1", port))
    except OSError:
        held.close()
        raise
    held.listen(2048)
    return held


def free_port() -> int:
    """A port that was free a moment ago, for a server that must open its own."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
