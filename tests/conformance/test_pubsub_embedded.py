"""The embedded Pub/Sub's additions for tests: tokens, limits, billing, persistence, reset, its gaps."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from queue import Queue
from random import Random
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from google.api_core import exceptions
from google.cloud import pubsub_v1

from emulators.delivery import FaultInjector
from emulators.grpc_service import ApiError
from emulators.identity import Identity
from emulators.journal import Journal
from emulators.meter import Meter
from emulators.pubsub import PubSubEmulator
from tests.conformance.http_target import HttpTarget, Received, answers
from tests.conformance.pubsub_backends import PROJECT, Start, connected, nothing_to_pull, pull

pytestmark = pytest.mark.filterwarnings("ignore:The return_immediately flag:DeprecationWarning")


QUIET_S = 0.3
"""Long enough for a delivery that should not come: one takes a few milliseconds."""


@pytest.mark.parametrize("audience", ["", "https://elsewhere.example"])
def test_a_push_carries_a_signed_token(embedded: Start, target: HttpTarget, tmp_path: Path, audience: str) -> None:
    pubsub = embedded()
    topic = pubsub.topic()
    token = {"service_account_email": "pusher@example.com", "audience": audience}
    pubsub.subscription(topic, push_config={"push_endpoint": target.url("/push"), "oidc_token": token})
    pubsub.publish(topic, b"hello")
    scheme, _, signed = target.next().headers["authorization"].partition(" ")
    key = load_pem_private_key((tmp_path / "identity/key.pem").read_bytes(), password=None).public_key()
    assert isinstance(key, RSAPublicKey)
    claims = jwt.decode(signed, key, algorithms=["RS256"], audience=audience or target.url("/push"))
    assert (scheme, claims["email"]) == ("Bearer", "pusher@example.com")


@pytest.mark.parametrize(
    ("attribute", "told"),
    [
        ("Content-Type", "application/json"),
        ("content-type", "application/octet-stream, application/json"),  # which gunicorn answers 400
        (None, "application/octet-stream"),
    ],
)
def test_the_type_of_unwrapped_content_is_that_of_one_attribute_alone(
    embedded: Start, target: HttpTarget, attribute: str | None, told: str
) -> None:
    pubsub = embedded()
    topic = pubsub.topic()
    pubsub.subscription(topic, push_config={"push_endpoint": target.url(), "no_wrapper": {"write_metadata": True}})
    pubsub.publish(topic, b"{}", **({attribute: "application/json"} if attribute else {}))
    assert target.next().headers["content-type"] == told


def test_an_attribute_with_an_underscore_becomes_no_header(embedded: Start, target: HttpTarget) -> None:
    pubsub = embedded()
    topic = pubsub.topic()
    pubsub.subscription(topic, push_config={"push_endpoint": target.url(), "no_wrapper": {"write_metadata": True}})
    pubsub.publish(topic, b"{}", workflow_id="w1", **{"workflow-id": "w2"})
    headers = target.next().headers
    assert "workflow_id" not in headers
    assert headers["workflow-id"] == "w2"


def test_pushes_are_counted_backed_off_and_buried(embedded: Start, target: HttpTarget) -> None:
    target.answer = answers(500)
    pubsub = embedded(time_scale=0.01)
    topic, dead_letters = pubsub.topic(), pubsub.topic()
    grave = pubsub.subscription(dead_letters)
    pubsub.subscription(
        topic,
        push_config={"push_endpoint": target.url()},
        retry_policy={"minimum_backoff": timedelta(seconds=5), "maximum_backoff": timedelta(seconds=15)},
        dead_letter_policy={"dead_letter_topic": dead_letters, "max_delivery_attempts": 5},
    )
    pubsub.publish(topic, b"unwanted")
    pushes = [target.next() for _ in range(5)]
    assert [json.loads(push.body)["deliveryAttempt"] for push in pushes] == [1, 2, 3, 4, 5]
    gaps = [later.at - earlier.at for earlier, later in pairwise(pushes)]
    assert all(gap > least for gap, least in zip(gaps, (0.045, 0.095, 0.145, 0.145), strict=True))
    assert pull(pubsub, grave)[0].message.attributes["CloudPubSubDeadLetterSourceDeliveryCount"] == "5"
    assert target.quiet(QUIET_S)


def test_outstanding_pushes_are_bounded(embedded: Start, target: HttpTarget) -> None:
    released = threading.Event()
    target.answer = lambda _: 204 if released.wait(30) else 500
    pubsub = embedded(max_outstanding_pushes=2)
    topic = pubsub.topic()
    pubsub.subscription(topic, push_config={"push_endpoint": target.url()})
    for number in range(5):
        pubsub.publish(topic, f"{number}".encode())
    target.next(), target.next()
    assert target.quiet(QUIET_S)
    released.set()
    for _ in range(3):
        target.next()


def test_a_stream_holds_no_more_than_it_asked_for(embedded: Start) -> None:
    pubsub = embedded()
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    taken: Queue[pubsub_v1.subscriber.message.Message] = Queue()
    flow_control = pubsub_v1.types.FlowControl(max_messages=2)
    streaming = pubsub.subscriber.subscribe(subscription, taken.put, flow_control=flow_control)
    for number in range(3):
        pubsub.publish(topic, f"{number}".encode())
    held = [taken.get(timeout=10) for _ in range(2)]
    [third] = pull(pubsub, subscription)
    assert third.message.data not in {message.data for message in held}
    for message in held:
        message.ack()
    streaming.cancel()
    streaming.result(timeout=15)


def test_a_push_subscription_is_not_pulled(embedded: Start, target: HttpTarget) -> None:
    pubsub = embedded()
    subscription = pubsub.subscription(pubsub.topic(), push_config={"push_endpoint": target.url()})
    with pytest.raises(exceptions.FailedPrecondition):
        pubsub.subscriber.pull(subscription=subscription, max_messages=1)


@pytest.mark.parametrize("seconds", [9, 601])
def test_an_ack_deadline_is_from_10_to_600_seconds(embedded: Start, seconds: int) -> None:
    pubsub = embedded()
    with pytest.raises(exceptions.InvalidArgument):
        pubsub.subscription(pubsub.topic(), ack_deadline_seconds=seconds)


def test_old_messages_are_dropped(embedded: Start) -> None:
    pubsub = embedded(time_scale=0.0002)
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic, message_retention_duration={"seconds": 600})
    pubsub.publish(topic, b"old")
    time.sleep(0.15)
    assert nothing_to_pull(pubsub, subscription)


def test_every_published_message_is_counted(embedded: Start, meter: Meter) -> None:
    pubsub = embedded()
    topic = pubsub.topic()
    for _ in range(2):
        pubsub.publish(topic, b"x", **{"ce-source": "//workflows/w1", "ce-type": "said"})
    pubsub.publish(topic, b"x")
    assert meter.by_resource("pubsub_messages") == {f"{topic} //workflows/w1 said": 2, topic: 1}


def test_the_journal_brings_everything_back(embedded: Start, identity: Identity, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "pubsub.sqlite")
    emulator = PubSubEmulator(Meter(), journal, identity)
    with connected("embedded", f"127.0.0.1:{emulator.start()}", 10) as before:
        topic = before.topic()
        subscription = before.subscription(topic, dead_letter_policy={"dead_letter_topic": before.topic()})
        first_id = before.publish(topic, b"acknowledged")
        [received] = pull(before, subscription)
        before.subscriber.acknowledge(subscription=subscription, ack_ids=[received.ack_id])
        before.publish(topic, b"given back", kind="greeting")
        [received] = pull(before, subscription)
        before.subscriber.modify_ack_deadline(
            subscription=subscription, ack_ids=[received.ack_id], ack_deadline_seconds=0
        )
    emulator.stop()
    after = embedded(journal=journal)
    [received] = pull(after, subscription)
    assert (received.message.data, dict(received.message.attributes)) == (b"given back", {"kind": "greeting"})
    assert received.delivery_attempt == 2
    assert int(after.publish(topic, b"new")) > int(first_id)


SERVE = """
import sys, time
from pathlib import Path
from emulators.identity import Identity
from emulators.journal import Journal
from emulators.meter import Meter
from emulators.pubsub import PubSubEmulator
folder = Path(sys.argv[1])
print(PubSubEmulator(Meter(), Journal(folder / "pubsub.sqlite"), Identity(folder)).start(), flush=True)
time.sleep(60)
"""


def test_a_killed_emulator_pushes_what_was_not_acknowledged(
    embedded: Start, target: HttpTarget, tmp_path: Path
) -> None:
    target.answer = answers(500)
    command = [sys.executable, "-c", SERVE, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            with connected("killed", f"127.0.0.1:{int(process.stdout.readline())}", 10) as before:
                topic = before.topic()
                before.subscription(topic, push_config={"push_endpoint": target.url(), "no_wrapper": {}})
                before.publish(topic, b"survives")
                target.next()
        finally:
            os.kill(process.pid, signal.SIGKILL)
    target.answer = answers(204)
    embedded(journal=Journal(tmp_path / "pubsub.sqlite"))
    assert target.next().body == b"survives"


def test_reset_forgets_everything(identity: Identity, target: HttpTarget, tmp_path: Path) -> None:
    target.answer = answers(500)
    journal = Journal(tmp_path / "pubsub.sqlite")
    emulator = PubSubEmulator(Meter(), journal, identity)
    with connected("embedded", f"127.0.0.1:{emulator.start()}", 10) as pubsub:
        topic = pubsub.topic()
        pubsub.subscription(topic, push_config={"push_endpoint": target.url()})
        pubsub.publish(topic, b"forgotten")
        target.next()
        emulator.reset()
        assert list(pubsub.publisher.list_topics(project=f"projects/{PROJECT}")) == []
        assert target.quiet(QUIET_S)
    emulator.stop()
    assert journal.items() == []


def test_stop_abandons_what_is_under_way_and_leaves_no_thread(identity: Identity, target: HttpTarget) -> None:
    released = threading.Event()
    answered: list[bool] = []

    def answer(_: Received) -> int:
        answered.append(released.wait(30))
        return 204

    target.answer = answer
    before = set(threading.enumerate())
    emulator = PubSubEmulator(Meter(), Journal(None), identity)
    with connected("embedded", f"127.0.0.1:{emulator.start()}", 10) as pubsub:
        topic = pubsub.topic()
        pubsub.subscription(topic, push_config={"push_endpoint": target.url()})
        pubsub.publish(topic, b"slow")
        target.next()
        emulator.stop()
        assert answered == [], "it did not wait for the answer"
    released.set()
    assert not [thread for thread in set(threading.enumerate()) - before if thread.name == "PubSubEmulator"]


def test_a_port_in_use_is_an_error(identity: Identity) -> None:
    first = PubSubEmulator(Meter(), Journal(None), identity)
    port = first.start()
    with pytest.raises(RuntimeError):
        PubSubEmulator(Meter(), Journal(None), identity).start(port)
    first.stop()


@pytest.mark.parametrize(
    ("missing", "config"),
    [
        ("Subscription.filter", {"filter": 'attributes.x = "y"'}),
        ("Subscription.enable_message_ordering", {"enable_message_ordering": True}),
        ("Subscription.bigquery_config", {"bigquery_config": {"table": "a.b.c"}}),
        ("PushConfig.attributes", {"push_config": {"attributes": {"x-goog-version": "v1"}}}),
        ("ExpirationPolicy.ttl", {"expiration_policy": {"ttl": {"seconds": 86400}}}),
    ],
)
def test_what_is_missing_is_named(embedded: Start, missing: str, config: dict[str, Any]) -> None:
    pubsub = embedded()
    with pytest.raises(exceptions.MethodNotImplemented, match=missing):
        pubsub.subscription(pubsub.topic(), **config)


def test_a_missing_method_is_named(embedded: Start) -> None:
    pubsub = embedded()
    subscription = pubsub.subscription(pubsub.topic())
    with pytest.raises(exceptions.MethodNotImplemented, match="CreateSnapshot"):
        pubsub.subscriber.create_snapshot(name=f"projects/{PROJECT}/snapshots/s", subscription=subscription)


def test_disorder_repeats_and_loses_but_delivers_all(embedded: Start, target: HttpTarget) -> None:
    disorder = FaultInjector(Random(1), probability=0.5, max_delay_s=0.2)
    pubsub = embedded(time_scale=0.01, disorder=disorder)
    topic = pubsub.topic()
    pubsub.subscription(topic, push_config={"push_endpoint": target.url(), "no_wrapper": {}})
    expected = [f"{number}".encode() for number in range(20)]
    for data in expected:
        pubsub.publish(topic, data)
    arrived: list[bytes] = []
    while set(arrived) != set(expected):
        arrived.append(target.next().body)
    assert len(arrived) > len(expected)
    assert list(dict.fromkeys(arrived)) != expected


def test_who_delivers_by_hand_takes_what_waits_and_is_leased_to_nobody(
    identity: Identity, meter: Meter, tmp_path: Path
) -> None:
    journal = Journal(tmp_path / "pubsub.sqlite")
    emulator = PubSubEmulator(meter, journal, identity)
    with connected("embedded", f"127.0.0.1:{emulator.start()}", 10) as pubsub:
        topic = pubsub.topic()
        by_hand, other = pubsub.subscription(topic), pubsub.subscription(topic)
        pubsub.publish(topic, b"leased")
        leased = pull(pubsub, by_hand)[0].ack_id
        for data in (b"first", b"second"):
            pubsub.publish(topic, data, about="tides")
        taken = emulator.take(by_hand)
        assert [(one.data, one.attributes["about"]) for one in taken] == [(b"first", "tides"), (b"second", "tides")]
        assert emulator.take(by_hand) == []
        pubsub.subscriber.modify_ack_deadline(subscription=by_hand, ack_ids=[leased], ack_deadline_seconds=0)
        assert [one.data for one in emulator.take(by_hand)] == [b"leased"], "as soon as it is given back"
        assert {one.message.data for one in pull(pubsub, other, 3)} == {b"leased", b"first", b"second"}
        with pytest.raises(ApiError):
            emulator.take(f"{by_hand}-unknown")
        emulator.take(other)
    emulator.stop()
    assert not [name for name, _ in journal.items() if by_hand in name and name.startswith("message/")]
