"""Every entry for our own services refuses every token but the right token.

As deployed: the platform's front checks, and takes the signature away. And as it must never be: a private service that
was made public by mistake, or runs where nothing is in front, where anybody can write the platform's mark.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from werkzeug.test import Client, TestResponse

from common import authenticator
from common.settings import Settings
from common.tokens import token_hash
from emulators.identity import ISSUER, KEY_ID
from local import iam
from local.cloud import Cloud
from local.entry_points import ENTRY_POINTS
from local.front import Front, function_app

PROJECT, TOPIC = "by-name", "agent-events"
URLS = {name: f"http://{name}.test" for name in ENTRY_POINTS}
PRIVATE = tuple(iam.INVOKERS)
TICK = "a-tick"
EVENT = {"ce-id": "1", "ce-type": "x", "ce-source": "//aethercast/workflows/w", "ce-specversion": "1.0"}
TASK = {"X-Idempotency-Key": "k", "X-Workflow-ID": "w"}


@dataclass(frozen=True)
class Entry:
    """The caller's account, the path, the headers, and the audience of authenticators."""

    caller: str
    path: str = "/"
    headers: dict[str, str] = field(default_factory=dict)
    target: str = ""


ENTRIES = {
    **{name: Entry("tasks", headers=TASK) for name in ENTRY_POINTS},
    "orchestrator": Entry("events", headers=EVENT, target=TOPIC),
    "dead_letters": Entry("events", headers=EVENT, target=TOPIC),
    "sweeper": Entry("scheduler", target=authenticator.TICKS),
    "model_serving": Entry("forge", "/v1/engines", target=f"{URLS['model_serving']}/v1/engines"),
    "api_gateway": Entry("streamer", "/internal/v1/signed-urls"),
}
BODY: dict[str, Any] = {"index": 1}
OURS = Settings(authenticator_key="the key", tick_token_sha256=token_hash(TICK))
Apps = dict[str, Any]
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
        "EVENTS_TOPIC": TOPIC,
        "WEBSOCKET_URL": "ws://streamer.test",
        "TASKS_INVOKER": account("tasks"),
        "EVENTS_INVOKER": account("events"),
        "SCHEDULER_INVOKER": account("scheduler"),
        "MODEL_SERVING_CALLERS": account("forge"),
        "SIGNING_CALLERS": account("streamer"),
        "REMOVAL_CALLERS": account("orchestrator"),
        "AUTHENTICATOR_KEY": OURS.authenticator_key,
        "TICK_TOKEN_SHA256": OURS.tick_token_sha256,
        "GATEWAY_URL": URLS["api_gateway"],
        **{f"{name.upper()}_URL": url for name, url in URLS.items()},
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        yield running
    running.stop()


def begun(*, platform_checks: bool) -> Apps:
    """Every function, its settings read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLATFORM_CHECKS_TOKENS", str(platform_checks).lower())
        apps = {name: function_app(name) for name in ENTRY_POINTS}
        for name in apps:
            call(apps, name, None)
    return apps


@pytest.fixture(scope="module")
def deployed(cloud: Cloud) -> Apps:
    """Every function behind the platform's front, as it is deployed."""
    del cloud  # its addresses are in the environment
    return {name: Front(name, app) for name, app in begun(platform_checks=True).items()}


@pytest.fixture(scope="module")
def exposed(cloud: Cloud) -> Apps:
    """Every function as it is deployed, with nothing in front: made public by mistake."""
    del cloud
    return begun(platform_checks=True)


@pytest.fixture(scope="module")
def alone(cloud: Cloud) -> Apps:
    """Every function where no platform checks, and none is said to."""
    del cloud
    return begun(platform_checks=False)


@pytest.fixture
def sign(cloud: Cloud) -> Sign:
    """Signs a token as Google does, but for what is said otherwise; None leaves a claim out."""

    def signed(service: str, *, key: Any = None, algorithm: str = "RS256", kid: str = KEY_ID, **claims: Any) -> str:
        now = int(time.time())
        good = {
            "iss": ISSUER,
            "aud": URLS[service],
            "email": account(ENTRIES[service].caller),
            "email_verified": True,
            "iat": now,
            "exp": now + 60,
        }
        told = {name: value for name, value in (good | claims).items() if value is not None}
        return jwt.encode(told, cloud.identity._key if key is None else key, algorithm, headers={"kid": kid})

    return signed


