"""Places shared fairly: an owner of much work delays the others by a single piece at most."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from functions.content_harvester.turns import Turns
from tests.conftest import PATIENCE_S


@contextmanager
def working(turns: Turns, owner: str) -> Iterator[threading.Event]:
    """An owner holding a place, or waiting for a place, until the context ends; the event says that they have it."""
    begun, done = threading.Event(), threading.Event()

    def work() -> None:
        with turns.turn(owner, PATIENCE_S):
            begun.set()
            done.wait(PATIENCE_S)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield begun
    finally:
        done.set()
        thread.join()


def test_the_last_place_is_kept_for_somebody_else() -> None:
    turns = Turns(2)
    with working(turns, "slow") as first, working(turns, "other") as other:
        assert first.wait(PATIENCE_S)
        assert other.wait(PATIENCE_S)
    with turns.turn("slow", PATIENCE_S), pytest.raises(TimeoutError), turns.turn("slow", 0.01):
        pass


def test_one_place_is_everybodys_in_turn() -> None:
    turns = Turns(1)
    with turns.turn("one", PATIENCE_S), pytest.raises(TimeoutError), turns.turn("other", 0.01):
        pass
    with turns.turn("one", PATIENCE_S):
        pass


def test_of_those_who_wait_whoever_has_least_is_next() -> None:
    turns = Turns(3)
    order: list[str] = []

    def work(owner: str) -> None:
        with turns.turn(owner, PATIENCE_S):
            order.append(owner)

    with turns.turn("other", PATIENCE_S), turns.turn("third", PATIENCE_S):
        with turns.turn("new", PATIENCE_S):  # no place is left
            waiting = [threading.Thread(target=work, args=(owner,)) for owner in ("other", "third", "fresh")]
            for number, thread in enumerate(waiting, 1):
                thread.start()
                while len(turns._waiting) < number:
                    threading.Event().wait(0.001)
        waiting[2].join()
        assert order == ["fresh"]
    for thread in waiting:
        thread.join()
    assert sorted(order) == ["fresh", "other", "third"]


def test_a_place_is_free_again_after_a_failure() -> None:
    turns = Turns(1)
    with pytest.raises(ZeroDivisionError), turns.turn("one", PATIENCE_S):
        raise ZeroDivisionError
    with turns.turn("other", PATIENCE_S):
        pass
