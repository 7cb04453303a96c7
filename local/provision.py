"""What `terraform apply` provisions in the cloud, made here with the same client libraries: topics, queues, the bucket.

Repeated runs change nothing, so a stack with a data directory finds its own again.
"""

from __future__ import annotations

from contextlib import suppress

import grpc
from google.api_core import exceptions as google_errors
from google.cloud import pubsub_v1, storage, tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport
from google.protobuf import duration_pb2
from google.pubsub_v1 import types as pubsub

from common.waking import PATH as WAKE
from common.waking import WOKEN

QUEUES = {
    # name: dispatches at once. The forge's is what bounds the load on the speech engine: this machine's cores.
    "harvest": 8,
    "weave": 8,
    "forge": 4,
    "urgent": 2,
    "master": 2,
    "editions": 1,
    "webhooks": 4,
}
EVENTS_TOPIC = "agent-events"
DEAD_TOPIC = "agent-events-dead"
WAKINGS_TOPIC = "wakings"
PUSHES = 50
"""After so many that failed an event is a dead letter."""


def provision(
    *, project: str, location: str, bucket: str, cors: list[str], env: dict[str, str], urls: dict[str, str]
) -> None:
    """Create what is missing. `env` holds the emulators' addresses, `urls` where each service is reached."""
    _bucket(project, bucket, cors)
    _queues(project, location, env["CLOUD_TASKS_EMULATOR_HOST"])
    _topics(project, env["EVENTS_INVOKER"], urls)
    _wakings(project, env["WAKER"], {**urls, "streamer": env["STREAMER_URL"]})


def _bucket(project: str, name: str, cors: list[str]) -> None:
    client = storage.Client(project=project)
    bucket = client.bucket(name)
    bucket.cors = [
        {
            "origin": cors,
            "method": ["GET", "HEAD"],
            "responseHeader": ["Content-Type", "Content-Range"],
            "maxAgeSeconds": 3600,
        }
    ]
    try:
        client.create_bucket(bucket)
    except google_errors.Conflict:
        bucket.patch()  # the player's address may be another than last time


def _queues(project: str, location: str, host: str) -> None:
    client = tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=grpc.insecure_channel(host)))
    for name, at_once in QUEUES.items():
        with suppress(google_errors.AlreadyExists):
            client.create_queue(
                parent=f"projects/{project}/locations/{location}",
                queue=tasks_v2.Queue(
                    name=client.queue_path(project, location, name),
                    rate_limits=tasks_v2.RateLimits(max_dispatches_per_second=500, max_concurrent_dispatches=at_once),
                    retry_config=tasks_v2.RetryConfig(
                        max_attempts=-1,
                        min_backoff=duration_pb2.Duration(nanos=200_000_000),
                        max_backoff=duration_pb2.Duration(seconds=5),
                        max_doublings=5,
                    ),
                ),
            )


def _topics(project: str, invoker: str, urls: dict[str, str]) -> None:
    publisher, subscriber = pubsub_v1.PublisherClient(), pubsub_v1.SubscriberClient()
    with subscriber:
        events, dead = publisher.topic_path(project, EVENTS_TOPIC), publisher.topic_path(project, DEAD_TOPIC)
        for topic in (events, dead):
            with suppress(google_errors.AlreadyExists):
                publisher.create_topic(name=topic)
        subscriptions = (
            (f"{EVENTS_TOPIC}-orchestrator", events, urls["orchestrator"], dead),
            (f"{DEAD_TOPIC}-burial", dead, urls["dead_letters"], None),
        )
        for name, topic, url, dead_letters in subscriptions:
            path = subscriber.subscription_path(project, name)
            push = pubsub.PushConfig(
                push_endpoint=url,
                oidc_token=pubsub.PushConfig.OidcToken(service_account_email=invoker, audience=url),
                no_wrapper=pubsub.PushConfig.NoWrapper(write_metadata=True),
            )
            subscription = pubsub.Subscription(
                name=path,
                topic=topic,
                push_config=push,
                ack_deadline_seconds=30,
                retry_policy=pubsub.RetryPolicy(
                    minimum_backoff=duration_pb2.Duration(nanos=200_000_000),
                    maximum_backoff=duration_pb2.Duration(seconds=10),
                ),
            )
            if dead_letters:
                subscription.dead_letter_policy = pubsub.DeadLetterPolicy(
                    dead_letter_topic=dead_letters, max_delivery_attempts=PUSHES
                )
            try:
                subscriber.create_subscription(request=subscription)
            except google_errors.AlreadyExists:
                subscriber.modify_push_config(subscription=path, push_config=push)


def _wakings(project: str, waker: str, urls: dict[str, str]) -> None:
    """Have every service woken that lies between a click and lasting sound."""
    publisher, subscriber = pubsub_v1.PublisherClient(), pubsub_v1.SubscriberClient()
    with subscriber:
        topic = publisher.topic_path(project, WAKINGS_TOPIC)
        with suppress(google_errors.AlreadyExists):
            publisher.create_topic(name=topic)
        for name in WOKEN:
            path = subscriber.subscription_path(project, f"{WAKINGS_TOPIC}-{name.replace('_', '-')}")
            push = pubsub.PushConfig(
                push_endpoint=f"{urls[name]}{WAKE}",
                oidc_token=pubsub.PushConfig.OidcToken(service_account_email=waker, audience=urls[name]),
                no_wrapper=pubsub.PushConfig.NoWrapper(write_metadata=True),
            )
            try:
                subscriber.create_subscription(name=path, topic=topic, push_config=push)
            except google_errors.AlreadyExists:
                subscriber.modify_push_config(subscription=path, push_config=push)
