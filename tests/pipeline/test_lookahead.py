"""Voicing only what will be heard: no further than the lookahead beyond the furthest listener, on when one comes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from functions.orchestrator import lookahead, pipeline, sweeper
from local.podcast import SAMPLE
from tests.pipeline.manual_delivery import ACCOUNT, ManualDelivery, manual_delivery

LOOKAHEAD = 3


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ManualDelivery]:
    folder = tmp_path_factory.mktemp("cloud")
    with (
        pytest.MonkeyPatch.context() as patch,
        manual_delivery(folder, patch, LOOKAHEAD_SEGMENTS=str(LOOKAHEAD)) as agents,
    ):
        yield agents


@pytest.fixture
def agents(running: ManualDelivery) -> ManualDelivery:
    running.reset()
    return running


@pytest.fixture
def workflow_id(agents: ManualDelivery) -> str:
    """A podcast with a written script and no listener yet."""
    workflow_id = agents.generate(SAMPLE.read_text(), minutes=2)
    agents.drain(Random(1))
    return workflow_id


def listen_as_far_as(agents: ManualDelivery, workflow_id: str, segments: int) -> None:
    """The streamer's request as a listener comes near: the addresses of the next segments, the last of them named."""
    token = agents.cloud.identity.id_token(ACCOUNT, agents.settings.gateway_url)
    first = max(0, segments - 16)
    answer = agents.call(
        "POST",
        "/internal/v1/signed-urls",
        at="",
        json={"workflow_id": workflow_id, "first": first, "count": segments - first},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 200, answer.text


def voiced(agents: ManualDelivery, workflow_id: str) -> list[int]:
    return [segment["index"] for segment in agents.segments(workflow_id) if segment["state"] == "FORGED"]


def test_with_nobody_there_only_the_beginning_is_voiced(agents: ManualDelivery, workflow_id: str) -> None:
    assert voiced(agents, workflow_id) == list(range(LOOKAHEAD))
    workflow = agents.workflow(workflow_id)
    assert workflow["state"] == "GENERATING"
    assert workflow["segments_total"] > 2 * LOOKAHEAD


def test_a_listener_has_it_voiced_as_far_as_they_come(agents: ManualDelivery, workflow_id: str) -> None:
    for heard in (2, 5, 4):  # the third is another one, further back
        listen_as_far_as(agents, workflow_id, heard)
        agents.drain(Random(heard), repeats=0.3)
    assert voiced(agents, workflow_id) == list(range(5 + LOOKAHEAD))


def test_who_listens_to_the_end_has_all_of_it_voiced(agents: ManualDelivery, workflow_id: str) -> None:
    for heard in range(4, agents.workflow(workflow_id)["segments_total"] + 4, 4):
        listen_as_far_as(agents, workflow_id, heard)
        agents.drain(Random(heard))
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"


def test_who_asks_for_the_file_has_all_of_it_voiced(agents: ManualDelivery, workflow_id: str) -> None:
    assert agents.call("GET", f"/{workflow_id}/audio").status_code == 409
    agents.drain(Random(1), repeats=0.3)
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"
    assert agents.call("GET", f"/{workflow_id}/audio").status_code == 302


def test_many_turns_are_asked_for_side_by_side(
    agents: ManualDelivery, workflow_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after the other, the thousand of three hours would take longer than an event may."""
    asked: list[str] = []
    met: list[bool] = []
    second = threading.Event()

    def enqueue(*_: Any, key: str, **more: Any) -> bool:
        asked.append(key)
        if len(asked) > 1:
            second.set()
        met.append(second.wait(10))
        return True

    monkeypatch.setattr(pipeline, "enqueue", enqueue)
    pipeline.wanted(agents.settings, workflow_id, {"segments": lookahead.EVERYTHING})
    assert all(met), "the first was over before the second began"
    turns = [f"{segment['index']:05}" for segment in agents.segments(workflow_id)]
    assert sorted(key[-5:] for key in asked) == turns[LOOKAHEAD:]


def test_a_listener_who_comes_while_it_is_written_misses_nothing(agents: ManualDelivery) -> None:
    """Turns scripted before and after the news of the listener are voiced alike, in whatever order events come."""
    for seed in range(3):
        workflow_id = agents.generate(SAMPLE.read_text(), key=str(seed))
        listen_as_far_as(agents, workflow_id, 4)
        agents.drain(Random(seed), repeats=0.2)
        assert voiced(agents, workflow_id) == list(range(4 + LOOKAHEAD))


def test_what_waits_for_listeners_is_neither_driven_on_nor_failed(agents: ManualDelivery, workflow_id: str) -> None:
    """And to find that out costs three segments' reads a sweep, however many wait."""
    meter = agents.cloud.meter
    meter.reset()
    for minutes in (5, 60, 600):
        swept = sweeper.sweep(agents.settings, datetime.now(UTC) + timedelta(minutes=minutes))
        assert swept == dict.fromkeys(swept, 0)
    assert sum(meter.by_resource("firestore_reads", "/segments").values()) == 9
    agents.drain()
    assert voiced(agents, workflow_id) == list(range(LOOKAHEAD))


def test_what_somebody_waits_for_is_driven_on(agents: ManualDelivery, workflow_id: str) -> None:
    listen_as_far_as(agents, workflow_id, 4)
    while agents.collect():
        delivery = agents.waiting.pop(0)
        if delivery.agent == "orchestrator":  # the segments' tasks are lost
            agents.deliver(delivery)
    assert sweeper.sweep(agents.settings, datetime.now(UTC) + timedelta(minutes=5))["driven_on"] == 1
    agents.drain()
    assert voiced(agents, workflow_id) == list(range(4 + LOOKAHEAD))
