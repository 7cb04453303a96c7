"""The settings of topics and subscriptions: what is known here, the service's defaults, and its limits."""

from __future__ import annotations

import re

import grpc
from google.protobuf.duration_pb2 import Duration
from google.pubsub_v1 import types as t

from emulators.grpc_service import ApiError, invalid, seconds

SUPPORTED = {
    "Topic": frozenset({"name", "labels"}),
    "Subscription": frozenset(
        {
            *("name", "topic", "push_config", "ack_deadline_seconds", "message_retention_duration", "labels"),
            *("dead_letter_policy", "retry_policy", "expiration_policy"),
        }
    ),
    "PushConfig": frozenset({"push_endpoint", "oidc_token", "pubsub_wrapper", "no_wrapper"}),
    # A subscription that never expires is what this emulator has.
    "ExpirationPolicy": frozenset[str](),
}
UPDATABLE = SUPPORTED["Subscription"] - {"name", "topic"}

_NAME = re.compile(r"projects/[^/]+/(topics|subscriptions)/(?!goog)[A-Za-z][A-Za-z0-9\-_.~+%]{2,254}")


def require_name(name: str, collection: str) -> None:
    match = _NAME.fullmatch(name)
    if match is None or match[1] != collection:
        raise invalid(f"Invalid [{collection}] name: (name={name})")


def complete(config: t.Subscription) -> None:
    """Set the service's defaults, and raise ApiError for unacceptable settings."""
    config.ack_deadline_seconds = config.ack_deadline_seconds or 10
    if not 10 <= config.ack_deadline_seconds <= 600:
        raise invalid(f"ack_deadline_seconds must be from 10 to 600, not {config.ack_deadline_seconds}")
    if "message_retention_duration" not in config:
        config.message_retention_duration = Duration(seconds=7 * 86400)
    if not 600 <= seconds(config.message_retention_duration) <= 31 * 86400:
        raise invalid("message_retention_duration must be from 10 minutes to 31 days")
    endpoint = config.push_config.push_endpoint
    if endpoint and not endpoint.startswith(("http://", "https://")):
        raise invalid(f"Invalid push endpoint: {endpoint}")
    if "retry_policy" in config:
        retry = config.retry_policy
        if "minimum_backoff" not in retry:
            retry.minimum_backoff = Duration(seconds=10)
        if "maximum_backoff" not in retry:
            retry.maximum_backoff = Duration(seconds=600)
        if not 0 <= seconds(retry.minimum_backoff) <= seconds(retry.maximum_backoff) <= 600:
            raise invalid("retry_policy must have 0 <= minimum_backoff <= maximum_backoff <= 600 seconds")
    if "dead_letter_policy" in config:
        policy = config.dead_letter_policy
        policy.max_delivery_attempts = policy.max_delivery_attempts or 5
        if not 5 <= policy.max_delivery_attempts <= 100:
            attempts = policy.max_delivery_attempts
            raise ApiError(grpc.StatusCode.OUT_OF_RANGE, f"max_delivery_attempts must be from 5 to 100, not {attempts}")
