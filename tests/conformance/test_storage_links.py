"""V4 signed URLs and CORS, as relied on by Aethercast: made by the official client, used as a stranger would.

https://cloud.google.com/storage/docs/access-control/signed-urls, https://cloud.google.com/storage/docs/cross-origin
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from google.cloud import storage
from google.oauth2 import service_account

from emulators.identity import Identity
from tests.conformance.storage_backend import Storage, running

NAME = "talks/één & 1+1.opus"
CONTENT = b"0123456789"
ORIGIN = "https://player.example"
TTL = timedelta(minutes=15)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    with running(tmp_path_factory.mktemp("identity")) as served:
        yield served


@pytest.fixture
def bucket(served: Storage) -> storage.Bucket:
    """A bucket with an object, readable by pages of ORIGIN."""
    bucket = served.new_bucket()
    bucket.cors = [{"origin": [ORIGIN], "method": ["GET"], "responseHeader": ["Content-Range"], "maxAgeSeconds": 600}]
    bucket.patch()
    bucket.blob(NAME).upload_from_string(CONTENT, content_type="audio/ogg")
    return bucket


def link(served: Storage, bucket: storage.Bucket, name: str = NAME, **changed: Any) -> str:
    """A signed URL for the emulator's address, to GET the object unless told otherwise."""
    wanted = {"version": "v4", "expiration": TTL, "method": "GET", "credentials": served.signer, **changed}
    return str(bucket.blob(name).generate_signed_url(api_access_endpoint=served.url, **wanted))


def refused(answer: requests.Response) -> tuple[int, str]:
    """The status and the code of an XML refusal."""
    return answer.status_code, answer.text.partition("<Code>")[2].partition("</Code>")[0]


def get(url: str, **headers: str) -> requests.Response:
    return requests.get(url, headers=headers, timeout=10)


