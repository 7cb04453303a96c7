"""A whole run as it is deployed, each function alone with its own account, and queues that are new: no account lacks a
right, and no log, at its most talkative, holds a key, token, credential or signed URL.

In one process all share an account, so only here is a missing right noticed.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from common import authenticator
from common.artifacts import FILES
from common.contract import MAX_WINDOW_MS, MIN_WINDOW_MS, PACKET_MS
from local.listener import Heard, StreamBroken, listen, resume, start
from local.stack import Options, Stack
from tests.conftest import BRIEF_VOICE, PATIENCE_S, ApiClient, eventually

TEXT = (
    "The tide is the rise and fall of the sea. The Moon pulls at the water, and the water goes with it. "
    "Sailors have known this for ages."
)
pytestmark = pytest.mark.xdist_group("isolated")
KEYS = {f"{kind}_API_KEY": f"the-{kind.lower()}-engines-own-key" for kind in ("SPEECH", "LANGUAGE", "SEARCH")}
SECRET_SHAPES = {
    "a signed URL": r"X-Goog-(Signature|Credential)",
    "a bearer token": r"[Bb]earer\s+[A-Za-z0-9_\-.]{8,}",
    "a JSON Web Token": r"eyJ[A-Za-z0-9_\-]{8,}\.eyJ",
    "a private key": r"PRIVATE KEY",
    "an authenticator": r"v1,\d{10},[A-Za-z0-9_\-]{43}",
}


@pytest.fixture(scope="module")
def deployed() -> Iterator[Stack]:
    """Where a taken name is answered by 403; by 412 it is in every other stack (and by both in
    tests/pipeline/test_taken_names.py)."""
    with as_deployed({**BRIEF_VOICE, **KEYS, "LOG_LEVEL": "DEBUG"}) as stack:
        yield stack


def as_deployed(environment: dict[str, str]) -> Stack:
    told = tuple(environment.items())
    options = Options(isolate=True, private_addresses=True, queues_ramp=True, taken_is_forbidden=True, environment=told)
    return Stack(options)


@pytest.fixture(scope="module")
def run(deployed: Stack) -> tuple[dict[str, str], dict[str, str]]:
    """The secrets of a run, by name; and each service's log."""
    secrets = confide(deployed)
    return KEYS | secrets, {path.name: path.read_text() for path in deployed.logs.iterdir()}


def confide(stack: Stack) -> dict[str, str]:
    """Use every secret-taking entry, rightly and wrongly; the secrets."""
    api_client = ApiClient(stack)
    secrets = {"the key": stack.endpoints.api_key, "a wrong key": "k" * 43, "a wrong stream id": "s" * 43}
    secrets["the key of our authenticators"] = stack.env["AUTHENTICATOR_KEY"]
    secrets["the scheduler's token"], secrets["a wrong tick"] = stack._tick_token, "t" * 43
    secrets["a password in a link"] = "a-password-in-a-link"
    secrets["a webhook's secret"] = "whsec_" + base64.b64encode(b"a webhook's own secret, 32 bytes").decode()
    secrets["a token in a webhook's link"] = "a-token-in-a-webhooks-link"
    hook = "http://127.0.0.1:9/hook?token=" + secrets["a token in a webhook's link"]
    webhook = {"url": hook, "secret": secrets["a webhook's secret"]}
    accepted = api_client.generate(text=TEXT, minutes=1, webhook=webhook)
    workflow_id = accepted["cpoa_workflow_id"]
    secrets["the stream id"] = accepted["stream_id"]
    heard = Heard()
    narrow = start(accepted["stream_id"]) | {"window_ms": MIN_WINDOW_MS}  # or else all of it is there, and is over
    for message in listen(accepted["websocket_url"], heard, narrow):
        if message and message["type"] == "segment":
            break
    secrets["a resume token"] = heard.resume_token.partition(".")[2]
    for _ in listen(accepted["websocket_url"], heard, resume(heard)):
        pass
    assert heard.whole()
    secrets["the last resume token"] = heard.resume_token.partition(".")[2]
    shown = api_client.await_state(workflow_id, "COMPLETED")
    link = shown["artifacts"]["audio"]
    assert requests.get(link, timeout=30).ok
    secrets["a signature"] = link.partition("X-Goog-Signature=")[2].partition("&")[0]
    assert not requests.get(link[:-8] + "0" * 8, timeout=30).ok

    for stream_id in (accepted["stream_id"], secrets["a wrong stream id"]):
        first = {"type": "start", "stream_id": stream_id, "window_ms": MAX_WINDOW_MS}
        with pytest.raises(StreamBroken):
            list(listen(accepted["websocket_url"], Heard(), first))
    share = api_client.http.post(f"{api_client.api}/{workflow_id}/shares", json={"days": 1}, timeout=30).json()["token"]
    by_share = {"Authorization": f"Bearer {share}"}
    assert requests.get(f"{api_client.api}/{workflow_id}", headers=by_share, timeout=30).ok
    assert requests.get(f"{api_client.api}/{'0' * 32}", headers=by_share, timeout=30).status_code == 401
    secrets["a share"] = share
    feeds = f"{api_client.api.removesuffix('/podcasts')}/feeds"
    feed = api_client.http.post(feeds, timeout=30).json()["url"]
    assert requests.get(feed, timeout=30).ok
    secrets["a feed's token"], secrets["a wrong feed's token"] = feed.split("/")[-2], "f" * 43
    assert requests.get(feed.replace(secrets["a feed's token"], "f" * 43), timeout=30).status_code == 404
    wrong = {"Authorization": f"Bearer {secrets['a wrong key']}"}
    assert requests.get(api_client.api, headers=wrong, timeout=30).status_code == 401
    for service in ("orchestrator", "voice_forge", "model_serving"):
        past_the_front = {"X-Serverless-Authorization": stack.as_invoker(service)["Authorization"]}
        signature = {authenticator.HEADER: f"tick,{secrets['a wrong tick']}"}
        for headers in (wrong, wrong | past_the_front, stack.as_invoker(service) | signature):
            requests.post(stack.urls[service], json={}, headers=headers, timeout=30)
    failing = api_client.generate(urls=[f"http://user:{secrets['a password in a link']}@127.0.0.1:9/"], minutes=1)
    api_client.await_state(failing["cpoa_workflow_id"], "FAILED")
    secrets["a second stream id"] = failing["stream_id"]
    assert api_client.http.delete(f"{api_client.api}/{workflow_id}", timeout=60).status_code == 204
    secrets["the workflow, to show that these are its logs"] = workflow_id
    return secrets


