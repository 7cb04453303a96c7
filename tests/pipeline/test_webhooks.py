"""Webhooks: told when a podcast has ended, verified by another's library, tried again, never to an inner address.

Once through a stack and its queue; what the receiver's answers make of a delivery is tried by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask, Response, request
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from werkzeug.serving import make_server

from tests.conftest import PATIENCE_S, ApiClient, eventually
from tests.pipeline.manual_delivery import ManualDelivery, manual_delivery

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TEXT = "The tide rises and falls twice a day. The moon is the main reason for it. The sun helps a little."


class Receiver:
    """A customer's server: requests are kept, and answered with the given statuses, then 204."""

    def __init__(self) -> None:
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        app = Flask("receiver")

        @app.post("/hook")
        def hook() -> Response:
            self.taken.append((dict(request.headers), request.get_data()))
            status = self.statuses.pop(0) if self.statuses else 204
            return Response(status=status, headers={"Location": "/elsewhere"} if 300 <= status < 400 else {})

        @app.post("/elsewhere")
        def elsewhere() -> Response:
            raise AssertionError("a redirect was followed")

        self.server = make_server("127.0.0.1", 0, app, threaded=True)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def verified(self) -> list[dict[str, Any]]:
        """The received payload, its signature checked."""
        return [dict(Webhook(SECRET).verify(body, lowered(headers))) for headers, body in self.taken]


def lowered(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    yield server
    server.server.shutdown()


def webhook(url: str, **more: Any) -> dict[str, Any]:
    return {"url": url, "secret": SECRET, **more}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ManualDelivery]:
    """Agents allowed to call the receiver, on this machine."""
    folder = tmp_path_factory.mktemp("cloud")
    with (
        pytest.MonkeyPatch.context() as patch,
        manual_delivery(folder, patch, HARVEST_PRIVATE_ADDRESSES="true") as agents,
    ):
        yield agents


@pytest.fixture
def agents(running: ManualDelivery) -> ManualDelivery:
    running.reset()
    return running


def ended(agents: ManualDelivery, receiver: Receiver, **asked: Any) -> tuple[str, str]:
    """Have a podcast made to its end, all deliveries included: its id, and the state of the webhook's record."""
    body = {"text": TEXT, "minutes": 1, "webhook": webhook(receiver.url), **asked}
    workflow_id = str(agents.call("POST", "/generate", json=body).json["cpoa_workflow_id"])
    agents.drain()
    return workflow_id, str(agents.records()[f"webhooks:{workflow_id}-webhook"]["state"])


def test_the_end_of_a_podcast_is_told_with_a_signature(api_client: ApiClient, receiver: Receiver) -> None:
    workflow_id = api_client.generate(text=TEXT, title="Tides", minutes=1, webhook=webhook(receiver.url))[
        "cpoa_workflow_id"
    ]
    eventually(lambda: bool(receiver.taken), PATIENCE_S)
    [told] = receiver.verified()
    assert told["type"] == "podcast.completed"
    assert told["data"]["workflow_id"] == workflow_id
    assert told["data"]["title"] == "Tides"
    shown = api_client.http.get(told["data"]["status_url"], timeout=30).json()
    assert (shown["state"], shown["duration_ms"]) == ("COMPLETED", told["data"]["duration_ms"])
    headers, body = receiver.taken[0]
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body.replace(b"Tides", b"Lies!"), lowered(headers))
    assert SECRET not in json.dumps(shown)


def test_a_failed_podcast_is_told_too_with_its_reason(agents: ManualDelivery, receiver: Receiver) -> None:
    ended(agents, receiver, text=None, urls=[receiver.url.replace("/hook", "/missing")])
    [told] = receiver.verified()
    assert told["type"] == "podcast.failed"
    assert told["data"]["error"]["code"] == "source_not_found"


def test_a_server_that_is_unwell_is_asked_again_with_the_same_id(agents: ManualDelivery, receiver: Receiver) -> None:
    receiver.statuses = [500, 302, 429]
    workflow_id, state = ended(agents, receiver)
    assert state == "COMPLETED"
    assert len(receiver.verified()) == 4
    assert {lowered(headers)["webhook-id"] for headers, _ in receiver.taken} == {workflow_id}


def test_a_server_that_wants_no_more_is_left_alone(agents: ManualDelivery, receiver: Receiver) -> None:
    receiver.statuses = [410]
    workflow_id, state = ended(agents, receiver)
    assert state == "FAILED"
    assert len(receiver.taken) == 1
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "ftp://example.com/hook"},
        {"url": "https://user:password@example.com/hook"},
        {"url": "https://0x7f.1/hook"},
        {"secret": "hunter2"},
        {"secret": "whsec_c2hvcnQ="},
        {"colour": "red"},
    ],
    ids=str,
)
def test_a_webhook_that_cannot_be_is_refused(api_client: ApiClient, wrong: dict[str, str]) -> None:
    asked = webhook("https://example.com/hook") | wrong
    answer = api_client.http.post(f"{api_client.api}/generate", json={"text": TEXT, "webhook": asked}, timeout=30)
    assert (answer.status_code, answer.json()["code"]) == (400, "request_invalid")
    assert "hunter2" not in answer.text
    assert "password@" not in answer.text


def test_no_webhook_reaches_an_inner_address(tmp_path: Path, receiver: Receiver) -> None:
    """Where private addresses are nobody's business, as in the cloud."""
    with (
        pytest.MonkeyPatch.context() as patch,
        manual_delivery(tmp_path, patch, HARVEST_PRIVATE_ADDRESSES="false") as agents,
    ):
        agents.reset()
        _, state = ended(agents, receiver)
    assert state == "FAILED"
    assert receiver.taken == []
