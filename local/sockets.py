"""Ports of this machine, for servers that are started as processes of their own."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from random import SystemRandom

_FIRST, _LAST = 20_000, 32_767
"""Ports that no system hands out by itself: its own begin at 32,768 (Linux) or at 49,152 (RFC 6335)."""
_TRIES = 100


def listen(port: int) -> socket.socket:
    """A listening socket for children to inherit, so no port is lost between choice and use.

    A port of 0 stands for any free port. Raises OSError for a port in use.
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
    """Choose a port free a moment ago, for a server with its own socket, which may close and bind it again.

    No connection of another program takes it meanwhile as its own end, and keeps the server from coming back.
    Raises OSError when no port is found free.
    """
    for _ in range(_TRIES):
        port = SystemRandom().randint(_FIRST, _LAST)
        if _is_free(port):
            return port
    raise OSError(f"no free port was found between {_FIRST} and {_LAST}")


def lasting_port(kept: Path | None, name: str) -> int:
    """The port that the server `name` had the last time, as the file `kept` says, or else a free port, noted there.

    What waits in a queue from one run to the next is addressed to it, and signed for that address. A port in use by
    another program meanwhile is given up.
    """
    ports: dict[str, int] = json.loads(kept.read_text()) if kept and kept.exists() else {}
    if name not in ports or not _is_free(ports[name]):
        ports[name] = free_port()
        if kept:
            unfinished = kept.with_suffix(".part")
            unfinished.write_text(json.dumps(ports))
            unfinished.replace(kept)
    return ports[name]


def _is_free(port: int) -> bool:
    """Whether a server may bind this port: connections of the last run that linger do not hold it."""
    try:
        listen(port).close()
    except OSError:
        return False
    return True
