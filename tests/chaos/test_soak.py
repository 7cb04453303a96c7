"""How a soak judges what it measured."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from tests.chaos.soak import ROUNDS, held_by, leaks

QUIET = {"streamer memory_mb": 100.0, "streamer sockets": 20.0, "streamer files": 30.0, "all documents": 0.0}


@pytest.mark.parametrize("kind", QUIET)
def test_what_grows_with_every_round_is_a_leak(kind: str) -> None:
    rounds = [{**QUIET, kind: QUIET[kind] + 20.0 * number} for number in range(2 * ROUNDS)]
    [leak] = leaks(rounds)
    assert leak.startswith(kind)


def test_to_warm_up_and_to_breathe_is_none() -> None:
    warming = [{**QUIET, "streamer memory_mb": 10.0}, {**QUIET, "streamer memory_mb": 60.0}]
    breathing = [{**QUIET, "streamer sockets": 20.0 + number % 3} for number in range(2 * ROUNDS)]
    assert leaks(warming + breathing) == []


def test_one_thing_that_stays_is_one_too_many() -> None:
    rounds = [QUIET] * ROUNDS + [{**QUIET, "all documents": 1.0}] * ROUNDS
    assert leaks(rounds) == ["all documents: 0 became 1"]


def test_a_service_that_is_there_only_later_is_seen() -> None:
    assert leaks([{}] * ROUNDS + [QUIET] * ROUNDS)


def test_too_few_rounds_say_nothing_and_are_no_success() -> None:
    assert leaks([QUIET] * (ROUNDS - 1))


def test_sockets_and_memory_of_a_process_are_seen() -> None:
    process = Path("/proc") / str(os.getpid())
    before = held_by(process)
    with socket.socket(), socket.socket(), Path("/dev/null").open():
        after = held_by(process)
    assert before["memory_mb"] > 1
    assert (after["sockets"] - before["sockets"], after["files"] - before["files"]) == (2, 1)
