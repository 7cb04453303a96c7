"""Cloud Storage's objects as Aethercast relies on them, seen through the official client.

https://cloud.google.com/storage/docs/json_api/v1/objects
"""

from __future__ import annotations

import hashlib
import os
from base64 import b64encode
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
import requests
from google.api_core import exceptions
from google.cloud import storage

from emulators.storage import uploads
from tests.conformance.storage_backend import Storage, running

DATA = bytes(range(256)) * 40
PIECE = 256 * 1024


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    with running(tmp_path_factory.mktemp("identity")) as served:
        yield served


@pytest.fixture
def bucket(served: Storage) -> storage.Bucket:
    """A new, empty bucket."""
    return served.new_bucket()


def names(bucket: storage.Bucket, **arguments: Any) -> list[str]:
    return [blob.name for blob in bucket.list_blobs(**arguments)]


# Uploads: https://cloud.google.com/storage/docs/uploads-downloads


def test_a_multipart_upload_carries_content_and_description(bucket: storage.Bucket) -> None:
    blob = bucket.blob("talks/één & 1+1.opus")
    blob.metadata, blob.cache_control = {"packets": "120"}, "private"
    blob.upload_from_string(DATA, content_type="audio/ogg")
    found = bucket.get_blob(blob.name)
    assert found is not None
    assert found.download_as_bytes() == DATA
    assert (found.content_type, found.size) == ("audio/ogg", len(DATA))
    assert (found.metadata, found.cache_control) == ({"packets": "120"}, "private")
    assert found.md5_hash == b64encode(hashlib.md5(DATA, usedforsecurity=False).digest()).decode()
    assert (found.generation, found.metageneration) == (blob.generation, 1)


@pytest.mark.parametrize("size", [0, 1, PIECE, 2 * PIECE + 7], ids=["empty", "one byte", "one piece", "three pieces"])
@pytest.mark.parametrize("told", [True, False], ids=["size told", "size not told"])
def test_a_resumable_upload_comes_in_pieces(bucket: storage.Bucket, size: int, told: bool) -> None:
    content = os.urandom(size)
    blob = bucket.blob("long.ogg", chunk_size=PIECE)
    blob.metadata = {"kind": "episode"}
    if told:
        blob.upload_from_file(BytesIO(content), size=size, content_type="audio/ogg")
    else:
        with blob.open("wb", content_type="audio/ogg") as writer:
            writer.write(content)
    found = bucket.get_blob("long.ogg")
    assert found is not None
    assert (found.download_as_bytes(), found.content_type) == (content, "audio/ogg")
    assert found.metadata == {"kind": "episode"}


