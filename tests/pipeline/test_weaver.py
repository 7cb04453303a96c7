"""The weaver and a store losing its answers: a landed turn counts, and no model is asked for the turn again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from google.api_core.exceptions import DeadlineExceeded, RetryError
from google.cloud.firestore_v1._helpers import decode_dict
from google.cloud.firestore_v1.services.firestore import FirestoreClient

from common.services import Service
from functions.orchestrator import sweeper
from tests.pipeline.manual_delivery import ManualDelivery

TEXT = (
    "The tide is the rise and fall of the sea. The Moon pulls at the water, and the water follows it around the Earth. "
    "Twice a month the Sun and the Moon pull together, and the tides are highest. Sailors have known this for ages."
)


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A path for each time that a script was asked for."""
    asked: list[str] = []
    stream = Service.stream

    def counted(self: Service, path: str, *args: Any, **options: Any) -> Any:
        asked.append(path)
        return stream(self, path, *args, **options)

    monkeypatch.setattr(Service, "stream", counted)
    return asked


def sent_again(commit: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """As the client library does when no answer has come: it is refused for its own success."""
    commit(*args, **options)
    return commit(*args, **options)


def never_heard(commit: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """As the client library ends when no answer has come for as long as it waits."""
    commit(*args, **options)
    raise RetryError("Timeout of 20.0s exceeded", DeadlineExceeded("no answer"))


@pytest.mark.parametrize("lost", [sent_again, never_heard], ids=lambda lost: lost.__name__)
def test_a_turn_whose_answer_was_lost_costs_no_attempt(
    lost: Callable[..., Any], agents: ManualDelivery, scripts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, turns = FirestoreClient.commit, 0

    def disturbed(self: FirestoreClient, *args: Any, **options: Any) -> Any:
        nonlocal turns
        created = [write.update.fields for write in options["request"]["writes"] if "/segments/" in write.update.name]
        if created and created[0]["state"].string_value == "SCRIPTED" and created[0]["kind"].string_value == "turn":
            turns += 1
            return lost(commit, self, *args, **options)
        return commit(self, *args, **options)

    monkeypatch.setattr(FirestoreClient, "commit", disturbed)
    workflow_id = agents.generate(TEXT)
    agents.drain()
    assert turns > 2
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"
    [record] = [record for name, record in agents.records().items() if name.startswith("script_weaver:")]
    assert (record["attempt"], scripts) == (1, ["/v1/dialogue"])


def test_a_turn_that_another_weaver_was_first_with_ends_the_attempt(
    agents: ManualDelivery, scripts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though it is the very same turn, word for word: of two weavers a single one goes on."""
    commit = FirestoreClient.commit
    taken: list[str] = []

    def overtaken(self: FirestoreClient, *args: Any, **options: Any) -> Any:
        [write, *_] = options["request"]["writes"]
        fields = write.update.fields
        if not taken and "/segments/" in write.update.name and fields["kind"].string_value == "turn":
            taken.append(write.update.name)
            turn: Any = decode_dict(fields, agents.db)
            agents.db.document(write.update.name.partition("/documents/")[2]).create({**turn, "weaver": "another"})
        return commit(self, *args, **options)

    monkeypatch.setattr(FirestoreClient, "commit", overtaken)
    workflow_id = agents.generate(TEXT)
    agents.drain()
    assert taken
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"
    [record] = [record for name, record in agents.records().items() if name.startswith("script_weaver:")]
    assert (record["attempt"], len(scripts)) == (2, 2)


def test_an_attempt_that_fails_leaves_the_next_what_its_calls_have_cost(
    agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    stream = Service.stream

    @contextmanager
    def failing(self: Service, path: str, body: dict[str, Any], **options: Any) -> Iterator[Iterator[Any]]:
        told.append(body["calls"])
        if len(told) == 3:
            with stream(self, path, body, **options) as messages:
                yield messages
        else:
            calls = {"type": "calls", "calls": body["calls"] + 5}
            yield iter([calls, {"type": "error", "status": 502, "code": "engine_malformed", "detail": "It failed."}])

    monkeypatch.setattr(Service, "stream", failing)
    workflow_id = agents.generate(TEXT)
    agents.drain()
    assert told == [0, 5, 10]
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"


def test_a_script_of_ones_own_is_voiced_as_it_stands_and_nothing_is_written(
    agents: ManualDelivery, scripts: list[str]
) -> None:
    said = [("Ada", "What is a tide?"), ("Max", "The sea that rises."), ("Ada", "Why?")]
    script = "# The sea\n" + "\n".join(f"{speaker}: {text}" for speaker, text in said)
    asked = {"script": script, "hosts": [{"name": "Ada", "voice": "second"}]}
    answer = agents.call("POST", "/generate", json=asked)
    assert answer.status_code == 202, answer.text
    workflow_id = answer.json["cpoa_workflow_id"]
    agents.drain()
    workflow = agents.workflow(workflow_id)
    assert (workflow["state"], workflow["title"], workflow["language"]) == ("COMPLETED", "The sea", "en")
    turns = agents.call("GET", f"/{workflow_id}/segments").json["segments"]
    assert [(turn["speaker"], turn["text"], turn["chapter"]) for turn in turns] == [(*one, "The sea") for one in said]
    assert {turn["state"] for turn in turns} == {"FORGED"}
    assert scripts == []
    more = agents.call("POST", f"/{workflow_id}/continue", json={"chapter": 1})
    assert (more.status_code, more.json["code"]) == (422, "nothing_untold")


@pytest.mark.parametrize("own", [False, True], ids=["written", "a script of one's own"])
def test_nothing_of_a_draft_is_voiced_before_it_is_approved(
    own: bool, agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    voiced: list[str] = []
    post = Service.post_early

    def counted(self: Service, path: str, *args: Any, **options: Any) -> Any:
        voiced.extend([path] if path == "/v1/speech" else [])
        return post(self, path, *args, **options)

    monkeypatch.setattr(Service, "post_early", counted)
    asked = {"script": "Ada: One.\nBen: Two.\nAda: Three."} if own else {"text": TEXT, "minutes": 1}
    answer = agents.call("POST", "/generate", json={**asked, "draft": True, "language": "en"})
    workflow_id = answer.json["cpoa_workflow_id"]
    if not own:
        early = agents.call("POST", f"/{workflow_id}/approve", json={})
        assert (early.status_code, early.json["code"]) == (409, "podcast_unfinished")
    agents.drain()
    later = datetime.now(UTC) + timedelta(days=3)
    swept = sweeper.sweep(agents.settings, later)
    assert (swept["failed"], swept["driven_on"]) == (0, 0)
    agents.drain()
    assert voiced == []
    assert agents.call("GET", f"/{workflow_id}").json["draft"]
    before = agents.call("GET", f"/{workflow_id}/segments").json["segments"]
    edits = [{"index": 0, "text": "Edited."}, {"index": 1, "remove": True}]
    for _ in range(2):  # with its key, a repetition removes no other turn
        key = {"X-Idempotency-Key": "the first edit"}
        edited = agents.call("PATCH", f"/{workflow_id}/segments", json={"segments": edits}, headers=key)
        assert (edited.status_code, edited.json["segments"]["total"]) == (200, len(before) - 1)
    agents.drain()
    assert voiced == []
    last = {"segments": [{"index": 1, "text": "Edited at last."}]}
    for _ in range(2):  # the second edits nothing
        approved = agents.call("POST", f"/{workflow_id}/approve", json=last)
        assert (approved.status_code, approved.json["draft"]) == (200, False)
    refused = agents.call("PATCH", f"/{workflow_id}/segments", json=last)
    assert (refused.status_code, refused.json["code"]) == (409, "podcast_approved")
    agents.drain()
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"
    after = agents.call("GET", f"/{workflow_id}/segments").json["segments"]
    assert [turn["text"] for turn in after] == ["Edited.", "Edited at last.", *(turn["text"] for turn in before[3:])]
    assert len(voiced) == len(after)
    assert agents.call("POST", f"/{workflow_id}/approve", json={}).json["code"] == "podcast_ended"


@pytest.mark.parametrize("own", [False, True], ids=["written", "a script of one's own"])
def test_a_draft_costs_its_script_and_then_each_turn_s_voice_once(own: bool, agents: ManualDelivery) -> None:
    def billed(operation: str, containing: str) -> int:
        return sum(times for name, times in meter.by_resource(operation, workflow_id).items() if containing in name)

    meter = agents.cloud.meter
    asked = {"script": "Ada: One.\nBen: Two.\nAda: Three.\nBen: Four."} if own else {"text": TEXT, "minutes": 1}
    answer = agents.call("POST", "/generate", json={**asked, "draft": True, "language": "en"})
    workflow_id = answer.json["cpoa_workflow_id"]
    agents.drain()
    turns = len(agents.segments(workflow_id))
    assert billed("tasks", "") == (0 if own else 2)  # to read the sources, and to write
    assert billed("pubsub_messages", "") <= (2 if own else turns + 3)
    assert billed("firestore_writes", "/segments/") == turns
    assert billed("firestore_writes", "voice_forge:") == billed("storage_writes", "/segments/") == 0
    meter.reset()
    edit = {"segments": [{"index": 1, "text": "Edited."}]}
    for _ in range(2):
        key = {"X-Idempotency-Key": "the edit"}
        assert agents.call("PATCH", f"/{workflow_id}/segments", json=edit, headers=key).status_code == 200
    agents.drain()
    assert billed("firestore_writes", "/segments/") == 1
    assert billed("tasks", "") == billed("pubsub_messages", "") == 0
    meter.reset()
    for _ in range(3):
        assert agents.call("POST", f"/{workflow_id}/approve", json={}).status_code == 200
    agents.drain(repeats=0.2, random=Random(1))
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"
    assert billed("tasks", "-forge-") == turns
    assert billed("storage_writes", "/segments/") == turns
    assert billed("firestore_writes", "/segments/") + billed("firestore_writes", "voice_forge:") <= 4 * turns
    assert billed("pubsub_messages", "voice.segment_ready") <= 2 * turns


def test_a_draft_of_many_turns_is_edited_all_at_once_and_stays_as_long_as_a_script_may_be(
    agents: ManualDelivery,
) -> None:
    script = "\n".join(f"{'Ada' if number % 2 else 'Ben'}: Sentence number {number}." for number in range(505))
    asked = {"script": script, "draft": True, "language": "en"}
    workflow_id = agents.call("POST", "/generate", json=asked).json["cpoa_workflow_id"]
    agents.drain()
    before = agents.segments(workflow_id)
    cut = {"segments": [{"index": 1, "remove": True}]}
    assert agents.call("PATCH", f"/{workflow_id}/segments", json=cut).status_code == 200
    after = agents.segments(workflow_id)
    assert [each["text"] for each in after] == [each["text"] for each in before[:1] + before[2:]]
    assert [each["index"] for each in after] == list(range(len(before) - 1))
    longer = {"segments": [{"index": index, "text": "Word. " * 800} for index in range(80)]}
    answer = agents.call("PATCH", f"/{workflow_id}/segments", json=longer)
    assert (answer.status_code, answer.json["code"]) == (400, "script_too_large")
    assert agents.segments(workflow_id) == after


def test_only_a_draft_is_edited_and_approved(agents: ManualDelivery) -> None:
    workflow_id = agents.generate(TEXT)
    agents.drain()
    for method, path in (("PATCH", "segments"), ("POST", "approve")):
        answer = agents.call(method, f"/{workflow_id}/{path}", json={})
        assert (answer.status_code, answer.json["code"]) == (409, "podcast_no_draft")
