"""Calls that wait for others, made side by side: each takes a round trip, and none needs the answer of another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_POOL: Final = ThreadPoolExecutor(32, thread_name_prefix="beside")


def beside(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
    """Begin a call on another thread, with this thread's context (of its logs, of its request)."""
    context = copy_context()
    return _POOL.submit(lambda: context.run(call, *args, **kwargs))


def side_by_side(calls: Sequence[Callable[[], T]]) -> list[T]:
    """Make all calls at once; their results in order. Raise the first error in order, once all calls have ended."""
    if len(calls) == 1:
        return [calls[0]()]
    begun = [beside(call) for call in calls]
    wait(begun)
    return [each.result() for each in begun]
