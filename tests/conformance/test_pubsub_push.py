"""Pub/Sub's pushes as Aethercast relies on them: what both servers do.

https://cloud.google.com/pubsub/docs/push
"""

from __future__ import annotations

import base64
import json
import threading
import time
from datetime import timedelta
from pathlib import Path

import functions_framework
import pytest
from werkzeug.serving import make_server

from tests.conformance.http_target import HttpTarget, answers
from tests.conformance.pubsub_backends import PROJECT, PubSub, nothing_to_pull, pull

pytestmark = pytest.mark.filterwarnings("ignore:The return_immediately flag:DeprecationWarning")


QUIET_S = 0.3
"""Long enough for a delivery that should not come: one takes a few milliseconds."""


CLOUD_EVENT_FUNCTION = """
import functions_framework
import urllib.request

@functions_framework.cloud_event
def receive(event):
    seen = f"{event['id']} {event['type']} {event['source']} {event['workflowid']} {event.data['segment']}"
    urllib.request.urlopen("URL", data=seen.encode()).close()
"""


def test_a_push_wraps_the_message(pubsub: PubSub, target: HttpTarget) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic, push_config={"push_endpoint": target.url("/wrapped?x=1")})
    message_id = pubsub.publish(topic, b"\x00hello", kind="greeting")
    request = target.next()
    assert (request.method, request.path) == ("POST", "/wrapped?x=1")
    assert request.headers["content-type"] == "application/json"
    envelope = json.loads(request.body)
    message = envelope["message"]
    assert envelope["subscription"] == subscription
    assert base64.b64decode(message["data"]) == b"\x00hello"
    assert message["attributes"] == {"kind": "greeting"}
    assert message["messageId"] == message["message_id"] == message_id
    assert message["publishTime"] == message["publish_time"]
    assert message["publishTime"].endswith("Z")


def test_an_unwrapped_push_is_the_data_with_attributes_as_headers(pubsub: PubSub, target: HttpTarget) -> None:
    topic = pubsub.topic()
    push_config = {"push_endpoint": target.url(), "no_wrapper": {"write_metadata": True}}
    subscription = pubsub.subscription(topic, push_config=push_config)
    message_id = pubsub.publish(topic, b'{"a": 1}', **{"Content-Type": "application/json", "ce-id": "7"})
    request = target.next()
    assert request.body == b'{"a": 1}'
    assert (request.headers["content-type"], request.headers["ce-id"]) == ("application/json", "7")
    assert request.headers["x-goog-pubsub-subscription-name"] == subscription
    assert request.headers["x-goog-pubsub-message-id"] == message_id
    assert request.headers["x-goog-pubsub-publish-time"].endswith("Z")


def test_an_unwrapped_push_without_metadata_is_the_data_alone(pubsub: PubSub, target: HttpTarget) -> None:
    topic = pubsub.topic()
    pubsub.subscription(topic, push_config={"push_endpoint": target.url(), "no_wrapper": {}})
    pubsub.publish(topic, b"bare", kind="greeting")
    request = target.next()
    assert request.body == b"bare"
    assert not {"kind", "x-goog-pubsub-message-id"} & request.headers.keys()


def test_an_unwrapped_push_is_a_cloud_event_to_a_function(pubsub: PubSub, target: HttpTarget, tmp_path: Path) -> None:
    source = tmp_path / "main.py"
    source.write_text(CLOUD_EVENT_FUNCTION.replace("URL", target.url()))
    function = make_server("127.0.0.1", 0, functions_framework.create_app("receive", str(source)), threaded=True)
    serving = threading.Thread(target=function.serve_forever, args=(0.02,))
    serving.start()
    try:
        topic = pubsub.topic()
        endpoint = f"http://127.0.0.1:{function.server_port}/"
        pubsub.subscription(topic, push_config={"push_endpoint": endpoint, "no_wrapper": {"write_metadata": True}})
        attributes = {
            "ce-specversion": "1.0",
            "ce-id": "42",
            "ce-type": "script.segment_ready",
            "ce-source": "//tests",
            "ce-workflowid": "w1",
            "Content-Type": "application/json",
        }
        pubsub.publish(topic, b'{"segment": 3}', **attributes)
        assert target.next().body == b"42 script.segment_ready //tests w1 3"
    finally:
        function.shutdown()
        serving.join()
        function.server_close()


