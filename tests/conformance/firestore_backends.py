"""What the Firestore conformance tests run against: the embedded emulator, and Google's where installed.

Google's is looked for in the SDK that the `gcloud` on the PATH belongs to; it needs Java.
https://cloud.google.com/firestore/native/docs/emulator
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.cloud import firestore

from emulators.firestore import FirestoreEmulator
from emulators.journal import Journal
from emulators.meter import Meter

_START_TIMEOUT_S = 30.0


def google_emulator() -> Path | None:
    """The start script of Google's emulator, if installed with Java."""
    gcloud = shutil.which("gcloud")
    if gcloud is None or shutil.which("java") is None:
        return None
    sdk_root = Path(gcloud).resolve().parents[1]
    script = sdk_root / "platform" / "cloud-firestore-emulator" / "cloud_firestore_emulator"
    return script if script.exists() else None


def backends(googles: Path | None) -> list[Any]:
    """List what the same tests run against: our emulator, and by night Google's, where installed."""
    return ["embedded", *([pytest.param("google", marks=pytest.mark.nightly)] if googles else [])]


@contextmanager
def _embedded() -> Iterator[str]:
    emulator = FirestoreEmulator(Meter(), Journal(None))
    port = emulator.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        emulator.stop()


@contextmanager
def _google() -> Iterator[str]:
    script = google_emulator()
    assert script is not None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    host = f"127.0.0.1:{port}"
    process = subprocess.Popen(
        [script, "start", "--host=127.0.0.1", f"--port={port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # the script starts Java as its child: both must end
    )
    try:
        with grpc.insecure_channel(host) as channel:
            grpc.channel_ready_future(channel).result(_START_TIMEOUT_S)
        yield host
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def firestore_client(host: str, project: str | None = None) -> Iterator[firestore.Client]:
    """An official client of the emulator at `host`, in a project of its own unless one is given."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIRESTORE_EMULATOR_HOST", host)
        client = firestore.Client(project=project or f"test-{uuid.uuid4().hex}")
    try:
        yield client
    finally:
        client._firestore_api.transport.close()


@pytest.fixture(scope="session", params=backends(google_emulator()))
def firestore_host(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of each backend in turn."""
    with {"embedded": _embedded, "google": _google}[request.param]() as host:
        yield host


@pytest.fixture
def db(firestore_host: str) -> Iterator[firestore.Client]:
    """A client of an empty database."""
    with firestore_client(firestore_host) as client:
        yield client
