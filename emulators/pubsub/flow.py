"""What a puller holds: a lease on each message, and for a StreamingPull a bound on all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from emulators.pubsub.messages import Delivery


@dataclass(eq=False)
class Stream:
    """Flow control of one StreamingPull: the leased bytes by ack id; limits of 0 or less are none."""

    max_messages: int
    max_bytes: int
    deadline_s: int
    held: dict[str, int] = field(default_factory=dict)

    def may_take(self) -> bool:
        return (self.max_messages <= 0 or len(self.held) < self.max_messages) and (
            self.max_bytes <= 0 or sum(self.held.values()) < self.max_bytes
        )


@dataclass(eq=False)
class Lease:
    """A delivery leased to a puller until its deadline; then `expire` is called."""

    delivery: Delivery
    stream: Stream | None
    expire: Callable[[], None]
    _timer: asyncio.TimerHandle | None = None

    def extend(self, delay_s: float) -> None:
        """Let the lease end so many seconds from now."""
        self.cancel()
        self._timer = asyncio.get_running_loop().call_later(delay_s, self.expire)

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
