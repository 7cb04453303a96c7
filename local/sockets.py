"""Ports of this machine, for servers that are started as processes of their own."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from random import SystemRandom

_FIRST, _LAST = 20_000, 32_767
"""Ports that no system hands out by itself: its own begin at 32,768 (Linux) or at 49,152 (RFC 6335)."""
_BLOCK = 32
"""Ports in a row, of which a process chooses alone as long as it listens at the first of them."""


def listen(port: int) -> socket.socket:
    """Return a listening socket for children to inherit, so no port is lost between choice and use.

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

    No connection of another program takes it meanwhile as its own end, and keeps the server from coming back; and no
    other server is given the same, by this process or by another. Raises OSError when no port is found free.
    """
    with _choosing:
        for port in _chosen_from:
            return port
    raise OSError(f"no free port was found between {_FIRST} and {_LAST}")


def _free_ports() -> Iterator[int]:
    """Yield every free port of one block after the other, each once."""
    blocks = range(_FIRST, _LAST - _BLOCK + 2, _BLOCK)
    for first in SystemRandom().sample(blocks, len(blocks)):
        try:
            _held.append(listen(first))
        except OSError:
            continue
        yield from filter(_is_free, range(first + 1, first + _BLOCK))


_held: list[socket.socket] = []
"""The firsts of this process's blocks, until it ends."""
_choosing = threading.Lock()
_chosen_from = _free_ports()


def lasting_port(kept: Path | None, name: str) -> int:
    """Return the port that the server `name` had the last time, as the file `kept` says, or else a free port, noted
    there.

    Tasks waiting in a queue between runs are addressed to the port, and signed for its address. A port in use by
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
    """Tell whether a server may bind this port: lingering connections of the last run do not hold the port."""
    try:
        listen(port).close()
    except OSError:
        return False
    return True