def test_a_push_that_fails_is_made_again_until_it_succeeds(pubsub: PubSub, target: HttpTarget) -> None:
    target.answer = answers(500, 302, 204)
    topic = pubsub.topic()
    policy = {"minimum_backoff": timedelta(milliseconds=100), "maximum_backoff": timedelta(seconds=1)}
    pubsub.subscription(topic, push_config={"push_endpoint": target.url()}, retry_policy=policy)
    pubsub.publish(topic, b"again")
    bodies = [json.loads(target.next().body)["message"]["data"] for _ in range(3)]
    assert bodies == [base64.b64encode(b"again").decode()] * 3
    assert target.quiet(QUIET_S)


def test_a_push_that_is_not_answered_in_time_is_made_again(pubsub: PubSub, target: HttpTarget) -> None:
    released = threading.Event()
    target.answer = lambda _: 204 if released.wait(30) else 500
    topic = pubsub.topic()
    deadline_s = pubsub.shortest_ack_deadline_s
    policy = {"minimum_backoff": timedelta(milliseconds=100), "maximum_backoff": timedelta(seconds=1)}
    pubsub.subscription(
        topic, push_config={"push_endpoint": target.url()}, ack_deadline_seconds=deadline_s, retry_policy=policy
    )
    begun = time.monotonic()
    pubsub.publish(topic, b"slow")
    first, second = target.next(), target.next()
    released.set()
    assert second.at - begun > 0.9
    assert first.body == second.body


def test_push_may_be_turned_elsewhere_and_off(pubsub: PubSub, target: HttpTarget) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    for path in ("/one", "/two"):
        push_config = {"push_endpoint": target.url(path)}
        pubsub.subscriber.modify_push_config(request={"subscription": subscription, "push_config": push_config})
        pubsub.publish(topic, path.encode())
        assert target.next().path == path
    pubsub.subscriber.modify_push_config(request={"subscription": subscription, "push_config": {}})
    pubsub.publish(topic, b"pulled")
    [received] = pull(pubsub, subscription)
    assert received.message.data == b"pulled"


def test_what_nobody_takes_goes_to_the_dead_letter_topic(pubsub: PubSub) -> None:
    topic, dead_letters = pubsub.topic(), pubsub.topic()
    grave = pubsub.subscription(dead_letters)
    policy = {"dead_letter_topic": dead_letters, "max_delivery_attempts": 5}
    subscription = pubsub.subscription(topic, dead_letter_policy=policy)
    pubsub.publish(topic, b"unwanted", kind="greeting")
    for _ in range(5):
        [received] = pull(pubsub, subscription)
        pubsub.subscriber.modify_ack_deadline(
            subscription=subscription, ack_ids=[received.ack_id], ack_deadline_seconds=0
        )
    assert nothing_to_pull(pubsub, subscription)  # Google's emulator moves the message only when it is asked for again
    [buried] = pull(pubsub, grave)
    attributes = dict(buried.message.attributes)
    assert buried.message.data == b"unwanted"
    assert attributes.pop("CloudPubSubDeadLetterSourceTopicPublishTime").endswith("Z")
    assert attributes == {
        "kind": "greeting",
        "CloudPubSubDeadLetterSourceDeliveryCount": "5",
        "CloudPubSubDeadLetterSourceSubscription": subscription.rpartition("/")[2],
        "CloudPubSubDeadLetterSourceSubscriptionProject": PROJECT,
    }
