"""Ports for servers that are started as processes of their own, and started again."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from local.sockets import free_port, listen

HANDED_OUT = Path("/proc/sys/net/ipv4/ip_local_port_range")


def test_a_server_comes_back_to_its_port_whatever_connects_meanwhile() -> None:
    port = free_port()
    listen(port).close()
    with listen(0) as other, socket.create_connection(other.getsockname()) as one:
        assert one.getsockname()[1] != port
        listen(port).close()


@pytest.mark.skipif(not HANDED_OUT.exists(), reason="no Linux: which ports are handed out is not told")
def test_no_connection_is_given_a_port_chosen_for_a_server() -> None:
    first, last = map(int, HANDED_OUT.read_text().split())
    assert all(not first <= free_port() <= last for _ in range(20))
