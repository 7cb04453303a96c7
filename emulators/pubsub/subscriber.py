"""google.pubsub.v1.Subscriber: subscriptions, and pulling from them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc
from google.protobuf.field_mask_pb2 import FieldMask
from google.pubsub_v1 import types as t

from emulators.grpc_service import ApiError, already_exists, invalid, merge_masked, page
from emulators.pubsub.broker import Broker
from emulators.pubsub.configs import UPDATABLE, complete, require_name
from emulators.pubsub.flow import Stream
from emulators.pubsub.subscription import Subscription

_PULL_WAIT_S = 10.0
_MAX_BATCH = 1000


class Subscriber:
    """The service's methods over a broker."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def methods(self) -> dict[str, tuple[Callable[[Any], Any], Any]]:
        """Method -> its handler and the type of its request; `streaming_pull` is beside them."""
        return {
            "CreateSubscription": (self._create, t.Subscription),
            "GetSubscription": (self._get, t.GetSubscriptionRequest),
            "ListSubscriptions": (self._list, t.ListSubscriptionsRequest),
            "UpdateSubscription": (self._update, t.UpdateSubscriptionRequest),
            "ModifyPushConfig": (self._modify_push_config, t.ModifyPushConfigRequest),
            "DeleteSubscription": (self._delete, t.DeleteSubscriptionRequest),
            "Pull": (self._pull, t.PullRequest),
            "Acknowledge": (self._acknowledge, t.AcknowledgeRequest),
            "ModifyAckDeadline": (self._modify_ack_deadline, t.ModifyAckDeadlineRequest),
        }

    async def streaming_pull(
        self, requests: AsyncIterator[t.StreamingPullRequest]
    ) -> AsyncIterator[t.StreamingPullResponse]:
        first = await anext(requests)
        subscription = self._pulled(first.subscription)
        deadline_s = first.stream_ack_deadline_seconds
        if not 10 <= deadline_s <= 600:
            raise invalid(f"stream_ack_deadline_seconds must be from 10 to 600, not {deadline_s}")
        stream = Stream(first.max_outstanding_messages, first.max_outstanding_bytes, deadline_s)

        async def read() -> None:
            _apply(first, stream, subscription)
            async for request in requests:
                _apply(request, stream, subscription)

        reading = asyncio.create_task(read())
        taking: asyncio.Task[list[t.ReceivedMessage]] | None = None
        try:
            yield t.StreamingPullResponse(subscription_properties={"exactly_once_delivery_enabled": False})
            while True:
                taking = asyncio.create_task(subscription.take(_MAX_BATCH, stream.deadline_s, stream))
                await asyncio.wait({reading, taking}, return_when=asyncio.FIRST_COMPLETED)
                if not taking.done():
                    reading.result()  # the client is done, or sent what the service refuses
                    return
                yield t.StreamingPullResponse(received_messages=taking.result())
        finally:
            reading.cancel()
            if taking is not None:
                taking.cancel()

    def _create(self, config: t.Subscription) -> t.Subscription:
        require_name(config.name, "subscriptions")
        if config.name in self._broker.subscriptions:
            raise already_exists(f"Subscription already exists: {config.name}")
        self._broker.topic(config.topic)
        self._check(config)
        self._broker.keep(config)
        self._broker.subscriptions[config.name] = Subscription(self._broker.means, config)
        return config

    def _check(self, config: t.Subscription) -> None:
        complete(config)
        if "dead_letter_policy" in config:
            self._broker.topic(config.dead_letter_policy.dead_letter_topic)

    def _get(self, request: t.GetSubscriptionRequest) -> t.Subscription:
        return self._broker.subscription(request.subscription).config

    def _list(self, request: t.ListSubscriptionsRequest) -> t.ListSubscriptionsResponse:
        subscriptions = self._broker.subscriptions
        mine = (name for name in subscriptions if name.startswith(f"{request.project}/"))
        names, token = page(mine, request.page_size, request.page_token)
        configs = [subscriptions[name].config for name in names]
        return t.ListSubscriptionsResponse(subscriptions=configs, next_page_token=token)

    def _update(self, request: t.UpdateSubscriptionRequest) -> t.Subscription:
        subscription = self._broker.subscription(request.subscription.name)
        for path in request.update_mask.paths:
            if path.partition(".")[0] not in UPDATABLE:
                raise invalid(f"update_mask: {path} cannot be updated")
        return self._reconfigure(subscription, request.update_mask, request.subscription)

    def _modify_push_config(self, request: t.ModifyPushConfigRequest) -> None:
        subscription = self._broker.subscription(request.subscription)
        source = t.Subscription(push_config=request.push_config)
        self._reconfigure(subscription, FieldMask(paths=["push_config"]), source)

    def _reconfigure(self, subscription: Subscription, mask: FieldMask, source: t.Subscription) -> t.Subscription:
        config = t.Subscription(subscription.config)
        merge_masked(mask, t.Subscription.pb(source), t.Subscription.pb(config))
        self._check(config)
        self._broker.keep(config)
        subscription.configure(config)
        return config

    def _delete(self, request: t.DeleteSubscriptionRequest) -> None:
        subscription = self._broker.subscription(request.subscription)
        self._broker.journal.write(deletes=subscription.journal_keys())
        subscription.cancel()
        del self._broker.subscriptions[request.subscription]

    def _pulled(self, name: str) -> Subscription:
        subscription = self._broker.subscription(name)
        if subscription.pushes:
            raise ApiError(grpc.StatusCode.FAILED_PRECONDITION, f"{name} is a push subscription")
        return subscription

    async def _pull(self, request: t.PullRequest) -> t.PullResponse:
        subscription = self._pulled(request.subscription)
        if request.max_messages <= 0:
            raise invalid("max_messages must be positive")
        try:
            async with asyncio.timeout(0 if request.return_immediately else _PULL_WAIT_S):
                messages = await subscription.take(request.max_messages, subscription.config.ack_deadline_seconds)
        except TimeoutError:
            messages = []
        return t.PullResponse(received_messages=messages)

    def _acknowledge(self, request: t.AcknowledgeRequest) -> None:
        self._broker.subscription(request.subscription).acknowledge(request.ack_ids)

    def _modify_ack_deadline(self, request: t.ModifyAckDeadlineRequest) -> None:
        subscription = self._broker.subscription(request.subscription)
        subscription.modify_deadline(request.ack_ids, request.ack_deadline_seconds)


def _apply(request: t.StreamingPullRequest, stream: Stream, subscription: Subscription) -> None:
    """Take a pulling client's words: acknowledgments, and deadlines one by one."""
    stream.deadline_s = request.stream_ack_deadline_seconds or stream.deadline_s
    subscription.acknowledge(request.ack_ids)
    if len(request.modify_deadline_ack_ids) != len(request.modify_deadline_seconds):
        raise invalid("modify_deadline_seconds must have one value for each of modify_deadline_ack_ids")
    for ack_id, seconds in zip(request.modify_deadline_ack_ids, request.modify_deadline_seconds, strict=True):
        subscription.modify_deadline([ack_id], seconds)
