"""The embedded cloud behind proxies losing connections, and the product's calls to the cloud."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore, storage, tasks_v2

from common import clients
from common.blob_writer import object_writer
from common.blobs import create_object, delete_objects, object_metadata, read_object
from common.clients import RETRY, TIMEOUT
from common.events import Event, publish
from common.idempotency import Outcome, begin
from common.policy import POLICIES
from common.settings import Settings
from common.store import access, paths
from common.tasks import enqueue
from local.cloud import Cloud
from local.silent_proxy import SilentProxy

GOOGLE = {
    "firestore": "FIRESTORE_EMULATOR_HOST",
    "pubsub": "PUBSUB_EMULATOR_HOST",
    "tasks": "CLOUD_TASKS_EMULATOR_HOST",
    "storage": "STORAGE_EMULATOR_HOST",
}
"""What there is a proxy before -> the variable that leads there."""
WORKFLOW, SEGMENTS = paths.workflow("w"), paths.segments("w")
_names = (f"name-{number}" for number in itertools.count())


@dataclass(frozen=True)
class LossyCloud:
    """The product's own clients reach each emulator through one of `proxies`."""

    proxies: dict[str, SilentProxy]
    settings: Settings
    db: firestore.Client


@contextlib.contextmanager
def lossy_cloud(folder: Path) -> Iterator[LossyCloud]:
    """Run the cloud, with a workflow `w` of one segment, an object `stored`, a topic and a paused queue."""
    embedded = Cloud(None, folder)
    addresses = embedded.start()
    with contextlib.ExitStack() as behind:
        behind.callback(embedded.stop)
        proxies = {
            name: behind.enter_context(SilentProxy(addresses[variable].removeprefix("http://")))
            for name, variable in GOOGLE.items()
        }
        proxied = {variable: proxies[name].address for name, variable in GOOGLE.items()}
        proxied["STORAGE_EMULATOR_HOST"] = f"http://{proxied['STORAGE_EMULATOR_HOST']}"
        behind.enter_context(mock.patch.dict("os.environ", proxied))
        clients.forget()
        behind.callback(clients.forget)
        settings = Settings(
            google_cloud_project="lost",
            audio_bucket="audio",
            cloud_tasks_emulator_host=proxies["tasks"].address,
            tasks_invoker="tasks@lost.iam.gserviceaccount.com",
            authenticator_key="the-key-of-our-services",
        )
        _provision(settings)
        yield LossyCloud(proxies, settings, clients.database(settings))


def _provision(settings: Settings) -> None:
    storage.Client(project="lost", credentials=AnonymousCredentials()).create_bucket(settings.audio_bucket)
    clients.publisher_client().create_topic(name=f"projects/lost/topics/{settings.events_topic}")
    tasks = clients.tasks_client(settings.cloud_tasks_emulator_host)
    queue = tasks.queue_path("lost", settings.location, POLICIES["voice_forge"].queue)
    tasks.create_queue(parent=queue.partition("/queues/")[0], queue=tasks_v2.Queue(name=queue))
    tasks.pause_queue(name=queue)
    db = clients.database(settings)
    db.document(*WORKFLOW).create({"state": "GENERATING"})
    db.document(*paths.segment("w", 0)).create({"index": 0})
    create_object(settings, "stored", b"sound", content_type="audio/ogg")


def _written(settings: Settings, name: str) -> bool:
    with object_writer(settings, name, content_type="audio/ogg") as writer:
        writer.write(b"sound")
    return True


CALLS: dict[str, tuple[str, Callable[[LossyCloud], Any], Any]] = {
    # what is called, how, and what that returns (`...`: anything)
    "read": (
        "firestore",
        lambda c: c.db.document(*WORKFLOW).get(retry=RETRY, timeout=TIMEOUT).to_dict(),
        ...,
    ),
    "query": (
        "firestore",
        lambda c: len(list(c.db.collection(*SEGMENTS).stream(retry=RETRY, timeout=TIMEOUT))),
        1,
    ),
    "count": ("firestore", lambda c: access.count(c.db.collection(*SEGMENTS)), 1),
    "write": (
        "firestore",
        lambda c: bool(c.db.document(*WORKFLOW).update({"n": 1}, retry=RETRY, timeout=TIMEOUT)),
        ...,
    ),
    "claim and commit": ("firestore", lambda c: begin(c.settings, "agent", next(_names), {}).commit(Outcome({})), ...),  # type: ignore[union-attr]
    "publish": ("pubsub", lambda c: publish(c.settings, Event("it.happened", "w")), ...),
    "enqueue": (
        "tasks",
        lambda c: enqueue(
            c.settings, agent="voice_forge", url="http://forge.test", name=next(_names), workflow_id="w", body={}
        ),
        True,
    ),
    "upload": (
        "storage",
        lambda c: create_object(c.settings, next(_names), b"sound", content_type="audio/ogg").new,
        True,
    ),
    "resumable upload": ("storage", lambda c: _written(c.settings, next(_names)), True),
    "download": ("storage", lambda c: read_object(c.settings, "stored"), b"sound"),
    "look-up": ("storage", lambda c: object_metadata(c.settings, "stored"), {}),
    "deletion": ("storage", lambda c: delete_objects(c.settings, "nothing-of-that-name"), 0),
}
