"""Emulators as far away as a cloud: the same answers, each after the delay of its kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from google.auth.credentials import AnonymousCredentials
from google.auth.transport.requests import Request
from google.cloud import firestore, storage
from google.cloud.firestore_v1.base_query import FieldFilter
from google.oauth2 import service_account

from emulators.delays import Delays
from emulators.firestore import FirestoreEmulator
from emulators.identity import Identity
from emulators.journal import Journal
from emulators.meter import Meter
from emulators.storage import StorageEmulator
from tests.conformance.firestore_backends import firestore_client
from tests.conformance.firestore_watch import watch
from tests.conformance.http_target import HttpTarget
from tests.conformance.pubsub_backends import Start as StartPubSub
from tests.conformance.tasks_backend import Start as StartTasks


class Noted(Delays):
    """Delays of given lengths, and none after these; and the kinds of all."""

    def __init__(self) -> None:
        super().__init__("")
        self.lengths: list[float] = []
        self.kinds: list[str] = []

    def draw(self, kind: str, about: str = "") -> float:
        self.kinds.append(kind)
        return self.lengths.pop(0) if self.lengths else 0.0

    def took(self) -> list[str]:
        """The kinds since this was last asked."""
        kinds, self.kinds = self.kinds, []
        return kinds


@pytest.fixture
def noted() -> Noted:
    return Noted()


@pytest.fixture
def db(noted: Noted, meter: Meter) -> Iterator[firestore.Client]:
    emulator = FirestoreEmulator(meter, Journal(None), delays=noted)
    port = emulator.start()
    with firestore_client(f"127.0.0.1:{port}", "delays") as client:
        yield client
    emulator.stop()


def test_each_kind_of_call_to_firestore_takes_its_own_time(db: firestore.Client, noted: Noted) -> None:
    things = db.collection("things")
    things.document("one").create({"n": 1})
    assert noted.took() == ["firestore_commit"]
    assert things.document("one").get().to_dict() == {"n": 1}
    assert noted.took() == ["firestore_read"]
    assert [found.id for found in things.where(filter=FieldFilter("n", "==", 1)).stream()] == ["one"]
    assert noted.took() == ["firestore_query"]
    assert things.count().get()[0][0].value == 1
    assert noted.took() == ["firestore_query"]


def test_a_watch_is_told_late_and_in_order(db: firestore.Client, noted: Noted) -> None:
    with watch(db) as watched:
        watched.add(1, [db.document("things/one")])
        watched.until(1, lambda target: target.current)
        assert noted.took() == ["firestore_target"]
        # A commit, told late, and a slower commit, which is no part of the same news, told at once: behind the other
        noted.lengths = [0.0, 0.2, 0.1, 0.0]
        for n in (1, 2):
            db.document("things/one").set({"n": n})
        watched.until(1, lambda target: target.values("n") == {"one": 2})
        changes = [told._pb.document_change.document for told in watched.told]
        told = [change.fields["n"].integer_value for change in changes if change.name]
        assert noted.took() == ["firestore_commit", "firestore_listen"] * 2
    assert told == [1, 2]


def test_an_event_takes_its_time_to_the_topic_and_from_there(
    embedded: StartPubSub, target: HttpTarget, noted: Noted
) -> None:
    pubsub = embedded(delays=noted)
    topic = pubsub.topic()
    pubsub.subscription(topic, push_config={"push_endpoint": target.url()})
    noted.took()
    pubsub.publish(topic, b"news")
    assert target.next().method == "POST"
    assert noted.took() == ["pubsub_publish", "pubsub_push"]


def test_a_task_takes_its_time_to_the_queue_and_from_there(
    start_tasks: StartTasks, target: HttpTarget, noted: Noted
) -> None:
    tasks = start_tasks(delays=noted)
    queue = tasks.queue()
    tasks.create(queue, target.url())
    assert target.next().method == "POST"
    assert noted.took() == ["tasks_create", "tasks_dispatch"]


def test_objects_and_tokens_take_their_time(meter: Meter, tmp_path: Path, noted: Noted) -> None:
    identity = Identity(tmp_path, delays=noted)
    identity.start()
    emulator = StorageEmulator(meter, Journal(None), identity, delays=noted)
    endpoint = f"http://127.0.0.1:{emulator.start()}"
    try:
        client = storage.Client(
            project="delays", credentials=AnonymousCredentials(), client_options={"api_endpoint": endpoint}
        )
        bucket = client.create_bucket("shelf")
        noted.took()
        bucket.blob("one").upload_from_string(b"1")
        assert noted.took() == ["storage_write"]
        assert bucket.blob("one").download_as_bytes() == b"1"
        assert noted.took() == ["storage_read"]
        assert requests.options(f"{endpoint}/shelf/one", timeout=10).status_code
        assert noted.took() == []
        file = identity.service_account_file("worker@delays.iam.gserviceaccount.com")
        credentials = service_account.Credentials.from_service_account_file(str(file), scopes=["all"])
        credentials.refresh(Request())
        assert noted.took() == ["token"]
    finally:
        emulator.stop()
        identity.stop()
