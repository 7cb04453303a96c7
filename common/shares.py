"""Shares: the right to hear and read one podcast, by a link that its owner hands on and can take back.

    share_{id}_{expires}_{mac}     id: 16 hexadecimal digits; expires: Unix time; mac: base64url, of HMAC-SHA256

The authenticated content names the podcast, so that a share is good for one alone; the key is that of our services'
authenticators (common/authenticator.py), whose content is another list. A forged or expired share costs no look into
the store; a good one costs the read which says that it was not taken back, and no write, however many come with it.
Once both keys have been changed, the shares made before are void.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
import time
from datetime import datetime

from common.errors import Forbidden, Misconfigured, Unauthenticated
from common.settings import Settings

PREFIX = "share_"
RIGHT = "share:"
"""Before a share's id, where the hash of an API key stands otherwise: on a stream, and in a quota's name."""
_SHARE = re.compile(r"share_([0-9a-f]{16})_([0-9]{1,12})_([A-Za-z0-9_-]{43})")


def token(settings: Settings, share_id: str, workflow_id: str, expires_at: datetime) -> str:
    """Return the share itself, the same each time. Raises Misconfigured where no key to sign with is set."""
    if not settings.authenticator_key:
        raise Misconfigured("setting_missing", "set the environment variable AUTHENTICATOR_KEY")
    expires = int(expires_at.timestamp())
    return f"{PREFIX}{share_id}_{expires}_{_mac(settings.authenticator_key, share_id, workflow_id, expires)}"


def verified(settings: Settings, shown: str, workflow_id: str) -> str:
    """Return the id of a share of this podcast. Raises Unauthenticated for any other, Forbidden for an expired one."""
    parts = _SHARE.fullmatch(shown)
    keys = [key for key in (settings.authenticator_key, settings.authenticator_other_key) if key]
    if parts is None or not any(
        hmac.compare_digest(parts[3], _mac(key, parts[1], workflow_id, int(parts[2]))) for key in keys
    ):
        raise Unauthenticated("share_wrong", "This is no share of this podcast.")
    if int(parts[2]) < time.time():
        raise Forbidden("share_expired", "This share has expired.")
    return parts[1]


def _mac(key: str, share_id: str, workflow_id: str, expires: int) -> str:
    told = json.dumps(["share", share_id, workflow_id, expires]).encode()
    return base64.urlsafe_b64encode(hmac.digest(key.encode(), told, "sha256")).rstrip(b"=").decode()
