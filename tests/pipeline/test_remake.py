"""A podcast made again from its edited script: what was not touched is the same sound, and only the rest is voiced."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from common.ogg import read_opus
from local.stack import Stack
from tests.conftest import Program

TEXT = (
    "The tide rises and falls twice a day. The moon is the main reason for it. The sun helps a little. "
    "Spring tides come when both pull together. Neap tides come when they do not."
)


def script(program: Program, workflow_id: str) -> list[dict[str, Any]]:
    answer = program.http.get(f"{program.api}/{workflow_id}/segments", timeout=30)
    return list(answer.json()["segments"])


def packets(program: Program, workflow_id: str) -> list[list[bytes]]:
    """The finished file's packets, segment by segment."""
    file = program.http.get(f"{program.api}/{workflow_id}/audio", timeout=30)
    whole, found = read_opus(file.content).packets, []
    for segment in script(program, workflow_id):
        found.append(whole[: segment["packets"]])
        del whole[: segment["packets"]]
    assert whole == []
    return found


@pytest.fixture(scope="module")
def original(program: Program) -> str:
    workflow_id = str(program.generate(text=TEXT, title="Tides", minutes=1)["cpoa_workflow_id"])
    program.await_state(workflow_id, "COMPLETED")
    return workflow_id


def remake(program: Program, workflow_id: str, body: Any, key: str | None = None) -> requests.Response:
    headers = {"X-Idempotency-Key": key} if key else {}
    return program.http.post(f"{program.api}/{workflow_id}/remake", json=body, headers=headers, timeout=30)


def test_only_what_was_edited_is_voiced_again(stack: Stack, program: Program, original: str) -> None:
    before = script(program, original)
    edits = [{"index": 1, "text": "These words were never in the text."}, {"index": 2, "remove": True}]
    answer = remake(program, original, {"segments": edits, "title": "Tides, again"})
    assert answer.status_code == 202, answer.text
    workflow_id = answer.json()["cpoa_workflow_id"]
    heard = program.hear(answer.json())
    assert heard.whole()
    podcast = program.await_state(workflow_id, "COMPLETED")
    assert podcast["title"] == "Tides, again"

    after = script(program, workflow_id)
    kept = [segment["text"] for segment in before]
    kept[1:3] = ["These words were never in the text."]
    assert [segment["text"] for segment in after] == kept
    assert [segment["text"] for segment in heard.segments()] == kept
    old, new = packets(program, original), packets(program, workflow_id)
    assert new[:1] + new[2:] == old[:1] + old[3:]
    assert new[1] != old[1]
    tasks = stack.billable_by_resource("tasks", workflow_id)
    assert [name for name in tasks if "-forge-" in name] == [name for name in tasks if name.endswith("-forge-00001")]


def test_the_original_may_go_and_the_new_one_stays(program: Program) -> None:
    first = str(program.generate(text=TEXT, minutes=1)["cpoa_workflow_id"])
    program.await_state(first, "COMPLETED")
    second = remake(program, first, {"segments": [{"index": 1, "remove": True}]}).json()["cpoa_workflow_id"]
    program.await_state(second, "COMPLETED")
    assert program.http.delete(f"{program.api}/{first}", timeout=60).status_code == 204
    stream = program.http.post(f"{program.api}/{second}/stream", timeout=30).json()
    assert program.hear(stream).whole()


def test_a_repetition_tells_no_more_than_a_few_events(stack: Stack, program: Program) -> None:
    """However much was edited: a script has up to 2,000 turns, and whoever repeats a request pays for no event."""

    def told() -> int:
        return sum(stack.billable_by_resource("pubsub_messages", workflow_id).values())

    lines = [{"speaker": "Ada", "text": f"Port number {number} has a tide of its own."} for number in range(8)]
    first = str(program.generate(script=lines)["cpoa_workflow_id"])
    program.await_state(first, "COMPLETED")
    edits = [{"index": one["index"], "text": f"Edited {one['index']}."} for one in script(program, first)]
    assert len(edits) > 5
    answer = remake(program, first, {"segments": edits}, key="edited all")
    workflow_id = str(answer.json()["cpoa_workflow_id"])
    program.await_state(workflow_id, "COMPLETED")
    before = told()
    assert remake(program, first, {"segments": edits}, key="edited all").status_code == 202
    assert 0 < told() - before <= 2


def test_a_repetition_is_the_same_podcast(program: Program, original: str) -> None:
    body = {"segments": [{"index": 1, "text": "Only once."}]}
    first, second = (remake(program, original, body, key="remade") for _ in range(2))
    assert first.json()["cpoa_workflow_id"] == second.json()["cpoa_workflow_id"]
    other = remake(program, original, {"segments": [{"index": 1, "text": "Something else."}]}, key="remade")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("segments", "code"),
    [
        ([], "request_invalid"),
        ([{"index": 1}], "request_invalid"),
        ([{"index": 1, "text": "a", "remove": True}], "request_invalid"),
        ([{"index": -1, "remove": True}], "request_invalid"),
        ([{"index": 1, "text": "潮汐"}], "request_invalid"),
        ([{"index": 1, "remove": True}] * 2, "request_invalid"),
        ([{"index": 999, "remove": True}], "segment_unknown"),
        ([{"index": index, "remove": True} for index in range(100)], "segment_unknown"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_a_wrong_edit_is_refused(program: Program, original: str, segments: Any, code: str) -> None:
    answer = remake(program, original, {"segments": segments})
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_nothing_is_no_podcast(program: Program, original: str) -> None:
    everything = [{"index": segment["index"], "remove": True} for segment in script(program, original)]
    answer = remake(program, original, {"segments": everything}, key="put right")
    assert (answer.status_code, answer.json()["code"]) == (400, "script_empty")
    again = remake(program, original, {"segments": everything[1:]}, key="put right")
    assert again.status_code == 202, "a refusal has used up its idempotency key"


def test_an_unfinished_podcast_cannot_be_remade(program: Program) -> None:
    workflow_id = program.generate(text=TEXT * 200, minutes=30)["cpoa_workflow_id"]
    program.http.post(f"{program.api}/{workflow_id}/cancel", timeout=30)
    answer = remake(program, workflow_id, {"segments": [{"index": 0, "remove": True}]})
    assert (answer.status_code, answer.json()["code"]) == (409, "podcast_unfinished")