def authentic(service: str, **other: Any) -> str:
    """The authenticator of a call, but for what is said otherwise."""
    entry = ENTRIES[service]
    if service == "sweeper" and not other:
        return f"tick,{TICK}"
    message = {
        "settings": OURS,
        "caller": account(entry.caller),
        "target": entry.target or URLS[service],
        "headers": entry.headers,
        "body": json.dumps(BODY).encode(),
        "lifetime": timedelta(minutes=1),
    }
    return authenticator.sign(**{**message, **other})


def call(
    apps: Apps, service: str, authorization: str | None, signature: str | None = None, at: str = "", **headers: str
) -> TestResponse:
    """POST to the service's entry; `at` is put behind its path."""
    entry = ENTRIES[service]
    sent = {**entry.headers, "Content-Type": "application/json", **headers}
    if authorization is not None:
        sent["Authorization"] = authorization
    if signature is not None:
        sent[authenticator.HEADER] = signature
    return Client(apps[service]).post(entry.path + at, data=json.dumps(BODY), headers=sent)


def refusal(answer: TestResponse) -> tuple[int, str]:
    """The status, and the code of the refusing part: the service's own, or "the front"."""
    return answer.status_code, (answer.json or {})["code"] if answer.is_json else "the front"


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
}
WRONGLY_SIGNED: dict[str, dict[str, Any]] = {
    "another's signature": {"key": STRANGER},
    "an unknown key": {"kid": "nobody's"},
    "a symmetric algorithm": {"key": "x" * 32, "algorithm": "HS256"},
    "another algorithm": {"algorithm": "RS512"},
    "no algorithm": {"key": "", "algorithm": "none"},
}
NO_TOKEN = [None, "", "Bearer", "Bearer ", "Basic dTpw", "Bearer not.a.token", "Bearer x"]

each_entry = pytest.mark.parametrize("service", ENTRIES)
each_private = pytest.mark.parametrize("service", PRIVATE)


def test_every_service_is_tried() -> None:
    assert ENTRIES.keys() == ENTRY_POINTS.keys()


# As deployed


@each_private
def test_whom_the_platform_lets_in_and_who_is_ours_is_served(service: str, deployed: Apps, sign: Sign) -> None:
    answer = call(deployed, service, f"Bearer {sign(service)}", authentic(service))
    assert 200 <= answer.status_code < 300, answer.text


@each_entry
def test_the_front_takes_the_signature_of_what_it_has_checked(service: str, cloud: Cloud, sign: Sign) -> None:
    """And of nothing else; headers to a public service stay as sent."""
    del cloud
    came: list[tuple[str | None, str | None]] = []

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        came.append((environ.get("HTTP_AUTHORIZATION"), environ.get("HTTP_X_SERVERLESS_AUTHORIZATION")))
        start_response("204 No Content", [])
        return []

    token = sign(service)
    good, other = f"Bearer {token}", f"Bearer {sign(service, email=account('somebody'))}"
    for authorization, headers in ((good, {}), (other, {"X-Serverless-Authorization": good})):
        call({service: Front(service, app)}, service, authorization, **headers)
    stripped = f"Bearer {token.rpartition('.')[0]}.SIGNATURE_REMOVED_BY_GOOGLE" if service in PRIVATE else good
    assert came == [(stripped, None), (other, stripped)]


@each_private
def test_the_platform_alone_lets_nobody_in(service: str, deployed: Apps, sign: Sign) -> None:
    """Its check may be switched off by a slip; then this is all that is left."""
    assert refusal(call(deployed, service, f"Bearer {sign(service)}")) == (401, "authenticator_invalid")


@each_private
def test_who_sends_the_token_in_both_headers_needs_nothing_else(service: str, deployed: Apps, sign: Sign) -> None:
    """The platform checks either header and leaves the other: so do our services call each other, and people by
    hand."""
    bearer = f"Bearer {sign(service)}"
    answer = call(deployed, service, bearer, **{"X-Serverless-Authorization": bearer})
    assert 200 <= answer.status_code < 300, answer.text


