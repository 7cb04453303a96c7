"""People who come with an ID token of Google: each an owner of their own where that is set up; nobody else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from werkzeug.test import Client

from emulators.identity import ISSUER, KEY_ID
from local import iam
from local.front import service_app
from tests.pipeline.by_hand import ByHand, by_hand
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
def agents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ByHand]:
    folder = tmp_path_factory.mktemp("cloud")
    with pytest.MonkeyPatch.context() as patch, by_hand(folder, patch, ID_TOKEN_CLIENT=CLIENT) as running:
        running.reset()
        yield running


def sign(agents: ByHand, *, key: Any = None, algorithm: str = "RS256", kid: str = KEY_ID, **claims: Any) -> str:
    """A token as Google makes it for a person who has signed in, but for what is said otherwise."""
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


def test_a_person_is_an_owner_of_their_own(agents: ByHand) -> None:
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
def test_a_wrong_token_is_refused(wrong: str, agents: ByHand) -> None:
    answer = agents.call("GET", "", headers=bearer(sign(agents, **WRONG_HERE[wrong])))
    assert (answer.status_code, answer.json["code"]) == (401, "token_invalid")


def test_the_mark_of_a_platform_that_checks_nobody_here_is_no_signature(agents: ByHand) -> None:
    """The API is public, and behind nobody's check, whatever its settings say."""
    assert agents.settings.platform_checks_tokens
    token = iam.without_signature(sign(agents))
    answer = agents.call("GET", "", headers=bearer(token) | {"X-Serverless-Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json["code"]) == (401, "token_invalid")


@pytest.mark.parametrize("token", ["not.a.token", "..", "e30.e30.e30", "é.é.é"])
def test_what_is_no_token_is_refused(token: str, agents: ByHand) -> None:
    answer = agents.call("GET", "", headers=bearer(token))
    assert (answer.status_code, answer.json["code"]) == (401, "token_invalid")


def test_unless_it_is_set_up_no_token_is_let_in(agents: ByHand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ID_TOKEN_CLIENT")
    gateway = Client(service_app("api_gateway"))
    answer: Any = gateway.get("/api/v1/podcasts", headers=bearer(sign(agents)))
    assert (answer.status_code, answer.json["code"]) == (401, "key_wrong")
    document: Any = gateway.get("/api/v1/openapi.json").json
    assert "idToken" not in document["components"]["securitySchemes"]


def test_the_document_says_so_where_it_is_set_up(agents: ByHand) -> None:
    told = agents.call("GET", "/openapi.json", at="/api/v1").json
    assert told["security"] == [{"apiKey": []}, {"idToken": []}]
    assert told["components"]["securitySchemes"]["idToken"]["bearerFormat"] == "JWT"
