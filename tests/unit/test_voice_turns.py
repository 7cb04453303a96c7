"""Turns of the embedded voices: the order of their places, and no more turns than places."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import pytest

from common.errors import EngineBusy
from functions.model_serving.tts import turns
from functions.model_serving.tts.turns import Turns, awaited
from tests.conftest import PATIENCE_S, eventually

LATER, WAITED_FOR = False, True


@contextmanager
def coming(room: Turns, spoken: list[str], names: dict[str, bool]) -> Iterator[None]:
    """Turns arriving in a row without a free place, each awaited by a listener or not; in the end they have been
    spoken."""
    threads = []
    for number, (name, in_silence) in enumerate(names.items(), 1):

        def speak(name: str = name, in_silence: bool = in_silence) -> None:
            with awaited(in_silence), room.one():
                spoken.append(name)

        threads.append(threading.Thread(target=speak))
        threads[-1].start()
        eventually(partial(_as_many_wait, room, number))
    yield
    for thread in threads:
        thread.join(PATIENCE_S)


def _as_many_wait(room: Turns, number: int) -> bool:
    return len(room._waiting) == number


@pytest.mark.parametrize(
    ("names", "order"),
    [
        ({"a": LATER, "b": LATER, "c": LATER}, "abc"),
        ({"a": LATER, "b": LATER, "first": WAITED_FOR}, "first a b"),
        ({"a": LATER, "1": WAITED_FOR, "b": LATER, "2": WAITED_FOR}, "12ab"),
    ],
)
def test_room_goes_to_what_is_waited_for_then_to_who_came_first(names: dict[str, bool], order: str) -> None:
    room, spoken = Turns(1), list[str]()
    with ExitStack() as stack, room.one():
        stack.enter_context(coming(room, spoken, names))
        assert not spoken
    assert "".join(spoken) == order.replace(" ", "")


def test_as_many_speak_at_a_time_as_there_is_room_for_and_who_waits_too_long_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "WAIT_S", 0.01)
    room = Turns(2)
    with room.one():
        with room.one(), pytest.raises(EngineBusy), room.one():
            pass
        with room.one():  # who gave up waiting is in nobody's way
            pass


def test_room_is_given_back_after_a_failure() -> None:
    room = Turns(1)
    with pytest.raises(ZeroDivisionError), room.one():
        raise ZeroDivisionError
    with room.one():
        pass


@pytest.mark.parametrize("in_silence", [LATER, WAITED_FOR])
def test_a_long_turn_gives_way_in_its_middle_to_what_is_waited_for_alone(in_silence: bool) -> None:
    room, spoken = Turns(1), list[str]()
    with ExitStack() as stack, room.one():
        for piece in room.giving_way([b"1", b"2", b"3"]):
            spoken.append(piece.decode())
            if piece == b"1":
                stack.enter_context(coming(room, spoken, {"other": in_silence}))
    assert spoken == (["1", "other", "2", "3"] if in_silence else ["1", "2", "3", "other"])


def test_what_is_waited_for_gives_way_to_nobody() -> None:
    room, spoken = Turns(1), list[str]()
    with ExitStack() as stack, awaited(WAITED_FOR), room.one():
        for piece in room.giving_way([b"1", b"2"]):
            spoken.append(piece.decode())
            if piece == b"1":
                stack.enter_context(coming(room, spoken, {"other": WAITED_FOR}))
    assert spoken == ["1", "2", "other"]
