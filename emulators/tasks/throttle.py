"""How fast a queue may dispatch: a token bucket, a pause while the target is overloaded, and a slow start if wanted.

https://cloud.google.com/tasks/docs/configuring-queues#rate and #system_throttling. Dispatches ramp up slowly when a
queue is new or was idle, in part by how many have succeeded so far, and may rest for a while when a system of Google's
starts anew: https://cloud.google.com/tasks/docs/common-pitfalls. How slowly is not told; here it is a few at first.
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
_FIRST = 5
"""What a queue that ramps up dispatches at once at first, and a second; each success adds one to both."""
_IDLE_S = 30.0
"""Without a dispatch for so long, a queue begins anew."""


class Throttle:
    """Of one queue. `time_scale` is how many seconds a second of a pause lasts; `clock` never goes back.

    A queue with `ramps` starts slowly when new or after idling.
    """

    def __init__(self, time_scale: float, clock: Callable[[], float] = time.monotonic, *, ramps: bool = False) -> None:
        self._time_scale, self._clock, self._ramps = time_scale, clock, ramps
        self._tokens = math.inf
        self._refilled_at = 0.0
        self._dispatched_at = 0.0
        self._succeeded = 0
        self._overloads = 0
        self._held_until = 0.0

    def hold_s(self, limits: t.RateLimits) -> float:
        """Seconds until the next dispatch is allowed; if 0, takes its token."""
        now = self._clock()
        rate, burst = limits.max_dispatches_per_second, float(limits.max_burst_size)
        if self._ramps:
            if now - self._dispatched_at > _IDLE_S * self._time_scale:
                self._succeeded = 0
            rate, burst = min(rate, _FIRST + self._succeeded), min(burst, _FIRST + self._succeeded)
        self._tokens = min(burst, self._tokens + (now - self._refilled_at) * rate)
        self._refilled_at = now
        hold_s = max(self._held_until - now, (1 - self._tokens) / rate)
        if hold_s > 0:
            return hold_s
        self._tokens -= 1
        self._dispatched_at = now
        return 0.0

    def rest(self, seconds: float) -> None:
        """Hold the whole queue for so long."""
        self._held_until = max(self._held_until, self._clock() + seconds * self._time_scale)

    def slow_down(self) -> None:
        """Hold the whole queue for a moment, longer each time until an attempt succeeds: its target is overloaded."""
        now = self._clock()
        if now >= self._held_until:
            self._overloads += 1
            self._held_until = now + backoff_s(self._overloads, *_HOLD_S) * self._time_scale

    def speed_up(self) -> None:
        """Go faster: an attempt has succeeded."""
        self._overloads = 0
        self._succeeded += 1
