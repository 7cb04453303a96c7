"""A podcast made again from its edited script: what was not touched is the same sound, and only the rest is voiced."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from common.ogg import read_opus
from local.stack import Stack
from tests.conftest import ApiClient

TEXT = (
    "The tide rises and falls twice a day. The moon is the main reason for it. The sun helps a little. "
    "Spring tides come when both pull together. Neap tides come when they do not."
)


def script(api_client: ApiClient, workflow_id: str) -> list[dict[str, Any]]:
    answer = api_client.http.get(f"{api_client.api}/{workflow_id}/segments", timeout=30)
    return list(answer.json()["segments"])


def packets(api_client: ApiClient, workflow_id: str) -> list[list[bytes]]:
    """The finished file's packets, segment by segment."""
    file = api_client.http.get(f"{api_client.api}/{workflow_id}/audio", timeout=30)
    whole, found = read_opus(file.content).packets, []
    for segment in script(api_client, workflow_id):
        found.append(whole[: segment["packets"]])
        del whole[: segment["packets"]]
    assert whole == []
    return found


@pytest.fixture(scope="module")
def original(api_client: ApiClient) -> str:
    workflow_id = str(api_client.generate(text=TEXT, title="Tides", minutes=1)["cpoa_workflow_id"])
    api_client.await_state(workflow_id, "COMPLETED")
    return workflow_id


def remake(api_client: ApiClient, workflow_id: str, body: Any, key: str | None = None) -> requests.Response:
    headers = {"X-Idempotency-Key": key} if key else {}
    return api_client.http.post(f"{api_client.api}/{workflow_id}/remake", json=body, headers=headers, timeout=30)


def test_only_what_was_edited_is_voiced_again(stack: Stack, api_client: ApiClient, original: str) -> None:
    before = script(api_client, original)
    edits = [{"index": 1, "text": "These words were never in the text."}, {"index": 2, "remove": True}]
    answer = remake(api_client, original, {"segments": edits, "title": "Tides, again"})
    assert answer.status_code == 202, answer.text
    workflow_id = answer.json()["cpoa_workflow_id"]
    heard = api_client.hear(answer.json())
    assert heard.whole()
    podcast = api_client.await_state(workflow_id, "COMPLETED")
    assert podcast["title"] == "Tides, again"

    after = script(api_client, workflow_id)
    kept = [segment["text"] for segment in before]
    kept[1:3] = ["These words were never in the text."]
    assert [segment["text"] for segment in after] == kept
    assert [segment["text"] for segment in heard.segments()] == kept
    old, new = packets(api_client, original), packets(api_client, workflow_id)
    assert new[:1] + new[2:] == old[:1] + old[3:]
    assert new[1] != old[1]
    tasks = stack.billable_by_resource("tasks", workflow_id)
    assert [name for name in tasks if "-forge-" in name] == [name for name in tasks if name.endswith("-forge-00001")]


def test_the_original_may_go_and_the_new_one_stays(api_client: ApiClient) -> None:
    first = str(api_client.generate(text=TEXT, minutes=1)["cpoa_workflow_id"])
    api_client.await_state(first, "COMPLETED")
    second = remake(api_client, first, {"segments": [{"index": 1, "remove": True}]}).json()["cpoa_workflow_id"]
    api_client.await_state(second, "COMPLETED")
    assert api_client.http.delete(f"{api_client.api}/{first}", timeout=60).status_code == 204
    stream = api_client.http.post(f"{api_client.api}/{second}/stream", timeout=30).json()
    assert api_client.hear(stream).whole()


def test_a_repetition_tells_no_more_than_a_few_events(stack: Stack, api_client: ApiClient) -> None:
    """However much was edited: a script has up to 2,000 turns, and whoever repeats a request pays for no event."""

    def told() -> int:
        return sum(stack.billable_by_resource("pubsub_messages", workflow_id).values())

    lines = [{"speaker": "Ada", "text": f"Port number {number} has a tide of its own."} for number in range(8)]
    first = str(api_client.generate(script=lines)["cpoa_workflow_id"])
    api_client.await_state(first, "COMPLETED")
    edits = [{"index": one["index"], "text": f"Edited {one['index']}."} for one in script(api_client, first)]
    assert len(edits) > 5
    answer = remake(api_client, first, {"segments": edits}, key="edited all")
    workflow_id = str(answer.json()["cpoa_workflow_id"])
    api_client.await_state(workflow_id, "COMPLETED")
    before = told()
    assert remake(api_client, first, {"segments": edits}, key="edited all").status_code == 202
    assert 0 < told() - before <= 2


def test_a_repetition_is_the_same_podcast(api_client: ApiClient, original: str) -> None:
    body = {"segments": [{"index": 1, "text": "Only once."}]}
    first, second = (remake(api_client, original, body, key="remade") for _ in range(2))
    assert first.json()["cpoa_workflow_id"] == second.json()["cpoa_workflow_id"]
    other = remake(api_client, original, {"segments": [{"index": 1, "text": "Something else."}]}, key="remade")
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
def test_a_wrong_edit_is_refused(api_client: ApiClient, original: str, segments: Any, code: str) -> None:
    answer = remake(api_client, original, {"segments": segments})
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_nothing_is_no_podcast(api_client: ApiClient, original: str) -> None:
    everything = [{"index": segment["index"], "remove": True} for segment in script(api_client, original)]
    answer = remake(api_client, original, {"segments": everything}, key="put right")
    assert (answer.status_code, answer.json()["code"]) == (400, "script_empty")
    again = remake(api_client, original, {"segments": everything[1:]}, key="put right")
    assert again.status_code == 202, "a refusal has used up its idempotency key"


def test_an_unfinished_podcast_cannot_be_remade(api_client: ApiClient) -> None:
    workflow_id = api_client.generate(text=TEXT * 200, minutes=30)["cpoa_workflow_id"]
    api_client.http.post(f"{api_client.api}/{workflow_id}/cancel", timeout=30)
    answer = remake(api_client, workflow_id, {"segments": [{"index": 0, "remove": True}]})
    assert (answer.status_code, answer.json()["code"]) == (409, "podcast_unfinished")
