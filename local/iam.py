"""Invoker permissions of each service: Cloud Run's check before a private service is reached, made here.

https://cloud.google.com/run/docs/authenticating/service-to-service. A caller sends an OpenID Connect token made out to
the service, in `X-Serverless-Authorization` or, only where this header is missing, in `Authorization`. Whichever was
checked is handed on without its signature: a service can read the token's claims, and prove nothing
(https://cloud.google.com/run/docs/troubleshooting#signature-removed). A public service gets every request as sent.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import jwt
import requests

from common.settings import Settings
from emulators.identity import ISSUER

INVOKERS = {
    "orchestrator": ("events_invoker", "waker"),
    "dead_letters": ("events_invoker",),
    "sweeper": ("scheduler_invoker",),
    "content_harvester": ("tasks_invoker", "waker"),
    "script_weaver": ("tasks_invoker", "waker"),
    "voice_forge": ("tasks_invoker", "waker"),
    "mastering": ("tasks_invoker",),
    "editions": ("tasks_invoker",),
    "webhooks": ("tasks_invoker",),
    "model_serving": ("model_serving_callers", "waker"),
}
"""Private service -> the settings that name its invokers. What is missing here is public. terraform/iam.tf binds the
same accounts, and a test compares the two."""

HEADERS = ("HTTP_X_SERVERLESS_AUTHORIZATION", "HTTP_AUTHORIZATION")
"""Where a token may be, in the order in which Cloud Run looks; the first that is there is the one that counts."""

SIGNATURE_REMOVED = "SIGNATURE_REMOVED_BY_GOOGLE"


class Denied(Exception):
    """The service is not reached: the HTTP `status` says why."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


def invokers(service: str, settings: Settings) -> tuple[str, ...]:
    """Return the permitted invokers of a private service."""
    named = [getattr(settings, name) for name in INVOKERS[service]]
    return tuple(email for one in named for email in ((one,) if isinstance(one, str) else one))


def url_of(service: str, settings: Settings) -> str:
    """Tell where a service is reached: the audience of tokens."""
    return str(getattr(settings, f"{service}_url"))


def admit(environ: dict[str, Any], service: str, settings: Settings) -> None:
    """Check the token of a request to a private service, and take its signature away.

    Raises Denied: 403 without a token or for an account without permission to invoke the service, 401 for a forged or
    expired token, or a token made out to another service.
    """
    header = next((name for name in HEADERS if name in environ), None)
    scheme, _, token = environ[header].partition(" ") if header else ("", "", "")
    if header is None or scheme.lower() != "bearer" or not token:
        raise Denied("403 Forbidden")
    claims = _verified(token, url_of(service, settings), settings.oidc_jwks_url)
    if claims["email"] not in invokers(service, settings):
        raise Denied("403 Forbidden")
    environ[header] = f"{scheme} {without_signature(token)}"


def without_signature(token: str) -> str:
    return f"{token.rpartition('.')[0]}.{SIGNATURE_REMOVED}"


def _verified(token: str, audience: str, jwks_url: str) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _keys(jwks_url)[jwt.get_unverified_header(token)["kid"]],
            algorithms=["RS256"],
            audience=audience,
            issuer=ISSUER,
            options={"require": ["exp", "iat", "aud", "iss", "email"]},
        )
    except (jwt.PyJWTError, KeyError):
        raise Denied("401 Unauthorized") from None
    return claims


@cache
def _keys(jwks_url: str) -> dict[str | None, jwt.PyJWK]:
    """Return the public keys that tokens are signed with, by their ids. A stack keeps its keys for as long as its
    run."""
    answer = requests.get(jwks_url, timeout=10)
    answer.raise_for_status()
    return {key.key_id: key for key in jwt.PyJWKSet.from_dict(answer.json()).keys}