@each_private
@pytest.mark.parametrize("wrong", [name for name in WRONG | WRONGLY_SIGNED if name != "an unverified account"])
def test_the_front_refuses_a_wrong_token(service: str, wrong: str, deployed: Apps, sign: Sign) -> None:
    bearer = f"Bearer {sign(service, **(WRONG | WRONGLY_SIGNED)[wrong])}"
    for headers in ({}, {"X-Serverless-Authorization": bearer}):
        assert refusal(call(deployed, service, bearer, authentic(service), **headers)) == (401, "the front")
    good = f"Bearer {sign(service)}"
    mixed = call(deployed, service, good, authentic(service), **{"X-Serverless-Authorization": bearer})
    assert refusal(mixed) == (401, "the front"), "that one is checked, whatever the other says"


@each_private
def test_an_unverified_account_passes_the_front_and_is_refused(service: str, deployed: Apps, sign: Sign) -> None:
    answer = call(deployed, service, f"Bearer {sign(service, email_verified=False)}", authentic(service))
    assert refusal(answer) == (401, "token_invalid")


@each_private
@pytest.mark.parametrize("authorization", NO_TOKEN)
def test_the_front_refuses_what_is_no_token(service: str, authorization: str | None, deployed: Apps) -> None:
    answer = call(deployed, service, authorization, authentic(service))
    assert refusal(answer) in {(401, "the front"), (403, "the front")}
    assert answer.content_type.startswith("text/html")


@each_private
def test_the_front_refuses_the_token_of_another_account(service: str, deployed: Apps, sign: Sign) -> None:
    bearer = f"Bearer {sign(service, email=account('somebody'))}"
    assert refusal(call(deployed, service, bearer, authentic(service))) == (403, "the front")


@each_entry
def test_a_token_for_one_service_opens_no_other(service: str, deployed: Apps, sign: Sign) -> None:
    bearer = f"Bearer {sign(service)}"
    for other in ENTRIES.keys() - {service}:
        answer = call(deployed, other, bearer, authentic(other), **{"X-Serverless-Authorization": bearer})
        assert answer.status_code == 401


@each_private
def test_of_two_identities_the_one_that_nobody_checked_counts_for_nothing(
    service: str, deployed: Apps, sign: Sign
) -> None:
    """The platform looks at one header alone, so the other is checked here."""
    checked = {"X-Serverless-Authorization": f"Bearer {sign(service)}"}
    marked = f"Bearer {iam.without_signature(sign(service, email=account('somebody')))}"
    assert refusal(call(deployed, service, marked, authentic(service), **checked)) == (401, "token_invalid")
    marked = f"Bearer {iam.without_signature(sign(service, exp=4_000_000_000))}"
    assert refusal(call(deployed, service, marked, authentic(service), **checked)) == (401, "token_invalid")
    forged = f"Bearer {sign(service, key=STRANGER)}"
    assert refusal(call(deployed, service, forged, authentic(service), **checked)) == (401, "token_invalid")
    signed = f"Bearer {sign(service, email=account('somebody'))}"
    assert refusal(call(deployed, service, signed, authentic(service), **checked)) == (403, "caller_not_allowed")


# As it must never be


@each_private
def test_a_forged_mark_gets_nothing_where_nobody_checks(service: str, alone: Apps, sign: Sign) -> None:
    bearer = f"Bearer {iam.without_signature(sign(service, key=STRANGER))}"
    for headers in ({}, {"X-Serverless-Authorization": bearer}):
        assert refusal(call(alone, service, bearer, authentic(service), **headers)) == (401, "token_invalid")


@each_private
def test_a_forged_mark_gets_nothing_without_our_key(service: str, exposed: Apps, sign: Sign) -> None:
    """Of a service made public by mistake, by an attacker knowing everything but the key."""
    bearer = f"Bearer {iam.without_signature(sign(service, key=STRANGER))}"
    another = Settings(authenticator_key="another key")
    signatures = [
        None,
        "",
        "v1",
        "tick,another-tick",
        authentic(service, settings=another),
        f"v1,4000000000,{'A' * 43}",
    ]
    for signature in signatures:
        assert refusal(call(exposed, service, bearer, signature)) == (401, "authenticator_invalid")
    assert 200 <= call(exposed, service, bearer, authentic(service)).status_code < 300, "or this would prove nothing"


