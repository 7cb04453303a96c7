"""Capabilities: stream ids, resume tokens and API keys. Only their SHA-256 is ever stored or logged."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """Draw 256 random bits, base64url, 43 characters. None begins with a hyphen: commands take that for an option."""
    while (token := secrets.token_urlsafe(32)).startswith("-"):
        pass
    return token


def token_hash(token: str) -> str:
    """Return the digest stored in a token's place. The token has 256 bits of entropy, so no salt or stretching is
    needed."""
    return hashlib.sha256(token.encode()).hexdigest()
