"""Proof that a request is ours, where its token proves nothing: an HMAC over request, service and caller.

Cloud Run hands a token on without its signature (common/oidc.py), and anybody can write a token of the same appearance.
So each of our services causing a request to a private service adds the header `X-Aethercast-Signature`. A task has it
among its headers, an event among its attributes, which are pushed as headers and go with the event to the dead letters.

    v1,{expires},{mac}     expires: Unix time; mac: base64url, of HMAC-SHA256 (RFC 2104)
    tick,{token}           from Cloud Scheduler, which can compute nothing; the sweeper knows the token's SHA-256

The authenticated content is a JSON list of expiry, caller, method, target, the headers naming the request's subject,
and the SHA-256 of the body. Headers are covered by name, as in RFC 9421, present or not, so that none can be added or
left out. An intercepted request can be repeated until expiry, to the same end: everything of ours may arrive twice. The
authenticator is good for no other body, target or account.

Two keys are valid at a time (AUTHENTICATOR_KEY, which signs, and AUTHENTICATOR_OTHER_KEY), so that they can be changed
while work is under way; terraform/README.md says how.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping
from datetime import timedelta

from flask import Request

from common.errors import Misconfigured
from common.settings import Settings
from common.tokens import token_hash

HEADER = "X-Aethercast-Signature"
TICKS = "ticks"
"""The target of Cloud Scheduler's calls."""
MESSAGE_LIFETIME = timedelta(days=9)
"""Of a task or an event: longer than any is kept, be it a day in its subscription and a week among the dead letters."""
CALL_LIFETIME = timedelta(minutes=5)
"""Of a call, which is answered or repeated at once, with a new one."""

_COVERED = ("X-Idempotency-Key", "X-Workflow-ID", "ce-id", "ce-type", "ce-source", "ce-subject")
_SIGNED = re.compile(r"v1,([0-9]{1,12}),([A-Za-z0-9_-]{43})")
_TICK = re.compile(r"tick,([!-~]{1,256})")


def sign(
    settings: Settings, *, caller: str, target: str, headers: Mapping[str, str], body: bytes, lifetime: timedelta
) -> str:
    """Return the header's value for a POST arriving at `target` (a URL, or a topic) in the name of the account
    `caller`.

    Raises Misconfigured where no key to sign with is set.
    """
    if not settings.authenticator_key:
        raise Misconfigured("setting_missing", "set the environment variable AUTHENTICATOR_KEY")
    expires = int(time.time() + lifetime.total_seconds())
    told = _told(expires, caller, "POST", target, [headers.get(name) for name in _COVERED], body)
    return f"v1,{expires},{_mac(settings.authenticator_key, told)}"


def holds(request: Request, settings: Settings, *, caller: str, target: str) -> bool:
    """Tell whether the request carries our authenticator for this request, in the name of `caller`, and still good."""
    given = request.headers.get(HEADER, "")
    if tick := _TICK.fullmatch(given):
        return target == TICKS and hmac.compare_digest(token_hash(tick[1]), settings.tick_token_sha256)
    signed = _SIGNED.fullmatch(given)
    if not signed or int(signed[1]) < time.time():
        return False
    covered = [request.headers.get(name) for name in _COVERED]
    told = _told(int(signed[1]), caller, request.method, target, covered, request.get_data())
    keys = filter(None, (settings.authenticator_key, settings.authenticator_other_key))
    return any(hmac.compare_digest(signed[2], _mac(key, told)) for key in keys)


def _told(expires: int, caller: str, method: str, target: str, covered: list[str | None], body: bytes) -> bytes:
    return json.dumps([expires, caller, method, target, covered, hashlib.sha256(body).hexdigest()]).encode()


def _mac(key: str, told: bytes) -> str:
    return base64.urlsafe_b64encode(hmac.digest(key.encode(), told, "sha256")).rstrip(b"=").decode()
