"""All agents in this process, on an embedded cloud whose tasks and events a test delivers: in any order, twice or not.

The agents are the real apps of functions-framework and speak to the emulators with Google's clients; the models
and the gateway are served over HTTP, too. Queues are paused and the topic's messages are taken, so that nothing moves
but by `deliver`. Of each turn the voice says the first word, which goes all the ways that a long speech goes.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore, pubsub_v1, storage, tasks_v2
from werkzeug.serving import make_server
from werkzeug.test import Client

from common import authenticator, clients, openings
from common.policy import POLICIES
from common.settings import Settings
from common.tokens import token_hash
from emulators.storage.rights import ANONYMOUS
from functions.model_serving import tts
from functions.model_serving.tts.engines.espeak import engine as espeak
from local import keys
from local.cloud import Cloud
from local.entry_points import ENTRY_POINTS
from local.front import service_app
from local.front_faults import FOLDER_VARIABLE, Fault, Fronts
from tests.fakes.kept_voice import keeping

PROJECT, LOCATION, BUCKET, KEY = "by-hand", "us-central1", "audio", "a-key-of-the-tests"
AUTHENTICATOR_KEY, TICK = "the-key-of-our-services", "a-tick-of-the-scheduler"
TOPIC = f"projects/{PROJECT}/topics/agent-events"
SUBSCRIPTION = f"projects/{PROJECT}/subscriptions/agent-events-by-hand"
URLS = {name: f"http://{name}.test" for name in ENTRY_POINTS}
INVOKERS = {kind: f"{kind}-invoker@{PROJECT}.iam.gserviceaccount.com" for kind in ("tasks", "events", "scheduler")}
WAKER = f"waker@{PROJECT}.iam.gserviceaccount.com"
ACCOUNT = f"functions@{PROJECT}.iam.gserviceaccount.com"
PATIENCE_S = 300.0
"""After which the post counts as going round in circles; a machine that runs much else takes its time."""
_kept = keeping(tts.speak, espeak)
"""Of one process, for all modules by hand."""


def _first_word(text: str, _language: str) -> str:
    return text.partition(" ")[0]


@dataclass(frozen=True)
class PendingDelivery:
    """A task or event waiting to be delivered: to which agent, its purpose, and the delivering request."""

    agent: str
    name: str
    headers: Mapping[str, str] = field(compare=False, hash=False)
    body: bytes = field(compare=False, hash=False)


class ManualDelivery:
    """Run the agents, and hold what waits for its delivery."""

    def __init__(self, cloud: Cloud, settings: Settings, fronts: Fronts, grants: dict[str, Collection[str]]) -> None:
        self.cloud = cloud
        self.grants = grants
        self.settings = settings
        self._fronts = fronts
        self.db = firestore.Client(project=PROJECT, credentials=AnonymousCredentials())
        self.bucket = storage.Client(project=PROJECT, credentials=AnonymousCredentials()).bucket(BUCKET)
        self.apps = {name: service_app(name) for name in ENTRY_POINTS if name != "model_serving"}
        self.waiting: list[PendingDelivery] = []
        self.without: Collection[str] = ()
        """Agents that are not there: letters to them are lost."""
        self._sent: dict[str, dict[str, int]] = {}
        self._subscriber = pubsub_v1.SubscriberClient()
        self._tasks = clients.tasks_client(settings.cloud_tasks_emulator_host)
        names = [name for policy in POLICIES.values() for name in policy.queues]
        self._queues = [self._tasks.queue_path(PROJECT, LOCATION, name) for name in names]
        for queue in self._queues:
            self._tasks.create_queue(parent=queue.partition("/queues/")[0], queue=tasks_v2.Queue(name=queue))
            self._tasks.pause_queue(name=queue)

    def reset(self) -> None:
        """An empty cloud with its topic, bucket and one API key; and empty queues, which take long to make anew."""
        for emulator in (self.cloud.pubsub, self.cloud.storage, self.cloud.firestore, self.cloud.meter):
            emulator.reset()
        for queue in self._queues:
            self.cloud.tasks.take(queue)
        openings.remembered.clear()
        self.waiting.clear()
        self.without = ()
        self._sent = {"pubsub_messages": {}, "tasks": {}}
        self.bucket.create()
        clients.publisher_client().create_topic(name=TOPIC)
        self._subscriber.create_subscription(name=SUBSCRIPTION, topic=TOPIC)
        keys.create(self.settings, "owner", 10_000, KEY)

    # The owner's side

    def call(self, method: str, path: str, *, at: str = "/api/v1/podcasts", **more: Any) -> Any:
        """The gateway, as the owner calls it."""
        headers = {"Authorization": f"Bearer {KEY}", **more.pop("headers", {})}
        return Client(self.apps["api_gateway"]).open(at + path, method=method, headers=headers, **more)

    def generate(self, text: str, *, key: str = "first", minutes: int = 1, **wishes: Any) -> str:
        """Have a podcast made; its workflow's id, the same for the same key."""
        asked = {"text": text, "minutes": minutes, "language": "en", **wishes}
        answer = self.call("POST", "/generate", json=asked, headers={"X-Idempotency-Key": key})
        assert answer.status_code == 202, answer.text
        return str(answer.json["cpoa_workflow_id"])

    def front(self, service: str, fault: Fault) -> contextlib.AbstractContextManager[Callable[[], int]]:
        """Have somebody else answer for a service while the block runs. Gives a function: how many requests were."""
        return self._fronts.before(service, fault)

    # The post

    def collect(self) -> list[PendingDelivery]:
        """Collect the contents of queues and topic, and return all waiting letters."""
        sent = {name: self.cloud.meter.by_resource(name) for name in ("pubsub_messages", "tasks")}
        before, self._sent = self._sent, sent
        if sent["pubsub_messages"] != before["pubsub_messages"]:
            self._collect_events()
        for queue in self._queues:
            if any(times != before["tasks"].get(name) for name, times in sent["tasks"].items() if queue in name):
                self._collect_tasks(queue)
        return self.waiting

    def _collect_events(self) -> None:
        for message in self.cloud.pubsub.take(SUBSCRIPTION):
            attributes = dict(message.attributes)
            headers = {name: value for name, value in attributes.items() if "_" not in name}  # which gunicorn drops
            name = f"{attributes['ce-type']} {attributes['ce-subject']}"
            self.waiting.append(PendingDelivery("orchestrator", name, headers, bytes(message.data)))

    def _collect_tasks(self, queue: str) -> None:
        agents = {url: name for name, url in URLS.items()}
        for task in self.cloud.tasks.take(queue):
            request = task.http_request
            name = task.name.rpartition("/")[2]
            if agents[request.url] not in self.without:
                self.waiting.append(PendingDelivery(agents[request.url], name, dict(request.headers), request.body))

    def deliver(self, delivery: PendingDelivery) -> int:
        """One delivery; the HTTP status of its answer."""
        kind = "events" if delivery.agent in {"orchestrator", "dead_letters"} else "tasks"
        token = self.cloud.identity.id_token(INVOKERS[kind], URLS[delivery.agent])
        headers = {**delivery.headers, "Authorization": f"Bearer {token}"}
        return Client(self.apps[delivery.agent]).post("/", data=delivery.body, headers=headers).status_code

    def bury(self, delivery: PendingDelivery) -> int:
        """Deliver an event as a dead letter."""
        return self.deliver(PendingDelivery("dead_letters", delivery.name, delivery.headers, delivery.body))

    def drain(
        self, random: Random | None = None, *, repeats: float = 0.0, lost_answers: float = 0.0
    ) -> list[PendingDelivery]:
        """Deliver until nothing waits, in an order of `random`'s, repeating and losing answers with those odds.

        Returns every delivered letter, in order. A letter without a 2xx answer waits on.
        """
        delivered: list[PendingDelivery] = []
        deadline = time.monotonic() + PATIENCE_S
        while self.collect():
            assert time.monotonic() < deadline, f"never done: {[delivery.name for delivery in self.waiting]}"
            delivery = random.choice(self.waiting) if random else self.waiting[0]
            status = self.deliver(delivery)
            delivered.append(delivery)
            self.waiting.remove(delivery)
            if not 200 <= status < 300 or (random and random.random() < lost_answers + repeats):
                self.waiting.append(delivery)
        return delivered

    def finish(self, workflow_id: str) -> None:
        """Deliver in order until a podcast has ended or nothing waits; its editions, which come after, stay undone."""
        deadline = time.monotonic() + PATIENCE_S
        while self.collect() and self.workflow(workflow_id)["state"] == "GENERATING":
            assert time.monotonic() < deadline
            delivery = self.waiting.pop(0)
            if self.deliver(delivery) >= 300:
                self.waiting.append(delivery)

    def drain_in_pairs(self) -> None:
        """Deliver everything twice and at the same time, until nothing waits."""
        deadline = time.monotonic() + PATIENCE_S
        with ThreadPoolExecutor(8) as pool:
            while deliveries := list(self.collect()):
                assert time.monotonic() < deadline, f"never done: {[delivery.name for delivery in deliveries]}"
                self.waiting.clear()
                twice = [delivery for delivery in deliveries for _ in "12"]
                answers = list(zip(twice, pool.map(self.deliver, twice), strict=True))
                done = {delivery for delivery, status in answers if 200 <= status < 300}
                self.waiting += [delivery for delivery in deliveries if delivery not in done]

    def sweep(self) -> Any:
        """One call of the scheduler; what it did."""
        token = self.cloud.identity.id_token(INVOKERS["scheduler"], URLS["sweeper"])
        headers = {"Authorization": f"Bearer {token}", authenticator.HEADER: f"tick,{TICK}"}
        answer = Client(self.apps["sweeper"]).post("/", headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json

    # What there is

    def workflow(self, workflow_id: str) -> dict[str, Any]:
        return self.db.document(f"workflows/{workflow_id}").get().to_dict() or {}

    def segments(self, workflow_id: str) -> list[dict[str, Any]]:
        query = self.db.collection(f"workflows/{workflow_id}/segments").order_by("index")
        return [snapshot.to_dict() or {} for snapshot in query.stream()]

    def records(self) -> dict[str, dict[str, Any]]:
        return {record.id: record.to_dict() or {} for record in self.db.collection("idempotency").stream()}

    def objects(self) -> dict[str, bytes]:
        client = storage.Client(project=PROJECT, credentials=AnonymousCredentials())
        return {blob.name: blob.download_as_bytes() for blob in client.list_blobs(BUCKET)}

    def everything(self) -> list[str]:
        """The paths of all documents that are about podcasts, and the names of all objects."""
        about_keys = {"api_keys", "openings", "rate_limits", "usage"}
        documents = [one for found in self.db.collections() if found.id not in about_keys for one in found.stream()]
        documents += self.db.collection_group("segments").stream()  # whose workflow may be gone
        objects = self.bucket.client.list_blobs(BUCKET)
        return [*(document.reference.path for document in documents), *(blob.name for blob in objects)]

    def writes(self) -> dict[str, int]:
        """How often each document of a podcast and each object has been written."""
        meter = self.cloud.meter
        documents = meter.by_resource("firestore_writes", "/workflows/")
        return documents | meter.by_resource("storage_writes")


@contextlib.contextmanager
def manual_delivery(
    folder: Path,
    patch: pytest.MonkeyPatch,
    *,
    roles: Collection[str] = ("objectViewer", "objectCreator", "objectUser"),
    taken_is_forbidden: bool = False,
    **environment: str,
) -> Iterator[ManualDelivery]:
    """Run everything; `environment` is added to the settings of all agents.

    They share an account, which has these `roles` on the bucket: all roles held by any agent, unless told otherwise.
    """
    grants: dict[str, Collection[str]] = {ACCOUNT: roles, ANONYMOUS: ("admin",)}
    cloud = Cloud(None, folder, grants=grants, taken_is_forbidden=taken_is_forbidden)
    addresses = cloud.start()
    # Which has the agents' client of Cloud Storage show who it is; this module's own are told to be anonymous
    addresses["API_ENDPOINT_OVERRIDE"] = addresses.pop("STORAGE_EMULATOR_HOST")
    patch.delenv("STORAGE_EMULATOR_HOST", raising=False)  # of a stack that this process talks to, too
    fronts = folder / "fronts"
    fronts.mkdir()
    for name, value in (addresses | _environment(cloud) | {FOLDER_VARIABLE: str(fronts)} | environment).items():
        patch.setenv(name, value)
    patch.setattr(espeak, "speakable", _first_word)
    patch.setattr(tts, "speak", _kept)
    clients.forget()
    try:
        with _served("model_serving") as models, _served("api_gateway") as gateway:
            patch.setenv("MODEL_SERVING_URL", models)
            patch.setenv("GATEWAY_URL", gateway)
            yield ManualDelivery(cloud, Settings.from_env(), Fronts(fronts), grants)
            here = os.environ["PUBSUB_EMULATOR_HOST"] == addresses["PUBSUB_EMULATOR_HOST"]
            assert here, "a shared stack was begun meanwhile, whose addresses would now be forgotten"
    finally:
        cloud.stop()
        clients.forget()


@contextlib.contextmanager
def _served(name: str) -> Iterator[str]:
    """The address of a service that others call by themselves."""
    server = make_server("127.0.0.1", 0, service_app(name), threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _environment(cloud: Cloud) -> dict[str, str]:
    return {
        "GOOGLE_CLOUD_PROJECT": PROJECT,
        "LOCATION": LOCATION,
        "AUDIO_BUCKET": BUCKET,
        "WEBSOCKET_URL": "ws://streamer.test/",
        "STREAMER_URL": "http://streamer.test",
        **dict.fromkeys(("REQUESTS_PER_MINUTE", "READS_PER_MINUTE"), "10000"),
        **dict.fromkeys(("PODCASTS_AT_ONCE", "MINUTES_A_DAY"), "0"),
        "SWEEP_REDRIVE_AFTER_S": "1",
        "GOOGLE_APPLICATION_CREDENTIALS": str(cloud.identity.service_account_file(ACCOUNT)),
        "MODEL_SERVING_CALLERS": ACCOUNT,
        "PLATFORM_CHECKS_TOKENS": "true",
        "AUTHENTICATOR_KEY": AUTHENTICATOR_KEY,
        "TICK_TOKEN_SHA256": token_hash(TICK),
        "SIGNING_CALLERS": ACCOUNT,
        "REMOVAL_CALLERS": ACCOUNT,
        "REMOVED_AGAIN_AFTER_S": "0",
        "WAKER": WAKER,
        **{f"{kind.upper()}_INVOKER": email for kind, email in INVOKERS.items()},
        **{f"{name.upper()}_URL": url for name, url in URLS.items()},
    }


def told(delivery: PendingDelivery) -> dict[str, Any]:
    """What an event or a task says."""
    said: dict[str, Any] = json.loads(delivery.body or b"{}")
    return said
