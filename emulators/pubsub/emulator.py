"""The emulator's life: its settings, its journal, and its served methods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import grpc
from google.pubsub_v1 import types as t

from emulators.delays import Delays
from emulators.delivery import FaultInjector, IdTokens, PushClient
from emulators.grpc_service import GrpcEmulator, bidirectional, unary
from emulators.journal import Journal
from emulators.meter import Meter
from emulators.pubsub.broker import Broker
from emulators.pubsub.configs import SUPPORTED
from emulators.pubsub.publisher import Publisher
from emulators.pubsub.subscriber import Subscriber


class PubSubEmulator(GrpcEmulator):
    """Serves google.pubsub.v1 Publisher and Subscriber.

    Each subscription has at most `max_outstanding_pushes` requests open at a time; all are made from the one loop
    thread. `journal` is this emulator's alone, and closed by its maker. `time_scale` is how many seconds a
    configured second of a deadline, backoff or retention lasts: tests shorten it.
    """

    def __init__(
        self,
        meter: Meter,
        journal: Journal,
        id_tokens: IdTokens,
        *,
        max_outstanding_pushes: int = 32,
        disorder: FaultInjector | None = None,
        time_scale: float = 1.0,
        delays: Delays | None = None,
    ) -> None:
        super().__init__(delays)
        self._journal, self._id_tokens = journal, id_tokens
        self._push_client: PushClient
        self._broker = Broker(
            meter,
            journal,
            disorder=disorder,
            delays=delays,
            max_outstanding_pushes=max_outstanding_pushes,
            time_scale=time_scale,
        )

    def take(self, subscription: str) -> list[t.PubsubMessage]:
        """Acknowledge and return the waiting messages of a subscription, for a caller who delivers by hand.

        Raises ApiError for a subscription that does not exist.
        """
        return self._on_loop(lambda: self._broker.subscription(subscription).empty())

    def _open(self) -> None:
        self._push_client = PushClient(self._id_tokens)
        self._broker.load(self._push_client)

    def _methods(self) -> Mapping[str, grpc.RpcMethodHandler[Any, Any]]:
        publisher, subscriber = Publisher(self._broker), Subscriber(self._broker)
        services = (("Publisher", publisher.methods()), ("Subscriber", subscriber.methods()))
        streaming_pull = bidirectional(subscriber.streaming_pull, t.StreamingPullRequest)
        return {
            f"/google.pubsub.v1.{service}/{method}": unary(handler, request_type, SUPPORTED)
            for service, methods in services
            for method, (handler, request_type) in methods.items()
        } | {"/google.pubsub.v1.Subscriber/StreamingPull": streaming_pull}

    async def _close(self) -> None:
        self._broker.cancel()
        await self._push_client.close()

    def _clear(self) -> None:
        self._broker.cancel()
        self._journal.clear()
