"""google.pubsub.v1.Publisher: topics, and what is published to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from google.pubsub_v1 import types as t

from emulators.grpc_service import already_exists, invalid, page
from emulators.pubsub.broker import Broker
from emulators.pubsub.configs import require_name
from emulators.pubsub.messages import require_publishable

_DELETED_TOPIC = "_deleted-topic_"
_MAX_BATCH = 1000


class Publisher:
    """The service's methods over a broker."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def methods(self) -> dict[str, tuple[Callable[[Any], Any], Any]]:
        """Method -> its handler and the type of its request."""
        return {
            "CreateTopic": (self._create, t.Topic),
            "GetTopic": (lambda request: self._broker.topic(request.topic), t.GetTopicRequest),
            "ListTopics": (self._list, t.ListTopicsRequest),
            "ListTopicSubscriptions": (self._list_subscriptions, t.ListTopicSubscriptionsRequest),
            "DeleteTopic": (self._delete, t.DeleteTopicRequest),
            "Publish": (self._publish, t.PublishRequest),
        }

    def _create(self, topic: t.Topic) -> t.Topic:
        require_name(topic.name, "topics")
        if topic.name in self._broker.topics:
            raise already_exists(f"Topic already exists: {topic.name}")
        self._broker.journal.write([(f"topic/{topic.name}", t.Topic.serialize(topic))])
        self._broker.topics[topic.name] = topic
        return topic

    def _list(self, request: t.ListTopicsRequest) -> t.ListTopicsResponse:
        topics = self._broker.topics
        mine = (name for name in topics if name.startswith(f"{request.project}/"))
        names, token = page(mine, request.page_size, request.page_token)
        return t.ListTopicsResponse(topics=[topics[name] for name in names], next_page_token=token)

    def _list_subscriptions(self, request: t.ListTopicSubscriptionsRequest) -> t.ListTopicSubscriptionsResponse:
        self._broker.topic(request.topic)
        known = self._broker.subscriptions.items()
        attached = (name for name, subscription in known if subscription.config.topic == request.topic)
        names, token = page(attached, request.page_size, request.page_token)
        return t.ListTopicSubscriptionsResponse(subscriptions=names, next_page_token=token)

    def _delete(self, request: t.DeleteTopicRequest) -> None:
        """Delete the topic; its subscriptions keep what they have, and get nothing more."""
        self._broker.topic(request.topic)
        self._broker.journal.write(deletes=[f"topic/{request.topic}"])
        del self._broker.topics[request.topic]
        for subscription in self._broker.subscriptions.values():
            if subscription.config.topic == request.topic:
                subscription.config.topic = _DELETED_TOPIC
                self._broker.keep(subscription.config)

    def _publish(self, request: t.PublishRequest) -> t.PublishResponse:
        self._broker.topic(request.topic)
        if not 0 < len(request.messages) <= _MAX_BATCH:
            raise invalid(f"A request publishes from 1 to {_MAX_BATCH} messages, not {len(request.messages)}")
        for message in request.messages:
            require_publishable(message)
        return t.PublishResponse(message_ids=self._broker.accept(request.topic, list(request.messages)))
