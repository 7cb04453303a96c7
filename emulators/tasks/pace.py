"""How fast a queue may dispatch: a token bucket, and a pause while the target is overloaded.

https://cloud.google.com/tasks/docs/configuring-queues#rate and #system_throttling
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from google.cloud import tasks_v2 as t

from emulators.delivery import backoff_s

OVERLOADED = frozenset({429, 503})
"""The statuses by which a target says that it is."""

_HOLD_S = (0.1, 10.0)


class Pace:
    """Of one queue. `time_scale` is how many seconds a second of a pause lasts; `clock` never goes back."""

    def __init__(self, time_scale: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._time_scale, self._clock = time_scale, clock
        self._tokens = math.inf
        self._refilled_at = 0.0
        self._overloads = 0
        self._held_until = 0.0

    def hold_s(self, limits: t.RateLimits) -> float:
        """Seconds until the next dispatch is allowed; if 0, takes its token."""
        now = self._clock()
        rate = limits.max_dispatches_per_second
        self._tokens = min(limits.max_burst_size, self._tokens + (now - self._refilled_at) * rate)
        self._refilled_at = now
        hold_s = max(self._held_until - now, (1 - self._tokens) / rate)
        if hold_s > 0:
            return hold_s
        self._tokens -= 1
        return 0.0

    def slow_down(self) -> None:
        """Hold the whole queue for a moment, longer each time until an attempt succeeds: its target is overloaded."""
        now = self._clock()
        if now >= self._held_until:
            self._overloads += 1
            self._held_until = now + backoff_s(self._overloads, *_HOLD_S) * self._time_scale

    def speed_up(self) -> None:
        """An attempt has succeeded."""
        self._overloads = 0
