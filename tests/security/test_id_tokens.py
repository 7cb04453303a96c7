"""People with an ID token of Google: each an owner of their own where that is set up; nobody else."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from werkzeug.test import Client

from common import oidc
from common.errors import ServiceBroken, Unauthenticated
from emulators.identity import ISSUER, KEY_ID
from local import iam
from local.front import service_app
from tests.pipeline.manual_delivery import ManualDelivery, manual_delivery
from tests.security.test_internal_entries import WRONG

CLIENT = "1234-player.apps.googleusercontent.com"
WRONG_HERE: dict[str, dict[str, Any]] = WRONG | {
    "issued to another client": {"azp": "1234-other.apps.googleusercontent.com"},
    "a service account's": {"azp": "115200000000000000000", "email": "anybody@elsewhere.iam.gserviceaccount.com"},
    "issued to nobody": {"azp": None},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "several audiences": {"aud": [CLIENT, "https://elsewhere.test"]},
}


@pytest.fixture(scope="module")
def agents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ManualDelivery]:
    folder = tmp_path_factory.mktemp("cloud")
    with pytest.MonkeyPatch.context() as patch, manual_delivery(folder, patch, ID_TOKEN_CLIENT=CLIENT) as running:
        running.reset()
        yield running


def sign(agents: ManualDelivery, *, key: Any = None, algorithm: str = "RS256", kid: str = KEY_ID, **claims: Any) -> str:
    """A token as made by Google for a signed-in person, with the given changes."""
    now = int(time.time())
    good = {
        "iss": ISSUER,
        "aud": CLIENT,
        "azp": CLIENT,
        "sub": "110169484474386276334",
        "email": "ada@example.com",
        "email_verified": True,
        "iat": now,
        "exp": now + 60,
    }
    told = {name: value for name, value in (good | claims).items() if value is not None}
    return jwt.encode(told, agents.cloud.identity._key if key is None else key, algorithm, headers={"kid": kid})


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_person_is_an_owner_of_their_own(agents: ManualDelivery) -> None:
    ada, grace = sign(agents), sign(agents, sub="2", email="grace@example.com")
    asked = agents.call("POST", "/generate", json={"text": "Tides."}, headers=bearer(ada))
    assert asked.status_code == 202, asked.text
    workflow_id = asked.json["cpoa_workflow_id"]
    assert agents.workflow(workflow_id)["owner"] == "110169484474386276334"
    assert int(asked.headers["RateLimit-Limit"]) == agents.settings.requests_per_minute
    assert agents.call("GET", f"/{workflow_id}", headers=bearer(ada)).status_code == 200
    assert agents.call("GET", f"/{workflow_id}", headers=bearer(grace)).status_code == 404
    assert agents.call("GET", f"/{workflow_id}").status_code == 404  # with an API key
    assert agents.call("GET", "", headers=bearer(grace)).json["podcasts"] == []


@pytest.mark.parametrize("wrong", WRONG_HERE)
def test_a_wrong_token_is_refused(wrong: str, agents: ManualDelivery) -> None:
    answer = agents.call("GET", "", headers=bearer(sign(agents, **WRONG_HERE[wrong])))
    assert (answer.status_code, answer.json["code"]) == (401, "token_invalid")


def test_the_mark_of_a_platform_that_checks_nobody_here_is_no_signature(agents: ManualDelivery) -> None:
    """The API is public, and behind nobody's check, whatever its settings say."""
    assert agents.settings.platform_checks_tokens
    token = iam.without_signature(sign(agents))
    answer = agents.call("GET", "", headers=bearer(token) | {"X-Serverless-Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json["code"]) == (401, "token_invalid")


@pytest.mark.parametrize("token", ["not.a.token", "..", "e30.e30.e30", "é.é.é"])
def test_what_is_no_token_is_refused(token: str, agents: ManualDelivery) -> None:
    answer = agents.call("GET", "", headers=bearer(token))
    assert (answer.status_code, answer.json["code"]) == (401, "token_invalid")


def test_unless_it_is_set_up_no_token_is_let_in(agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ID_TOKEN_CLIENT")
    gateway = Client(service_app("api_gateway"))
    answer: Any = gateway.get("/api/v1/podcasts", headers=bearer(sign(agents)))
    assert (answer.status_code, answer.json["code"]) == (401, "key_wrong")
    document: Any = gateway.get("/api/v1/openapi.json").json
    assert "idToken" not in document["components"]["securitySchemes"]


def test_the_document_says_so_where_it_is_set_up(agents: ManualDelivery) -> None:
    told = agents.call("GET", "/openapi.json", at="/api/v1").json
    assert told["security"] == [{"apiKey": []}, {"idToken": []}]
    assert told["components"]["securitySchemes"]["idToken"]["bearerFormat"] == "JWT"


@contextmanager
def served(answer: list[bytes | None]) -> Iterator[str]:
    """Where what is in `answer` at the time is told as Google's keys; None stands for a failure."""

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(503 if answer[0] is None else 200)
            self.end_headers()
            self.wfile.write(answer[0] or b"")

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Keys) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/jwks"
        server.shutdown()


def set_of(key: rsa.RSAPrivateKey) -> bytes:
    told = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return json.dumps({"keys": [told | {"kid": KEY_ID, "use": "sig", "alg": "RS256"}]}).encode()


def test_a_key_that_google_withdrew_is_believed_for_an_hour_at_most(
    agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    told: list[bytes | None] = [set_of(old)]
    with served(told) as url:
        settings = replace(agents.settings, oidc_jwks_url=url)
        assert oidc.person(sign(agents, key=old), settings, client_id=CLIENT)
        told[0] = set_of(new)
        later = SimpleNamespace(monotonic=lambda: time.monotonic() + 3601)
        monkeypatch.setattr("jwt.jwk_set_cache.time", later)
        with pytest.raises(Unauthenticated):
            oidc.person(sign(agents, key=old), settings, client_id=CLIENT)
        assert oidc.person(sign(agents, key=new), settings, client_id=CLIENT)


@pytest.mark.parametrize(
    "answer", [None, b"<html>", b"\xff", b"[]", b"{}", b'{"keys": []}', b'{"keys": [{"kty": "?"}]}']
)
def test_without_googles_keys_no_token_is_called_wrong(agents: ManualDelivery, answer: bytes | None) -> None:
    """Whoever comes then may come again; the readiness of an instance says the same."""
    with served([answer]) as url:
        settings = replace(agents.settings, oidc_jwks_url=url)
        for ask in (
            lambda: oidc.fetch_keys(settings),
            lambda: oidc.person(sign(agents), settings, client_id=CLIENT),
        ):
            with pytest.raises(ServiceBroken, match="keys_unreachable"):
                ask()