@each_private
def test_an_authenticator_is_good_for_nothing_but_what_it_was_made_for(service: str, exposed: Apps, sign: Sign) -> None:
    """What was intercepted, and is sent again with another body, to another address, or about something else."""
    bearer = f"Bearer {iam.without_signature(sign(service))}"
    others: list[dict[str, Any]] = [
        {"body": b'{"index": 2}'},
        {"target": f"{URLS[service]}/elsewhere"},
        {"target": "another-topic"},
        {"caller": account("somebody")},
        {"headers": {**ENTRIES[service].headers, "X-Workflow-ID": "another"}},
        {"headers": {**ENTRIES[service].headers, "ce-id": "another"}},
        {"headers": {**ENTRIES[service].headers, "ce-type": "podcast.requested"}},
        {"lifetime": timedelta(seconds=-1)},
    ]
    for other in others:
        answer = call(exposed, service, bearer, authentic(service, **other))
        assert refusal(answer) == (401, "authenticator_invalid"), other


@each_private
def test_an_authenticator_is_good_for_no_other_path_or_query(service: str, exposed: Apps, sign: Sign) -> None:
    bearer = f"Bearer {iam.without_signature(sign(service))}"
    for at in ("?again=1", "?again", "elsewhere", "elsewhere/"):
        assert refusal(call(exposed, service, bearer, authentic(service), at)) == (401, "authenticator_invalid"), at


@each_private
def test_an_authenticator_for_one_service_opens_no_other_but_events_that_died(
    service: str, exposed: Apps, sign: Sign
) -> None:
    """The same events, moved by Pub/Sub unchanged to the other subscription."""
    events = {"orchestrator", "dead_letters"}
    for other in set(PRIVATE) - {service} - (events if service in events else set()):
        headers = {**dict.fromkeys(ENTRIES[other].headers, ""), **ENTRIES[service].headers, **ENTRIES[other].headers}
        bearer = f"Bearer {iam.without_signature(sign(other))}"
        answer = call(exposed, other, bearer, authentic(service), **headers)
        assert refusal(answer) == (401, "authenticator_invalid"), other


@each_entry
@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_token_is_refused(service: str, wrong: str, alone: Apps, exposed: Apps, sign: Sign) -> None:
    """Signed, or with the platform's mark and an authenticator of ours."""
    token = sign(service, **WRONG[wrong])
    assert refusal(call(alone, service, f"Bearer {token}")) == (401, "token_invalid")
    marked = f"Bearer {iam.without_signature(token)}"
    assert refusal(call(exposed, service, marked, authentic(service))) == (401, "token_invalid")


@each_entry
@pytest.mark.parametrize("wrong", WRONGLY_SIGNED)
def test_a_wrongly_signed_token_is_refused(service: str, wrong: str, alone: Apps, exposed: Apps, sign: Sign) -> None:
    for apps in (alone, exposed):
        bearer = f"Bearer {sign(service, **WRONGLY_SIGNED[wrong])}"
        assert refusal(call(apps, service, bearer, authentic(service))) == (401, "token_invalid")


@each_entry
@pytest.mark.parametrize("authorization", NO_TOKEN)
def test_what_is_no_token_is_refused(service: str, authorization: str | None, alone: Apps, exposed: Apps) -> None:
    for apps in (alone, exposed):
        answer = call(apps, service, authorization, authentic(service))
        assert refusal(answer) in {(401, "token_missing"), (401, "token_invalid")}
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@each_entry
def test_a_valid_token_of_another_account_is_refused(service: str, alone: Apps, exposed: Apps, sign: Sign) -> None:
    token = sign(service, email=account("somebody"))
    assert refusal(call(alone, service, f"Bearer {token}")) == (403, "caller_not_allowed")
    if service in PRIVATE:
        marked = f"Bearer {iam.without_signature(token)}"
        assert refusal(call(exposed, service, marked, authentic(service))) == (403, "caller_not_allowed")


@each_entry
def test_the_right_token_is_let_in(service: str, alone: Apps, exposed: Apps, sign: Sign) -> None:
    """Google's signature suffices, whatever front is before the service. Or else the tests above would prove
    nothing."""
    for apps in (alone, exposed):
        assert call(apps, service, f"Bearer {sign(service)}").status_code not in {401, 403}


