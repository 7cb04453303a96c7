"""A disk that is full: an unkept change is refused, and a confirmed change survives a restart."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
import requests
from google.api_core.exceptions import GoogleAPICallError, ServiceUnavailable
from google.cloud import tasks_v2
from google.cloud.firestore_v1 import Client
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport
from google.pubsub_v1 import PublisherClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport

from emulators.journal import Journal, NotKept, Unusable
from local.cloud import Cloud
from tests.conformance.firestore_backends import firestore_client
from tests.conftest import PATIENCE_S

PROJECT = "full"
QUEUES = f"projects/{PROJECT}/locations/europe-west1"
FILLING = "x" * 3_000
EMULATORS = ("firestore", "storage", "tasks", "pubsub")


class Asker:
    """Creates things by number in each emulator, without retries, and lists the numbers of those there are."""

    def __init__(self, endpoints: dict[str, str], db: Client) -> None:
        self._db, self._storage = db, f"{endpoints['STORAGE_EMULATOR_HOST']}"
        channel = grpc.insecure_channel(endpoints["CLOUD_TASKS_EMULATOR_HOST"])
        self._tasks = tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))
        channel = grpc.insecure_channel(endpoints["PUBSUB_EMULATOR_HOST"])
        self._topics = PublisherClient(transport=PublisherGrpcTransport(channel=channel))

    def create(self, emulator: str, number: int) -> None:
        name = f"n{number:04}"
        match emulator:
            case "firestore":
                self._db.document(f"things/{name}").create({"n": FILLING}, retry=None)
            case "storage":
                query = {"uploadType": "media", "name": name, "ifGenerationMatch": "0"}
                address = f"{self._storage}/upload/storage/v1/b/shelf/o"
                answer = requests.post(address, params=query, data=FILLING, timeout=PATIENCE_S)
                if answer.status_code == 503:
                    raise ServiceUnavailable(answer.text)
                assert answer.status_code == 200, answer.text
            case "tasks":
                queue = tasks_v2.Queue(name=f"{QUEUES}/queues/{name}{'-' * 90}")
                self._tasks.create_queue(parent=QUEUES, queue=queue, retry=None)
            case "pubsub":
                topic = {"name": f"projects/{PROJECT}/topics/{name}", "labels": {"filling": FILLING}}
                self._topics.create_topic(topic, retry=None)

    def prepare(self) -> None:
        requests.post(f"{self._storage}/storage/v1/b", json={"name": "shelf"}, timeout=PATIENCE_S)

    def found(self, emulator: str) -> list[int]:
        match emulator:
            case "firestore":
                names = [document.id for document in self._db.collection("things").stream()]
            case "storage":
                listed = requests.get(f"{self._storage}/storage/v1/b/shelf/o", timeout=PATIENCE_S).json()
                names = [item["name"] for item in listed["items"]]
            case "tasks":
                names = [queue.name.rpartition("/")[2] for queue in self._tasks.list_queues(parent=QUEUES)]
            case "pubsub":
                topics = self._topics.list_topics(project=f"projects/{PROJECT}")
                names = [topic.name.rpartition("/")[2] for topic in topics]
        return sorted(int(name[1:5]) for name in names)


@contextmanager
def running(folder: Path) -> Iterator[tuple[Cloud, Asker]]:
    cloud = Cloud(folder, folder)
    endpoints = cloud.start()
    try:
        with firestore_client(endpoints["FIRESTORE_EMULATOR_HOST"], PROJECT) as db:
            asker = Asker(endpoints, db)
            asker.prepare()
            yield cloud, asker
    finally:
        cloud.stop()


@pytest.fixture
def journals(monkeypatch: pytest.MonkeyPatch) -> list[Journal]:
    """The open journals, bounded as by a full disk: by SQLite itself."""
    opened: list[Journal] = []
    make = Journal.__init__

    def noted(self: Journal, path: Path | None) -> None:
        make(self, path)
        opened.append(self)

    monkeypatch.setattr(Journal, "__init__", noted)
    return opened


def bound(journal: Journal, *, pages: int) -> None:
    assert journal._db
    journal._db.execute(f"PRAGMA max_page_count={pages}")


def done(attempts: range, create: Callable[[int], None]) -> tuple[list[int], list[int]]:
    """Which attempts were told as done, and which were refused as by a service that is away."""
    told, refused = [], []
    for number in attempts:
        try:
            create(number)
        except GoogleAPICallError as error:
            assert isinstance(error, ServiceUnavailable), error
            refused.append(number)
        else:
            told.append(number)
    return told, refused


@pytest.mark.parametrize("emulator", EMULATORS)
def test_what_is_told_as_done_is_kept_and_what_is_refused_was_not_done(
    emulator: str, journals: list[Journal], tmp_path: Path
) -> None:
    attempts = 400 if emulator == "tasks" else 60
    with running(tmp_path) as (_, asker):
        for journal in journals:
            bound(journal, pages=30)
        told, refused = done(range(attempts), lambda number: asker.create(emulator, number))
        assert told
        assert refused
        assert asker.found(emulator) == told
        for journal in journals:
            bound(journal, pages=100_000)
        asker.create(emulator, refused[0])  # there is room again: as if it had never been asked
        told.append(refused[0])
    with running(tmp_path) as (_, asker):
        assert asker.found(emulator) == sorted(told)


def test_a_refused_write_leaves_the_journal_as_it_was(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.write([("a", b"1")])
    bound(journal, pages=10)
    with pytest.raises(NotKept):
        journal.write([("b", b"2"), ("c", os.urandom(1_000_000))], ["a"])
    assert journal.items() == [("a", b"1")]
    with caplog.at_level(logging.WARNING):
        journal.write_if_possible([("c", os.urandom(1_000_000))])
    assert "done again" in caplog.text
    journal.write([("b", b"2")])
    assert journal.items() == [("a", b"1"), ("b", b"2")]


def test_a_directory_is_one_processs_alone(tmp_path: Path) -> None:
    """Two that go on from the same state would each undo what the other has told as done."""
    kept = tmp_path / "kept"
    with running(kept) as (_, asker):
        asker.create("storage", 1)
        assert f"{kept} is in use" in refusal_to_start(kept)
        asker.create("storage", 2)
    with running(kept) as (_, asker):  # whose process has ended, or was killed, holds nothing
        assert asker.found("storage") == [1, 2]


def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "in-use").mkdir()
    assert str(tmp_path) in refusal_to_start(tmp_path)


def refusal_to_start(folder: Path) -> str:
    command = [sys.executable, "-m", "local.cloud", "--data-dir", str(folder)]
    refused = subprocess.run(command, input="", capture_output=True, text=True, timeout=60, check=False)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Traceback" not in refused.stderr
    return refused.stderr


@pytest.mark.parametrize("name", EMULATORS)
def test_a_damaged_file_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.sqlite").write_bytes(b"no journal" * 500)
    with pytest.raises(Unusable, match=rf"{name}\.sqlite cannot be used"):
        Cloud(tmp_path, tmp_path)
