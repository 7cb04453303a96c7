"""Ports of this machine, for servers that are started as processes of their own."""

from __future__ import annotations

import socket


def listen(port: int) -> socket.socket:
    """A listening socket for children to inherit, so no port is lost between choice and use.

    A port of 0 is any free one. Raises OSError for a port in use.
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
    """A port free a moment ago, for a server with its own socket."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
