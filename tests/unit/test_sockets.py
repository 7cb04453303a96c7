"""Ports for servers that are started as processes of their own, and started again."""

from __future__ import annotations

import importlib.util
import socket
from pathlib import Path
from random import Random
from types import ModuleType

import pytest

from local import sockets
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


def test_no_two_servers_are_given_one_port_by_one_process_or_by_two() -> None:
    here, there = _another_process(), _another_process()
    given = [choose() for _ in range(40) for choose in (here.free_port, there.free_port)]
    assert len(set(given)) == len(given)
    assert all(20_000 <= port < 32_768 for port in given)


def _another_process() -> ModuleType:
    """The module as in another process, with the same draws as in every such process."""
    spec = importlib.util.spec_from_file_location("sockets_elsewhere", str(sockets.__file__))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.__dict__["SystemRandom"] = lambda: Random(7)
    return module
