"""Who is calling: Google-signed OpenID Connect tokens between our own services, made and checked.

https://cloud.google.com/run/docs/authenticating/service-to-service. Cloud Run checks the token of a private service
before it runs; we check it again in the app, so that a service made public by mistake, or run where nothing stands in
front of it, is no open door.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

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
    try:
        key = _keys(settings.oidc_jwks_url).get_signing_key_from_jwt(token)
        claims = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            audience=audience,
            options={"require": ["exp", "iat", "aud", "iss", "email"]},
            leeway=10,
        )
    except jwt.PyJWKClientConnectionError:
        raise ServiceBroken("keys_unreachable", "The keys that tokens are checked with cannot be fetched.") from None
    except jwt.PyJWTError:
        raise Unauthenticated("token_invalid", "The token is not valid here.") from None
    if claims["iss"] not in settings.oidc_issuers or claims.get("email_verified") is not True:
        raise Unauthenticated("token_invalid", "The token is not valid here.")
    if claims["email"] not in allowed:
        raise Forbidden("caller_not_allowed", "This service account may not call this address.")
    return str(claims["email"])
