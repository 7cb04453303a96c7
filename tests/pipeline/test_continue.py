"""More about a chapter: a new podcast from what the chapter's sources say and the podcast has not told."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests

from local.podcast import SAMPLE
from tests.conftest import ApiClient

TEXT = SAMPLE.read_text()


@pytest.fixture(scope="module")
def original(api_client: ApiClient) -> str:
    workflow_id = str(api_client.generate(text=TEXT, title="The tides", minutes=1)["cpoa_workflow_id"])
    api_client.await_state(workflow_id, "COMPLETED")
    return workflow_id


def go_on(api_client: ApiClient, workflow_id: str, body: Any) -> requests.Response:
    return api_client.http.post(f"{api_client.api}/{workflow_id}/continue", json=body, timeout=30)


def quoted(api_client: ApiClient, workflow_id: str) -> set[str]:
    """The source's sentences quoted in a script."""
    script = api_client.http.get(f"{api_client.api}/{workflow_id}/segments", timeout=30).json()["segments"]
    said = " ".join(segment["text"] for segment in script)
    return {sentence for sentence in re.split(r"(?<=[.!?])\s+", TEXT) if len(sentence) > 20 and sentence in said}


def test_more_is_told_and_nothing_twice(api_client: ApiClient, original: str) -> None:
    chapters = requests.get(api_client.show(original)["artifacts"]["chapters"], timeout=30).json()["chapters"]
    answer = go_on(api_client, original, {"chapter": 2, "minutes": 1})
    assert answer.status_code == 202, answer.text
    assert api_client.hear(answer.json()).whole()
    workflow_id = answer.json()["cpoa_workflow_id"]
    podcast = api_client.await_state(workflow_id, "COMPLETED")
    assert podcast["title"] == chapters[1]["title"]
    assert podcast["sources"] == api_client.show(original)["sources"]
    assert set(podcast["stages"].values()) == {"DONE"}
    before, after = quoted(api_client, original), quoted(api_client, workflow_id)
    assert before
    assert after
    assert not before & after


def test_where_all_is_told_there_is_no_more(api_client: ApiClient) -> None:
    text = "The tide rises and falls twice a day. The moon is the main reason for it. The sun helps a little."
    workflow_id = api_client.generate(text=text, minutes=1)["cpoa_workflow_id"]
    api_client.await_state(workflow_id, "COMPLETED")
    answer = go_on(api_client, workflow_id, {"chapter": 1})
    assert (answer.status_code, answer.json()["code"]) == (422, "nothing_untold")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "request_invalid"),
        ({"chapter": 0}, "request_invalid"),
        ({"chapter": "2"}, "request_invalid"),
        ({"chapter": 2, "minutes": 0}, "request_invalid"),
        ({"chapter": 99}, "chapter_unknown"),
    ],
    ids=str,
)
def test_a_wrong_request_is_refused(api_client: ApiClient, original: str, body: Any, code: str) -> None:
    answer = go_on(api_client, original, body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
