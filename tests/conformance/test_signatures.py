"""Signatures by IAM: asked for as in the cloud, where no private key is at hand, and good for links to objects."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest
import requests
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage
from requests.adapters import HTTPAdapter

from common import blobs, clients, signer
from common.errors import ServiceBroken
from common.settings import Settings
from emulators.identity import Identity
from emulators.journal import Journal
from emulators.meter import Meter
from emulators.storage import StorageEmulator

EMAIL = "gateway@signatures.iam.gserviceaccount.com"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def settings(identity: Identity, meter: Meter, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A signer of a service signing through IAM, over a bucket with the object `one`."""
    iam_url = f"http://127.0.0.1:{identity.start()}"
    emulator = StorageEmulator(meter, Journal(None), identity)
    endpoint = f"http://127.0.0.1:{emulator.start()}"
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", endpoint)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(identity.service_account_file(EMAIL)))
    clients.forget()
    client = storage.Client(project="signatures", credentials=AnonymousCredentials())
    client.create_bucket("shelf").blob("one").upload_from_string(b"sound")
    yield Settings(google_cloud_project="signatures", audio_bucket="shelf", iam_credentials_url=iam_url)
    clients.forget()
    emulator.stop()
    identity.stop()


def test_links_that_iam_has_signed_lead_to_their_object(settings: Settings) -> None:
    with ThreadPoolExecutor(16) as together:
        urls = list(together.map(lambda _: blobs.signed_url(settings, "one", ttl=MINUTE), range(16)))
    for url in urls:
        assert requests.get(url, timeout=10).content == b"sound"


def test_a_connection_is_kept_for_the_next_signature(settings: Settings) -> None:
    for _ in range(4):
        assert blobs.signed_url(settings, "one", ttl=MINUTE)
    iam = signer.signer(settings)
    assert isinstance(iam, signer.IamSigner)
    pools = cast("HTTPAdapter", iam._session.get_adapter(iam._url)).poolmanager.pools
    (pool,) = [pools[key] for key in pools.keys()]  # noqa: SIM118 - urllib3 has these iterated in no other way
    assert (pool.num_requests, pool.num_connections) == (4, 1)


def test_who_signs_is_asked_anew_with_the_clients(
    settings: Settings, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reset as if per process, where several clouds run in a single process."""
    assert signer.signer(settings).signer_email == EMAIL
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(identity.service_account_file(f"other-{EMAIL}")))
    clients.forget()
    assert signer.signer(settings).signer_email == f"other-{EMAIL}"


def test_a_refusal_to_sign_is_a_failure_of_ours(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signer.IamSigner, "signer_email", "somebody@else.iam.gserviceaccount.com")
    with pytest.raises(ServiceBroken, match="could not be signed"):
        blobs.signed_url(settings, "one", ttl=MINUTE)
    with pytest.raises(ServiceBroken, match="could not be signed"):
        blobs.signed_url(replace(settings, iam_credentials_url="http://127.0.0.1:9"), "one", ttl=MINUTE)
