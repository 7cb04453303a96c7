"""Google's keys as they change: a new key is good within a minute, a withdrawn key bad within the hour."""

from __future__ import annotations

import json
import time
from functools import cache
from types import SimpleNamespace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, Request, Response
from jwt.algorithms import RSAAlgorithm
from werkzeug.test import EnvironBuilder

from common import oidc
from common.errors import Unauthenticated
from common.settings import Settings
from emulators.http_server import HttpServer

AUDIENCE, ACCOUNT, ISSUER = (
    "https://gateway.example",
    "streamer@p.iam.gserviceaccount.com",
    "https://accounts.google.com",
)


@cache
def key(_name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def published() -> Any:
    """The names of the keys that are published now; served as Google serves its own."""
    names = ["old"]
    app = Flask("keys")

    @app.get("/jwks")
    def jwks() -> Response:
        keys = [{**json.loads(RSAAlgorithm.to_jwk(key(name).public_key())), "kid": name} for name in names]
        return Response(json.dumps({"keys": keys}), mimetype="application/json")

    server = HttpServer(app)
    yield names, Settings(oidc_jwks_url=f"http://127.0.0.1:{server.start()}/jwks", oidc_issuers=(ISSUER,))
    server.stop()


def request_signed_by(name: str) -> Request:
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "email": ACCOUNT,
        "email_verified": True,
        "iat": int(time.time()),
        "exp": int(time.time()) + 3000,
    }
    token = jwt.encode(claims, key(name), "RS256", headers={"kid": name})
    return Request(EnvironBuilder(headers=[("Authorization", f"Bearer {token}")]).get_environ())


def test_a_withdrawn_key_is_good_for_an_hour_and_no_longer(published: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    names, settings = published
    hour, now = 3600.0, time.monotonic()
    for module in ("api_jwk", "jwk_set_cache", "jwks_client"):  # their clock alone: others wait by the process's
        monkeypatch.setattr(f"jwt.{module}.time", SimpleNamespace(monotonic=lambda: now))

    def caller(name: str) -> str:
        return oidc.require_caller(request_signed_by(name), settings, audience=AUDIENCE, allowed={ACCOUNT})

    assert caller("old") == ACCOUNT
    names[:] = ["new"]
    assert caller("old") == ACCOUNT
    now += 31  # unknown keys are looked for twice a minute: anybody can make them up
    assert caller("new") == ACCOUNT
    names[:] = ["next"]
    now += hour + 1
    for name in ("new", "old"):  # the kept one first: an unknown one has the keys fetched anew
        with pytest.raises(Unauthenticated):
            caller(name)
