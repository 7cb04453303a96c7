"""Answers that take long: lines report the making at once and repeatedly, and then the outcome."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, request

from common.errors import EngineBusy
from common.heartbeats import beating, wanted, with_heartbeats


def here(call: Callable[..., Any], *args: Any) -> Any:
    return call(*args)


def test_the_first_sign_of_life_comes_before_anything_is_made() -> None:
    begun: list[str] = []

    def lines() -> Iterator[str]:
        begun.append("too early")
        yield "the answer\n"

    assert next(with_heartbeats(lines(), here)) == "\n"
    assert not begun


def test_who_waits_hears_that_something_is_being_made() -> None:
    made = threading.Event()

    def lines() -> Iterator[str]:
        made.wait(10)
        yield "the answer\n"

    answer = with_heartbeats(lines(), here, every_s=0.01)
    assert [next(answer) for _ in range(5)] == ["\n"] * 5
    made.set()
    assert [line for line in answer if line != "\n"] == ["the answer\n"]


def test_no_line_is_made_before_it_is_asked_for() -> None:
    made: list[int] = []

    def lines() -> Iterator[str]:
        for number in range(3):
            made.append(number)
            yield f"{number}\n"

    answer = with_heartbeats(lines(), here)
    assert [next(answer), next(answer)] == ["\n", "0\n"]
    assert made == [0]
    assert list(answer) == ["1\n", "2\n"]


def test_when_the_caller_leaves_no_more_is_begun() -> None:
    making, finished, closed = threading.Event(), threading.Event(), threading.Event()

    def lines() -> Iterator[str]:
        try:
            making.set()
            finished.wait(10)
            yield "what was being made\n"
            raise AssertionError("another was begun")
        finally:
            closed.set()

    answer = with_heartbeats(lines(), here, every_s=0.01)
    next(answer)
    next(answer)
    assert making.wait(10)
    answer.close()  # type: ignore[attr-defined]
    finished.set()
    assert closed.wait(10)


def test_a_timeout_in_the_making_is_its_failure_and_no_reason_to_go_on_waiting() -> None:
    def fail() -> str:
        raise TimeoutError

    def lines() -> Iterator[str]:
        yield fail()

    answer = with_heartbeats(lines(), here)
    next(answer)
    with pytest.raises(TimeoutError):
        next(answer)


def failing(error: Exception) -> Iterator[dict[str, Any]]:
    yield {"part": 1}
    raise error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (EngineBusy("engine_busy", "No more for now."), (503, "engine_busy", "No more for now.")),
        (RuntimeError("secret"), (500, "internal", "An unexpected error occurred; it has been logged.")),
    ],
)
def test_a_failure_is_told_in_the_answers_place(error: Exception, told: tuple[int, str, str]) -> None:
    response = beating(failing(error))
    assert response.headers["X-Heartbeat"] == "1"
    *parts, last = [json.loads(line) for line in response.get_data(as_text=True).splitlines() if line]
    assert parts == [{"part": 1}]
    assert last == {"type": "error", **dict(zip(("status", "code", "detail"), told, strict=True))}


@pytest.mark.parametrize(
    ("accept", "plain"),
    [
        (None, True),
        ("*/*", True),  # as requests asks, and so the version before
        ("application/json", True),
        ("application/x-ndjson, application/json;q=0.9", False),
    ],
)
def test_who_does_not_ask_for_lines_is_not_given_any(accept: str | None, plain: bool) -> None:
    with Flask("callee").test_request_context(headers={"Accept": accept} if accept else {}):
        assert wanted(request) is not plain
