"""Connections that are lost without a word: every call goes on over a new connection after a short wait, whatever the
purpose.

Google's own clients speak to the emulators, and services to services, through proxies losing open connections.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import grpc
import pytest
import requests

from common import blob_writer, blobs, clients, pools, services
from common.blobs import read_object
from common.clients import RETRY, TIMEOUT, channel_of
from common.errors import EngineBusy, ServiceBroken
from common.services import Service
from common.store import paths
from emulators.identity import Identity
from local.silent_proxy import SilentProxy
from tests.pipeline.callee import Callee, in_drops, in_lines, plainly
from tests.pipeline.lossy_cloud import CALLS, LossyCloud, lossy_cloud


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LossyCloud]:
    with lossy_cloud(tmp_path_factory.mktemp("cloud")) as running, pytest.MonkeyPatch.context() as patch:
        patch.setattr(TIMEOUT, "_first", 0.5)
        for module in (blobs, blob_writer):
            patch.setattr(module, "TIMEOUT", (1.0, 0.5))
        yield running


@pytest.mark.parametrize("call", CALLS)
def test_a_call_of_google_goes_on_over_a_new_connection(cloud: LossyCloud, call: str) -> None:
    service, make, expected = CALLS[call]
    proxy = cloud.proxies[service]
    make(cloud)
    before = proxy.connections
    proxy.lose()
    made = make(cloud)
    assert expected is ... or made == expected
    assert proxy.connections > before


def test_all_who_wait_at_once_go_on_over_one_new_channel(cloud: LossyCloud) -> None:
    def read() -> bool:
        return bool(cloud.db.document(*paths.workflow("w")).get(retry=RETRY, timeout=TIMEOUT).exists)

    read()
    proxy = cloud.proxies["firestore"]
    generation, before = channel_of(cloud.db).generation, proxy.connections
    proxy.lose()
    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(lambda _: read(), range(64)))
    assert channel_of(cloud.db).generation == generation + 1
    assert proxy.connections == before + 1


def test_a_server_that_is_slow_to_one_and_answers_others_keeps_its_channel(cloud: LossyCloud) -> None:
    """A deadline alone says nothing of the connection: only on total silence meanwhile."""
    channel = channel_of(cloud.db)
    cloud.db.document(*paths.workflow("w")).get(retry=RETRY, timeout=TIMEOUT)
    generation = channel.generation
    over, answered = threading.Event(), threading.Event()

    def nothing() -> Iterator[Any]:
        over.wait(30)
        yield from ()

    def read_on() -> None:
        while not over.is_set():
            cloud.db.document(*paths.workflow("w")).get(retry=RETRY, timeout=TIMEOUT)
            answered.set()

    reader = threading.Thread(target=read_on)
    reader.start()
    try:
        listen = cloud.db._firestore_api._transport.listen  # a call that is never answered, as nothing is asked
        for _ in range(3):
            answered.clear()
            silent = listen(nothing(), timeout=0.2, metadata=cloud.db._rpc_metadata)
            with pytest.raises(grpc.RpcError, match="DEADLINE_EXCEEDED"):
                next(silent)
            assert answered.wait(10)
    finally:
        over.set()
        reader.join()
    assert channel.generation == generation


def test_while_new_connections_are_lost_as_well_each_attempt_has_more_time_than_the_last() -> None:
    asked: list[float] = []

    def call(*, timeout: float) -> None:
        asked.append(timeout)

    bounded = clients.Doubling(2.0, 10.0)(call)
    for _ in range(5):
        bounded()
    assert asked == [2.0, 4.0, 8.0, 10.0, 10.0]


def test_a_connection_that_was_idle_for_long_is_not_used_again(
    cloud: LossyCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = cloud.proxies["storage"]
    read_object(cloud.settings, "stored")
    before = proxy.connections
    read_object(cloud.settings, "stored")
    assert proxy.connections == before
    monkeypatch.setattr(pools, "IDLE_S", 0.0)
    proxy.lose()
    attempts = _attempts(monkeypatch)
    assert read_object(cloud.settings, "stored") == b"sound"
    assert len(attempts) == 1


def test_of_many_idle_connections_that_are_lost_one_is_enough_to_know(
    cloud: LossyCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = threading.Barrier(6)

    def read(_: int) -> bytes:
        together.wait(10)
        return read_object(cloud.settings, "stored")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(read, range(6)))
    cloud.proxies["storage"].lose()
    attempts = _attempts(monkeypatch)
    assert read_object(cloud.settings, "stored") == b"sound"
    assert len(attempts) <= 2


def _attempts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The requests sent from now on."""
    attempts: list[str] = []
    send = requests.adapters.HTTPAdapter.send

    def counted(self: Any, request: Any, *args: Any, **how: Any) -> Any:
        attempts.append(request.url)
        return send(self, request, *args, **how)

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", counted)
    return attempts


# Our own services


@pytest.fixture
def callee() -> Iterator[Callee]:
    running = Callee()
    yield running
    running.close()


