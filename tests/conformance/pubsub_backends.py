"""The Pub/Sub servers of the conformance tests: ours always, Google's emulator where installed.

Google's emulator: https://cloud.google.com/pubsub/docs/emulator
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import grpc
import pytest
from google.cloud import pubsub_v1
from google.pubsub_v1.types import ReceivedMessage

from emulators.identity import Identity
from emulators.journal import Journal
from emulators.meter import Meter
from emulators.pubsub import PubSubEmulator
from tests.conformance.firestore_backends import backends
from tests.conformance.http_target import HttpTarget

PROJECT = "conformance"
TIME_SCALE = 0.1
"""A second of a deadline or backoff lasts this many seconds in the embedded emulator, to keep the tests short."""

_START_TIMEOUT_S = 30


@dataclass(frozen=True)
class PubSub:
    """A running server with the official clients connected."""

    name: str
    publisher: pubsub_v1.PublisherClient
    subscriber: pubsub_v1.SubscriberClient
    shortest_ack_deadline_s: int
    """As configured; both servers then take about one second."""

    def topic(self) -> str:
        """A new topic."""
        name = f"projects/{PROJECT}/topics/topic-{uuid4().hex}"
        self.publisher.create_topic(name=name)
        return name

    def subscription(self, topic: str, **config: object) -> str:
        """A new subscription to `topic`."""
        name = f"projects/{PROJECT}/subscriptions/subscription-{uuid4().hex}"
        self.subscriber.create_subscription(request={"name": name, "topic": topic, **config})
        return name

    def publish(self, topic: str, data: bytes, **attributes: str) -> str:
        """Publish one message and return its id."""
        named: dict[str, Any] = {**attributes}
        return str(self.publisher.publish(topic, data, **named).result(timeout=10))


@contextmanager
def connected(name: str, host: str, shortest_ack_deadline_s: int) -> Iterator[PubSub]:
    """The clients, configured by the usual variable alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PUBSUB_EMULATOR_HOST", host)
        publisher, subscriber = pubsub_v1.PublisherClient(), pubsub_v1.SubscriberClient()
    with subscriber:
        yield PubSub(name, publisher, subscriber, shortest_ack_deadline_s)
    publisher.stop()
    publisher.transport.close()


def google_emulator() -> Path | None:
    """The start script of Google's emulator, if installed by gcloud with a Java at hand."""
    gcloud = shutil.which("gcloud")
    if gcloud is None or shutil.which("java") is None:
        return None
    roots = [Path(gcloud).resolve().parent.parent, Path("/usr/lib/google-cloud-sdk")]
    scripts = (root / "platform/pubsub-emulator/bin/cloud-pubsub-emulator" for root in roots)
    return next((script for script in scripts if script.exists()), None)


@contextmanager
def running_google_emulator(script: Path) -> Iterator[str]:
    """Google's emulator in a process group of its own; its host and port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{probe.getsockname()[1]}"
    address, _, port = host.partition(":")
    command = [str(script), f"--host={address}", f"--port={port}"]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet, start_new_session=True)
    try:
        with grpc.insecure_channel(host) as channel:
            grpc.channel_ready_future(channel).result(timeout=_START_TIMEOUT_S)
        yield host
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="module", params=backends(google_emulator()))
def pubsub(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PubSub]:
    with ExitStack() as stack:
        script = google_emulator() if request.param == "google" else None
        if script is not None:
            host = stack.enter_context(running_google_emulator(script))
            # Google's emulator takes deadlines that the service itself refuses.
            yield stack.enter_context(connected("google", host, shortest_ack_deadline_s=1))
        else:
            identity = Identity(tmp_path_factory.mktemp("identity"))
            emulator = PubSubEmulator(Meter(), Journal(None), identity, time_scale=TIME_SCALE)
            port = emulator.start()
            stack.callback(emulator.stop)
            yield stack.enter_context(connected("embedded", f"127.0.0.1:{port}", shortest_ack_deadline_s=10))


@pytest.fixture
def target() -> Iterator[HttpTarget]:
    server = HttpTarget()
    yield server
    server.close()


Start = Callable[..., PubSub]


@pytest.fixture
def embedded(identity: Identity, meter: Meter) -> Iterator[Start]:
    """Starts an emulator with the given arguments, and returns the clients for it."""
    with ExitStack() as stack:

        def start(**arguments: Any) -> PubSub:
            journal = arguments.pop("journal", Journal(None))
            emulator = PubSubEmulator(meter, journal, identity, **arguments)
            host = f"127.0.0.1:{emulator.start()}"
            stack.callback(emulator.stop)
            return stack.enter_context(connected("embedded", host, shortest_ack_deadline_s=10))

        yield start


def pull(pubsub: PubSub, subscription: str, count: int = 1) -> list[ReceivedMessage]:
    """`count` messages, waited for."""
    received: list[ReceivedMessage] = []
    deadline = time.monotonic() + 60
    while len(received) < count and time.monotonic() < deadline:
        response = pubsub.subscriber.pull(subscription=subscription, max_messages=count - len(received), timeout=20)
        received += response.received_messages
    assert len(received) == count
    return received


def nothing_to_pull(pubsub: PubSub, subscription: str) -> bool:
    request = {"subscription": subscription, "max_messages": 1, "return_immediately": True}
    return not pubsub.subscriber.pull(request=request, timeout=20).received_messages