def test_a_signed_url_opens_its_object(served: Storage, bucket: storage.Bucket) -> None:
    answer = get(link(served, bucket))
    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (200, CONTENT, "audio/ogg")
    part = get(link(served, bucket), Range="bytes=2-4")
    assert (part.status_code, part.content, part.headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    head = requests.head(link(served, bucket, method="HEAD"), timeout=10)
    assert (head.content, head.headers["Content-Length"]) == (b"", "10")


def test_a_signed_url_names_the_file_to_save(served: Storage, bucket: storage.Bucket) -> None:
    disposition = 'attachment; filename="tides.ogg"'
    answer = get(link(served, bucket, response_disposition=disposition, response_type="audio/opus"))
    assert (answer.headers["Content-Disposition"], answer.headers["Content-Type"]) == (disposition, "audio/opus")


def test_a_signed_url_may_come_before_its_object(served: Storage, bucket: storage.Bucket) -> None:
    url = link(served, bucket, "later")
    assert refused(get(url)) == (404, "NoSuchKey")
    bucket.blob("later").upload_from_string(b"now")
    assert get(url).content == b"now"
    assert refused(get(link(served, served.client.bucket("no-such-bucket")))) == (404, "NoSuchBucket")


def test_a_signed_url_runs_out(served: Storage, bucket: storage.Bucket) -> None:
    url = link(served, bucket)
    try:
        served.clock_offset = TTL - timedelta(seconds=10)
        assert get(url).status_code == 200
        served.clock_offset = TTL + timedelta(seconds=10)
        assert refused(get(url)) == (400, "ExpiredToken")
    finally:
        served.clock_offset = timedelta(0)


def test_a_signed_url_is_for_one_object_one_method_and_one_wording(served: Storage, bucket: storage.Bucket) -> None:
    bucket.blob("other").upload_from_string(b"secret")
    url = link(served, bucket, "mine")
    path, _, query = url.partition("?")
    signature = query.rpartition("=")[2]
    forged = {
        "another object": f"{path.removesuffix('mine')}other?{query}",
        "a longer life": url.replace("X-Goog-Expires=900", "X-Goog-Expires=9000"),
        "one more parameter": f"{path}?response-content-type=text%2Fhtml&{query}",
        "another signature": url.replace(signature, signature[:-2] + ("00" if signature[-2:] != "00" else "11")),
        "another account": url.replace("signer%40", "stranger%40"),
    }
    assert {why: refused(get(url)) for why, url in forged.items()} == dict.fromkeys(
        forged, (403, "SignatureDoesNotMatch")
    )
    for method in ("PUT", "DELETE"):
        assert refused(requests.request(method, url, timeout=10)) == (403, "SignatureDoesNotMatch")


def test_a_stranger_cannot_sign(served: Storage, bucket: storage.Bucket, tmp_path: Path) -> None:
    other = Identity(tmp_path)
    other.start()
    try:
        file = other.service_account_file(served.signer.service_account_email)
    finally:
        other.stop()
    stranger = service_account.Credentials.from_service_account_file(str(file))
    assert refused(get(link(served, bucket, credentials=stranger))) == (403, "SignatureDoesNotMatch")


def test_without_a_signature_nothing_opens(served: Storage, bucket: storage.Bucket) -> None:
    url = link(served, bucket)
    assert refused(get(url.partition("?")[0])) == (403, "AccessDenied")
    assert refused(get(url.replace("X-Goog-Date", "X-Goog-Day"))) == (400, "InvalidQueryParameterValue")
    assert refused(get(url.replace("goog4_request", "aws4_request"))) == (400, "InvalidQueryParameterValue")
    assert refused(get(url.replace("X-Goog-SignedHeaders=host", "X-Goog-SignedHeaders=accept"))) == (
        400,
        "InvalidQueryParameterValue",
    )


def test_a_signed_header_must_come_as_it_was_signed(served: Storage, bucket: storage.Bucket) -> None:
    url = link(served, bucket, "new", method="PUT", content_type="audio/ogg")

    def put(content_type: str) -> requests.Response:
        return requests.put(url, data=CONTENT, headers={"Content-Type": content_type}, timeout=10)

    assert refused(put("text/html")) == (403, "SignatureDoesNotMatch")
    assert put("audio/ogg").status_code == 200
    found = bucket.get_blob("new")
    assert found is not None
    assert (found.download_as_bytes(), found.content_type) == (CONTENT, "audio/ogg")
    assert requests.delete(link(served, bucket, "new", method="DELETE"), timeout=10).status_code == 204
    assert not bucket.blob("new").exists()


def test_what_a_signed_request_may_not_ask_for_here_is_named(served: Storage, bucket: storage.Bucket) -> None:
    resumable = link(served, bucket, method="RESUMABLE")
    answer = requests.post(resumable, headers={"X-Goog-Resumable": "start"}, timeout=10)
    assert refused(answer) == (501, "NotImplemented")
    assert "x-goog-resumable" in answer.text
    answer = get(link(served, bucket, query_parameters={"generation": "1"}))
    assert refused(answer) == (501, "NotImplemented")
    assert "generation" in answer.text


# CORS


def preflight(url: str, origin: str = ORIGIN, method: str = "GET") -> requests.Response:
    headers = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "range"}
    return requests.options(url, headers=headers, timeout=10)


def test_a_page_that_the_bucket_allows_may_read(served: Storage, bucket: storage.Bucket) -> None:
    url = link(served, bucket)
    asked = preflight(url)
    assert (asked.status_code, asked.content) == (200, b"")
    assert asked.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert asked.headers["Access-Control-Allow-Methods"] == "GET"
    assert asked.headers["Access-Control-Max-Age"] == "600"
    answer = get(url, Origin=ORIGIN)
    assert (answer.content, answer.headers["Access-Control-Allow-Origin"]) == (CONTENT, ORIGIN)
    assert answer.headers["Access-Control-Expose-Headers"] == "Content-Range"
    assert answer.headers["Vary"] == "Origin"


def test_other_pages_and_methods_get_no_leave(served: Storage, bucket: storage.Bucket) -> None:
    url = link(served, bucket)
    answers = (preflight(url, origin="https://elsewhere.example"), preflight(url, method="PUT"))
    for answer in (*answers, get(url, Origin="https://elsewhere.example"), get(url)):
        assert answer.status_code == 200
        assert not [name for name in answer.headers if name.startswith("Access-Control-")]


def test_a_preflight_is_no_read(served: Storage, bucket: storage.Bucket) -> None:
    preflight(link(served, bucket, "untouched"))
    assert served.meter.by_resource("storage_reads", f"{bucket.name}/untouched") == {}
