"""One subscription: its undelivered messages, pushed or leased to pullers until they are acknowledged."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from google.pubsub_v1 import types as t

from emulators.delivery import DispatchQueue, FaultInjector, PushClient, backoff_s
from emulators.grpc_service import invalid, not_found, seconds
from emulators.journal import Journal
from emulators.pubsub import push
from emulators.pubsub.flow import Lease, Stream
from emulators.pubsub.messages import Delivery, publish_time, size

_PUSH_BACKOFF_S = (0.1, 60.0)
_MAX_ACK_DEADLINE_S = 600


@dataclass(frozen=True)
class Means:
    """What all subscriptions deliver with. `bury` takes a dead letter, and tells whether its topic exists."""

    journal: Journal
    push_client: PushClient
    disorder: FaultInjector | None
    max_outstanding_pushes: int
    time_scale: float
    bury: Callable[[t.Subscription, Delivery], bool]


class Subscription:
    """The undelivered messages of a subscription, and their way out: pushed, or leased to pullers."""

    def __init__(self, means: Means, config: t.Subscription) -> None:
        self.config = config
        self._means = means
        self._backlog: dict[str, Delivery] = {}
        self._leases: dict[str, Lease] = {}
        self._ended = False
        self._dispatches = DispatchQueue(self._push, lambda: means.max_outstanding_pushes if self.pushes else 0)

    @property
    def pushes(self) -> bool:
        return bool(self.config.push_config.push_endpoint)

    def add(self, delivery: Delivery, delay_s: float = 0.0) -> None:
        """Deliver as soon as possible, and until it is acknowledged or too old."""
        self._backlog[delivery.message.message_id] = delivery
        self._dispatches.put(delivery, delay_s)

    def configure(self, config: t.Subscription) -> None:
        self.config = config
        self._dispatches.pump()

    def cancel(self) -> None:
        """End every push, lease and pull."""
        self._ended = True
        self._dispatches.cancel()
        self._dispatches.arrived.set()
        for lease in self._leases.values():
            lease.cancel()

    async def take(self, most: int, deadline_s: float, stream: Stream | None = None) -> list[t.ReceivedMessage]:
        """Wait for messages and lease `most` of them at most to the caller."""
        while True:
            if self._ended:
                raise not_found(f"Subscription not found: {self.config.name}")
            self._dispatches.arrived.clear()
            taken: list[t.ReceivedMessage] = []
            while (
                not self.pushes
                and len(taken) < most
                and (stream is None or stream.may_take())
                and (delivery := self._dispatches.take())
            ):
                if self._is_current(delivery):
                    taken.append(self._lease(delivery, deadline_s, stream))
            if taken:
                return taken
            await self._dispatches.arrived.wait()

    def empty(self) -> list[t.PubsubMessage]:
        """Forget the messages without a lease, and return these."""
        taken = []
        while delivery := self._dispatches.take():
            if self._is_current(delivery):
                self._delivered(delivery)
                taken.append(delivery.message)
        return taken

    def acknowledge(self, ack_ids: Sequence[str]) -> None:
        """Forget the messages. Acknowledgments that come after the deadline are ignored, as they may be."""
        for lease in self._end_leases(ack_ids):
            self._delivered(lease.delivery)

    def modify_deadline(self, ack_ids: Sequence[str], deadline_s: int) -> None:
        """Let leases end `deadline_s` from now; 0 gives the messages back."""
        if not 0 <= deadline_s <= _MAX_ACK_DEADLINE_S:
            raise invalid(f"ack_deadline_seconds must be from 0 to {_MAX_ACK_DEADLINE_S}, not {deadline_s}")
        if deadline_s == 0:
            for lease in self._end_leases(ack_ids):
                self._failed(lease.delivery)
            return
        for ack_id in self._check(ack_ids):
            if held := self._leases.get(ack_id):
                held.extend(deadline_s * self._means.time_scale)

    def _lease(self, delivery: Delivery, deadline_s: float, stream: Stream | None) -> t.ReceivedMessage:
        ack_id = f"{self.config.name}:{delivery.message.message_id}:{delivery.attempts}"
        lease = Lease(delivery, stream, lambda: self.modify_deadline([ack_id], 0))
        lease.extend(deadline_s * self._means.time_scale)
        self._leases[ack_id] = lease
        if stream is not None:
            stream.held[ack_id] = size(delivery.message)
        return t.ReceivedMessage(
            ack_id=ack_id, message=delivery.message, delivery_attempt=delivery.attempt_number(self.config)
        )

    def _end_leases(self, ack_ids: Sequence[str]) -> list[Lease]:
        ended = [(ack_id, self._leases.pop(ack_id)) for ack_id in self._check(ack_ids) if ack_id in self._leases]
        for ack_id, lease in ended:
            lease.cancel()
            if lease.stream is not None:
                del lease.stream.held[ack_id]
        self._dispatches.arrived.set()  # a stream that was full may take more
        return [lease for _, lease in ended]

    def _check(self, ack_ids: Sequence[str]) -> Sequence[str]:
        for ack_id in ack_ids:
            if not ack_id.startswith(f"{self.config.name}:"):
                raise invalid(f"Invalid ack id (ack_id={ack_id})")
        return ack_ids

    async def _push(self, delivery: Delivery) -> None:
        if not self._is_current(delivery):
            return
        config = self.config.push_config
        headers, body = push.request_of(delivery, self.config)
        deadline_s = self.config.ack_deadline_seconds * self._means.time_scale
        answer = await self._means.push_client.send(
            "POST", config.push_endpoint, headers, body, deadline_s, oidc=config.oidc_token
        )
        if answer.status not in push.SUCCESS:
            self._failed(delivery)
        elif self._means.disorder and self._means.disorder.loses_answer():
            await asyncio.sleep(deadline_s)
            self._failed(delivery)
        elif self._means.disorder and self._means.disorder.repeats():
            self._dispatches.put(delivery)
        else:
            self._delivered(delivery)

    def _is_current(self, delivery: Delivery) -> bool:
        """Tell whether the message still wants to be delivered; drops it once its retention is over."""
        if self._backlog.get(delivery.message.message_id) is not delivery:
            return False
        age_s = time.time() - publish_time(delivery.message).ToNanoseconds() / 1e9
        if age_s < seconds(self.config.message_retention_duration) * self._means.time_scale:
            return True
        self._delivered(delivery)
        return False

    def _delivered(self, delivery: Delivery) -> None:
        if self._backlog.pop(delivery.message.message_id, None):
            self._means.journal.write_if_possible(deletes=[self.journal_key(delivery)])

    def _failed(self, delivery: Delivery) -> None:
        if not self._is_current(delivery):
            return
        delivery.attempts += 1
        policy = self.config.dead_letter_policy
        exhausted = policy.dead_letter_topic and delivery.attempts >= policy.max_delivery_attempts
        if exhausted and self._means.bury(self.config, delivery):
            self._delivered(delivery)
            return
        self._means.journal.write_if_possible([self.journal_entry(delivery)])
        self._dispatches.put(delivery, self._backoff_s(delivery.attempts) * self._means.time_scale)

    def _backoff_s(self, attempts: int) -> float:
        if "retry_policy" in self.config:
            policy = self.config.retry_policy
            return backoff_s(attempts, seconds(policy.minimum_backoff), seconds(policy.maximum_backoff))
        return backoff_s(attempts, *_PUSH_BACKOFF_S) if self.pushes else 0.0

    def journal_key(self, delivery: Delivery) -> str:
        return f"message/{self.config.name}/{delivery.message.message_id}"

    def journal_entry(self, delivery: Delivery) -> tuple[str, bytes]:
        kept = t.ReceivedMessage(message=delivery.message, delivery_attempt=delivery.attempts)
        return self.journal_key(delivery), t.ReceivedMessage.serialize(kept)

    def journal_keys(self) -> list[str]:
        return [f"subscription/{self.config.name}", *map(self.journal_key, self._backlog.values())]
