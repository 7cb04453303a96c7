"""The backend of the Cloud Storage conformance tests: the embedded emulator, with the official client connected.

Google has no emulator of Cloud Storage: these tests follow its reference, https://cloud.google.com/storage/docs/json_api.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage
from google.oauth2 import service_account

from emulators.identity import Identity
from emulators.journal import Journal
from emulators.meter import Meter
from emulators.storage import StorageEmulator

SIGNER = "signer@conformance.iam.gserviceaccount.com"


@dataclass
class Storage:
    """A running emulator with the official client connected."""

    emulator: StorageEmulator
    meter: Meter
    url: str
    client: storage.Client
    signer: service_account.Credentials
    identity: Identity
    clock_offset: timedelta = timedelta(0)
    faults: dict[str, int] = field(default_factory=dict)
    """Method -> the status that the next such request gets."""
    clients: dict[str, storage.Client] = field(default_factory=dict)

    def new_bucket(self) -> storage.Bucket:
        """A new, empty bucket."""
        bucket: storage.Bucket = self.client.create_bucket(f"bucket-{uuid4().hex}")
        return bucket

    def as_account(self, email: str, bucket: storage.Bucket) -> storage.Bucket:
        """The bucket as seen by a service account."""
        if email not in self.clients:
            file = self.identity.service_account_file(email)
            credentials = service_account.Credentials.from_service_account_file(str(file))
            options = {"api_endpoint": self.url}
            made = storage.Client(project="conformance", credentials=credentials, client_options=options)
            self.clients[email] = made
        found: storage.Bucket = self.clients[email].bucket(bucket.name)
        return found


@contextmanager
def running(directory: Path, journal: Journal | None = None, **options: Any) -> Iterator[Storage]:
    """`directory` keeps the signing key of links; further `options` are the emulator's."""
    identity = Identity(directory)
    identity.start()
    meter = Meter()
    emulator = StorageEmulator(
        meter,
        journal or Journal(None),
        identity,
        clock=lambda: datetime.now(UTC) + served.clock_offset,
        faults=lambda method, _: served.faults.pop(method, None),
        **options,
    )
    served: Storage
    with pytest.MonkeyPatch.context() as patch:
        url = f"http://127.0.0.1:{emulator.start()}"
        patch.setenv("STORAGE_EMULATOR_HOST", url)
        client = storage.Client(project="conformance", credentials=AnonymousCredentials())
        signer = service_account.Credentials.from_service_account_file(str(identity.service_account_file(SIGNER)))
        served = Storage(emulator, meter, url, client, signer, identity)
        try:
            yield served
        finally:
            client.close()
            emulator.stop()
            identity.stop()
