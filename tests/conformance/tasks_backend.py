"""The backend of the Cloud Tasks conformance tests: the embedded emulator. There is no emulator of Google's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import grpc
import pytest
from google.api_core import exceptions
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

from emulators.identity import Identity
from emulators.journal import Journal
from emulators.meter import Meter
from emulators.tasks import TasksEmulator

LOCATION = "projects/conformance/locations/europe-west1"
QUIET_S = 0.3
"""Long enough for a dispatch that should not come: one takes a few milliseconds."""


@dataclass(frozen=True)
class Tasks:
    """A running emulator with the official client connected."""

    client: tasks_v2.CloudTasksClient

    def queue(self, **config: object) -> str:
        """A new queue."""
        name = f"{LOCATION}/queues/{uuid4().hex}"
        self.client.create_queue(request={"parent": LOCATION, "queue": {"name": name, **config}})
        return name

    def create(self, queue: str, url: str, task_id: str = "", **config: Any) -> tasks_v2.Task:
        """A new POST task for `url`, with the fields of the task and of its request in `config`."""
        request = {"url": url, **config.pop("http_request", {})}
        named = {"name": f"{queue}/tasks/{task_id}"} if task_id else {}
        task = {**named, "http_request": request, **config}
        return self.client.create_task(request={"parent": queue, "task": task})


@contextmanager
def connected(port: int) -> Iterator[Tasks]:
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield Tasks(tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel)))


Start = Callable[..., Tasks]


@pytest.fixture
def start_tasks(identity: Identity, meter: Meter) -> Iterator[Start]:
    """Starts an emulator with the given arguments, and returns the client for it."""
    with ExitStack() as stack:

        def start(**arguments: Any) -> Tasks:
            journal = arguments.pop("journal", Journal(None))
            emulator = TasksEmulator(meter, journal, identity, **arguments)
            port = emulator.start()
            stack.callback(emulator.stop)
            return stack.enter_context(connected(port))

        yield start


@pytest.fixture
def tasks(start_tasks: Start) -> Tasks:
    return start_tasks()


def exists(tasks: Tasks, name: str) -> bool:
    try:
        tasks.client.get_task(name=name)
    except exceptions.NotFound:
        return False
    return True
