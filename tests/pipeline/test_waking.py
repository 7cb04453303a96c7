"""Waking: a single message starts everything between a click and lasting sound, side by side, and no caller waits for
the start."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import jwt
import pytest
from google.cloud import pubsub_v1
from werkzeug.test import Client

from common import authenticator, clients, waking
from common.settings import Settings
from common.waking import EVERY_S, PATH, WOKEN, Waker
from emulators.cloud import EmbeddedCloud
from local.entry_points import ENTRY_POINTS
from local.provision import WAKINGS_TOPIC, provision
from tests.conformance.http_target import HttpTarget
from tests.pipeline.by_hand import ACCOUNT, INVOKERS, KEY, URLS, WAKER, ByHand

pytestmark = pytest.mark.filterwarnings("ignore:The return_immediately flag:DeprecationWarning")

HEADERS = {name: value for name, value in waking.ATTRIBUTES.items() if name != "Content-Type"}
AGENTS = [name for name in WOKEN if name not in {"streamer", "model_serving"}]


@pytest.fixture
def target() -> Iterator[HttpTarget]:
    target = HttpTarget()
    yield target
    target.close()


@pytest.fixture
def settings(tmp_path: Path, target: HttpTarget) -> Iterator[Settings]:
    """A cloud provisioned as a stack's is, all of whose services are the target."""
    cloud = EmbeddedCloud(None, tmp_path)
    with ExitStack() as behind, pytest.MonkeyPatch.context() as patch:
        behind.callback(cloud.stop)
        addresses = cloud.start()
        given = {"EVENTS_INVOKER": INVOKERS["events"], "WAKER": WAKER, "STREAMER_URL": target.url("/streamer")}
        for name, value in addresses.items():
            patch.setenv(name, value)
        clients.forget()
        urls = {name: target.url(f"/{name}") for name in ENTRY_POINTS}
        provision(project="waking", location="here", bucket="audio", cors=["*"], env={**addresses, **given}, urls=urls)
        yield Settings(
            google_cloud_project="waking", wakings_topic=WAKINGS_TOPIC, waker=WAKER, authenticator_key="ours"
        )
        clients.forget()


def test_every_service_is_called_once_in_the_wakers_name(settings: Settings, target: HttpTarget) -> None:
    now = 0.0
    waker = Waker(clock=lambda: now)
    for _ in "123":
        waker.wake(settings)
    called = [target.next() for _ in WOKEN]
    assert sorted(request.path for request in called) == sorted(f"/{name}{PATH}" for name in WOKEN)
    for request in called:
        claims = jwt.decode(request.headers["authorization"].partition(" ")[2], options={"verify_signature": False})
        assert (claims["email"], claims["aud"]) == (WAKER, target.url(request.path.removesuffix(PATH)))
    now += EVERY_S
    waker.wake(settings)
    assert sorted(target.next().path for _ in WOKEN) == sorted(request.path for request in called)
    assert target.quiet(0.05)


def test_nobody_waits_and_failures_are_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def no_library() -> pubsub_v1.PublisherClient:
        raise RuntimeError("no identity")

    monkeypatch.setattr(waking, "publisher_client", no_library)
    with caplog.at_level(logging.WARNING):
        Waker().wake(Settings(google_cloud_project="nowhere"))
        deadline = time.monotonic() + 60
        while not caplog.records and time.monotonic() < deadline:
            time.sleep(0.005)
    assert "could not be woken" in caplog.text


@pytest.mark.parametrize("agent", AGENTS)
def test_an_agent_that_is_woken_is_ready(agents: ByHand, agent: str) -> None:
    """The platform lets the waker in as far as the agent, and the agent lets it do nothing else."""
    token = agents.cloud.identity.id_token(WAKER, URLS[agent])
    headers = {**HEADERS, "Authorization": f"Bearer {token}"}
    app = Client(agents.apps[agent])
    signed = {**headers, authenticator.HEADER: waking.signature(agents.settings)}
    assert app.post(PATH, data=waking.BODY, headers=signed, content_type="application/json").status_code == 200
    assert app.post(PATH, data=waking.BODY, headers=headers, content_type="application/json").status_code == 401
    task = {"X-Idempotency-Key": "k", "X-Workflow-ID": "w", **headers, "ce-type": "podcast.requested"}
    assert app.post("/", json={"workflow_id": "w"}, headers=task).status_code in {401, 403}
    stranger = agents.cloud.identity.id_token(ACCOUNT, URLS[agent])
    refused = app.post(PATH, json={}, headers={**HEADERS, "Authorization": f"Bearer {stranger}"})
    assert refused.status_code == 403


@pytest.mark.parametrize(("path", "wakes"), [("", True), ("/00000000000000000000000000000000", False)])
def test_who_looks_at_the_list_wakes_and_who_has_no_key_does_not(
    agents: ByHand, monkeypatch: pytest.MonkeyPatch, path: str, wakes: bool
) -> None:
    woken: list[Settings] = []
    monkeypatch.setattr(waking, "wake", woken.append)
    app = Client(agents.apps["api_gateway"])
    app.get(f"/api/v1/podcasts{path}", headers={"Authorization": "Bearer another"})
    assert woken == []
    app.get(f"/api/v1/podcasts{path}", headers={"Authorization": f"Bearer {KEY}"})
    assert bool(woken) == wakes
