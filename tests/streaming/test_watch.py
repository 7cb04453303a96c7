"""The watch: one stream for all, which may break off or fall silent, and still no podcast stops."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from unittest import mock

import pytest
from google.cloud import firestore

from common.clients import firestore_client
from common.store import paths
from streamer.catalog.watch import Watch
from tests.conftest import eventually
from tests.streaming.conftest import NewInstance
from tests.streaming.harness import PROJECT, StreamerHarness
from tests.streaming.listeners import WebSocketListener, in_order, start
from tests.streaming.silence import SilentFirestore

pytestmark = pytest.mark.xdist_group("streaming")


class Told:
    """What a watch has told: by target's key and document's id, the latest state; None for a deletion."""

    def __init__(self) -> None:
        self.documents: dict[tuple[object, str], dict[str, object] | None] = {}
        self.times = 0

    def __call__(self, key: object, document_id: str, document: dict[str, object] | None, version: object) -> None:
        self.times += 1
        self.documents[key, document_id] = document


@pytest.fixture(scope="module")
def silent(harness: StreamerHarness, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SilentFirestore]:
    folder = tmp_path_factory.mktemp("silence")
    with SilentFirestore(harness.env["FIRESTORE_EMULATOR_HOST"], folder) as running:
        yield running


def database(address: str) -> firestore.Client:
    with mock.patch.dict("os.environ", {"FIRESTORE_EMULATOR_HOST": address}):
        return firestore_client.__wrapped__(PROJECT, "(default)")


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def watch(silent: SilentFirestore, told: Told) -> Iterator[Watch]:
    """A watch that gives a stream up after half a second of silence."""
    made = Watch(database(silent.address), told, silence_s=0.5)
    made.start()
    yield made
    made.stop()
    made._thread.join(10)


def test_many_targets_share_one_stream_and_one_thread(
    harness: StreamerHarness, silent: SilentFirestore, watch: Watch, told: Told
) -> None:
    before, listens = threading.active_count(), silent.listens()
    podcasts = [harness.podcast() for _ in range(20)]
    for podcast in podcasts:
        watch.add(("workflow", podcast.workflow_id), harness.db.document(*paths.workflow(podcast.workflow_id)))
        watch.add(("segments", podcast.workflow_id), harness.db.collection(*paths.segments(podcast.workflow_id)))
    for podcast in podcasts:
        podcast.say()
    for podcast in podcasts:
        name = podcast.workflow_id
        wanted = {(("segments", name), "00000"), (("workflow", name), name)}
        eventually(lambda wanted=wanted: wanted <= told.documents.keys())  # type: ignore[misc]
    assert silent.listens() == listens + 1
    assert threading.active_count() - before < 20


def test_what_is_watched_no_longer_is_told_no_longer(harness: StreamerHarness, watch: Watch, told: Told) -> None:
    left, kept = harness.podcast(), harness.podcast()
    for podcast in (left, kept):
        watch.add(podcast.workflow_id, harness.db.document(*paths.workflow(podcast.workflow_id)))
        eventually(lambda key=podcast.workflow_id: (key, key) in told.documents)  # type: ignore[misc]
    watch.remove(left.workflow_id)
    for podcast in (left, kept):
        podcast.document.update({"title": "Ebb"})
    eventually(lambda: (told.documents[kept.workflow_id, kept.workflow_id] or {}).get("title") == "Ebb")
    assert (told.documents[left.workflow_id, left.workflow_id] or {}).get("title") == "Tides"


def test_a_deletion_is_told(harness: StreamerHarness, watch: Watch, told: Told) -> None:
    podcast = harness.podcast()
    watch.add("it", harness.db.document(*paths.workflow(podcast.workflow_id)))
    eventually(lambda: ("it", podcast.workflow_id) in told.documents)
    podcast.delete()
    eventually(lambda: told.documents["it", podcast.workflow_id] is None)


def test_a_silent_stream_is_given_up_and_the_next_tells_what_was_missed(
    harness: StreamerHarness, silent: SilentFirestore, watch: Watch, told: Told
) -> None:
    podcast = harness.podcast(segments=1)
    watch.add("it", harness.db.collection(*paths.segments(podcast.workflow_id)))
    eventually(lambda: ("it", "00000") in told.documents)
    silent.fall_silent()
    for _ in range(3):
        podcast.say()
    restarts = watch.restarts

    def given_up() -> bool:
        watch.check()  # as the server does once a second
        return watch.restarts > restarts

    eventually(given_up)
    assert ("it", "00003") not in told.documents
    silent.speak()

    def caught_up() -> bool:
        watch.check()
        return ("it", "00003") in told.documents

    eventually(caught_up)


def test_a_deletion_that_happened_while_the_stream_was_broken_is_told(
    harness: StreamerHarness, silent: SilentFirestore, watch: Watch, told: Told
) -> None:
    """The server no longer names documents deleted meanwhile; it says how many documents there are."""
    gone, kept = harness.podcast(), harness.podcast()
    for podcast in (gone, kept):
        watch.add(podcast.workflow_id, harness.db.document(*paths.workflow(podcast.workflow_id)))
        eventually(lambda key=podcast.workflow_id: (key, key) in told.documents)  # type: ignore[misc]
    eventually(lambda: bool(watch._token))
    times = told.times
    silent.fall_silent()
    gone.delete()
    silent.break_off()
    silent.speak()

    def caught_up() -> bool:
        watch.check()
        return told.documents[gone.workflow_id, gone.workflow_id] is None

    eventually(caught_up)
    kept.document.update({"title": "Ebb"})
    eventually(lambda: (told.documents[kept.workflow_id, kept.workflow_id] or {}).get("title") == "Ebb")
    assert told.times == times + 2, "what was known already is not told again"


def test_a_document_that_was_lost_on_its_way_is_told_when_the_count_shows_it(
    harness: StreamerHarness, silent: SilentFirestore, watch: Watch, told: Told
) -> None:
    podcast = harness.podcast(segments=1)
    watch.add("it", harness.db.collection(*paths.segments(podcast.workflow_id)))
    eventually(lambda: ("it", "00000") in told.documents)
    silent.lose()
    podcast.say()
    podcast.say()
    eventually(lambda: ("it", "00002") in told.documents)
    assert ("it", "00001") not in told.documents
    listens = silent.listens()
    silent.break_off()
    eventually(lambda: ("it", "00001") in told.documents)
    assert silent.listens() == listens + 1, "on one stream, which goes on"


def test_a_podcast_goes_on_though_the_watch_has_fallen_silent(
    harness: StreamerHarness, silent: SilentFirestore, new_streamer: NewInstance
) -> None:
    """The watchdog would take 45 s here: the poll for a starving listener helps."""
    instance = new_streamer(FIRESTORE_EMULATOR_HOST=silent.address)
    instance.await_ready()
    podcast, other = harness.podcast(segments=1), harness.podcast(segments=1)
    with (
        WebSocketListener(instance.stream, start(podcast.ticket())) as listener,
        WebSocketListener(instance.stream, start(other.ticket())) as neighbour,
    ):
        listener.wait_for_packets(50)
        neighbour.wait_for_packets(50)
        silent.fall_silent()
        podcast.say()
        podcast.say()
        listener.wait_for_packets(150)
        assert instance.metrics()["asf_rereads_total"] >= 1
        silent.speak()
        podcast.say()
        podcast.end()
        other.end()
        assert listener.wait_for_end() == 1000
        assert neighbour.wait_for_end() == 1000
    assert in_order(listener.heard) == podcast.packets
