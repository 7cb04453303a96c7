"""Identity of callers: OpenID Connect tokens signed by Google, for our own services and for people.

https://cloud.google.com/run/docs/authenticating/service-to-service. Cloud Run checks the token of a private service's
caller before that service is reached, and takes its signature away: in `X-Serverless-Authorization` where that was
sent, else in `Authorization` (https://cloud.google.com/run/docs/troubleshooting#signature-removed). We check again in
the app, so that a service made public by mistake, or run where nothing stands in front, is no open door. One rule:

    A token is read from `Authorization`. It carries Google's signature, which is verified; or, in a private service
    behind the platform's check, exactly the platform's mark in its place, and then the request carries an
    authenticator of ours as well (common/authenticator.py), for anybody can write such a mark.

So tasks, events and ticks, whose only token the platform checks, come with an authenticator; and whoever calls a
private service by hand sends the token in both headers, as our own services do (common/services.py).
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cache
from json import JSONDecodeError
from typing import Any

import jwt
from flask import Request

from common import authenticator
from common.errors import Forbidden, ServiceBroken, Unauthenticated
from common.logs import fields
from common.settings import Settings

logger = logging.getLogger(__name__)

SIGNATURE_REMOVED = "SIGNATURE_REMOVED_BY_GOOGLE"


_KEYS_KEPT_S = 3600


@cache
def _keys(jwks_url: str) -> jwt.PyJWKClient:
    # Google rotates its keys over days; an unknown key id has them fetched anew, twice a minute at most. The set is
    # kept for an hour, and no single key beyond that: one that is withdrawn is good for no longer.
    return jwt.PyJWKClient(jwks_url, cache_keys=False, lifespan=_KEYS_KEPT_S, timeout=5)


def fetch_keys(settings: Settings) -> None:
    """Fetch Google's keys ahead of the first token. Raises ServiceBroken when they cannot be fetched."""
    with _fetching():
        try:
            _keys(settings.oidc_jwks_url).get_jwk_set()
        except jwt.PyJWKClientError:
            raise _Unfetched from None


class _Unfetched(ServiceBroken):
    """Nothing that can be checked with: no answer, or one that is no set of keys."""

    def __init__(self) -> None:
        super().__init__("keys_unreachable", "The keys that tokens are checked with cannot be fetched.")


@contextmanager
def _fetching() -> Iterator[None]:
    try:
        yield
    except (jwt.PyJWKClientConnectionError, jwt.PyJWKSetError, JSONDecodeError, UnicodeDecodeError):
        raise _Unfetched from None


def require_caller(request: Request, settings: Settings, *, audience: str, allowed: Collection[str]) -> str:
    """Return the e-mail of the service account calling a public service, from the request's signed Bearer token.

    Raises Unauthenticated for a token missing, forged, expired or made out to somebody else, Forbidden for a valid
    token of an account not `allowed`, ServiceBroken when Google's keys cannot be fetched.
    """
    return _one_of(allowed, _claims(_token(request), settings, audience))


def require_invoker(
    request: Request, settings: Settings, *, audience: str, allowed: Collection[str], target: str | None = ""
) -> str:
    """Return the e-mail of the service account calling a private service, whose token the platform may have checked
    before.

    `target` is the target required of an authenticator, the service's own address unless given; to either belong the
    path and the query that it is called at. None: a call that changes nothing needs no authenticator. Raises as above,
    and Unauthenticated for a token without its signature where nobody checks the token, or without an authenticator.
    """
    token = _token(request)
    removed = token.rpartition(".")[2] == SIGNATURE_REMOVED
    _tell("removed" if removed else "kept", platform_checks=settings.platform_checks_tokens)
    if not removed:
        return _one_of(allowed, _claims(token, settings, audience))
    sent = request.headers["Authorization"]
    checked = request.headers.get("X-Serverless-Authorization", sent)
    if not settings.platform_checks_tokens or checked.rpartition(".")[0] != sent.rpartition(".")[0]:
        raise _invalid()  # nobody has checked what this one says
    caller = _one_of(allowed, _claims(token, settings, audience, signed=False))
    if target is None:
        return caller
    target = f"{target or audience}{request.path}".removesuffix("/")
    if request.query_string:
        target += f"?{request.query_string.decode('latin-1')}"
    if not authenticator.holds(request, settings, caller=caller, target=target):
        logger.warning("called as %s, without an authenticator of ours for %s", caller, target)  # or of another key
        raise Unauthenticated("authenticator_invalid", "The request does not prove that it comes from Aethercast.")
    return caller


@cache
def _tell(signature: str, *, platform_checks: bool) -> None:
    """Say once a process what the platform does with the signatures of tokens: the canary asks for it."""
    logger.info("tokens come", extra=fields(signature=signature, platform_checks=platform_checks))


def person(token: str, settings: Settings, *, client_id: str) -> str:
    """Tell who has signed in with Google at the OAuth client `client_id`: Google's `sub`, which never changes.

    https://developers.google.com/identity/openid-connect/openid-connect#validatinganidtoken. The token has to have been
    issued to that client, too (`azp`): service accounts, anybody's, get tokens made out to whatever audience they name.
    Raises Unauthenticated and ServiceBroken as above.
    """
    claims = _claims(token, settings, client_id, "sub", "azp")
    if claims["azp"] != client_id or not claims["sub"]:
        raise _invalid()
    return str(claims["sub"])


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("token_missing", "This address is for Aethercast's own services.")
    return token


def _one_of(allowed: Collection[str], claims: dict[str, Any]) -> str:
    email = str(claims["email"])
    if email not in allowed:
        raise Forbidden("caller_not_allowed", "This service account may not call this address.")
    return email


def _claims(token: str, settings: Settings, audience: str, *required: str, signed: bool = True) -> dict[str, Any]:
    """Return the claims of a valid token of Google's, made out to `audience` by a verified account.

    A token that is not `signed` is held to everything else.
    """
    try:
        if signed:
            fetch_keys(settings)
        with _fetching():  # anew, for a key that is not among them
            key = _keys(settings.oidc_jwks_url).get_signing_key_from_jwt(token) if signed else ""
        said = jwt.decode_complete(
            token,
            key,
            algorithms=["RS256"],
            audience=audience,
            options={
                "verify_signature": signed,
                "verify_exp": True,
                "verify_nbf": True,
                "verify_iat": True,
                "verify_aud": True,
                "strict_aud": True,
                "require": ["exp", "iat", "aud", "iss", "email", *required],
            },
            leeway=10,
        )
    except jwt.PyJWTError:
        raise _invalid() from None
    claims: dict[str, Any] = said["payload"]
    if said["header"].get("alg") != "RS256":
        raise _invalid()
    if claims["iss"] not in settings.oidc_issuers or claims.get("email_verified") is not True:
        raise _invalid()
    return claims


def _invalid() -> Unauthenticated:
    return Unauthenticated("token_invalid", "The token is not valid here.")
