"""Every answer agrees with the table of operations: its status, its headers, and its model, with nothing beside."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import requests

from functions.api_gateway.answers import ListedPodcast, Podcast, Problem
from functions.api_gateway.openapi import RATE_LIMIT_HEADERS
from functions.api_gateway.operation import EVERYBODY, OWNER, Operation
from functions.api_gateway.operations import OPERATIONS
from local.podcast import SAMPLE
from tests.conftest import ApiClient
from tests.pipeline.test_gateway import as_service

TEXT = SAMPLE.read_text()


@dataclass(frozen=True)
class Reader:
    """An owner with a finished podcast and a feed of it."""

    api_client: ApiClient
    http: requests.Session
    podcast: str
    token: str

    def made(self) -> str:
        """Ask for another podcast of this owner's, and do not wait for it."""
        return self._asked_for({"text": TEXT, "minutes": 1})

    def drafted(self) -> str:
        """Ask for a draft with its script at once."""
        return self._asked_for({"script": "Ada: What is a tide?\nBen: The sea.", "draft": True})

    def shared(self) -> str:
        """Share the podcast; the id of the share."""
        answer = self.http.post(f"{self.api_client.api}/{self.podcast}/shares", json={"days": 1}, timeout=30)
        return str(answer.json()["id"])

    def _asked_for(self, body: dict[str, object]) -> str:
        answer = self.http.post(f"{self.api_client.api}/generate", json=body, timeout=30)
        return str(answer.json()["cpoa_workflow_id"])


@pytest.fixture(scope="module")
def reader(api_client: ApiClient) -> Reader:
    http = api_client.another("reader of all")
    body = {"text": TEXT, "title": "Tides", "minutes": 1}
    accepted = http.post(f"{api_client.api}/generate", json=body, timeout=30).json()
    feed = http.post(f"{api_client.stack.endpoints.api_url}/api/v1/feeds", timeout=30).json()["url"]
    owner = Reader(api_client, http, accepted["cpoa_workflow_id"], feed.split("/")[-2])

    class OfTheirs(ApiClient):
        def show(self, workflow_id: str) -> dict[str, object]:
            return dict(http.get(f"{api_client.api}/{workflow_id}", timeout=30).json())

    OfTheirs(api_client.stack).await_state(owner.podcast, "COMPLETED")
    return owner


BODIES: dict[str, Callable[[Reader], object]] = {
    "generate": lambda _: {"text": TEXT, "minutes": 1},
    "rename": lambda _: {"title": "Ebb and flow"},
    "share": lambda _: {"days": 7},
    "keepPlace": lambda _: {"position_ms": 64_000},
    "continue": lambda _: {"chapter": 2, "minutes": 1},
    "keepPronunciations": lambda _: {"pronunciations": [{"written": "Nginx", "said": "engine x"}]},
    "editScript": lambda _: {"segments": [{"index": 0, "text": "So, what is a tide?"}]},
    "approve": lambda _: {},
    "remake": lambda _: {"segments": [{"index": 1, "text": "So, what is a tide?"}]},
    "opening": lambda _: {},
    "sample": lambda _: {"hosts": [{"name": "Ada", "voice": "third"}]},
    "/internal/v1/awaited": lambda reader: {"workflow_id": reader.podcast, "segments": 1},
    "/internal/v1/signed-urls": lambda reader: {"workflow_id": reader.podcast, "first": 0, "count": 2},
    "/internal/v1/signed-url": lambda _: {"uri": "gs://aethercast-audio/workflows/any"},
    "/internal/v1/removals": lambda _: {"workflow_id": "0" * 32},
    "/internal/v1/leftovers": lambda reader: {"workflow_id": reader.podcast},
}
OF_ANOTHER = {"delete", "cancel"}
"""What ends a podcast is tried on one of its own."""
OF_A_DRAFT = {"editScript", "approve"}
IN_ORDER = [
    *(operation for operation in OPERATIONS if operation.name != "revokeFeeds"),
    *(operation for operation in OPERATIONS if operation.name == "revokeFeeds"),  # at last: it takes the feed away
]
CALLERS = {"signing_callers": "streamer", "removal_callers": "functions"}


