"""What Publisher and Subscriber share: topics, subscriptions, and a message's way from the one to the others."""

from __future__ import annotations

import time
from itertools import count

from google.pubsub_v1 import types as t

from emulators.delays import Delays
from emulators.delivery import FaultInjector, PushClient
from emulators.grpc_service import not_found
from emulators.journal import Journal, NotKept
from emulators.meter import Meter
from emulators.pubsub.messages import Delivery, dead_letter, publish_time
from emulators.pubsub.subscription import Means, Subscription


class Broker:
    """All state of one emulator; from `load` to `cancel` it belongs to the running event loop."""

    def __init__(
        self,
        meter: Meter,
        journal: Journal,
        *,
        disorder: FaultInjector | None,
        delays: Delays | None,
        max_outstanding_pushes: int,
        time_scale: float,
    ) -> None:
        self.topics: dict[str, t.Topic] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.journal = journal
        self.means: Means
        self._meter, self._disorder, self._delays = meter, disorder, delays
        self._max_outstanding_pushes, self._time_scale = max_outstanding_pushes, time_scale
        # Started from the clock, so that ids of messages long acknowledged never come again after a restart.
        self._message_ids = map(str, count(time.time_ns() // 1000))

    def load(self, push_client: PushClient) -> None:
        """Go on with what the journal holds; the push client makes the pushes."""
        self.means = Means(
            self.journal, push_client, self._disorder, self._max_outstanding_pushes, self._time_scale, self._bury
        )
        kept = [(key.partition("/"), value) for key, value in self.journal.items()]
        for (kind, _, name), value in kept:
            if kind == "topic":
                self.topics[name] = t.Topic.deserialize(value)
            elif kind == "subscription":
                self.subscriptions[name] = Subscription(self.means, t.Subscription.deserialize(value))
        for (kind, _, name), value in kept:
            if kind == "message":
                undelivered = t.ReceivedMessage.deserialize(value)
                delivery = Delivery(undelivered.message, undelivered.delivery_attempt)
                self.subscriptions[name.rpartition("/")[0]].add(delivery)

    def cancel(self) -> None:
        """End every delivery and forget all, but for what the journal holds."""
        for subscription in self.subscriptions.values():
            subscription.cancel()
        self.topics.clear()
        self.subscriptions.clear()

    def topic(self, name: str) -> t.Topic:
        if name not in self.topics:
            raise not_found(f"Topic not found: {name}")
        return self.topics[name]

    def subscription(self, name: str) -> Subscription:
        if name not in self.subscriptions:
            raise not_found(f"Subscription not found: {name}")
        return self.subscriptions[name]

    def keep(self, config: t.Subscription) -> None:
        self.journal.write([(f"subscription/{config.name}", t.Subscription.serialize(config))])

    def accept(self, topic: str, messages: list[t.PubsubMessage]) -> list[str]:
        """Hand the messages to every subscription of the topic; their ids."""
        subscriptions = [known for known in self.subscriptions.values() if known.config.topic == topic]
        for message in messages:
            message.message_id = next(self._message_ids)
            publish_time(message).GetCurrentTime()
            about = [message.attributes.get(name) for name in ("ce-source", "ce-type")]  # of a CloudEvent
            self._meter.count("pubsub_messages", " ".join(filter(None, [topic, *about])))
        added = [(known, Delivery(message)) for message in messages for known in subscriptions]
        self.journal.write([known.journal_entry(delivery) for known, delivery in added])
        for known, delivery in added:
            known.add(delivery, self._way_s(delivery))
        return [message.message_id for message in messages]

    def _way_s(self, delivery: Delivery) -> float:
        """Tell how long a new message takes to a subscription's first attempt at it."""
        disorder_s = self._disorder.delay_s() if self._disorder else 0.0
        about = delivery.message.attributes.get("ce-id", "")
        return disorder_s + (self._delays.draw("pubsub_push", about) if self._delays else 0.0)

    def _bury(self, source: t.Subscription, delivery: Delivery) -> bool:
        """Forward what nobody took; False if the dead-letter topic is gone."""
        topic = source.dead_letter_policy.dead_letter_topic
        if topic not in self.topics:
            return False
        try:
            self.accept(topic, [dead_letter(source, delivery)])
        except NotKept:
            return False  # tried again with the next delivery
        return True