def test_finished_uploads_are_remembered_for_a_while_without_their_content(
    served: Storage, bucket: storage.Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For as long as a client may have missed the answer; every upload ever made would fill a long-lived stack."""
    monkeypatch.setattr(uploads, "_REMEMBERED", 2)
    urls = [bucket.blob(f"one-{number}").create_resumable_upload_session() for number in range(3)]
    for url in urls:
        assert requests.put(url, data=b"x" * 1000, timeout=10).status_code == 200
    assert [requests.put(url, data=b"", timeout=10).status_code for url in urls] == [404, 200, 200]


def test_a_resumable_upload_goes_on_where_it_broke(served: Storage, bucket: storage.Bucket) -> None:
    url = bucket.blob("broken.bin").create_resumable_upload_session(content_type="text/plain", size=3 * PIECE)
    content = os.urandom(3 * PIECE)

    def put(first: int, last: int) -> requests.Response:
        headers = {"Content-Range": f"bytes {first}-{last - 1}/{len(content)}"}
        return requests.put(url, data=content[first:last], headers=headers, timeout=10)

    def progress() -> requests.Response:
        return requests.put(url, headers={"Content-Range": f"bytes */{len(content)}"}, timeout=10)

    assert (progress().status_code, progress().headers.get("Range")) == (308, None)
    assert put(0, PIECE).headers["Range"] == f"bytes=0-{PIECE - 1}"
    assert put(2 * PIECE, 3 * PIECE).status_code == 400, "a piece is missing"
    assert put(0, 2 * PIECE).headers["Range"] == f"bytes=0-{2 * PIECE - 1}", "a piece may come again"
    done = put(2 * PIECE, 3 * PIECE)
    assert done.json()["size"] == str(len(content))
    assert progress().json() == done.json(), "whoever missed the answer may ask again"
    assert bucket.blob("broken.bin").download_as_bytes() == content


def test_a_cancelled_upload_is_gone(served: Storage, bucket: storage.Bucket) -> None:
    url = bucket.blob("never.bin").create_resumable_upload_session(size=PIECE)
    assert requests.delete(url, timeout=10).status_code == 499
    assert requests.put(url, data=b"x", timeout=10).status_code == 404
    assert names(bucket) == []


def test_a_media_upload_is_content_alone(served: Storage, bucket: storage.Bucket) -> None:
    url = f"{served.url}/upload/storage/v1/b/{bucket.name}/o"
    query = {"uploadType": "media", "name": "plain.txt"}
    answer = requests.post(url, params=query, data=b"plain", headers={"Content-Type": "text/plain"}, timeout=10)
    found = bucket.get_blob("plain.txt")
    assert found is not None
    assert (found.download_as_text(), found.content_type) == ("plain", "text/plain")
    assert answer.json()["generation"] == str(found.generation)


def test_content_that_is_not_what_its_hash_says_is_refused(bucket: storage.Bucket) -> None:
    blob = bucket.blob("damaged")
    blob.crc32c = "AAAAAA=="
    with pytest.raises(exceptions.BadRequest, match="crc32c"):
        blob.upload_from_string(DATA, checksum=None)
    url = bucket.blob("damaged").create_resumable_upload_session()
    assert requests.put(url, data=DATA, headers={"X-Goog-Hash": "crc32c=AAAAAA=="}, timeout=10).status_code == 400
    assert names(bucket) == []


# Downloads


@pytest.mark.parametrize(
    ("start", "end", "part"),
    [(0, 9, DATA[:10]), (5, 5, DATA[5:6]), (len(DATA) - 3, None, DATA[-3:]), (10, 10**9, DATA[10:])],
)
def test_a_range_is_part_of_the_content(bucket: storage.Bucket, start: int, end: int | None, part: bytes) -> None:
    bucket.blob("x").upload_from_string(DATA)
    assert bucket.blob("x").download_as_bytes(start=start, end=end) == part


def test_the_end_of_an_object_can_be_asked_for(served: Storage, bucket: storage.Bucket) -> None:
    bucket.blob("x").upload_from_string(DATA)
    url = f"{served.url}/download/storage/v1/b/{bucket.name}/o/x?alt=media"
    answer = requests.get(url, headers={"Range": "bytes=-4"}, timeout=10)
    assert (answer.status_code, answer.content) == (206, DATA[-4:])
    assert answer.headers["Content-Range"] == f"bytes {len(DATA) - 4}-{len(DATA) - 1}/{len(DATA)}"


def test_a_range_beyond_the_end_is_refused(bucket: storage.Bucket) -> None:
    bucket.blob("x").upload_from_string(b"abc")
    with pytest.raises(exceptions.RequestRangeNotSatisfiable):
        bucket.blob("x").download_as_bytes(start=3)


def test_a_download_in_pieces_is_the_content(bucket: storage.Bucket) -> None:
    content = os.urandom(2 * PIECE + 5)
    bucket.blob("x").upload_from_string(content)
    received = BytesIO()
    bucket.blob("x", chunk_size=PIECE).download_to_file(received)
    assert received.getvalue() == content


def test_what_is_missing_is_not_found(served: Storage, bucket: storage.Bucket) -> None:
    assert bucket.get_blob("nothing") is None
    assert not bucket.blob("nothing").exists()
    for attempt in (bucket.blob("nothing").download_as_bytes, bucket.blob("nothing").delete):
        with pytest.raises(exceptions.NotFound):
            attempt()
    with pytest.raises(exceptions.NotFound):
        served.client.bucket("no-such-bucket").blob("x").upload_from_string(b"x")


# Preconditions: https://cloud.google.com/storage/docs/request-preconditions


def test_generation_0_creates_only_once(bucket: storage.Bucket) -> None:
    bucket.blob("x").upload_from_string(b"first", if_generation_match=0)
    with pytest.raises(exceptions.PreconditionFailed):
        bucket.blob("x").upload_from_string(b"second", if_generation_match=0)
    with pytest.raises(exceptions.PreconditionFailed):
        bucket.blob("x", chunk_size=PIECE).upload_from_file(BytesIO(b"third"), if_generation_match=0)
    assert bucket.blob("x").download_as_bytes() == b"first"


def test_each_write_is_a_new_generation_that_guards_the_next(bucket: storage.Bucket) -> None:
    blob = bucket.blob("x")
    blob.upload_from_string(b"1")
    stale = blob.generation
    bucket.blob("x").upload_from_string(b"2", if_generation_match=stale)
    writes: list[Callable[..., Any]] = [
        lambda **condition: bucket.blob("x").upload_from_string(b"3", **condition),
        lambda **condition: bucket.blob("x").delete(**condition),
        lambda **condition: bucket.blob("x").patch(**condition),
        lambda **condition: bucket.blob("x").compose([bucket.blob("x")], **condition),
        lambda **condition: bucket.blob("x").reload(**condition),
        lambda **condition: bucket.blob("x").download_as_bytes(**condition),
    ]
    for write in writes:
        with pytest.raises(exceptions.PreconditionFailed):
            write(if_generation_match=stale)
    assert bucket.blob("x").download_as_bytes() == b"2"


def test_a_read_can_ask_for_something_newer(bucket: storage.Bucket) -> None:
    blob = bucket.blob("x")
    blob.upload_from_string(b"1")
    with pytest.raises(exceptions.NotModified):
        bucket.blob("x").reload(if_generation_not_match=blob.generation)
    bucket.blob("x").reload(if_generation_not_match=blob.generation + 1)


def test_only_the_present_generation_is_kept(bucket: storage.Bucket) -> None:
    old = bucket.blob("x")
    old.upload_from_string(b"1")
    generation = old.generation
    bucket.blob("x").upload_from_string(b"2")
    assert bucket.get_blob("x", generation=generation) is None
    with pytest.raises(exceptions.NotFound):
        bucket.blob("x", generation=generation).delete()
    assert bucket.blob("x").download_as_bytes() == b"2"


# What is said about an object


def test_metadata_changes_without_the_content(bucket: storage.Bucket) -> None:
    blob = bucket.blob("x")
    blob.metadata, blob.cache_control = {"keep": "1", "drop": "2"}, "private"
    blob.upload_from_string(b"1", content_type="text/plain")
    generation = blob.generation
    change = bucket.blob("x")
    change.metadata, change.cache_control, change.content_type = {"drop": None, "add": "3"}, None, "text/html"
    change.patch(if_metageneration_match=1)
    found = bucket.get_blob("x")
    assert found is not None
    assert (found.metadata, found.cache_control) == ({"keep": "1", "add": "3"}, None)
    assert (found.generation, found.metageneration, found.content_type) == (generation, 2, "text/html")
    with pytest.raises(exceptions.PreconditionFailed):
        change.patch(if_metageneration_match=1)
    change.metadata = None
    change.patch()
    assert change.metadata is None


def test_a_deleted_object_is_gone(bucket: storage.Bucket) -> None:
    bucket.blob("x").upload_from_string(b"1")
    bucket.blob("x").delete()
    assert names(bucket) == []
    with pytest.raises(exceptions.NotFound):
        bucket.blob("x").delete()


# Composing: https://cloud.google.com/storage/docs/composite-objects


def test_composing_joins_objects_in_order(bucket: storage.Bucket) -> None:
    parts = [bucket.blob(f"part-{index}") for index in range(3)]
    for part in parts:
        part.upload_from_string(part.name.encode())
    whole = bucket.blob("whole")
    whole.content_type, whole.metadata = "audio/ogg", {"parts": "3"}
    whole.compose(parts, if_generation_match=0)
    found = bucket.get_blob("whole")
    assert found is not None
    assert found.download_as_bytes() == b"part-0part-1part-2"
    assert (found.content_type, found.metadata) == ("audio/ogg", {"parts": "3"})
    assert (found.component_count, found.md5_hash) == (3, None), "as in the cloud, a composed object has no MD5"


def test_composing_needs_every_source_as_it_was(bucket: storage.Bucket) -> None:
    bucket.blob("a").upload_from_string(b"a")
    with pytest.raises(exceptions.NotFound):
        bucket.blob("whole").compose([bucket.blob("a"), bucket.blob("missing")])
    with pytest.raises(exceptions.PreconditionFailed):
        bucket.blob("whole").compose([bucket.blob("a")], if_source_generation_match=[1])
    for sources in ([], [bucket.blob("a")] * 33):
        with pytest.raises(exceptions.BadRequest):
            bucket.blob("whole").compose(sources)
    assert not bucket.blob("whole").exists()


# Lists: https://cloud.google.com/storage/docs/json_api/v1/objects/list


@pytest.fixture
def shelf(bucket: storage.Bucket) -> storage.Bucket:
    for name in ("b/1", "a/2", "a/1", "a/x/1", "a/x/2", "é"):
        bucket.blob(name).upload_from_string(b"")
    return bucket


def test_a_list_is_in_order_of_names(shelf: storage.Bucket) -> None:
    assert names(shelf) == ["a/1", "a/2", "a/x/1", "a/x/2", "b/1", "é"]
    assert names(shelf, prefix="a/x") == ["a/x/1", "a/x/2"]
    assert names(shelf, prefix="nothing") == []
    assert names(shelf, start_offset="a/2", end_offset="b/1") == ["a/2", "a/x/1", "a/x/2"]


@pytest.mark.parametrize("page_size", [1, 2, 5, 6, 7])
def test_pages_miss_nothing_and_repeat_nothing(shelf: storage.Bucket, page_size: int) -> None:
    pages = [[blob.name for blob in page] for page in shelf.list_blobs(page_size=page_size).pages]
    assert {len(page) for page in pages[:-1]} <= {page_size}
    assert [name for page in pages for name in page] == names(shelf)
    folded = [prefix for page in shelf.list_blobs(delimiter="/", page_size=page_size).pages for prefix in page.prefixes]
    assert folded == ["a/", "b/"]


def test_a_delimiter_folds_what_is_below(shelf: storage.Bucket) -> None:
    listing = shelf.list_blobs(prefix="a/", delimiter="/")
    assert [blob.name for blob in listing] == ["a/1", "a/2"]
    assert listing.prefixes == {"a/x/"}


# Buckets


def test_a_bucket_is_made_once_and_deleted_when_empty(served: Storage, bucket: storage.Bucket) -> None:
    with pytest.raises(exceptions.Conflict):
        served.client.create_bucket(bucket.name)
    assert bucket.name in [known.name for known in served.client.list_buckets()]
    bucket.blob("x").upload_from_string(b"")
    with pytest.raises(exceptions.Conflict):
        bucket.delete()
    bucket.blob("x").delete()
    bucket.delete()
    assert not served.client.bucket(bucket.name).exists()


def test_rules_of_a_bucket_can_change(served: Storage, bucket: storage.Bucket) -> None:
    bucket.cors = [{"origin": ["https://player.example"], "method": ["GET"]}]
    bucket.patch()
    found = served.client.get_bucket(bucket.name)
    assert (found.cors, found.metageneration) == (bucket.cors, 2)
