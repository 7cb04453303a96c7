"""An account's permissions on a bucket, by its roles:
https://cloud.google.com/storage/docs/access-control/iam-roles."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
from google.api_core import exceptions
from google.cloud import storage
from google.oauth2 import service_account

from emulators.storage.rights import ANONYMOUS
from tests.conformance.storage_backend import Storage, running

READER, WRITER, USER, STRANGER = (f"{who}@conformance.iam.gserviceaccount.com" for who in ("r", "w", "u", "s"))
GRANTS = {
    ANONYMOUS: ("admin",),  # the tests themselves
    READER: ("objectViewer",),
    WRITER: ("objectViewer", "objectCreator"),
    USER: ("objectUser",),
}


@pytest.fixture(scope="module", params=[False, True], ids=["412", "403"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    folder = tmp_path_factory.mktemp("identity")
    with running(folder, grants=GRANTS, taken_is_forbidden=request.param) as served:
        yield served


@pytest.fixture
def bucket(served: Storage) -> storage.Bucket:
    """A bucket with the object `there`."""
    bucket = served.new_bucket()
    bucket.blob("there").upload_from_string(b"1")
    return bucket


def upload(bucket: storage.Bucket) -> None:
    bucket.blob("new").upload_from_string(b"2", if_generation_match=0)


def upload_resumably(bucket: storage.Bucket) -> None:
    bucket.blob("new", chunk_size=2**18).upload_from_file(io.BytesIO(b"3" * 2**19), if_generation_match=0)


def join(bucket: storage.Bucket) -> None:
    bucket.blob("new").compose([bucket.blob("there")], if_generation_match=0)


USES: dict[str, tuple[Callable[[Any], Any], str, set[str]]] = {
    "read": (lambda b: b.blob("there").download_as_bytes(), "objects.get", {READER, WRITER, USER}),
    "look up": (lambda b: b.blob("there").reload(), "objects.get", {READER, WRITER, USER}),
    "list": (lambda b: list(b.list_blobs()), "objects.list", {READER, WRITER, USER}),
    "upload": (upload, "objects.create", {WRITER, USER}),
    "upload resumably": (upload_resumably, "objects.create", {WRITER, USER}),
    "join": (join, "objects.create", {WRITER, USER}),
    "replace": (lambda b: b.blob("there").upload_from_string(b"2"), "objects.delete", {USER}),
    "delete": (lambda b: b.blob("there").delete(), "objects.delete", {USER}),
    "describe": (lambda b: b.blob("there").patch(), "objects.update", {USER}),
    "look at the bucket": (lambda b: b.reload(), "buckets.get", set()),
}


@pytest.mark.parametrize("account", [READER, WRITER, USER, STRANGER])
@pytest.mark.parametrize("use", USES)
def test_an_account_may_do_what_its_roles_permit(
    served: Storage, bucket: storage.Bucket, use: str, account: str
) -> None:
    act, permission, allowed = USES[use]
    seen = served.as_account(account, bucket)
    if account in allowed:
        act(seen)
        return
    with pytest.raises(exceptions.Forbidden) as refused:
        act(seen)
    if account == STRANGER:
        assert f"{account} does not have storage." in refused.value.message
    elif account == WRITER:
        assert f"{account} does not have storage.{permission} access" in refused.value.message
    assert [blob.name for blob in bucket.list_blobs()] == ["there"]
    assert bucket.blob("there").download_as_bytes() == b"1"


@pytest.mark.parametrize("act", [upload, upload_resumably, join], ids=lambda act: act.__name__)
def test_a_taken_name_is_412_or_403_to_who_may_not_delete(
    served: Storage, bucket: storage.Bucket, act: Callable[[Any], None], request: pytest.FixtureRequest
) -> None:
    bucket.blob("new").upload_from_string(b"first")
    forbidden = "403" in request.node.callspec.id
    with pytest.raises(exceptions.Forbidden if forbidden else exceptions.PreconditionFailed):
        act(served.as_account(WRITER, bucket))
    with pytest.raises(exceptions.PreconditionFailed):
        act(served.as_account(USER, bucket))
    assert bucket.blob("new").download_as_bytes() == b"first"


def test_a_link_opens_what_its_signer_may_read(served: Storage, bucket: storage.Bucket) -> None:
    for account, status in ((READER, 200), (STRANGER, 403)):
        file = served.identity.service_account_file(account)
        signer = service_account.Credentials.from_service_account_file(str(file))
        link = bucket.blob("there").generate_signed_url(
            version="v4", expiration=timedelta(minutes=1), credentials=signer, api_access_endpoint=served.url
        )
        assert requests.get(link, timeout=10).status_code == status


def test_a_token_that_nobody_gave_out_is_no_account(served: Storage, bucket: storage.Bucket) -> None:
    url = f"{served.url}/storage/v1/b/{bucket.name}/o/there"
    refused = requests.get(url, headers={"Authorization": "Bearer made-up"}, timeout=10)
    assert (refused.status_code, refused.json()["error"]["errors"][0]["reason"]) == (401, "authError")
