"""What the conformance tests share: the backends, and a line naming the ones present."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulators.identity import Identity
from emulators.meter import Meter
from tests.conformance.firestore_backends import db, firestore_host
from tests.conformance.firestore_backends import google_emulator as google_firestore
from tests.conformance.pubsub_backends import embedded, pubsub, target
from tests.conformance.pubsub_backends import google_emulator as google_pubsub
from tests.conformance.tasks_backend import start_tasks, tasks

__all__ = ["db", "embedded", "firestore_host", "pubsub", "start_tasks", "target", "tasks"]


@pytest.fixture
def identity(tmp_path: Path) -> Identity:
    return Identity(tmp_path / "identity")


@pytest.fixture
def meter() -> Meter:
    return Meter()


def pytest_report_collectionfinish() -> str:
    googles = [name for name, found in (("Firestore", google_firestore()), ("Pub/Sub", google_pubsub())) if found]
    return f"conformance: our emulators; by night Google's of {' and '.join(googles) or 'nothing'}"
