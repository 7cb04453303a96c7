"""The listener by which the launcher, tests and benches hear podcasts."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from common.wire import pack_packets
from local.listener import Heard, listen, start

MESSAGES = 200


def much_sound(socket: ServerConnection) -> None:
    """More packets than are heard before the listener leaves."""
    socket.recv()
    socket.send(json.dumps({"type": "stream_metadata", "resumeToken": "t", "preSkip": 312}))
    with suppress(ConnectionClosed):
        for number in range(MESSAGES):
            socket.send(pack_packets(number, [bytes(80)]))
        socket.recv()


@pytest.fixture
def url() -> Iterator[str]:
    with serve(much_sound, "127.0.0.1", 0) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        server.shutdown()
        serving.join()


def test_who_leaves_in_the_middle_of_much_sound_waits_for_no_goodbye(url: str) -> None:
    heard = Heard()
    messages = listen(url, heard, start("a-stream"))
    while next(messages) is not None:
        pass
    leaving = time.monotonic()
    messages.close()  # type: ignore[attr-defined]
    assert time.monotonic() - leaving < 8  # the library gives up on a goodbye after 10 s
    assert 0 < heard.next_packet < MESSAGES
