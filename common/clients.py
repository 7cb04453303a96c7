"""Google's client libraries, made once a process and on first use (a function that never stores never dials).

Timeouts and retries are stated here for all: `RETRY` is exponential with full jitter, as in google-api-core, and
bounded; `TIMEOUT` bounds each attempt. Emulators are reached through the libraries' own `*_EMULATOR_HOST` variables.
Connections that are lost without a word are found out and replaced below the clients (grpc_channels.py, pools.py): a
client is made once and stays good.
"""

from __future__ import annotations

import functools
import itertools
import os
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from google.api_core import exceptions as google_errors
from google.api_core.retry import Retry, if_exception_type
from google.auth.exceptions import TransportError

from common.settings import Settings

if TYPE_CHECKING:
    from google.cloud import firestore, pubsub_v1, storage, tasks_v2

    from common.grpc_channels import RenewedChannel


class Doubling:
    """A timeout as google-api-core takes it: `first` seconds for a call's first attempt, for each next one twice as
    many, up to `most`.

    The first has to be short, for the connection may be lost; the later ones long, for the server may be slow. (The
    library's ExponentialTimeout gives less than that in the last seconds of each day.)
    """

    def __init__(self, first: float, most: float) -> None:
        self._first, self._most = first, most

    def __call__(self, call: Callable[..., Any]) -> Callable[..., Any]:
        attempts = itertools.count()

        @functools.wraps(call)
        def bounded(*args: Any, **kwargs: Any) -> Any:
            return call(*args, **{**kwargs, "timeout": min(self._most, self._first * 2 ** next(attempts))})

        return bounded


TIMEOUT = cast(float, Doubling(2.0, 10.0))
"""How long each attempt of a call may take. (The libraries' annotations know seconds alone.)"""

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
    from google.cloud.firestore_v1.services.firestore import FirestoreClient
    from google.cloud.firestore_v1.services.firestore.transports import FirestoreGrpcTransport

    from common.grpc_channels import transport_of

    client = firestore.Client(project=project, database=database)
    emulator = os.environ.get("FIRESTORE_EMULATOR_HOST", "")
    transport = transport_of(FirestoreGrpcTransport, emulator, client._credentials)
    client._firestore_api_internal = FirestoreClient(transport=transport)  # it takes no transport in any other way
    return client


def channel_of(db: firestore.Client) -> RenewedChannel:
    """Return the transport to Firestore."""
    return cast("RenewedChannel", db._firestore_api._transport.grpc_channel)


@cache
def storage_client(project: str) -> storage.Client:
    from google.cloud import storage

    from common.pools import FreshAdapter

    client = storage.Client(project=project)
    for scheme in ("http://", "https://"):
        client._http.mount(scheme, FreshAdapter(pool_maxsize=32))
    return client


@cache
def publisher_client() -> pubsub_v1.PublisherClient:
    from google.cloud import pubsub_v1
    from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport

    from common.grpc_channels import transport_of

    # One message a request: an event waits for nobody, and the default batching would hold each back for 10 ms.
    return pubsub_v1.PublisherClient(
        batch_settings=pubsub_v1.types.BatchSettings(max_messages=1),
        transport=transport_of(PublisherGrpcTransport, os.environ.get("PUBSUB_EMULATOR_HOST", "")),
    )


@cache
def tasks_client(emulator_host: str) -> tasks_v2.CloudTasksClient:
    from google.cloud import tasks_v2
    from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

    from common.grpc_channels import transport_of

    return tasks_v2.CloudTasksClient(transport=transport_of(CloudTasksGrpcTransport, emulator_host))


def database(settings: Settings) -> firestore.Client:
    """Return the Firestore client of these settings."""
    return firestore_client(settings.google_cloud_project, settings.firestore_database)


def forget() -> None:
    """Have every client made anew: the variables that name the emulators, or the key file, have changed."""
    from common.signer import signer_at

    for made in (firestore_client, storage_client, publisher_client, tasks_client, signer_at):
        made.cache_clear()
