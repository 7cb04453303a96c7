"""Timers: when each listener is due next, on a single timer of the event loop.

A timer of asyncio's for each would cost more than the sends themselves, and so would a wake-up for each. So times are
rounded down to slots of a grid: an item due within a slot is served early, at the slot's beginning.
"""

from __future__ import annotations

import asyncio
import heapq
import math
from collections.abc import Callable
from typing import Final, Generic, Protocol, TypeVar

GRID_S: Final = 0.1
_EARLY_S = 1e-6  # timers may come early by the resolution of the clock


class Scheduled(Protocol):
    """Any item that is due at times; the wheel alone writes `due_at`, in seconds of the loop's clock."""

    due_at: float | None


S = TypeVar("S", bound=Scheduled)


class TimerWheel(Generic[S]):
    """Call `on_due`, which must not raise, with every item and its time, at that time or up to GRID_S before.

    An item has at most one time, and none by the time of the call.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, on_due: Callable[[S, float], None]) -> None:
        self._loop = loop
        self._on_due = on_due
        self._slots: dict[int, list[tuple[float, S]]] = {}
        self._order: list[int] = []
        """The slots there are, as a heap."""
        self._timer: asyncio.TimerHandle | None = None
        self._ticking = False

    def put(self, item: S, due_at: float | None) -> None:
        """Set or replace an item's time; None for no time."""
        item.due_at = due_at
        if due_at is None:
            return
        slot = math.floor((due_at + _EARLY_S) / GRID_S)
        waiting = self._slots.get(slot)
        if waiting is not None:
            waiting.append((due_at, item))
            return
        self._slots[slot] = [(due_at, item)]
        heapq.heappush(self._order, slot)
        if self._order[0] == slot and not self._ticking:
            self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._order[0] * GRID_S, self._tick)

    def _tick(self) -> None:
        self._ticking = True
        now = self._loop.time() + _EARLY_S
        due: list[tuple[float, S]] = []
        while self._order and self._order[0] * GRID_S <= now:
            due += self._slots.pop(heapq.heappop(self._order))
        for due_at, item in due:
            if item.due_at == due_at:  # else it was given another time since
                item.due_at = None
                self._on_due(item, due_at)
        self._ticking = False
        if self._order:  # also for items that are due again at once: but first come the loop's other callbacks
            self._arm()
