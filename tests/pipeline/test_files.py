"""The files of finished podcasts: none stays missing when a task or an event is lost, and none stays left over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Request

from common.artifacts import FILES
from common.tasks import enqueue
from functions.api_gateway.removing import remove_leftovers
from functions.api_gateway.requests_schema import RemovalRequest
from functions.model_serving import tts
from tests.pipeline.manual_delivery import ManualDelivery

TEXT = "The tide is the rise and fall of the sea. The Moon pulls at the water, and the water goes with it."
SILENCE = b"\xf8\xff\xfe"


@pytest.fixture
def agents(all_agents: ManualDelivery) -> ManualDelivery:
    """With that of the editions, whose files these are, too."""
    return all_agents


@pytest.fixture(autouse=True)
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tts, "speak", lambda *_, **__: [SILENCE] * 10)  # what is said is no matter here


def finished(agents: ManualDelivery) -> str:
    workflow_id = agents.generate(TEXT)
    agents.drain()
    return workflow_id


def files(agents: ManualDelivery, workflow_id: str) -> list[str]:
    """The names of all objects of the episode."""
    folder = f"workflows/{workflow_id}/episode/"
    return sorted(name.removeprefix(folder) for name in agents.objects() if name.startswith(folder))


def rename(agents: ManualDelivery, workflow_id: str, title: str) -> None:
    answer = agents.call("PATCH", f"/{workflow_id}", json={"title": title})
    assert (answer.status_code, answer.json["title"]) == (200, title)


def lose(agents: ManualDelivery, what: str) -> None:
    """Lose every letter with this in its name, as a purged queue does."""
    lost = [delivery for delivery in agents.collect() if what in delivery.name]
    assert lost
    for delivery in lost:
        agents.waiting.remove(delivery)


def shown(agents: ManualDelivery, workflow_id: str) -> dict[str, Any]:
    return dict(agents.call("GET", f"/{workflow_id}").json)


def test_a_lost_task_of_the_editions_is_made_good(agents: ManualDelivery) -> None:
    workflow_id = agents.generate(TEXT)
    agents.finish(workflow_id)
    lose(agents, "-editions")
    agents.drain()
    assert "mp3" not in shown(agents, workflow_id)["artifacts"]
    assert agents.sweep()["asked_again"] == 1
    agents.drain()
    assert set(shown(agents, workflow_id)["artifacts"]) == set(FILES)


@pytest.mark.parametrize("lost", ["podcast.renamed", "-master-1", "podcast.mastered", "-editions-1"])
def test_whatever_is_lost_of_a_new_title_is_made_good(agents: ManualDelivery, lost: str) -> None:
    workflow_id = finished(agents)
    rename(agents, workflow_id, "Ebb and flow")
    while not any(lost in delivery.name for delivery in agents.collect()):
        delivery = agents.waiting.pop(0)
        assert agents.deliver(delivery) < 300
    lose(agents, lost)
    agents.drain()
    for _ in range(3):
        agents.sweep()
        agents.drain()
    assert files(agents, workflow_id) == sorted(f"1/{file.name}" for file in FILES.values())
    assert all("/1/" in uri for uri in agents.workflow(workflow_id)["artifacts"].values())


def test_twelve_titles_in_a_minute_cost_the_files_of_one(agents: ManualDelivery) -> None:
    workflow_id = finished(agents)
    before = set(agents.objects())
    for number in range(12):
        rename(agents, workflow_id, f"Tides, take {number}")
    delivered = [delivery.name for delivery in agents.drain()]
    assert len([name for name in delivered if "-editions" in name]) == 1
    made = set(agents.objects()) - before
    assert len(made) == len(FILES) + 2, "more than the files of the last title and the parts of its M4A"
    assert agents.sweep()["tidied"] == 1
    assert files(agents, workflow_id) == sorted(f"12/{file.name}" for file in FILES.values())
    assert agents.sweep() == dict.fromkeys(agents.sweep(), 0)


def test_a_new_title_settles_before_files_are_made_with_it(
    agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow_id = finished(agents)
    delays: list[timedelta | None] = []

    def noted(*args: Any, **how: Any) -> bool:
        delays.append(how["delay"])
        return enqueue(*args, **how)

    monkeypatch.setattr("functions.orchestrator.pipeline.enqueue", noted)
    rename(agents, workflow_id, "Ebb and flow")
    agents.drain()
    assert delays == [timedelta(seconds=agents.settings.rename_settles_s), None]


def test_what_somebody_may_still_be_at_is_no_leftover(agents: ManualDelivery) -> None:
    """And of an unfinished podcast no file is."""
    workflow_id = finished(agents)
    rename(agents, workflow_id, "Ebb and flow")
    agents.drain()
    before = files(agents, workflow_id)
    asked = RemovalRequest(workflow_id=workflow_id)
    an_hour = replace(agents.settings, removed_again_after_s=3600)
    assert remove_leftovers(an_hour, Request({}), asked).json == {"removed": False}
    agents.db.document(f"workflows/{workflow_id}").update({"state": "GENERATING"})
    assert remove_leftovers(agents.settings, Request({}), asked).json == {"removed": False}
    assert files(agents, workflow_id) == before
    agents.db.document(f"workflows/{workflow_id}").update({"state": "COMPLETED"})
    assert remove_leftovers(agents.settings, Request({}), asked).json == {"removed": True}
    assert files(agents, workflow_id) == sorted(f"1/{file.name}" for file in FILES.values())


def test_files_that_were_given_up_are_not_asked_for_without_end(agents: ManualDelivery) -> None:
    workflow_id = agents.generate(TEXT)
    agents.finish(workflow_id)
    lose(agents, "-editions")
    record = agents.db.document(f"idempotency/editions:{workflow_id}-editions")
    record.set({"state": "FAILED", "owner": "x", "attempt": 1, "request_hash": "x", "expires_at": datetime.now(UTC)})
    assert agents.sweep()["asked_again"] == 0
    assert agents.workflow(workflow_id)["files_due"] is None