def asked(operation: Operation, reader: Reader) -> requests.Response:
    """The answer to a request that is right in every way."""
    url = reader.api_client.stack.endpoints.api_url
    workflow_id = reader.podcast
    if operation.name in OF_ANOTHER | OF_A_DRAFT:
        workflow_id = reader.made() if operation.name in OF_ANOTHER else reader.drafted()
    share_id = reader.shared() if "{share_id}" in operation.path else ""
    path = operation.path.format(
        workflow_id=workflow_id, share_id=share_id, token=reader.token, name="transcript.vtt", segment=1
    )
    http = reader.http
    if operation.by == EVERYBODY:
        http = requests.Session()
    elif operation.by != OWNER:
        http = as_service(reader.api_client.stack, CALLERS[operation.by], url)
    body = BODIES[operation.name or operation.path](reader) if operation.asks else None
    return http.request(operation.method, url + path, json=body, allow_redirects=False, timeout=60)


@pytest.mark.parametrize(
    "operation",
    IN_ORDER,
    ids=lambda one: f"{one.method} {one.path}",
)
def test_an_answer_is_what_its_row_says(operation: Operation, reader: Reader) -> None:
    answer = asked(operation, reader)
    assert answer.status_code == operation.answer.status, answer.text
    assert set(RATE_LIMIT_HEADERS) <= answer.headers.keys() or not operation.counted
    assert operation.counted or not set(RATE_LIMIT_HEADERS) & answer.headers.keys()
    match operation.answer.body:
        case None:
            assert not answer.content
            assert answer.status_code == 204 or answer.headers["Location"].startswith("http")
        case str(media_type):
            assert answer.headers["Content-Type"].startswith(media_type)
            assert answer.content
        case model:
            assert answer.headers["Content-Type"] == "application/json"
            model.model_validate_json(answer.content, strict=True, extra="forbid")


def test_a_podcast_is_the_same_model_while_it_is_made_and_after(reader: Reader) -> None:
    for workflow_id in (reader.made(), reader.podcast):
        shown = reader.http.get(f"{reader.api_client.api}/{workflow_id}", timeout=30).content
        Podcast.model_validate_json(shown, strict=True, extra="forbid")


def test_progress_is_a_podcast_as_in_a_list(reader: Reader) -> None:
    events = reader.http.get(f"{reader.api_client.api}/{reader.podcast}/events", timeout=60).text
    [told] = re.findall("^data: (.*)$", events, re.MULTILINE)
    ListedPodcast.model_validate_json(told, strict=True, extra="forbid")


def test_a_failed_podcast_says_why(reader: Reader) -> None:
    body = {"documents": [{"name": "a.bin", "data": "AAECAwQ="}], "minutes": 1}
    accepted = reader.http.post(f"{reader.api_client.api}/generate", json=body, timeout=30).json()
    events = reader.http.get(f"{reader.api_client.api}/{accepted['cpoa_workflow_id']}/events", timeout=60).text
    failed = json.loads(re.findall("^data: (.*)$", events, re.MULTILINE)[-1])
    told = ListedPodcast.model_validate_json(json.dumps(failed), strict=True, extra="forbid")
    assert (told.state, told.error is not None) == ("FAILED", True)


@pytest.mark.parametrize("body", [{"minutes": 0}, [], {"text": "x", "colour": 1}], ids=str)
def test_a_problem_is_one(reader: Reader, body: object) -> None:
    answer = reader.http.post(f"{reader.api_client.api}/generate", json=body, timeout=30)
    problem = Problem.model_validate_json(answer.content, strict=True, extra="forbid")
    assert problem.status == answer.status_code == 400
