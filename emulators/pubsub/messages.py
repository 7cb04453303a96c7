"""Messages: the rules of publishing, and a message on its way to a subscription."""

from __future__ import annotations

from dataclasses import dataclass

from google.protobuf.timestamp_pb2 import Timestamp
from google.pubsub_v1 import types as t

from emulators.grpc_service import invalid

_MAX_BYTES = 10_000_000
_MAX_ATTRIBUTES = 100
_MAX_KEY_BYTES = 256
_MAX_VALUE_BYTES = 1024


@dataclass(eq=False)
class Delivery:
    """A message on its way to a subscription."""

    message: t.PubsubMessage
    attempts: int = 0
    """Deliveries that ended without an acknowledgment."""

    def attempt_number(self, config: t.Subscription) -> int:
        """Tell which delivery this is, counted from 1; 0 without a dead-letter policy."""
        return self.attempts + 1 if config.dead_letter_policy.dead_letter_topic else 0


def require_publishable(message: t.PubsubMessage) -> None:
    """Raise ApiError for an unacceptable message. https://cloud.google.com/pubsub/quotas"""
    if not message.data and not message.attributes:
        raise invalid("Some messages are empty: a message needs data or an attribute")
    if len(message.attributes) > _MAX_ATTRIBUTES:
        raise invalid(f"A message has at most {_MAX_ATTRIBUTES} attributes")
    for key, value in message.attributes.items():
        too_long = len(key.encode()) > _MAX_KEY_BYTES or len(value.encode()) > _MAX_VALUE_BYTES
        if not key or key.startswith("goog") or too_long:
            raise invalid(f"Invalid attribute {key[:_MAX_KEY_BYTES]!r}")
    if len(message.ordering_key.encode()) > _MAX_VALUE_BYTES:
        raise invalid(f"An ordering key has at most {_MAX_VALUE_BYTES} bytes")
    if size(message) > _MAX_BYTES:
        raise invalid(f"A message has at most {_MAX_BYTES} bytes")


def dead_letter(source: t.Subscription, delivery: Delivery) -> t.PubsubMessage:
    """Build the message for a dead-letter topic.
    https://cloud.google.com/pubsub/docs/handling-failures#how_dead_letter_topics_work"""
    _, project, _, name = source.name.split("/")
    message = delivery.message
    provenance = {
        "CloudPubSubDeadLetterSourceDeliveryCount": str(delivery.attempts),
        "CloudPubSubDeadLetterSourceSubscription": name,
        "CloudPubSubDeadLetterSourceSubscriptionProject": project,
        "CloudPubSubDeadLetterSourceTopicPublishTime": publish_time(message).ToJsonString(),
    }
    return t.PubsubMessage(
        data=message.data, attributes={**message.attributes, **provenance}, ordering_key=message.ordering_key
    )


def size(message: t.PubsubMessage) -> int:
    """Bytes of a message on the wire."""
    return int(t.PubsubMessage.pb(message).ByteSize())


def publish_time(message: t.PubsubMessage) -> Timestamp:
    """Return the message's own timestamp, to read or to set."""
    timestamp: Timestamp = t.PubsubMessage.pb(message).publish_time
    return timestamp
