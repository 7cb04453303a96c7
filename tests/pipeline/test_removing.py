"""Deleted at any moment, whatever the work under way: in the end nothing is left of a podcast."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
from google.cloud import storage
from google.cloud.firestore_v1 import DocumentReference, WriteBatch
from google.cloud.storage.fileio import BlobWriter

from common.policy import POLICIES
from common.services import service
from common.settings import Settings
from common.store import work
from functions.api_gateway.generating import KEY_DIGITS
from functions.model_serving import tts
from tests.pipeline.manual_delivery import ManualDelivery

TEXT = "The tide is the rise and fall of the sea. The Moon pulls at the water, and the water goes with it."
SILENCE = b"\xf8\xff\xfe"
WRITES = (
    (storage.Blob, "upload_from_string"),
    (storage.Blob, "compose"),
    (BlobWriter, "close"),
    (DocumentReference, "create"),
    (DocumentReference, "update"),
    (DocumentReference, "set"),
    (WriteBatch, "commit"),
)
"""All ways in which anything is stored."""


@pytest.fixture
def agents(all_agents: ManualDelivery) -> ManualDelivery:
    """With that of the editions: what it stores late has to go, too."""
    return all_agents


class Moments:
    """Names each moment right before a write, and acts at a chosen moment."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.passed: list[str] = []
        self.came_of_it: Any = None
        self._at: tuple[str, Callable[[], Any]] | None = None
        for owner, method in WRITES:
            patch.setattr(owner, method, self._before(getattr(owner, method), f"{owner.__name__}.{method}"))

    def once(self, moment: str, act: Callable[[], Any]) -> None:
        self._at, self.came_of_it = (moment, act), None

    def _before(self, write: Callable[..., Any], name: str) -> Callable[..., Any]:
        def stored(target: Any, *args: Any, **kwargs: Any) -> Any:
            moment = f"{name} {_kind(target)}"
            self.passed.append(moment)
            if self._at and self._at[0] == moment:
                (_, act), self._at = self._at, None
                self.came_of_it = act()
            return write(target, *args, **kwargs)

        return stored


def _kind(target: Any) -> str:
    """What is written to, the same for each podcast and segment: an object's folder, a document's collection."""
    match target:
        case DocumentReference():
            return f"{target.parent.id}/{target.id.partition(':')[0]}" if ":" in target.id else str(target.parent.id)
        case WriteBatch():
            return "+".join(write.update.name.split("/")[-2] for write in target._write_pbs)
        case storage.Blob():
            return str(target.name).split("/")[2].partition(".")[0]
    return str(target._blob.name).rpartition(".")[2]


def test_deleted_at_any_moment_nothing_is_left_of_a_podcast(
    agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tts, "speak", lambda *_, **__: [SILENCE] * 10)  # what is said is no matter here
    agents.generate(TEXT, key="before")
    agents.drain()  # after which an opening is kept, as it is for most podcasts
    moments = Moments(monkeypatch)
    agents.generate(TEXT)
    asked = len(moments.passed)
    agents.drain()
    stored_late = set()
    for number, moment in enumerate(dict.fromkeys(moments.passed[asked:])):
        workflow_id = agents.generate(TEXT, key=moment)
        moments.once(moment, partial(agents.call, "DELETE", f"/{workflow_id}"))
        agents.drain(Random(number), repeats=0.1)
        assert moments.came_of_it.status_code == 204, moment
        stored_late |= {name.split("/")[2] for name in of(workflow_id, agents) if name.startswith("workflows/")}
        assert agents.sweep()["removed"] == 1
        assert of(workflow_id, agents) == [], moment
    assert stored_late >= {"sources.json", "segments", "episode"}  # or else there was nothing to be removed again


def of(workflow_id: str, agents: ManualDelivery) -> list[str]:
    """All remains of a podcast, including the record of its request."""
    return [name for name in agents.everything() if workflow_id[:KEY_DIGITS] in name]


def test_a_request_repeated_after_the_deletion_is_told_of_it_until_all_is_removed(agents: ManualDelivery) -> None:
    def ask() -> Any:
        return agents.call("POST", "/generate", json={"text": TEXT}, headers={"X-Idempotency-Key": "again"})

    workflow_id = ask().json["cpoa_workflow_id"]
    assert agents.call("DELETE", f"/{workflow_id}").status_code == 204
    assert (ask().status_code, ask().json["code"]) == (409, "podcast_deleted")
    assert agents.sweep()["removed"] == 1
    assert of(workflow_id, agents) == []
    again = ask().json["cpoa_workflow_id"]
    assert again != workflow_id, "names of tasks are still taken by what was deleted"
    assert ask().json["cpoa_workflow_id"] == again
    agents.drain()
    made = agents.call("GET", f"/{again}").json
    assert made["state"] == "COMPLETED"
    assert set(made["artifacts"]) >= {"mp3", "m4a"}


def test_a_deletion_that_broke_off_is_completed(agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch) -> None:
    workflow_id = agents.generate(TEXT)
    with monkeypatch.context() as patch:
        patch.setattr(storage.Bucket, "list_blobs", broken)
        assert agents.call("DELETE", f"/{workflow_id}").status_code == 502
    assert agents.sweep()["removed"] == 1
    assert of(workflow_id, agents) == []


@pytest.mark.parametrize(
    "own", [{"text": TEXT}, {"script": [{"speaker": "Ada", "text": TEXT}]}], ids=["text", "script"]
)
def test_what_an_attempt_stored_that_died_before_its_commit_goes_with_the_podcast(
    agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch, own: dict[str, Any]
) -> None:
    """A repetition of the request makes a podcast of another id."""

    def ask() -> str:
        answer = agents.call("POST", "/generate", json=own, headers={"X-Idempotency-Key": "first"})
        assert answer.status_code == 202, answer.text
        return str(answer.json["cpoa_workflow_id"])

    def dies(*_: Any, **__: Any) -> None:
        raise Died

    other = agents.generate(TEXT, key="another")
    with monkeypatch.context() as patch, pytest.raises(Died):
        patch.setattr(work, "create", dies)
        ask()
    workflow_id = ask()
    assert any(name.startswith("workflows/") and workflow_id not in name for name in of(workflow_id, agents))
    assert agents.call("DELETE", f"/{workflow_id}").status_code == 204
    kept = of(other, agents)
    assert agents.sweep()["removed"] == 1
    assert of(workflow_id, agents) == []
    assert of(other, agents) == kept


class Died(BaseException):
    """The end of a process, in its midst."""


def broken(*_: Any, **__: Any) -> None:
    raise ConnectionError


def test_nothing_is_removed_that_nobody_deleted(agents: ManualDelivery) -> None:
    workflow_id = agents.generate(TEXT)
    before = of(workflow_id, agents)
    assert service(agents.settings.gateway_url).post(
        "/internal/v1/removals", {"workflow_id": workflow_id}, read=dict, timeout=10
    ) == {"removed": False}
    assert of(workflow_id, agents) == before


def test_what_was_deleted_is_removed_again_when_no_work_can_be_under_way_any_more() -> None:
    assert timedelta(seconds=Settings().removed_again_after_s) > max(policy.deadline for policy in POLICIES.values())
