"""Two versions at once, as while one is rolled out or back: events and tasks of the other are taken as far as they go.

Documents of another version are test_records.py's. A whole podcast made by two, and requests between their services,
are tests/pipeline/test_orchestrator.py's.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any, cast

import pytest

from common.events import Event
from common.idempotency import request_hash
from common.records import StoredEvent
from common.settings import Settings
from functions.orchestrator import pipeline
from functions.script_weaver.main import Spent, _turns


def test_an_event_that_a_later_version_has_stored_is_told_again() -> None:
    event = Event("voice.segment_ready", "w", {"index": 1}, "1")
    assert Event.of(cast(StoredEvent, {**event.stored(), "of_a_later_version": 1})) == event
    assert Event.of({"type": "content.harvested", "workflow_id": "w"}) == Event("content.harvested", "w")


def test_an_event_that_only_a_later_version_knows_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    """It would come again and again, and in the end fail its podcast. The lost consequences are set off by the
    sweeper."""
    with caplog.at_level(logging.WARNING):
        pipeline.advance(Settings(), "podcast.of_a_later_version", "w", {})
    assert "podcast.of_a_later_version" in caplog.text


def test_what_work_is_asked_by_is_the_same_in_every_version() -> None:
    """A redelivered task that hashed otherwise would be taken for another of the same key, and be refused."""
    assert request_hash({"index": 3, "apology": True}) == request_hash({"apology": True, "index": 3})
    assert request_hash({"index": 3}) == "219b2d6a40f7a67a96d4131fcaa642e66ef9077519f002d5ae591ce23eecf08d"
    assert request_hash({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_what_a_later_model_server_tells_besides_of_its_spending_is_passed_over() -> None:
    told = {"engine": "openai", "calls": 2, "input_tokens": 30, "output_tokens": 4}
    spent: list[Spent] = []
    messages: Iterator[dict[str, Any]] = iter([{"type": "spent", **told, "thinking_tokens": 900}, {"type": "end"}])
    assert list(_turns(messages, "w", spent)) == []
    assert spent == [told]
