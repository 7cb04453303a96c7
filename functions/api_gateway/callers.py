"""Authentication of the public API: the caller's identity, and how often a caller may call (quotas.py).

A key is 256 random bits, so its SHA-256 needs no salt; the document named after the hash says the key's owner. Keys are
made, listed and revoked with `nox -s keys`. With `ID_TOKEN_CLIENT` set, people may come with an ID token of Google
instead: each is an owner of their own.
"""

from __future__ import annotations

from flask import Request, g

from common import shares
from common.errors import Forbidden, Unauthenticated
from common.oidc import person
from common.settings import Settings
from common.store import api_keys, rights
from common.tokens import token_hash

SHARE_QUOTA = 600
"""Costly requests a minute with all shares that were made with one key, of all who have their links together: whoever
makes more shares gets no more of them."""


def owner_of(request: Request, settings: Settings, *, shared: bool = False, workflow_id: str = "") -> str:
    """Return the owner of the request's API key, the person of its ID token, or, where the operation is `shared`, the
    owner of the podcast that the request has a share of. Raises Unauthenticated without any of these, Forbidden for
    a revoked key or share.

    The key is looked up by its hash and compared by nothing else, so that the duration tells nothing about the key.
    """
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise Unauthenticated("key_missing", "Send an API key: Authorization: Bearer <key>.")
    if key.startswith(shares.PREFIX):
        if not shared:
            raise Forbidden("share_read_only", "A share lets one podcast be heard and read, and nothing else.")
        return _sharer(settings, key, workflow_id)
    if settings.id_token_client and key.count(".") == 2:  # as every JWT has, and no key
        owner = person(key, settings, client_id=settings.id_token_client)
        g.key_hash, g.key, g.quota = token_hash(owner), "", settings.requests_per_minute
        return owner
    found = api_keys.read(settings, token_hash(key))
    if found is None:
        raise Unauthenticated("key_wrong", "This API key is not known.")
    if found.revoked_at:
        raise Forbidden("key_revoked", "This API key was revoked.")
    quota = found.requests_per_minute
    g.key_hash = g.key = found.id
    g.quota = settings.requests_per_minute if quota is None else quota
    return found.owner


def _sharer(settings: Settings, token: str, workflow_id: str) -> str:
    """Return the owner who shared the podcast."""
    right = shares.RIGHT + shares.verified(settings, token, workflow_id)
    found = rights.share_behind(settings, right)
    if found is None:
        raise Forbidden("share_revoked", "This share was taken back.")
    g.key = right
    g.key_hash = shares.RIGHT + (found.key or token_hash(found.owner))
    g.quota = SHARE_QUOTA
    return found.owner
