"""Connections of the streamer lost without a word: the watch comes back, and the listener hears on."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from unittest import mock

import pytest

from common.clients import RETRY, TIMEOUT, channel_of
from common.store import paths
from local.silent_proxy import SilentProxy
from streamer.catalog import watch as watching
from streamer.catalog.watch import Watch
from tests.conftest import eventually
from tests.streaming.conftest import NewInstance
from tests.streaming.harness import Podcast, StreamerHarness
from tests.streaming.listeners import WebSocketListener, in_order, start
from tests.streaming.silence import SilentFirestore
from tests.streaming.test_watch import Told, database

pytestmark = pytest.mark.xdist_group("streaming")


@pytest.fixture
def proxy(harness: StreamerHarness) -> Iterator[SilentProxy]:
    with SilentProxy(harness.env["FIRESTORE_EMULATOR_HOST"]) as running:
        yield running


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TIMEOUT, "_first", 0.5)


class Watched:
    """A watch of one podcast's document."""

    def __init__(self, podcast: Podcast, address: str, silence_s: float) -> None:
        self.podcast, self.told = podcast, Told()
        self.db = database(address)
        self.watch = Watch(self.db, self.told, silence_s=silence_s)

    def __enter__(self) -> Watched:
        self.watch.start()
        self.watch.add("it", self.db.document(*paths.workflow(self.podcast.workflow_id)))
        eventually(lambda: self.title() == "Tides")
        return self

    def __exit__(self, *exc: object) -> None:
        self.watch.stop()
        self.watch._thread.join(10)

    def title(self) -> object:
        self.watch.check()  # as the server does once a second
        return (self.told.documents.get(("it", self.podcast.workflow_id)) or {}).get("title")

    def read(self) -> None:
        self.db.document(*paths.workflow(self.podcast.workflow_id)).get(retry=RETRY, timeout=TIMEOUT)


def test_the_watch_leaves_a_channel_that_others_have_found_lost(harness: StreamerHarness, proxy: SilentProxy) -> None:
    """The server's own sign of life is due in half a minute only: a call finds the lost connection."""
    with Watched(harness.podcast(), proxy.address, silence_s=45) as it:
        proxy.lose()
        it.podcast.document.update({"title": "Ebb"})
        it.read()
        eventually(lambda: it.title() == "Ebb")


def test_a_silent_watch_goes_on_over_a_new_channel(harness: StreamerHarness, proxy: SilentProxy) -> None:
    """Nobody else asks for anything: the watch alone finds the loss, and does not fall back."""
    with Watched(harness.podcast(), proxy.address, silence_s=1.0) as it:
        proxy.lose()
        it.podcast.document.update({"title": "Ebb"})
        eventually(lambda: it.title() == "Ebb")


def test_a_watch_that_stays_ill_while_others_are_answered_is_lost(
    harness: StreamerHarness, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "LOST_AFTER_S", 1.0)
    with (
        SilentFirestore(harness.env["FIRESTORE_EMULATOR_HOST"], tmp_path_factory.mktemp("silence")) as silent,
        Watched(harness.podcast(), silent.address, silence_s=0.3) as it,
    ):
        assert not it.watch.lost
        silent.fall_silent()

        def lost() -> bool:
            it.title()
            it.read()
            return it.watch.lost

        eventually(lost)
        silent.speak()
        eventually(lambda: it.title() is not None and not it.watch.lost)


def test_while_firestore_answers_nobody_no_watch_is_lost_until_much_later(
    harness: StreamerHarness, proxy: SilentProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then Firestore is out for all, and a new process would not help; otherwise a new connection is tried in the
    end."""
    monkeypatch.setattr(watching, "LOST_AFTER_S", 0.1)
    with Watched(harness.podcast(), proxy.address, silence_s=0.3) as it:
        proxy.lose(new_too=True)
        generation = channel_of(it.db).generation
        eventually(lambda: bool(it.title()) and channel_of(it.db).generation > generation + 2)
        assert not it.watch.lost
        monkeypatch.setattr(watching, "OUT_AFTER_S", 0.1)
        assert it.watch.lost


def test_a_watch_of_nothing_is_never_lost(harness: StreamerHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "OUT_AFTER_S", 0.0)
    monkeypatch.setattr(watching, "LOST_AFTER_S", 0.0)
    assert not Watch(database(harness.env["FIRESTORE_EMULATOR_HOST"]), Told()).lost


def test_liveness_is_that_of_the_server(harness: StreamerHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"GOOGLE_CLOUD_PROJECT": "p", "GATEWAY_URL": "http://gateway.test", "STREAMER_URL": "http://here.test"}
    with mock.patch.dict("os.environ", {**harness.env, **settings}):
        main = importlib.import_module("streamer.main")
    asked = main.app.test_client()
    assert asked.get("/healthz").status_code == 503  # its thread has not been started
    monkeypatch.setattr(type(main.server), "alive", True)
    assert asked.get("/healthz").status_code == 200


def test_who_starves_hears_on_though_the_connection_to_firestore_is_lost(
    harness: StreamerHarness, proxy: SilentProxy, new_streamer: NewInstance
) -> None:
    instance = new_streamer(FIRESTORE_EMULATOR_HOST=proxy.address)
    instance.await_ready()
    podcast = harness.podcast(segments=1)
    with WebSocketListener(instance.stream, start(podcast.ticket())) as listener:
        listener.wait_for_packets(50)
        proxy.lose()
        podcast.say()
        listener.wait_for_packets(100)
        podcast.say()  # and from now on it is told at once again
        podcast.end()
        assert listener.wait_for_end() == 1000
        assert instance.metrics()["asf_watch_restarts_total"] >= 1
    assert in_order(listener.heard) == podcast.packets


def test_who_listens_hears_on_though_every_connection_is_lost_at_once(
    harness: StreamerHarness, proxy: SilentProxy, new_streamer: NewInstance
) -> None:
    storage, gateway = (
        url.removeprefix("http://") for url in (harness.env["STORAGE_EMULATOR_HOST"], harness.gateway_url)
    )
    with SilentProxy(storage) as to_storage, SilentProxy(gateway) as to_gateway:
        harness_env = {**harness.env, "STORAGE_EMULATOR_HOST": f"http://{to_storage.address}"}
        with mock.patch.object(harness, "env", harness_env):  # what the gateway signs leads there
            instance = new_streamer(FIRESTORE_EMULATOR_HOST=proxy.address, GATEWAY_URL=f"http://{to_gateway.address}")
            instance.await_ready()
            podcast = harness.podcast(segments=14)
            with WebSocketListener(instance.stream, start(podcast.ticket())) as listener:
                listener.wait_for_packets(14 * 50)
                for each in (proxy, to_storage, to_gateway):
                    each.lose()
                for _ in range(4):  # with the 16th, URLs have to be asked for
                    podcast.say()
                podcast.end()
                assert listener.wait_for_end() == 1000
        assert in_order(listener.heard) == podcast.packets
