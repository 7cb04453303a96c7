"""The emulators as one embedded cloud: a process forgetting on demand, or lasting."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
import requests
from google.api_core import exceptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import pubsub_v1, storage, tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

from emulators import __main__ as command_line
from tests.conformance.firestore_backends import firestore_client
from tests.conftest import ROOT

PROJECT = "embedded"
QUEUE = f"projects/{PROJECT}/locations/europe-west1/queues/work"
TOPIC = f"projects/{PROJECT}/topics/news"
EMAIL = "worker@embedded.iam.gserviceaccount.com"


class Clients:
    """Clients of a process of the embedded cloud."""

    def __init__(self, endpoints: dict[str, str]) -> None:
        self.endpoints = endpoints
        self.admin = endpoints.get("ADMIN_URL", "")
        with pytest.MonkeyPatch.context() as patch:
            for name, value in endpoints.items():
                patch.setenv(name, value)
            self.publisher = pubsub_v1.PublisherClient()
            self.storage = storage.Client(project=PROJECT, credentials=AnonymousCredentials())
        channel = grpc.insecure_channel(endpoints["CLOUD_TASKS_EMULATOR_HOST"])
        self.tasks = tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))

    def fill(self) -> None:
        """Something in each emulator."""
        with firestore_client(self.endpoints["FIRESTORE_EMULATOR_HOST"], PROJECT) as db:
            db.document("things/one").set({"n": 1})
        self.publisher.create_topic(name=TOPIC)
        self.tasks.create_queue(parent=QUEUE.rpartition("/queues")[0], queue=tasks_v2.Queue(name=QUEUE))
        self.storage.create_bucket("shelf").blob("one").upload_from_string(b"1")

    def found(self) -> list[str]:
        """What is there of it."""
        found = []
        with firestore_client(self.endpoints["FIRESTORE_EMULATOR_HOST"], PROJECT) as db:
            found += [document.reference.path for document in db.collection("things").stream()]
        found += [topic.name for topic in self.publisher.list_topics(project=f"projects/{PROJECT}")]
        found += [queue.name for queue in self.tasks.list_queues(parent=QUEUE.rpartition("/queues")[0])]
        return found + [blob.name for bucket in self.storage.list_buckets() for blob in bucket.list_blobs()]

    def close(self) -> None:
        self.publisher.stop()
        self.publisher.transport.close()
        self.tasks.transport.close()
        self.storage.close()


@contextmanager
def cloud(directory: Path | None = None) -> Iterator[tuple[Clients, subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "local.cloud", *(["--data-dir", str(directory)] if directory else [])]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin
        assert process.stdout
        clients = Clients(json.loads(process.stdout.readline()))
        try:
            yield clients, process
        finally:
            clients.close()
            process.stdin.close()
            process.wait(timeout=60)


def test_a_reset_empties_every_emulator_and_the_meter() -> None:
    with cloud() as (clients, _):
        clients.fill()
        assert clients.found() == ["things/one", TOPIC, QUEUE, "one"]
        assert requests.get(f"{clients.admin}/billable", timeout=10).json()["storage_writes"] > 0
        assert requests.post(f"{clients.admin}/reset", timeout=10).status_code == 204
        # Not the client: at a 404 it asks again in a thread of its own, whenever that comes to run, and that is counted
        bucket = f"{clients.endpoints['STORAGE_EMULATOR_HOST']}/storage/v1/b/shelf"
        assert requests.get(bucket, timeout=10).status_code == 404
        requests.post(f"{clients.admin}/reset", timeout=10)
        assert set(requests.get(f"{clients.admin}/billable", timeout=10).json().values()) == {0}
        assert clients.found() == []
        clients.fill()
        assert len(clients.found()) == 4, "it goes on after a reset"


def test_with_a_directory_everything_outlives_the_process(tmp_path: Path) -> None:
    with cloud(tmp_path) as (clients, process):
        clients.fill()
        account = requests.post(f"{clients.admin}/service-accounts", json={"email": EMAIL}, timeout=10).json()
        process.kill()
        addresses = clients.endpoints
    with cloud(tmp_path) as (clients, _):
        assert {**clients.endpoints, "ADMIN_URL": ""} == {**addresses, "ADMIN_URL": ""}, "found again"
        assert clients.found() == ["things/one", TOPIC, QUEUE, "one"]
        assert json.loads(Path(account["file"]).read_text())["client_email"] == EMAIL
        with pytest.raises(exceptions.AlreadyExists):
            clients.publisher.create_topic(name=TOPIC)


def test_it_ends_with_whoever_started_it() -> None:
    with cloud() as (_, process):
        assert process.stdin
        process.stdin.close()
        assert process.wait(timeout=60) == 0


def test_as_a_command_they_list_their_addresses_and_end_at_ctrl_c() -> None:
    command = [sys.executable, "-m", "emulators"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout
        said = list(iter(process.stdout.readline, "Ctrl-C stops them.\n"))
        endpoints = dict(line.split("export ")[1].strip().split("=") for line in said)
        clients = Clients(endpoints)
        clients.fill()
        assert len(clients.found()) == 4
        clients.close()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
        assert process.stdout.read() == "Stopped.\n"


def test_a_port_in_use_is_told_and_nothing_stays(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        assert command_line.main(["--storage-port", str(port)]) == 1
    told = capsys.readouterr()
    assert "emulators: " in told.err
    assert "Ctrl-C" not in told.out
