"""The timer wheel: every item is served once, at the time it had last."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.playback.scheduler import GRID_S, TimerWheel
from tests.unit.streamer.clockwork import Clockwork

A_MOMENT = 1e-6
"""What floating point may be wrong by."""


class Item:
    due_at: float | None = None


@given(st.lists(st.tuples(st.integers(0, 4), st.none() | st.floats(-0.1, 1.0), st.floats(0, 0.3)), max_size=20))
def test_each_is_served_once_at_the_time_it_had_last(steps: list[tuple[int, float | None, float]]) -> None:
    loop = Clockwork()
    items = [Item() for _ in range(5)]
    expected: dict[int, tuple[float, float]] = {}
    """By item: when it is due, and from when on it can be served."""

    def on_due(item: Item, due_at: float) -> None:
        due, put_at = expected.pop(items.index(item))
        assert due == due_at
        assert due - GRID_S - A_MOMENT < loop.now < max(due, put_at) + A_MOMENT

    wheel = loop.wheel(on_due)
    for which, after, passes in steps:
        expected.pop(which, None)
        if after is not None:
            expected[which] = loop.now + after, loop.now
        wheel.put(items[which], None if after is None else loop.now + after)
        loop.run_until(loop.now + passes)
    loop.run_until(loop.now + 2)
    assert not expected


def test_one_who_puts_himself_down_again_is_served_again() -> None:
    loop, times = Clockwork(), list[float]()

    def on_due(item: Item, due_at: float) -> None:
        times.append(loop.now)
        wheel.put(item, loop.now + GRID_S if len(times) < 3 else None)

    wheel = loop.wheel(on_due)
    wheel.put(Item(), loop.now)
    loop.run_until(loop.now + 1)
    assert times == pytest.approx([1000.0, 1000.0 + GRID_S, 1000.0 + 2 * GRID_S])


def test_those_who_are_due_within_a_slot_share_one_wake_up() -> None:
    loop, served = Clockwork(), list[Item]()
    wheel: TimerWheel[Item] = loop.wheel(lambda item, due_at: served.append(item))
    for number in range(50):
        wheel.put(Item(), loop.now + 5 * GRID_S + (number + 0.5) * GRID_S / 50)
    loop.run_until(loop.now + 1)
    assert len(served) == 50
    assert loop.wakes == 1