MARK = "SIGNATURE_REMOVED_BY_GOOGLE"


def rewritten(token: str, header: dict[str, Any], signature: str) -> str:
    _, payload, _ = token.split(".")
    return f"{jwt.utils.base64url_encode(json.dumps(header).encode()).decode()}.{payload}.{signature}"


NEARLY: dict[str, Callable[[str], str]] = {
    "lower case": lambda token: iam.without_signature(token).replace(MARK, MARK.lower()),
    "padded": lambda token: f"{iam.without_signature(token)}=",
    "a space before": lambda token: iam.without_signature(token).replace(MARK, f" {MARK}"),
    "a tab behind and more": lambda token: f"{iam.without_signature(token)}\tx",
    "a part of it": lambda token: iam.without_signature(token)[:-1],
    "more than it": lambda token: f"{iam.without_signature(token)}S",
    "behind a signature": lambda token: f"{token}{MARK}",
    "a fourth part": lambda token: f"{token}.{MARK}",
    "encoded": lambda token: iam.without_signature(token).replace(
        MARK, jwt.utils.base64url_encode(MARK.encode()).decode()
    ),
    "no signature": lambda token: f"{token.rpartition('.')[0]}.",
    "no payload": lambda token: f"{token.partition('.')[0]}..{MARK}",
    "no algorithm": lambda token: rewritten(token, {"alg": "none", "typ": "JWT"}, MARK),
    "a symmetric algorithm": lambda token: rewritten(token, {"alg": "HS256", "kid": KEY_ID}, MARK),
    "no algorithm named": lambda token: rewritten(token, {"kid": KEY_ID}, MARK),
    "sent twice": lambda token: f"{iam.without_signature(token)},Bearer {iam.without_signature(token)}",
    "sent twice, once signed": lambda token: f"{iam.without_signature(token)},Bearer {token}",
}


@each_private
@pytest.mark.parametrize("nearly", NEARLY)
def test_what_is_nearly_the_mark_is_not(service: str, nearly: str, exposed: Apps, sign: Sign) -> None:
    """Even with an authenticator of ours. Headers that are sent twice arrive joined by a comma (RFC 9110, 5.3)."""
    answer = call(exposed, service, f"Bearer {NEARLY[nearly](sign(service))}", authentic(service))
    assert refusal(answer) == (401, "token_invalid")


GATEWAY = [
    ("/internal/v1/signed-urls", "streamer"),
    ("/internal/v1/signed-url", "streamer"),
    ("/internal/v1/awaited", "streamer"),
    ("/internal/v1/removals", "orchestrator"),
    ("/internal/v1/leftovers", "orchestrator"),
]


@pytest.mark.parametrize(("path", "whose"), GATEWAY)
def test_the_gateway_does_for_each_service_what_is_for_that_one_alone(
    path: str, whose: str, deployed: Apps, sign: Sign
) -> None:
    for caller in ("streamer", "orchestrator"):
        headers = {"Authorization": f"Bearer {sign('api_gateway', email=account(caller))}"}
        answer = Client(deployed["api_gateway"]).post(path, json={}, headers=headers)
        assert (answer.status_code == 403) == (caller != whose)


@pytest.mark.parametrize(("path", "whose"), GATEWAY)
def test_a_public_service_believes_no_mark_whatever_its_settings_say(
    path: str, whose: str, deployed: Apps, exposed: Apps, sign: Sign
) -> None:
    """There the platform lets everybody in. tests/streaming/test_attached.py has the streamer's."""
    marked = f"Bearer {iam.without_signature(sign('api_gateway', email=account(whose)))}"
    message = {"caller": account(whose), "target": f"{URLS['api_gateway']}{path}", "body": b"{}"}
    signature = authentic("api_gateway", headers={}, **message)
    for apps in (deployed, exposed):
        for more in ({}, {"X-Serverless-Authorization": marked}):
            headers = {"Authorization": marked, authenticator.HEADER: signature, **more}
            answer = Client(apps["api_gateway"]).post(path, json={}, headers=headers)
            assert refusal(answer) == (401, "token_invalid")