@pytest.fixture
def proxy(callee: Callee) -> Iterator[SilentProxy]:
    with SilentProxy(f"127.0.0.1:{callee.server.server_port}") as running:
        yield running


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Who calls: the key file of a service account."""
    embedded = Identity(tmp_path_factory.mktemp("identity"))
    embedded.start()
    yield embedded.service_account_file("caller@lost.iam.gserviceaccount.com")
    embedded.stop()


@pytest.fixture
def service(proxy: SilentProxy, identity: Path, monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(identity))
    return Service(f"http://{proxy.address}")


def test_a_call_over_a_lost_connection_is_made_once_more_over_a_new_one(
    callee: Callee, proxy: SilentProxy, service: Service
) -> None:
    callee.pages["/quick"] = plainly({"ok": True})
    assert service.post("/quick", {}, read=dict, timeout=(0.3, 30.0)) == {"ok": True}
    proxy.lose()
    assert service.post("/quick", {}, read=dict, timeout=(0.3, 30.0)) == {"ok": True}
    assert [asked.get("X-Attempt") for asked in callee.asked] == [None, "2"]
    assert proxy.connections == 2


def test_of_many_connections_to_a_service_that_are_lost_one_is_enough_to_know(
    callee: Callee, proxy: SilentProxy, service: Service
) -> None:
    together = threading.Barrier(5)
    callee.pages["/quick"] = lambda handler: (together.wait(10), plainly({"ok": True})(handler))[1]
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda _: service.post("/quick", {}, read=dict, timeout=30.0), range(5)))
    callee.pages["/quick"] = plainly({"ok": True})
    proxy.lose()
    with pytest.raises(ServiceBroken):
        service.post("/quick", {}, read=dict, timeout=0.3)
    assert service.post("/quick", {}, read=dict, timeout=0.3) == {"ok": True}


def test_who_was_not_called_for_a_while_is_given_the_time_to_start(callee: Callee, service: Service) -> None:
    """No old connection can be lost, and an instance may have to be started."""
    awake = threading.Event()
    callee.pages["/cold"] = plainly({"ok": True}, after=awake)
    waking = threading.Timer(0.5, awake.set)
    waking.start()
    assert service.post("/cold", {}, read=dict, timeout=(0.05, 30.0)) == {"ok": True}
    assert len(callee.asked) == 1


def test_a_call_that_is_made_once_is_not_made_twice(callee: Callee, service: Service) -> None:
    callee.pages["/slow"] = plainly({"ok": True}, after=callee.over)
    with pytest.raises(ServiceBroken):
        service.post("/slow", {}, read=dict, timeout=0.1)
    assert len(callee.asked) == 1


def test_an_answer_that_takes_long_is_waited_for_while_its_heart_beats(
    callee: Callee, proxy: SilentProxy, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "SILENCE_S", 0.3)
    done = threading.Event()
    callee.pages["/v1/speech"] = in_lines(b"", done, b'{"packets": 3}')
    ending = threading.Timer(1.0, done.set)
    ending.start()
    assert service.post("/v1/speech", {}, read=dict, timeout=(0.2, 30.0)) == {"packets": 3}
    assert service.post("/v1/speech", {}, read=dict, timeout=(0.2, 30.0)) == {"packets": 3}
    assert proxy.connections == 1  # read to its end, so that the connection is used again


def test_an_answer_whose_heart_stops_is_given_up_long_before_its_time(
    callee: Callee, proxy: SilentProxy, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "SILENCE_S", 0.3)
    callee.pages["/v1/dialogue"] = in_lines(b'{"type": "turn"}', callee.over)
    with service.stream("/v1/dialogue", {}, timeout=600.0) as lines:
        assert next(lines) == {"type": "turn"}
        proxy.lose()
        with pytest.raises(ServiceBroken):
            next(lines)


def test_the_version_before_has_no_heart_and_is_waited_for_all_the_same(
    callee: Callee, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "SILENCE_S", 0.05)
    written = threading.Event()
    callee.pages["/v1/dialogue"] = in_lines(b'{"type": "turn"}', written, b'{"type": "end"}', beats=False)
    writing = threading.Timer(0.5, written.set)
    writing.start()
    with service.stream("/v1/dialogue", {}, timeout=(0.1, 30.0)) as lines:
        assert list(lines) == [{"type": "turn"}, {"type": "end"}]


def test_a_heart_that_beats_without_end_is_not_waited_for_without_end(callee: Callee, service: Service) -> None:
    callee.pages["/v1/speech"] = in_lines(callee.over)
    with pytest.raises(ServiceBroken, match="service_too_slow"):
        service.post("/v1/speech", {}, read=dict, timeout=(10.0, 0.3))


@pytest.mark.parametrize("media_type", ["application/json", "application/problem+json", "application/x-ndjson"])
def test_an_answer_that_comes_in_drops_is_not_waited_for_without_end(
    media_type: str, callee: Callee, service: Service
) -> None:
    """Every single read of it ends soon, and none is the last."""
    callee.pages["/v1/speech"] = in_drops(callee.over, media_type)
    with pytest.raises(ServiceBroken):
        service.post("/v1/speech", {}, read=dict, timeout=(10.0, 0.3))


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"])
def test_a_connection_that_is_reset_in_mid_answer_is_a_failure(sent: bytes, callee: Callee, service: Service) -> None:
    def reset(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(sent)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()
        raise ConnectionResetError

    callee.pages["/v1/speech"] = reset
    with pytest.raises(ServiceBroken):
        service.post("/v1/speech", {}, read=dict, timeout=(10.0, 5.0))
    callee.pages["/v1/speech"] = plainly({"ok": True})
    assert service.post("/v1/speech", {}, read=dict, timeout=(10.0, 5.0)) == {"ok": True}


def test_a_failure_in_an_answers_place_has_its_type(callee: Callee, service: Service) -> None:
    callee.pages["/v1/speech"] = in_lines(
        b"", b'{"type": "error", "status": 503, "code": "engine_busy", "detail": "Later."}'
    )
    with pytest.raises(EngineBusy, match="engine_busy"):
        service.post("/v1/speech", {}, read=dict, timeout=10.0)


def test_an_answer_of_nothing_but_heartbeats_is_none(callee: Callee, service: Service) -> None:
    callee.pages["/v1/speech"] = in_lines(b"", b"")
    with pytest.raises(ServiceBroken):
        service.post("/v1/speech", {}, read=dict, timeout=10.0)
