"""Who is calling: OpenID Connect tokens that Google has signed, for our own services and for people.

https://cloud.google.com/run/docs/authenticating/service-to-service. Cloud Run checks the token of a private service
before it runs; we check it again in the app, so that a service made public by mistake, or run where nothing stands in
front of it, is no open door.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

import jwt
from flask import Request

from common.errors import Forbidden, ServiceBroken, Unauthenticated
from common.settings import Settings


@cache
def _keys(jwks_url: str) -> jwt.PyJWKClient:
    # Google rotates its keys over days; an unknown key id makes the client fetch anew before it refuses.
    return jwt.PyJWKClient(jwks_url, cache_keys=True, lifespan=3600, timeout=5)


def require_caller(request: Request, settings: Settings, *, audience: str, allowed: Collection[str]) -> str:
    """The e-mail of the service account that calls, from the request's Bearer token.

    Raises Unauthenticated for a token that is missing, forged, expired or made out to somebody else, Forbidden for a
    valid one of an account that is not `allowed`, ServiceBroken when Google's keys cannot be fetched.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("token_missing", "This address is for Aethercast's own services.")
    email = str(_claims(token, settings, audience)["email"])
    if email not in allowed:
        raise Forbidden("caller_not_allowed", "This service account may not call this address.")
    return email


def person(token: str, settings: Settings, *, client_id: str) -> str:
    """Who has signed in with Google at the OAuth client `client_id`: Google's `sub`, which never changes.

    https://developers.google.com/identity/openid-connect/openid-connect#validatinganidtoken. The token has to have been
    issued to that client, too (`azp`): service accounts, anybody's, get tokens made out to whatever audience they name.
    Raises Unauthenticated and ServiceBroken as above.
    """
    claims = _claims(token, settings, client_id, "sub", "azp")
    if claims["azp"] != client_id or not claims["sub"]:
        raise _invalid()
    return str(claims["sub"])


def _claims(token: str, settings: Settings, audience: str, *required: str) -> dict[str, Any]:
    """What a token says that is Google's, valid, and made out to `audience` by a verified account."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _keys(settings.oidc_jwks_url).get_signing_key_from_jwt(token),
            algorithms=["RS256"],
            audience=audience,
            options={"require": ["exp", "iat", "aud", "iss", "email", *required], "strict_aud": True},
            leeway=10,
        )
    except jwt.PyJWKClientConnectionError:
        raise ServiceBroken("keys_unreachable", "The keys that tokens are checked with cannot be fetched.") from None
    except jwt.PyJWTError:
        raise _invalid() from None
    if claims["iss"] not in settings.oidc_issuers or claims.get("email_verified") is not True:
        raise _invalid()
    return claims


def _invalid() -> Unauthenticated:
    return Unauthenticated("token_invalid", "The token is not valid here.")
