"""Objects in Cloud Storage: written once under names known beforehand, read whole, handed out as signed URLs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import quote

import google.auth.exceptions
from google.api_core import exceptions as google_errors
from google.cloud import storage
from google.cloud.storage.exceptions import DataCorruption, InvalidResponse
from google.cloud.storage.retry import DEFAULT_RETRY

from common.clients import storage_client
from common.errors import NotFound, ServiceBroken
from common.settings import Settings
from common.signer import signer

UNREACHABLE = (
    google_errors.GoogleAPIError,
    google.auth.exceptions.GoogleAuthError,
    InvalidResponse,
    DataCorruption,
    OSError,  # all that requests raises
)
"""Cloud Storage is spoken to over HTTP, and its client hands on the errors of that as they are."""

TIMEOUT = (3.0, 4.0)
"""Seconds to connect or to get a piece sent, and for the answer to begin or to go on. A connection may be lost without
a word: the next attempt is over a new one (common/pools.py)."""

RETRY = DEFAULT_RETRY.with_delay(initial=0.1, maximum=2.0, multiplier=2.0).with_timeout(20.0)
"""That of common/clients.py for Cloud Storage: what is passing is for its client to know, whose uploads and downloads
raise InvalidResponse for a 503."""


@dataclass(frozen=True)
class Created:
    """`new` is False where the object was there already; `metadata` and `size`, in bytes, are then the present
    object's, not the offered object's."""

    uri: str
    new: bool
    metadata: dict[str, str]
    size: int


def create_object(
    settings: Settings, name: str, data: bytes, *, content_type: str, metadata: Mapping[str, str] | None = None
) -> Created:
    """Write an object unless the name exists.

    Raises ServiceBroken when Cloud Storage cannot be reached, or does not let this service write.
    """
    blob = blob_of(settings, name)
    blob.metadata = dict(metadata or {})
    uri = f"gs://{settings.audio_bucket}/{name}"
    try:
        blob.upload_from_string(data, content_type=content_type, if_generation_match=0, timeout=TIMEOUT, retry=RETRY)
        return Created(uri, True, dict(metadata or {}), len(data))
    except UNREACHABLE as error:
        found = taken(settings, name, error)
        return Created(uri, False, dict(found.metadata or {}), int(found.size))


def taken(settings: Settings, name: str, error: Exception) -> storage.Blob:
    """Describe the present object in place of an object refused with `error`.

    A taken name is refused as a failed precondition or, to creators without the right to delete, as a forbidden
    replacement: Google does not say which is looked at first. Raises ServiceBroken for any
    other error, and where no object is there: then the refusal was meant for this service, or it was deleted since.
    """
    status = error.response.status_code if isinstance(error, InvalidResponse) else getattr(error, "code", None)
    if status not in {HTTPStatus.PRECONDITION_FAILED, HTTPStatus.FORBIDDEN}:
        raise ServiceBroken("storage_unreachable", "An object could not be stored.") from error
    found = _found(settings, name)
    if found is not None:
        return found
    if status == HTTPStatus.FORBIDDEN:
        raise ServiceBroken("storage_forbidden", "This service may not store objects.") from error
    raise ServiceBroken("object_missing", "An object was there, and is gone.") from error


def object_metadata(settings: Settings, name: str) -> dict[str, str] | None:
    """Return the custom metadata of an object, or None for an unknown name. Raises ServiceBroken."""
    found = _found(settings, name)
    return None if found is None else dict(found.metadata or {})


def object_size(settings: Settings, name: str) -> int | None:
    """Return the size of an object in bytes, or None for an unknown name. Raises ServiceBroken."""
    found = _found(settings, name)
    return None if found is None else int(found.size)


def read_object(settings: Settings, name: str) -> bytes:
    """Return the whole object. Raises NotFound, or ServiceBroken when Cloud Storage cannot be reached."""
    try:
        return bytes(blob_of(settings, name).download_as_bytes(timeout=TIMEOUT, retry=RETRY))
    except google_errors.NotFound:
        raise NotFound("object_missing", "A stored object is no longer there.") from None
    except UNREACHABLE as error:
        raise ServiceBroken("storage_unreachable", "An object could not be read.") from error


def object_names(settings: Settings, prefix: str) -> list[str]:
    """List the names that begin with `prefix`. Raises ServiceBroken when that cannot be done now."""
    bucket = storage_client(settings.google_cloud_project).bucket(settings.audio_bucket)
    try:
        return [blob.name for blob in bucket.list_blobs(prefix=prefix, timeout=TIMEOUT, retry=RETRY)]
    except UNREACHABLE as error:
        raise ServiceBroken("storage_unreachable", "Objects cannot be listed now.") from error


def delete_objects(
    settings: Settings, prefix: str, *, but: Collection[str] = (), before: datetime | None = None
) -> int:
    """Delete every object whose name begins with `prefix`, or of those all `but` some, if made `before` a moment;
    return how many. Raises ServiceBroken when deletion cannot be done now."""
    bucket = storage_client(settings.google_cloud_project).bucket(settings.audio_bucket)
    deleted = 0
    try:
        for blob in bucket.list_blobs(prefix=prefix, timeout=TIMEOUT, retry=RETRY):
            if blob.name in but or (before and blob.time_created > before):
                continue
            with suppress(google_errors.NotFound):
                blob.delete(timeout=TIMEOUT, retry=RETRY)
            deleted += 1
    except UNREACHABLE as error:
        raise ServiceBroken("storage_unreachable", "Not every object could be deleted.") from error
    return deleted


def signed_url(
    settings: Settings, name: str, *, ttl: timedelta, download_as: str | None = None, method: str = "GET"
) -> str:
    """Return a V4 signed URL to GET (or HEAD) one object, which need not exist yet. A browser saves it as
    `download_as`.

    With a private key at hand the signature is made here; Google Cloud gives no key, and IAM signs: a remote call each
    (common/signer.py). Raises ServiceBroken when that fails.
    https://cloud.google.com/storage/docs/access-control/signed-urls
    """
    try:
        disposition = f"attachment; filename*=UTF-8''{quote(download_as, safe='')}" if download_as else None  # RFC 6266
        return str(
            blob_of(settings, name).generate_signed_url(
                version="v4",
                expiration=ttl,
                method=method,
                response_disposition=disposition,
                credentials=signer(settings),
            )
        )
    except UNREACHABLE as error:
        raise ServiceBroken("signing_failed", "A link to stored audio could not be signed.") from error


def _found(settings: Settings, name: str) -> storage.Blob | None:
    """Return an object's facts, without its bytes."""
    found = blob_of(settings, name)
    try:
        found.reload(timeout=TIMEOUT, retry=RETRY)
    except google_errors.NotFound:
        return None
    except UNREACHABLE as error:
        raise ServiceBroken("storage_unreachable", "An object could not be looked up.") from error
    return found


def blob_of(settings: Settings, name: str) -> storage.Blob:
    """Return the client's own object for one of ours; nothing is asked of Cloud Storage."""
    client = storage_client(settings.google_cloud_project)
    return storage.Blob(name, client.bucket(settings.audio_bucket))
