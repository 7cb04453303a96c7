"""Attacks with a share: a share lets a single podcast be heard and read until taken back by its owner, and nothing
else."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from functions.api_gateway.operation import OWNER, Operation
from functions.api_gateway.operations import OPERATIONS
from local.listener import Heard, listen, start
from tests.conftest import ApiClient
from tests.pipeline.test_gateway import refused

TEXT = "The tide rises and falls twice a day. The moon is the main reason for it. The sun helps a little."
SHARED = {"show", "openStream", "segments", "follow", "audio", "file"}


def with_share(token: str) -> requests.Session:
    http = requests.Session()
    http.headers["Authorization"] = f"Bearer {token}"
    return http


def share_of(api_client: ApiClient, workflow_id: str) -> dict[str, Any]:
    made = api_client.http.post(f"{api_client.api}/{workflow_id}/shares", json={"days": 1}, timeout=30)
    assert made.status_code == 201
    return dict(made.json())


@pytest.fixture(scope="module")
def podcast(api_client: ApiClient) -> str:
    accepted = api_client.generate(text=TEXT, title="Tides", minutes=1)
    api_client.await_state(accepted["cpoa_workflow_id"], "COMPLETED")
    return str(accepted["cpoa_workflow_id"])


@pytest.fixture(scope="module")
def share(api_client: ApiClient, podcast: str) -> dict[str, Any]:
    return share_of(api_client, podcast)


def address(api_client: ApiClient, operation: Operation, workflow_id: str) -> str:
    others = {"share_id": "0" * 16, "segment": "0", "name": "transcript.vtt", "token": "t"}
    path = operation.path.format(workflow_id=workflow_id, **others)
    return api_client.stack.endpoints.api_url + path


def test_what_is_open_to_a_share_is_what_reads_and_hears() -> None:
    assert {operation.name for operation in OPERATIONS if operation.shared} == SHARED


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.by == OWNER], ids=lambda one: one.name)
def test_every_operation_knows_what_a_share_may(
    api_client: ApiClient, podcast: str, share: dict[str, Any], operation: Operation
) -> None:
    url = address(api_client, operation, podcast)
    answer = with_share(share["token"]).request(
        operation.method, url, json={} if operation.asks else None, allow_redirects=False, timeout=60
    )
    if operation.shared:
        assert answer.status_code == operation.answer.status, answer.text
    else:
        assert refused(answer) == (403, "share_read_only")


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.shared], ids=lambda one: one.name)
def test_another_podcasts_share_opens_nothing(
    api_client: ApiClient, podcast: str, share: dict[str, Any], operation: Operation
) -> None:
    for workflow_id in ("0" * 32, podcast[::-1]):
        url = address(api_client, operation, workflow_id)
        answer = with_share(share["token"]).request(operation.method, url, allow_redirects=False, timeout=30)
        assert refused(answer) == (401, "share_wrong")


def test_an_altered_share_opens_nothing(api_client: ApiClient, podcast: str, share: dict[str, Any]) -> None:
    prefix, share_id, expires, mac = share["token"].split("_", 3)
    for forged in (
        f"{prefix}_{share_id}_{int(expires) + 1}_{mac}",
        f"{prefix}_{'0' * 16}_{expires}_{mac}",
        f"{prefix}_{share_id}_{expires}_{mac[::-1]}",
    ):
        answer = with_share(forged).get(f"{api_client.api}/{podcast}", timeout=30)
        assert refused(answer) == (401, "share_wrong")


def test_a_share_is_checked_without_a_write(api_client: ApiClient, podcast: str, share: dict[str, Any]) -> None:
    before = api_client.stack.billable_by_resource("firestore_writes", "shares/")
    for _ in range(3):
        assert with_share(share["token"]).get(f"{api_client.api}/{podcast}", timeout=30).ok
    assert api_client.stack.billable_by_resource("firestore_writes", "shares/") == before


def test_it_is_listed_and_taken_back_by_its_owner_alone(api_client: ApiClient, podcast: str) -> None:
    made = share_of(api_client, podcast)
    shares = f"{api_client.api}/{podcast}/shares"
    assert made in api_client.http.get(shares, timeout=30).json()["shares"]
    friend = with_share(made["token"])
    assert refused(friend.get(shares, timeout=30)) == (403, "share_read_only")
    assert refused(friend.delete(f"{shares}/{made['id']}", timeout=30)) == (403, "share_read_only")
    assert refused(api_client.http.delete(f"{shares}/{'f' * 16}", timeout=30)) == (404, "share_unknown")
    stream = friend.post(f"{api_client.api}/{podcast}/stream", timeout=30).json()
    heard = Heard()
    for _ in listen(stream["websocket_url"], heard, start(stream["stream_id"])):
        pass
    assert heard.whole()
    assert api_client.http.delete(f"{shares}/{made['id']}", timeout=30).status_code == 204
    for path in ("", "/segments", "/audio"):
        answer = friend.get(f"{api_client.api}/{podcast}{path}", allow_redirects=False, timeout=30)
        assert refused(answer) == (403, "share_revoked")
    assert made not in api_client.http.get(shares, timeout=30).json()["shares"]
