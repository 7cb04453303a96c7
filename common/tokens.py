"""Capabilities: stream ids, resume tokens and API keys. Only their SHA-256 is ever stored or logged."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """256 random bits, base64url, 43 characters."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored in a token's place. The token has 256 bits of entropy, so no salt or stretching is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
