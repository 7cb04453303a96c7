"""Icecast beside it: Debian's icecast2 on the server's core, a source that sends pages in time, and listeners.

https://icecast.org/docs/icecast-2.4.1/config-file.html; queue and burst as Debian's own configuration has them. A page
is what Icecast sends at a time, so its length decides what a listener costs: 1 s is the default of FFmpeg and opusenc,
200 ms the choice of a source meant for low latency.
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from common.contract import PACKET_MS, PACKET_SAMPLES
from common.ogg import OpusWriter
from tests.bench.streaming.crowd import Crowd, connect
from tests.bench.streaming.material import Sound

MOUNT: Final = "/tides.opus"
PASSWORD: Final = "tides"
QUEUE_BYTES: Final = 524_288
BURST_BYTES: Final = 65_535
_USER = "icecast2"
_GRANULE = struct.Struct("<q")
_CONFIG = """<icecast>
  <limits>
    <clients>{clients}</clients><sources>2</sources><source-timeout>60</source-timeout>
    <queue-size>{queue}</queue-size><burst-size>{burst}</burst-size>
  </limits>
  <authentication>
    <source-password>{password}</source-password>
    <admin-user>admin</admin-user><admin-password>{password}</admin-password>
  </authentication>
  <hostname>127.0.0.1</hostname><location>bench</location><admin>bench@127.0.0.1</admin>
  <listen-socket><port>{port}</port><bind-address>127.0.0.1</bind-address></listen-socket>
  <paths>
    <logdir>{folder}</logdir><webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot>
  </paths>
  <logging><accesslog>access.log</accesslog><errorlog>error.log</errorlog><loglevel>2</loglevel></logging>
  <security><chroot>0</chroot></security>
</icecast>
"""


def installed() -> str | None:
    """Where icecast2 is, if it is."""
    return shutil.which("icecast2")


def version() -> str | None:
    """As it says itself: "Icecast 2.4.4"."""
    program = installed()
    if program is None:
        return None
    return subprocess.run([program, "-v"], capture_output=True, text=True, timeout=10, check=False).stdout.strip()


@contextlib.contextmanager
def icecast(core: int, listeners: int) -> Iterator[tuple[int, int]]:
    """A running Icecast for so many listeners: its process id and its port."""
    program = installed()
    if program is None:
        raise FileNotFoundError("icecast2")
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = int(probe.getsockname()[1])
    with tempfile.TemporaryDirectory(prefix="icecast-") as name:
        folder = Path(name)
        config = folder / "icecast.xml"
        config.write_text(
            _CONFIG.format(
                clients=listeners + 50,
                queue=QUEUE_BYTES,
                burst=BURST_BYTES,
                password=PASSWORD,
                port=port,
                folder=folder,
            )
        )
        root = os.geteuid() == 0  # it refuses to run as root
        if root:
            folder.chmod(0o755)
            shutil.chown(folder, _USER)
        command = ["taskset", "-c", str(core), program, "-c", str(config)]
        with subprocess.Popen(command, user=_USER if root else None, stdout=subprocess.DEVNULL) as process:
            try:
                _await_port(port)
                yield process.pid, port
            finally:
                process.terminate()


class Source:
    """Sends the sound to Icecast in real time, over and over, in pages of so many packets."""

    def __init__(self, crowd: Crowd, port: int, sound: Sound, packets_a_page: int) -> None:
        self.sock = connect("127.0.0.1", port)
        self.sent_at: dict[int, float] = {}
        """By the granule position of a page: when it was sent."""
        self.latest = 0.0
        self._crowd, self._packets_a_page = crowd, packets_a_page
        self._packets = itertools.cycle(sound.packets)
        self._pages: list[bytes] = []
        self._writer = OpusWriter(self._pages.append, sound.pre_skip, serial=7, packets_a_page=packets_a_page)
        self._granule = 0
        authorization = base64.b64encode(f"source:{PASSWORD}".encode()).decode()
        self.sock.sendall(
            f"PUT {MOUNT} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {authorization}\r\n"
            "Content-Type: audio/ogg\r\nUser-Agent: aethercast-bench\r\n\r\n".encode()
        )
        self._writer.add(next(self._packets))
        self._at = time.time()
        crowd.add(self)
        self._send()

    def take(self, data: bytes, at: float) -> None:
        """Icecast says 200 and nothing else."""
        del at
        if not data:
            raise ConnectionError("Icecast has let its source go")

    def _send(self) -> None:
        for packet in itertools.islice(self._packets, self._packets_a_page):
            self._writer.add(packet)  # the page before is written when the first of the next page is added
        self._granule += self._packets_a_page * PACKET_SAMPLES
        self.sent_at[self._granule] = self.latest = time.time()
        self.sock.sendall(b"".join(self._pages))
        self._pages.clear()
        self._at += self._packets_a_page * PACKET_MS / 1000
        self._crowd.at(self._at, self._send)


class Tuned:
    """A listener of Icecast. `pages` holds when each page came, and its granule position."""

    __slots__ = ("_crowd", "_open", "_rest", "fault", "pages", "sock")

    def __init__(self, crowd: Crowd, port: int) -> None:
        self.sock = connect("127.0.0.1", port)
        self.pages: list[tuple[float, int]] = []
        self.fault = ""
        self._crowd = crowd
        self._open = False
        self._rest = b""
        self.sock.sendall(f"GET {MOUNT} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
        crowd.add(self)

    def take(self, data: bytes, at: float) -> None:
        if not data:
            self._fail("the connection ended")
            return
        data = self._rest + data
        if not self._open:
            head, found, rest = data.partition(b"\r\n\r\n")
            if not found:
                self._rest = data
                return
            if b" 200 " not in head[:20]:
                self._fail(f"refused: {head[:60]!r}")
            self._open, data = True, rest
        offset, size = 0, len(data)
        while size - offset >= 27 and size - offset >= 27 + data[offset + 26]:
            body = offset + 27 + data[offset + 26]
            end = body + sum(data[offset + 27 : body])
            if end > size:
                break
            if data[offset : offset + 4] != b"OggS":
                self._fail("what came is not Ogg")
                return
            granule = _GRANULE.unpack_from(data, offset + 6)[0]
            if granule:
                self.pages.append((at, granule))
            offset = end
        self._rest = data[offset:]

    def _fail(self, why: str) -> None:
        self.fault = self.fault or why
        self._crowd.remove(self)


def _await_port(port: int) -> None:
    deadline = time.monotonic() + 15
    while True:
        try:
            connect("127.0.0.1", port).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)  # no event tells that a server has begun to listen
        else:
            return