def test_every_account_has_the_rights_that_it_needs_and_a_podcast_is_heard(deployed: Stack) -> None:
    are_made_heard_and_deleted(1, deployed, longer_than_s=2)


@pytest.mark.nightly
def test_the_turns_of_six_are_more_than_a_new_queue_lets_go_and_each_is_heard() -> None:
    with as_deployed({}) as stack:
        are_made_heard_and_deleted(6, stack, longer_than_s=30)


def are_made_heard_and_deleted(podcasts: int, stack: Stack, longer_than_s: int) -> None:
    api_client = ApiClient(stack)
    asked = [api_client.generate(text=TEXT, minutes=1) for _ in range(podcasts)]
    with ThreadPoolExecutor(podcasts) as listeners:
        heard = list(listeners.map(api_client.hear, asked))
    assert all(one.whole() for one in heard)
    assert all(len(one.packets) * PACKET_MS > longer_than_s * 1000 for one in heard)
    for accepted in asked:
        workflow_id = accepted["cpoa_workflow_id"]
        api_client.await_state(workflow_id, "COMPLETED")
        eventually(
            lambda workflow_id=workflow_id: api_client.show(workflow_id)["artifacts"].keys() == FILES.keys(),  # type: ignore[misc]
            PATIENCE_S,
        )
        assert api_client.http.delete(f"{api_client.api}/{workflow_id}", timeout=60).status_code == 204


def test_no_secret_is_in_any_log(run: tuple[dict[str, str], dict[str, str]]) -> None:
    secrets, logs = run
    workflow_id = secrets.pop("the workflow, to show that these are its logs", None)
    assert workflow_id is None or any(workflow_id in log for log in logs.values())
    assert any('"severity": "DEBUG"' in log for log in logs.values())
    assert all(len(secret) >= 20 for secret in secrets.values())
    found = [
        (name, what, line[:300])
        for name, log in logs.items()
        for line in log.splitlines()
        for what, secret in secrets.items()
        if secret in line
    ]
    assert found == []


@pytest.mark.parametrize("what", SECRET_SHAPES)
def test_nothing_in_any_log_looks_like_a_secret(what: str, run: tuple[dict[str, str], dict[str, str]]) -> None:
    found = [
        (name, line[:200])
        for name, log in run[1].items()
        for line in log.splitlines()
        if re.search(SECRET_SHAPES[what], line)
    ]
    assert found == []
