"""What Pub/Sub push and Cloud Tasks share: HTTP requests made from an event loop, in order, bounded, and repeated.

OIDC tokens: https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions and
https://cloud.google.com/tasks/docs/creating-http-target-tasks
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from random import Random
from typing import Any, Generic, Protocol, TypeVar

import httpx2

logger = logging.getLogger(__name__)

Item = TypeVar("Item")

# Shorter than any keep-alive of the servers that are delivered to, gunicorn's own default of 2 s included, so that a
# request is never written to a connection that the other side is just closing.
_KEEPALIVE_S = 1.0


class IdTokens(Protocol):
    """Signs OIDC tokens for service accounts."""

    def id_token(self, email: str, audience: str) -> str: ...


@dataclass(frozen=True)
class FaultInjector:
    """The trouble allowed by at-least-once, unordered delivery, each kind with `probability`, for chaos runs."""

    random: Random
    probability: float
    max_delay_s: float = 1.0
    max_rest_s: float = 3.0

    def delay_s(self) -> float:
        """Tell how long to hold back a new delivery for others to overtake."""
        return self.random.uniform(0, self.max_delay_s) if self._strikes() else 0.0

    def repeats(self) -> bool:
        """Tell whether a successful delivery is made once more."""
        return self._strikes()

    def loses_answer(self) -> bool:
        """Tell whether the answer of a successful delivery counts as never received."""
        return self._strikes()

    def rest_s(self) -> float:
        """Tell how long all deliveries have to wait, which happens now and then."""
        return self.random.uniform(0, self.max_rest_s) if self._strikes() and self._strikes() else 0.0

    def _strikes(self) -> bool:
        return self.random.random() < self.probability


def backoff_s(retry: int, minimum_s: float, maximum_s: float, doublings: int = 32) -> float:
    """Seconds before retry number `retry` (1 is the first): doubles `doublings` times, then grows linearly."""
    doubled = min(retry - 1, doublings)
    return min(maximum_s, minimum_s * 2.0**doubled * max(1, retry - doubled))


@dataclass(frozen=True)
class Answer:
    """How a request ended: the HTTP status, or None with the reason when no answer came."""

    status: int | None
    reason: str = ""
    retry_after_s: float = 0.0

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class PushClient:
    """Makes HTTP requests over kept-alive connections. Belongs to the event loop of its creation."""

    def __init__(self, id_tokens: IdTokens) -> None:
        self._id_tokens = id_tokens
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=100, keepalive_expiry=_KEEPALIVE_S)
        self._http = httpx2.AsyncClient(timeout=None, limits=limits, trust_env=False)

    async def send(
        self,
        method: str,
        url: str,
        headers: Iterable[tuple[str, str]],
        body: bytes,
        deadline_s: float,
        *,
        oidc: Any = None,
    ) -> Answer:
        """Make one request and wait `deadline_s` at most for the whole answer; redirects are not followed.

        Headers go out as they are given, also where two have one name. `oidc` is a message with service_account_email
        and audience (empty: the URL), or None for no token.
        """
        sent = [(name.encode(), value.encode()) for name, value in headers]
        try:
            if oidc is not None and oidc.service_account_email:
                token = self._id_tokens.id_token(oidc.service_account_email, oidc.audience or url)
                sent = [pair for pair in sent if pair[0].lower() != b"authorization"]
                sent.append((b"authorization", f"Bearer {token}".encode()))
            async with (
                asyncio.timeout(deadline_s),
                self._http.stream(method, url, headers=sent, content=body) as response,
            ):
                async for _ in response.aiter_raw():
                    pass  # an answer is read to its end so that the connection can be used again
        except TimeoutError:
            return Answer(None, "DEADLINE_EXCEEDED")
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            logger.info("%s %s: %r", method, url, error)
            return Answer(None, "UNAVAILABLE")
        retry_after = response.headers.get("retry-after", "")
        return Answer(response.status_code, response.reason_phrase, float(retry_after) if retry_after.isdigit() else 0)

    async def close(self) -> None:
        await self._http.aclose()


class DispatchQueue(Generic[Item]):
    """Items in the order in which they fell due, each sent by an asyncio task of its own, `limit()` at most at once.

    `hold_s` says how long the next item must wait (0: not at all; inf: until somebody calls `pump`): rates and pauses
    are made of it. With a limit of 0 items stay until they are taken; `arrived` is set whenever one falls due.
    """

    def __init__(
        self,
        send: Callable[[Item], Coroutine[Any, Any, None]],
        limit: Callable[[], int],
        hold_s: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._send, self._limit, self._hold_s = send, limit, hold_s
        self._loop = asyncio.get_running_loop()
        self._timers: dict[Item, asyncio.TimerHandle] = {}
        self._due: dict[Item, None] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._held: asyncio.TimerHandle | None = None
        self.arrived = asyncio.Event()

    def put(self, item: Item, delay_s: float = 0.0) -> None:
        """Let `item` fall due after `delay_s`; this replaces the time it had."""
        self.discard(item)
        if delay_s > 0:
            self._timers[item] = self._loop.call_later(delay_s, self.put, item)
        else:
            self._due[item] = None
            self.arrived.set()
            self.pump()

    def discard(self, item: Item) -> None:
        """Forget `item` if it is waiting; a request under way goes on."""
        self._due.pop(item, None)
        if timer := self._timers.pop(item, None):
            timer.cancel()

    def take(self) -> Item | None:
        """Remove and return the item with the earliest due time."""
        if not self._due:
            return None
        item = next(iter(self._due))
        del self._due[item]
        return item

    def send_now(self, item: Item) -> None:
        """Send `item` whatever the limit and the hold say."""
        self.discard(item)
        task = self._loop.create_task(self._send(item))
        self._sending.add(task)
        task.add_done_callback(self._sent)

    def pump(self) -> None:
        """Send due items as far as limit and hold allow; to be called when either may have changed."""
        if self._held is not None:
            self._held.cancel()
            self._held = None
        while self._due and len(self._sending) < self._limit():
            if (hold_s := self._hold_s()) > 0:
                if hold_s < math.inf:
                    self._held = self._loop.call_later(hold_s, self.pump)
                return
            self.send_now(next(iter(self._due)))

    def cancel(self) -> None:
        """Forget every item and abandon the requests being made."""
        for timer in [*self._timers.values(), *([self._held] if self._held else [])]:
            timer.cancel()
        self._timers.clear()
        self._due.clear()
        for task in self._sending:
            task.cancel()

    def _sent(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        if not task.cancelled():
            if error := task.exception():
                logger.error("a delivery failed inside the emulator", exc_info=error)
            self.pump()
