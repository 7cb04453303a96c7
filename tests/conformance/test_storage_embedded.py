"""The embedded Cloud Storage's additions to the service: metering, faults, persistence, reset, missing features
named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from google.api_core import exceptions
from google.cloud import storage
from google.cloud.storage.retry import DEFAULT_RETRY

from emulators.journal import Journal
from tests.conformance.storage_backend import Storage, running


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    with running(tmp_path_factory.mktemp("identity")) as served:
        yield served


@pytest.fixture
def bucket(served: Storage) -> storage.Bucket:
    """A new, empty bucket."""
    return served.new_bucket()


def test_operations_are_counted_as_they_are_billed(served: Storage, bucket: storage.Bucket) -> None:
    bucket.blob("metered").upload_from_string(b"1")
    bucket.blob("metered").download_as_bytes()
    bucket.blob("metered").delete()
    totals = served.meter.totals(f"{bucket.name}/metered")
    assert (totals["storage_writes"], totals["storage_reads"]) == (1, 1)


def test_the_client_retries_a_fault(served: Storage, bucket: storage.Bucket) -> None:
    bucket.blob("x").upload_from_string(b"1")
    served.faults["GET"] = 503
    with pytest.raises(exceptions.ServiceUnavailable):
        bucket.blob("x").download_as_bytes(retry=None)
    served.faults["GET"] = 503
    quick = DEFAULT_RETRY.with_delay(initial=0.01, maximum=0.02)
    assert bucket.blob("x").download_as_bytes(retry=quick) == b"1"


def test_one_connection_serves_many_requests(served: Storage, bucket: storage.Bucket) -> None:
    ports = set()
    with requests.Session() as session:
        for _ in range(3):
            with session.get(f"{served.url}/storage/v1/b/{bucket.name}", stream=True, timeout=10) as answer:
                connection: Any = answer.raw.connection
                ports.add(connection.sock.getsockname()[1])
                assert answer.content
    assert len(ports) == 1


def _with(thing: Any, **changed: Any) -> Any:
    for name, value in changed.items():
        setattr(thing, name, value)
    return thing


@pytest.mark.parametrize(
    ("use", "what"),
    [
        (lambda b: b.blob("x").make_public(), "acl"),
        (lambda b: b.get_iam_policy(), "iam"),
        (lambda b: b.copy_blob(b.blob("x"), b, "y"), "copyTo"),
        (lambda b: b.blob("y").rewrite(b.blob("x")), "rewriteTo"),
        (lambda b: list(b.list_blobs(versions=True)), "versions"),
        (lambda b: list(b.list_blobs(match_glob="*")), "matchGlob"),
        (lambda b: b.blob("y", encryption_key=b"k" * 32).upload_from_string(b""), "x-goog-encryption"),
        (lambda b: b.blob("y", kms_key_name="k").upload_from_string(b""), "kmsKeyName"),
        (lambda b: _with(b.blob("y"), content_encoding="gzip").upload_from_string(b""), "contentEncoding"),
        (lambda b: b.blob("y").update(), "PUT of an object"),
        (lambda b: _with(b, versioning_enabled=True).patch(), "versioning"),
    ],
)
def test_what_is_missing_here_is_named(bucket: storage.Bucket, use: Callable[[Any], Any], what: str) -> None:
    bucket.blob("x").upload_from_string(b"")
    with pytest.raises(exceptions.MethodNotImplemented, match=f"not implemented here: .*{what}"):
        use(bucket)
    assert [blob.name for blob in bucket.list_blobs()] == ["x"]


@pytest.mark.parametrize(
    ("method", "path", "what"),
    [
        ("POST", "/batch/storage/v1", "POST batch"),
        ("GET", "/storage/v1/projects/conformance/serviceAccount", "projects/conformance/serviceAccount"),
        ("POST", "/upload/storage/v1/b/{bucket}/o?uploadType=other&name=x", "uploadType=other"),
        ("GET", "/{bucket}", "XML GET of a bucket"),
    ],
)
def test_paths_that_are_missing_here_are_named(
    served: Storage, bucket: storage.Bucket, method: str, path: str, what: str
) -> None:
    answer = requests.request(method, served.url + path.format(bucket=bucket.name), timeout=10)
    assert answer.status_code == 501
    assert what in answer.text


@pytest.mark.parametrize(
    ("method", "path", "headers", "body"),
    [
        ("POST", "/storage/v1/b", {"Content-Type": "application/json"}, "{"),
        ("POST", "/storage/v1/b", {"Content-Type": "application/json"}, "{}"),
        ("POST", "/upload/storage/v1/b/{bucket}/o?uploadType=media", {}, "no name"),
        ("POST", "/upload/storage/v1/b/{bucket}/o?uploadType=multipart", {"Content-Type": "multipart/related"}, "x"),
        ("GET", "/storage/v1/b/{bucket}/o?maxResults=many", {}, ""),
        ("POST", "/upload/storage/v1/b/{bucket}/o?uploadType=media&name=" + "x" * 1025, {}, ""),
    ],
)
def test_a_malformed_request_is_the_callers_fault(
    served: Storage, bucket: storage.Bucket, method: str, path: str, headers: dict[str, str], body: str
) -> None:
    url = served.url + path.format(bucket=bucket.name)
    answer = requests.request(method, url, headers=headers, data=body, timeout=10)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 400)


def test_objects_outlive_a_restart_and_end_with_a_reset(tmp_path: Path) -> None:
    with running(tmp_path, Journal(tmp_path / "storage.sqlite")) as before:
        bucket = before.client.bucket("kept")
        bucket.cors = [{"origin": ["*"], "method": ["GET"]}]
        bucket.create()
        blob = bucket.blob("a/é")
        blob.metadata, blob.cache_control = {"n": "1"}, "private"
        blob.upload_from_string(b"\x00content", content_type="audio/ogg")
        bucket.blob("deleted").upload_from_string(b"")
        bucket.blob("deleted").delete()
    with running(tmp_path, Journal(tmp_path / "storage.sqlite")) as after:
        restored = after.client.bucket("kept")
        [found] = restored.list_blobs()
        assert (found.name, found.metadata, found.cache_control) == ("a/é", {"n": "1"}, "private")
        assert (found.generation, found.updated, found.content_type) == (blob.generation, blob.updated, "audio/ogg")
        assert found.download_as_bytes() == b"\x00content"
        assert after.client.get_bucket("kept").cors == bucket.cors
        restored.blob("a/é").upload_from_string(b"2", if_generation_match=found.generation)
        after.emulator.reset()
        assert [*after.client.list_buckets()] == []
    with running(tmp_path, Journal(tmp_path / "storage.sqlite")) as emptied:
        assert not emptied.client.bucket("kept").exists()
