"""Signed deliveries: a podcast goes through while the keys are changed."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, Response, request

from common import authenticator
from common.services import private_service, service
from common.settings import Settings
from emulators.http_server import HttpServer
from local import iam
from local.front import service_app
from tests.pipeline.manual_delivery import AUTHENTICATOR_KEY, ManualDelivery, PendingDelivery

TEXT = (
    "The tide is the rise and fall of the sea. The Moon pulls at the water, and the water follows it around the Earth. "
    "Twice a month the Sun and the Moon pull together, and the tides are highest. Sailors have known this for ages."
)


def test_keys_are_changed_while_a_podcast_is_made(agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch) -> None:
    """As terraform/README.md says: the next key is accepted, then signs, then the last one goes. What was signed with
    a key is delivered as long as that is valid, and refused, not lost, from then on."""

    def deploy(key: str, other: str = "") -> None:
        monkeypatch.setenv("AUTHENTICATOR_KEY", key)
        monkeypatch.setenv("AUTHENTICATOR_OTHER_KEY", other)
        monkeypatch.setattr(agents, "apps", {name: service_app(name) for name in agents.apps})

    def deliver_all() -> None:
        """All letters waiting now, without their consequences."""
        for delivery in list(agents.collect()):
            assert 200 <= agents.deliver(delivery) < 300, delivery.name
            agents.waiting.remove(delivery)

    workflow_id = agents.generate(TEXT)
    deploy(AUTHENTICATOR_KEY, "the next key")
    deliver_all()
    not_yet_deployed = agents.apps
    deploy("the next key", AUTHENTICATOR_KEY)
    kept = next(iter(agents.collect()))
    deliver_all()  # signed with the last key
    monkeypatch.setattr(agents, "apps", not_yet_deployed)
    deliver_all()  # signed with the next one
    deploy("the next key", AUTHENTICATOR_KEY)
    deliver_all()  # the last that was signed with the last key
    deploy("the next key")
    assert agents.deliver(kept) == 401
    agents.drain()
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"


def test_what_was_made_for_one_is_good_for_no_other(agents: ManualDelivery) -> None:
    """Tasks and events as they wait, each signature put under another's body, under other headers, and elsewhere."""
    agents.generate(TEXT)
    waiting: list[PendingDelivery] = []
    while {delivery.agent for delivery in waiting} < {"orchestrator", "content_harvester", "voice_forge"}:
        waiting += agents.collect()
        assert agents.deliver(agents.waiting.pop(0)) == 200
    tried = 0
    for delivery in waiting:
        for other in waiting:
            if (other.agent, other.name) != (delivery.agent, delivery.name):
                forged = {**other.headers, authenticator.HEADER: delivery.headers[authenticator.HEADER]}
                assert agents.deliver(PendingDelivery(other.agent, other.name, forged, other.body)) == 401
                assert (
                    agents.deliver(PendingDelivery(delivery.agent, delivery.name, delivery.headers, other.body + b" "))
                    == 401
                )
                tried += 1
    assert tried > 5
    assert {agents.deliver(delivery) for delivery in waiting} <= {200, 204}, "the same again is harmless"


def test_an_event_is_believed_among_the_dead_letters_too(agents: ManualDelivery) -> None:
    workflow_id = agents.generate(TEXT)
    [event] = agents.collect()
    assert agents.bury(event) in {200, 204}
    assert agents.workflow(workflow_id)["state"] == "FAILED"


@pytest.mark.parametrize(
    "stripped",
    [(), iam.HEADERS[:1], iam.HEADERS[1:], iam.HEADERS],
    ids=["neither", "the one checked", "the other", "both"],
)
def test_a_call_is_believed_whichever_signature_the_platform_takes(
    agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch, stripped: tuple[str, ...]
) -> None:
    arrived: list[tuple[str, ...]] = []

    def admit(environ: dict[str, Any], service: str, settings: Settings) -> None:
        sent = [environ[header].partition(" ")[2] for header in iam.HEADERS]
        assert sent[0] == sent[1]
        for header in stripped:
            environ[header] = f"Bearer {iam.without_signature(sent[0])}"
        arrived.append((service, settings.model_serving_url))

    monkeypatch.setattr(iam, "admit", admit)
    models = private_service(agents.settings, agents.settings.model_serving_url)
    assert models.post("/v1/engines", {}, read=dict, timeout=60)["speech"]
    assert arrived == [("model_serving", agents.settings.model_serving_url)]


def test_a_public_service_is_sent_the_token_and_nothing_else(agents: ManualDelivery) -> None:
    """The platform's front has nothing to check, and might reject the unexpected."""
    del agents  # whose identity this process has
    came: list[dict[str, str]] = []
    app = Flask(__name__)

    @app.post("/")
    def arrived() -> Response:
        came.append(dict(request.headers))
        return Response("{}", mimetype="application/json")

    server = HttpServer(app)
    try:
        service(f"http://127.0.0.1:{server.start()}").post("/", {}, read=dict, timeout=10)
    finally:
        server.stop()
    [headers] = came
    assert headers["Authorization"].startswith("Bearer ey")
    assert not headers.keys() & {"X-Serverless-Authorization", authenticator.HEADER}
