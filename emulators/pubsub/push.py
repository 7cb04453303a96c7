"""What a push carries: the message in an envelope, or the message itself.

https://cloud.google.com/pubsub/docs/push and https://cloud.google.com/pubsub/docs/payload-unwrapping
"""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

from google.pubsub_v1 import types as t

from emulators.pubsub.messages import Delivery, publish_time

SUCCESS = frozenset({102, 200, 201, 202, 204})
"""The statuses that acknowledge a message."""


Headers = list[tuple[str, str]]

_OWN_CONTENT_TYPE = "application/octet-stream"


def request_of(delivery: Delivery, config: t.Subscription) -> tuple[Headers, bytes]:
    """Headers and body of the request to the subscription's endpoint."""
    return _unwrapped(delivery, config) if "no_wrapper" in config.push_config else _wrapped(delivery, config)


def _wrapped(delivery: Delivery, config: t.Subscription) -> tuple[Headers, bytes]:
    message = delivery.message
    content: dict[str, Any] = {
        "attributes": dict(message.attributes),
        "data": b64encode(message.data).decode(),
        **dict.fromkeys(("messageId", "message_id"), message.message_id),
        **dict.fromkeys(("publishTime", "publish_time"), publish_time(message).ToJsonString()),
    }
    if message.ordering_key:
        content["orderingKey"] = message.ordering_key
    envelope: dict[str, Any] = {"message": content, "subscription": config.name}
    if attempt := delivery.attempt_number(config):
        envelope["deliveryAttempt"] = attempt
    headers = [("Content-Type", "application/json"), ("User-Agent", "CloudPubSub-Google")]
    return headers, json.dumps(envelope).encode()


def _unwrapped(delivery: Delivery, config: t.Subscription) -> tuple[Headers, bytes]:
    """Make each attribute a header under its own name.

    The content's type is the attribute `Content-Type`, spelled so, as in Google's example. Of another spelling the
    reference says nothing: here it stands beside the service's own, and a server with two refuses the request.
    Names with an underscore are left out as servers leave them out (RFC 3875, section 4.1.18, makes it a dash's twin).
    """
    message = delivery.message
    headers = {"User-Agent": "CloudPubSub-Google", "Content-Type": _OWN_CONTENT_TYPE}
    if config.push_config.no_wrapper.write_metadata:
        headers |= {name: value for name, value in message.attributes.items() if "_" not in name}
        headers |= {
            "x-goog-pubsub-subscription-name": config.name,
            "x-goog-pubsub-message-id": message.message_id,
            "x-goog-pubsub-publish-time": publish_time(message).ToJsonString(),
        }
        if message.ordering_key:
            headers["x-goog-pubsub-ordering-key"] = message.ordering_key
    return list(headers.items()), message.data
