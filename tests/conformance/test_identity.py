"""The token service, judged by google-auth: what that accepts, and what it refuses.

https://developers.google.com/identity/protocols/oauth2/service-account
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import exceptions
from google.auth.transport.requests import Request
from google.oauth2 import id_token, service_account

from emulators.identity import ISSUER, KEY_ID, Identity

EMAIL = "worker@conformance.iam.gserviceaccount.com"
AUDIENCE = "https://example.com/work"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("identity")


@pytest.fixture(scope="module")
def identity(directory: Path) -> Identity:
    return Identity(directory)


@pytest.fixture(scope="module")
def base(identity: Identity) -> Iterator[str]:
    yield f"http://127.0.0.1:{identity.start()}"
    identity.stop()


@pytest.fixture
def key_file(identity: Identity, base: str) -> Path:
    return identity.service_account_file(EMAIL)


@pytest.fixture
def private_key(key_file: Path) -> str:
    return str(json.loads(key_file.read_text())["private_key"])


def verified(token: str, base: str, audience: str = AUDIENCE) -> dict[str, Any]:
    return dict(id_token.verify_token(token, Request(), audience=audience, certs_url=f"{base}/certs"))


def claims(**changed: Any) -> dict[str, Any]:
    """The claims of an ID token of this service, with changes."""
    now = int(time.time())
    told = {"iss": ISSUER, "sub": EMAIL, "email": EMAIL, "aud": AUDIENCE, "iat": now, "exp": now + 3600}
    return {**told, **changed}


def assertion(base: str, private_key: str, *, algorithm: str = "RS256", **changed: Any) -> str:
    """The claims signed by google-auth for a token, with changes."""
    return jwt.encode(claims(iss=EMAIL, aud=f"{base}/token", **changed), private_key, algorithm=algorithm)


def ask(base: str, assertion: str, grant: str = GRANT) -> requests.Response:
    return requests.post(f"{base}/token", data={"grant_type": grant, "assertion": assertion}, timeout=5)


def other_key() -> str:
    encryption = serialization.NoEncryption()
    return (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
        .decode()
    )


def test_a_process_with_the_key_file_gets_an_id_token_as_on_google_cloud(key_file: Path, base: str) -> None:
    program = f"""
import google.auth.transport.requests, google.oauth2.id_token
print(google.oauth2.id_token.fetch_id_token(google.auth.transport.requests.Request(), {AUDIENCE!r}))
"""
    environment = {**os.environ, "GOOGLE_APPLICATION_CREDENTIALS": str(key_file)}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=True)
    found = verified(done.stdout.strip(), base)
    assert (found["iss"], found["email"], found["email_verified"], found["aud"]) == (ISSUER, EMAIL, True, AUDIENCE)
    assert found["exp"] - found["iat"] == 3600


def test_id_token_credentials_refresh_over_the_token_uri(key_file: Path, base: str) -> None:
    made = service_account.IDTokenCredentials.from_service_account_file(str(key_file), target_audience=AUDIENCE)
    made.refresh(Request())
    assert made.valid
    assert verified(made.token, base)["sub"] == EMAIL


def test_credentials_get_an_access_token(key_file: Path) -> None:
    made = service_account.Credentials.from_service_account_file(
        str(key_file), scopes=["https://www.googleapis.com/auth/cloud-platform"]
    )
    made.refresh(Request())
    assert made.valid
    assert made.token


def test_minted_tokens_are_accepted_through_certificates_and_through_jwks(identity: Identity, base: str) -> None:
    token = identity.id_token(EMAIL, AUDIENCE)
    assert jwt.get_unverified_header(token)["kid"] == KEY_ID
    for document in ("certs", "jwks"):
        found = id_token.verify_token(token, Request(), audience=AUDIENCE, certs_url=f"{base}/{document}")
        assert found["email"] == EMAIL


def test_google_auth_refuses_a_token_for_another_audience(identity: Identity, base: str) -> None:
    with pytest.raises(exceptions.InvalidValue, match="audience"):
        verified(identity.id_token(EMAIL, "https://example.com/other"), base)


def test_google_auth_refuses_an_expired_token(private_key: str, base: str) -> None:
    then = int(time.time()) - 7200
    expired = jwt.encode(claims(iat=then, exp=then + 3600), private_key, algorithm="RS256", headers={"kid": KEY_ID})
    with pytest.raises(exceptions.InvalidValue, match="expired"):
        verified(expired, base)


def test_google_auth_refuses_a_token_signed_with_another_key(base: str) -> None:
    forged = jwt.encode(claims(), other_key(), algorithm="RS256", headers={"kid": KEY_ID})
    with pytest.raises(exceptions.MalformedError, match="signature"):
        verified(forged, base)


def test_google_auth_refuses_an_unsigned_token(base: str) -> None:
    unsigned = jwt.encode(claims(), "", algorithm="none", headers={"kid": KEY_ID})
    with pytest.raises(exceptions.GoogleAuthError):
        verified(unsigned, base)


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "stranger@conformance.iam.gserviceaccount.com"},
        {"aud": "http://127.0.0.1:1/token"},
        {"iat": int(time.time()) - 7200, "exp": int(time.time()) - 3600},
        {"exp": int(time.time()) + 7200},
    ],
    ids=["unknown account", "other audience", "expired", "valid for too long"],
)
def test_an_assertion_must_be_right(base: str, private_key: str, changed: dict[str, Any]) -> None:
    told = {**claims(iss=EMAIL, aud=f"{base}/token", target_audience=AUDIENCE), **changed}
    refused = ask(base, jwt.encode(told, private_key, algorithm="RS256"))
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


def test_an_assertion_must_be_signed_with_the_key(base: str, private_key: str) -> None:
    assert ask(base, assertion(base, private_key)).status_code == 200
    assert ask(base, assertion(base, other_key())).json()["error"] == "invalid_grant"
    unsigned = jwt.encode(claims(iss=EMAIL, aud=f"{base}/token"), "", algorithm="none")
    assert ask(base, unsigned).json()["error"] == "invalid_grant"
    assert ask(base, "no token").json()["error"] == "invalid_grant"


def test_other_grants_are_named_as_unsupported(base: str, private_key: str) -> None:
    refused = ask(base, assertion(base, private_key), grant="refresh_token")
    assert (refused.status_code, refused.json()["error"]) == (400, "unsupported_grant_type")


def test_signatures_of_accounts_are_recognized(identity: Identity, key_file: Path) -> None:
    made = service_account.Credentials.from_service_account_file(str(key_file))
    signature = made.sign_bytes(b"message")
    assert identity.verify_signature(EMAIL, b"message", signature)
    assert not identity.verify_signature(EMAIL, b"another message", signature)
    assert not identity.verify_signature("stranger@example.com", b"message", signature)


def test_key_and_accounts_outlive_a_restart(directory: Path, key_file: Path, base: str) -> None:
    signature = service_account.Credentials.from_service_account_file(str(key_file)).sign_bytes(b"message")
    restarted = Identity(directory)
    assert restarted.verify_signature(EMAIL, b"message", signature)
    assert verified(restarted.id_token(EMAIL, AUDIENCE), base)["email"] == EMAIL


def test_secrets_are_readable_by_their_owner_alone(directory: Path, key_file: Path) -> None:
    secrets = [path for path in directory.rglob("*") if path.is_file()]
    assert {path.name for path in secrets} == {"key.pem", key_file.name}
    assert {path.stat().st_mode & 0o777 for path in secrets} == {0o600}


def test_a_key_file_needs_the_address_of_the_service(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="start the token service"):
        Identity(tmp_path).service_account_file(EMAIL)
