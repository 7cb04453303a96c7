"""Time that is moved by hand, for whatever takes an event loop's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar, cast

from streamer.playback.scheduler import Scheduled, TimerWheel

S = TypeVar("S", bound=Scheduled)


class Clockwork:
    """As much of an event loop as a timer wheel needs. `wakes` counts how often a timer went off."""

    def __init__(self) -> None:
        self.now, self.wakes = 1000.0, 0
        self._timers: list[asyncio.TimerHandle] = []

    def time(self) -> float:
        return self.now

    def get_debug(self) -> bool:
        return False

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """asyncio tells its loops."""

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        raise context["exception"]

    def call_at(self, when: float, callback: Callable[[], None]) -> asyncio.TimerHandle:
        self._timers.append(asyncio.TimerHandle(when, callback, (), cast(Any, self)))
        return self._timers[-1]

    def wheel(self, on_due: Callable[[S, float], None]) -> TimerWheel[S]:
        return TimerWheel(cast(Any, self), on_due)

    def run_until(self, moment: float) -> None:
        while timers := sorted(timer for timer in self._timers if not timer.cancelled() and timer.when() <= moment):
            self._timers.remove(timers[0])
            self.now = max(self.now, timers[0].when())
            self.wakes += 1
            timers[0]._run()
        self.now = moment
