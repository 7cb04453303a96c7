"""The streamer on a core of its own, and the rest of Aethercast elsewhere: Firestore, storage and gateway are real."""

from __future__ import annotations

import contextlib
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import requests
from prometheus_client.parser import text_string_to_metric_families

from local.processes import Child
from local.stack import Options, Stack

READY_WITHIN_S = 60.0


@dataclass(frozen=True)
class Streamer:
    """A running streamer: its process, and where it is."""

    pid: int
    port: int

    def counted(self) -> dict[str, float]:
        """The streamer's own counters, by the names of /metrics; histograms by their buckets."""
        text = requests.get(f"http://127.0.0.1:{self.port}/metrics", timeout=10).text
        return {
            f"{sample.name}:{sample.labels['le']}" if "le" in sample.labels else sample.name: sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }


def stack(listeners: int) -> Stack:
    """Everything but the streamer. Listeners here all share an address, used by no other client."""
    limits = {"MAX_CONNECTIONS": listeners + 50, "MAX_CONNECTIONS_PER_ADDRESS": listeners + 50, "LOG_LEVEL": "WARNING"}
    return Stack(Options(streamer=False, environment=tuple((name, str(value)) for name, value in limits.items())))


@contextlib.contextmanager
def streamer(running: Stack, core: int) -> Iterator[Streamer]:
    """A fresh streamer on one core, started as by its image."""
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = int(probe.getsockname()[1])
    command = ["taskset", "-c", str(core), sys.executable, "-m", "gunicorn", "-c", "streamer/gunicorn.conf.py"]
    child = Child(
        "streamer",
        [*command, "--bind", f"127.0.0.1:{port}", "streamer.main:app"],
        env=running.environment_of("streamer"),
        log=running.logs / "streamer.log",
    )
    try:
        _await_ready(child, port)
        yield Streamer(child.process.pid, port)
    finally:
        child.stop()


def _await_ready(child: Child, port: int) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while True:
        with contextlib.suppress(requests.RequestException):
            if requests.get(f"http://127.0.0.1:{port}/readyz", timeout=5).ok:
                return
        if child.process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the streamer did not start:\n{child.last_words()}")
        time.sleep(0.05)  # no event tells that a server has begun to listen
