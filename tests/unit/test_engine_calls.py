"""How long is waited before an engine is asked again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace

import pytest

from common.errors import AethercastError, EngineBroken
from functions.model_serving import engine_calls
from functions.model_serving.engine_calls import BACKOFF_S, LONGEST_WAIT_S, begun, seconds_of


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of each wait, which takes none here."""
    slept: list[float] = []
    monkeypatch.setattr("tenacity.nap.time", SimpleNamespace(sleep=slept.append))
    return slept


def fails_with(error: AethercastError) -> None:
    def start() -> Iterator[bytes]:
        raise error

    with pytest.raises(type(error)):
        list(begun(start))


def test_waits_are_random_and_grow(waited: list[float]) -> None:
    """Or all whom an engine has failed at once would come back at once."""
    for _ in range(40):
        fails_with(EngineBroken("engine_failed", "It failed."))
    first, second = waited[::2], waited[1::2]
    assert len(first) == len(second) == len(set(first)) == 40
    assert max(first) <= BACKOFF_S < max(second) <= 2 * BACKOFF_S


def test_an_engine_that_says_when_to_come_back_is_taken_at_its_word(waited: list[float]) -> None:
    fails_with(engine_calls.Throttled("Later.", LONGEST_WAIT_S / 2))
    assert all(0 <= wait - LONGEST_WAIT_S / 2 < 0.2 for wait in waited)
    assert len(waited) == 2


def test_a_queue_waits_for_what_takes_longer(waited: list[float]) -> None:
    fails_with(engine_calls.Throttled("Tomorrow.", LONGEST_WAIT_S + 1))
    assert waited == []


def test_when_to_come_back_is_a_number_or_a_date() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert seconds_of(soon) == pytest.approx(3600, abs=60)
    assert seconds_of("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert (seconds_of("7"), seconds_of("-1"), seconds_of("soon"), seconds_of(None)) == (7, 0, None, None)
