"""Waking: a single message starts everything between a click and lasting sound, side by side, and no caller waits for
the start."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from queue import Queue
from typing import Any

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from google.cloud import pubsub_v1
from werkzeug.test import Client

from common import clients, waking
from common.beside import beside
from common.settings import Settings
from common.waking import EVERY_S, IDLE_S, PATH, WOKEN, Waker
from emulators.cloud import EmbeddedCloud
from local.entry_points import ENTRY_POINTS
from local.provision import WAKINGS_TOPIC, provision
from streamer import arrivals
from streamer.player_files import player_files
from tests.conformance.http_target import HttpTarget
from tests.pipeline.manual_delivery import ACCOUNT, INVOKERS, KEY, URLS, WAKER, ManualDelivery

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
        yield Settings(google_cloud_project="waking", wakings_topic=WAKINGS_TOPIC, waker=WAKER)
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
def test_an_agent_that_is_woken_is_ready(agents: ManualDelivery, agent: str) -> None:
    """The platform lets the waker in as far as the agent, and the agent lets it do nothing else."""
    token = agents.cloud.identity.id_token(WAKER, URLS[agent])
    headers = {**HEADERS, "Authorization": f"Bearer {token}"}
    app = Client(agents.apps[agent])
    assert app.post(PATH, data=waking.BODY, headers=headers, content_type="application/json").status_code == 200
    task = {"X-Idempotency-Key": "k", "X-Workflow-ID": "w", **headers, "ce-type": "podcast.requested"}
    assert app.post("/", json={"workflow_id": "w"}, headers=task).status_code in {401, 403}
    stranger = agents.cloud.identity.id_token(ACCOUNT, URLS[agent])
    refused = app.post(PATH, json={}, headers={**HEADERS, "Authorization": f"Bearer {stranger}"})
    assert refused.status_code == 403


class Noted(Waker):
    """Wakes nobody, and notes who was to be."""

    def __init__(self) -> None:
        super().__init__()
        self.woken: Queue[Settings] = Queue()

    def wake(self, settings: Settings) -> None:
        self.woken.put(settings)


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> Noted:
    noted = Noted()
    monkeypatch.setattr(waking, "waker", noted)
    return noted


@pytest.mark.parametrize(("path", "wakes"), [("", True), ("/00000000000000000000000000000000", False)])
def test_who_looks_at_the_list_wakes_and_who_has_no_key_does_not(
    agents: ManualDelivery, noted: Noted, path: str, wakes: bool
) -> None:
    app = Client(agents.apps["api_gateway"])
    app.get(f"/api/v1/podcasts{path}", headers={"Authorization": "Bearer another"})
    assert noted.woken.empty()
    app.get(f"/api/v1/podcasts{path}", headers={"Authorization": f"Bearer {KEY}"})
    assert noted.woken.empty() != wakes


@pytest.mark.parametrize(
    ("sent", "wakes"),
    [
        (f"Bearer {KEY}", True),
        (f"bearer {KEY}", True),
        ("", False),
        ("Bearer ", False),
        ("Bearer another", False),
        (f"Basic {KEY}", False),
        ("Bearer header.claims.signature", False),
    ],
)
def test_who_opens_the_page_with_a_key_wakes_before_the_gateway_is_there(
    agents: ManualDelivery, noted: Noted, monkeypatch: pytest.MonkeyPatch, sent: str, wakes: bool
) -> None:
    looks: list[Future[None]] = []
    monkeypatch.setattr(arrivals, "beside", lambda *call: looks.append(beside(*call)))
    told = replace(agents.settings, waker=WAKER, id_token_client="ours")
    assert page(told).get("/config.json", headers={"Authorization": sent}).status_code == 200
    for look in looks:
        look.result(60)
    assert noted.woken.empty() != wakes


@pytest.mark.parametrize(
    ("given", "wakes"), [({"player_api_key": "handed-out", "waker": WAKER}, True), ({"player_api_key": "k"}, False)]
)
def test_where_the_page_hands_out_a_key_everybody_wakes_if_there_is_a_waker(
    noted: Noted, given: dict[str, Any], wakes: bool
) -> None:
    assert page(Settings(**given)).get("/config.json").status_code == 200
    if wakes:
        assert noted.woken.get(timeout=60)
    assert noted.woken.empty()


def page(settings: Settings) -> FlaskClient:
    app = Flask(__name__)
    app.register_blueprint(player_files(settings))
    return app.test_client()


def test_services_may_be_starting_for_a_while_after_they_were_woken_from_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waking, "_publish", lambda settings: None)
    now, cold = 0.0, Settings(starts_within_s=10.0)
    waker = Waker(clock=lambda: now)

    def at(moment: float) -> tuple[bool, bool]:
        nonlocal now
        now = moment
        return waker.starting(cold), waker.starting(Settings())

    assert at(1.0) == (False, False), "woken by nobody yet"
    waker.wake(cold)
    assert [at(1.0), at(10.9), at(11.0)] == [(True, False), (True, False), (False, False)]
    for _ in range(12):  # in use they are not left without an instance
        now += EVERY_S
        waker.wake(cold)
        assert at(now) == (False, False)
    now += IDLE_S + 1.0
    waker.wake(cold)
    assert at(now) == (True, False)
