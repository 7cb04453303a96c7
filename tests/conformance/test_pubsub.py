"""Pub/Sub's topics, subscriptions and pulling, as relied on by Aethercast: what both servers do."""

from __future__ import annotations

from datetime import timedelta
from queue import Queue
from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud import pubsub_v1

from tests.conformance.pubsub_backends import PROJECT, PubSub, nothing_to_pull, pull

pytestmark = pytest.mark.filterwarnings("ignore:The return_immediately flag:DeprecationWarning")


def test_a_topic_is_created_once_listed_and_deleted(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    with pytest.raises(exceptions.AlreadyExists):
        pubsub.publisher.create_topic(name=topic)
    assert pubsub.publisher.get_topic(topic=topic).name == topic
    assert topic in [known.name for known in pubsub.publisher.list_topics(project=f"projects/{PROJECT}")]
    pubsub.publisher.delete_topic(topic=topic)
    with pytest.raises(exceptions.NotFound):
        pubsub.publisher.get_topic(topic=topic)
    with pytest.raises(exceptions.NotFound):
        pubsub.publisher.publish(topic, b"to nobody").result(timeout=10)


@pytest.mark.parametrize("name", ["ab", "1abc", "a b c", "goog-topic", "x" * 256])
def test_a_name_outside_the_rules_is_refused(pubsub: PubSub, name: str) -> None:
    with pytest.raises(exceptions.InvalidArgument):
        pubsub.publisher.create_topic(name=f"projects/{PROJECT}/topics/{name}")


def test_an_empty_message_is_refused(pubsub: PubSub) -> None:
    with pytest.raises(exceptions.InvalidArgument):
        pubsub.publisher.publish(pubsub.topic(), b"").result(timeout=10)


def test_a_subscription_gets_the_defaults_and_exists_once(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    name = pubsub.subscription(topic)
    config = pubsub.subscriber.get_subscription(subscription=name)
    assert (config.topic, config.ack_deadline_seconds) == (topic, 10)
    assert config.message_retention_duration == timedelta(days=7)
    with pytest.raises(exceptions.AlreadyExists):
        pubsub.subscriber.create_subscription(name=name, topic=topic)
    assert name in pubsub.publisher.list_topic_subscriptions(topic=topic)
    pubsub.subscriber.delete_subscription(subscription=name)
    with pytest.raises(exceptions.NotFound):
        pubsub.subscriber.get_subscription(subscription=name)
    with pytest.raises(exceptions.NotFound):
        pubsub.subscriber.pull(subscription=name, max_messages=1)


@pytest.mark.parametrize(
    ("config", "error"),
    [
        ({"topic": f"projects/{PROJECT}/topics/missing"}, exceptions.NotFound),
        ({"dead_letter_policy": {"dead_letter_topic": f"projects/{PROJECT}/topics/missing"}}, exceptions.NotFound),
        ({"message_retention_duration": {"seconds": 5}}, exceptions.InvalidArgument),
    ],
)
def test_a_subscription_that_cannot_work_is_refused(
    pubsub: PubSub, config: dict[str, Any], error: type[Exception]
) -> None:
    name = f"projects/{PROJECT}/subscriptions/refused"
    with pytest.raises(error):
        pubsub.subscriber.create_subscription(request={"name": name, "topic": pubsub.topic(), **config})


@pytest.mark.parametrize("attempts", [4, 101])
def test_delivery_attempts_before_the_dead_letter_topic_are_bounded(pubsub: PubSub, attempts: int) -> None:
    policy = {"dead_letter_topic": pubsub.topic(), "max_delivery_attempts": attempts}
    with pytest.raises(exceptions.BadRequest):
        pubsub.subscription(pubsub.topic(), dead_letter_policy=policy)


def test_a_message_is_pulled_by_each_subscription_until_it_is_acknowledged(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    pubsub.publish(topic, b"before anybody listened")
    subscriptions = [pubsub.subscription(topic), pubsub.subscription(topic)]
    message_id = pubsub.publish(topic, b"hello", kind="greeting")
    for subscription in subscriptions:
        [received] = pull(pubsub, subscription)
        assert (received.message.data, dict(received.message.attributes)) == (b"hello", {"kind": "greeting"})
        assert received.message.message_id == message_id
        pubsub.subscriber.acknowledge(subscription=subscription, ack_ids=[received.ack_id])
        assert nothing_to_pull(pubsub, subscription)


def test_what_is_given_back_or_kept_too_long_is_delivered_again(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic, dead_letter_policy={"dead_letter_topic": pubsub.topic()})
    pubsub.publish(topic, b"again")
    for attempt, kept_s in ((1, 0), (2, 1), (3, 0)):
        [received] = pull(pubsub, subscription)
        assert received.delivery_attempt == attempt
        pubsub.subscriber.modify_ack_deadline(
            subscription=subscription, ack_ids=[received.ack_id], ack_deadline_seconds=kept_s
        )


def test_an_ack_id_that_is_none_is_refused(pubsub: PubSub) -> None:
    subscription = pubsub.subscription(pubsub.topic())
    with pytest.raises(exceptions.InvalidArgument):
        pubsub.subscriber.acknowledge(subscription=subscription, ack_ids=["none"])


def test_the_official_subscriber_streams_messages(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    received: Queue[bytes] = Queue()

    def take(message: pubsub_v1.subscriber.message.Message) -> None:
        message.ack()
        received.put(message.data)

    streaming = pubsub.subscriber.subscribe(subscription, take)
    expected = {f"{number}".encode() for number in range(20)}
    for data in sorted(expected):
        pubsub.publish(topic, data)
    assert {received.get(timeout=15) for _ in expected} == expected
    streaming.cancel()
    streaming.result(timeout=15)


def test_update_changes_what_its_mask_names(pubsub: PubSub) -> None:
    name = pubsub.subscription(pubsub.topic())
    update = {"name": name, "ack_deadline_seconds": 30, "labels": {"not": "named"}}
    mask = {"paths": ["ack_deadline_seconds"]}
    pubsub.subscriber.update_subscription(request={"subscription": update, "update_mask": mask})
    config = pubsub.subscriber.get_subscription(subscription=name)
    assert (config.ack_deadline_seconds, dict(config.labels)) == (30, {})


def test_a_subscription_outlives_its_topic(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    pubsub.publish(topic, b"last words")
    pubsub.publisher.delete_topic(topic=topic)
    assert pubsub.subscriber.get_subscription(subscription=subscription).topic == "_deleted-topic_"
    assert pull(pubsub, subscription)[0].message.data == b"last words"
