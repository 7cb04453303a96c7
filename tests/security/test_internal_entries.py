"""Every entry that only our own services may call refuses every token but the right one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from werkzeug.test import Client

from emulators.identity import ISSUER, KEY_ID
from local.cloud import Cloud
from local.entry_points import ENTRY_POINTS
from local.front import service_app

PROJECT = "by-name"
URLS = {name: f"http://{name}.test" for name in ENTRY_POINTS}
EVENT = {"ce-id": "1", "ce-type": "x", "ce-source": "//aethercast/workflows/w", "ce-specversion": "1.0"}
ENTRIES: dict[str, tuple[str, str, dict[str, str]]] = {
    # service: whose token it takes, what is called, with which headers
    **{name: ("tasks", "/", {"X-Idempotency-Key": "k", "X-Workflow-ID": "w"}) for name in ENTRY_POINTS},
    "orchestrator": ("events", "/", EVENT),
    "dead_letters": ("events", "/", EVENT),
    "sweeper": ("scheduler", "/", {}),
    "model_serving": ("forge", "/v1/speech", {}),
    "api_gateway": ("streamer", "/internal/v1/signed-urls", {}),
}
Sign = Callable[..., str]


def account(kind: str) -> str:
    return f"{kind}@{PROJECT}.iam.gserviceaccount.com"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    running = Cloud(None, tmp_path_factory.mktemp("cloud"))
    environment = {
        **running.start(),
        "GOOGLE_CLOUD_PROJECT": PROJECT,
        "AUDIO_BUCKET": "audio",
        "WEBSOCKET_URL": "ws://streamer.test",
        "TASKS_INVOKER": account("tasks"),
        "EVENTS_INVOKER": account("events"),
        "SCHEDULER_INVOKER": account("scheduler"),
        "MODEL_SERVING_CALLERS": account("forge"),
        "SIGNING_CALLERS": account("streamer"),
        "REMOVAL_CALLERS": account("orchestrator"),
        "GATEWAY_URL": URLS["api_gateway"],
        **{f"{name.upper()}_URL": url for name, url in URLS.items()},
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        yield running
    running.stop()


@pytest.fixture(scope="module")
def apps(cloud: Cloud) -> dict[str, Any]:
    del cloud  # its addresses are in the environment
    return {name: service_app(name) for name in ENTRY_POINTS}


@pytest.fixture
def sign(cloud: Cloud) -> Sign:
    """Signs a token as Google does, but for what is said otherwise; None leaves a claim out."""

    def signed(service: str, *, key: Any = None, algorithm: str = "RS256", kid: str = KEY_ID, **claims: Any) -> str:
        now = int(time.time())
        email = account(ENTRIES[service][0])
        good = {
            "iss": ISSUER,
            "aud": URLS[service],
            "email": email,
            "email_verified": True,
            "iat": now,
            "exp": now + 60,
        }
        told = {name: value for name, value in (good | claims).items() if value is not None}
        return jwt.encode(told, cloud.identity._key if key is None else key, algorithm, headers={"kid": kid})

    return signed


STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
WRONG: dict[str, dict[str, Any]] = {
    "another audience": {"aud": "http://elsewhere.test"},
    "no audience": {"aud": None},
    "another issuer": {"iss": "https://accounts.example.com"},
    "no issuer": {"iss": None},
    "expired": {"exp": 1_700_000_000},
    "no expiry": {"exp": None},
    "not valid yet": {"nbf": 4_000_000_000},
    "issued in the future": {"iat": 4_000_000_000, "exp": 4_000_000_060},
    "an unverified account": {"email_verified": False},
    "no account": {"email": None},
    "another's signature": {"key": STRANGER},
    "an unknown key": {"kid": "nobody's"},
    "a symmetric algorithm": {"key": "x" * 32, "algorithm": "HS256"},
    "another algorithm": {"algorithm": "RS512"},
    "no algorithm": {"key": "", "algorithm": "none"},
}


def call(apps: dict[str, Any], service: str, authorization: str | None) -> Any:
    _, path, headers = ENTRIES[service]
    sent = headers | ({"Authorization": authorization} if authorization is not None else {})
    return Client(apps[service]).post(path, json={}, headers=sent)


def test_every_service_is_tried() -> None:
    assert ENTRIES.keys() == ENTRY_POINTS.keys()


@pytest.mark.parametrize("service", ENTRIES)
@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_token_is_refused(service: str, wrong: str, apps: dict[str, Any], sign: Sign) -> None:
    answer = call(apps, service, f"Bearer {sign(service, **WRONG[wrong])}")
    assert (answer.status_code, answer.json["code"]) == (401, "token_invalid")


@pytest.mark.parametrize("service", ENTRIES)
@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer ", "Basic dTpw", "Bearer not.a.token", "Bearer x"]
)
def test_what_is_no_token_is_refused(service: str, authorization: str | None, apps: dict[str, Any]) -> None:
    answer = call(apps, service, authorization)
    assert (answer.status_code, answer.json["code"]) in {(401, "token_missing"), (401, "token_invalid")}
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("service", ENTRIES)
def test_a_valid_token_of_another_account_is_refused(service: str, apps: dict[str, Any], sign: Sign) -> None:
    answer = call(apps, service, f"Bearer {sign(service, email=account('somebody'))}")
    assert (answer.status_code, answer.json["code"]) == (403, "caller_not_allowed")


@pytest.mark.parametrize("service", ENTRIES)
def test_a_token_for_one_service_opens_no_other(service: str, apps: dict[str, Any], sign: Sign) -> None:
    token = sign(service)
    for other in ENTRIES.keys() - {service}:
        assert call(apps, other, f"Bearer {token}").status_code == 401


@pytest.mark.parametrize("service", ENTRIES)
def test_the_right_token_is_let_in(service: str, apps: dict[str, Any], sign: Sign) -> None:
    """Or else the tests above would prove nothing: what it says then is about something else."""
    assert call(apps, service, f"Bearer {sign(service)}").status_code not in {401, 403}


@pytest.mark.parametrize(
    ("path", "whose"),
    [
        ("/internal/v1/signed-urls", "streamer"),
        ("/internal/v1/signed-url", "streamer"),
        ("/internal/v1/removals", "orchestrator"),
    ],
)
def test_the_gateway_does_for_each_service_what_is_for_that_one_alone(
    path: str, whose: str, apps: dict[str, Any], sign: Sign
) -> None:
    for caller in ("streamer", "orchestrator"):
        headers = {"Authorization": f"Bearer {sign('api_gateway', email=account(caller))}"}
        answer: Any = Client(apps["api_gateway"]).post(path, json={}, headers=headers)
        assert (answer.status_code == 403) == (caller != whose)
