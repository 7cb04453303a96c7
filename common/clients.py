"""Google's client libraries, made once a process and on first use (a function that never stores never dials).

Timeouts and retries are stated here for all: `RETRY` is exponential with full jitter, as in google-api-core, and
bounded; `TIMEOUT` bounds each attempt. Emulators are reached through the libraries' own `*_EMULATOR_HOST` variables.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from google.api_core import exceptions as google_errors
from google.api_core.retry import Retry, if_exception_type
from google.auth.exceptions import TransportError

from common.settings import Settings

if TYPE_CHECKING:
    from google.cloud import firestore, pubsub_v1, storage, tasks_v2

TIMEOUT = 10.0
"""Seconds that one attempt of a call may take."""

TRANSIENT: tuple[type[Exception], ...] = (
    TransportError,
    google_errors.ServiceUnavailable,
    google_errors.DeadlineExceeded,
    google_errors.InternalServerError,
    google_errors.TooManyRequests,
    google_errors.Aborted,
)
RETRY = Retry(predicate=if_exception_type(*TRANSIENT), initial=0.1, maximum=2.0, multiplier=2.0, timeout=20.0)
"""Ends in RetryError, which is a GoogleAPIError but no GoogleAPICallError: it is the former that callers catch.
Not for Cloud Storage, whose client has errors of its own (common/blobs.py)."""


@cache
def firestore_client(project: str, database: str) -> firestore.Client:
    from google.cloud import firestore

    return firestore.Client(project=project, database=database)


@cache
def storage_client(project: str) -> storage.Client:
    from google.cloud import storage

    return storage.Client(project=project)


@cache
def publisher_client() -> pubsub_v1.PublisherClient:
    from google.cloud import pubsub_v1

    # One message a request: an event waits for nobody, and the default batching would hold each back for 10 ms.
    return pubsub_v1.PublisherClient(batch_settings=pubsub_v1.types.BatchSettings(max_messages=1))


@cache
def tasks_client(emulator_host: str) -> tasks_v2.CloudTasksClient:
    import grpc
    from google.cloud import tasks_v2
    from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

    if not emulator_host:
        return tasks_v2.CloudTasksClient()
    return tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=grpc.insecure_channel(emulator_host)))


def database(settings: Settings) -> firestore.Client:
    """The Firestore client of these settings."""
    return firestore_client(settings.google_cloud_project, settings.firestore_database)
