"""Shares of a podcast: made, listed and taken back by its owner. Listeners with a share are let in by callers.py."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Request, Response, g

from common import shares
from common.contract import MAX_SHARES
from common.errors import Conflict, NotFound
from common.problems import json_response
from common.records import Share
from common.settings import Settings
from common.store import shares as kept
from functions.api_gateway.ownership import owned
from functions.api_gateway.requests_schema import ShareRequest


def share(settings: Settings, request: Request, owner: str, workflow_id: str, asked: ShareRequest) -> Response:
    """Make a share of a podcast, be the podcast finished or in the making. Raises Conflict at the limit of shares."""
    owned(settings, owner, workflow_id)
    now = datetime.now(UTC).replace(microsecond=0)
    if len(_good(settings, workflow_id)) >= MAX_SHARES:
        raise Conflict("shares_too_many", f"A podcast has {MAX_SHARES} shares at most: take others back first.")
    made = Share(
        id=secrets.token_hex(8),
        workflow_id=workflow_id,
        owner=owner,
        key=g.key,
        created_at=now,
        expires_at=now + timedelta(days=asked.days),
    )
    kept.create(settings, made)
    return json_response(_described(settings, made), 201)


def list_all(settings: Settings, request: Request, owner: str, workflow_id: str) -> Response:
    """Return the shares of a podcast that are good, the oldest first."""
    owned(settings, owner, workflow_id)
    return json_response({"shares": [_described(settings, one) for one in _good(settings, workflow_id)]})


def revoke(settings: Settings, request: Request, owner: str, workflow_id: str, share_id: str) -> Response:
    """Take a share back. Raises NotFound where the podcast has no such share."""
    owned(settings, owner, workflow_id)
    found = kept.read(settings, share_id)
    if found is None or found.workflow_id != workflow_id:
        raise NotFound("share_unknown", "This podcast has no such share.")
    kept.remove(settings, share_id)
    return Response(status=204)


def _good(settings: Settings, workflow_id: str) -> list[Share]:
    now = datetime.now(UTC)
    return [one for one in kept.of_podcast(settings, workflow_id) if one.expires_at > now]


def _described(settings: Settings, share: Share) -> dict[str, Any]:
    return {
        "id": share.id,
        "token": shares.token(settings, share.id, share.workflow_id, share.expires_at),
        "created_at": share.created_at.isoformat(),
        "expires_at": share.expires_at.isoformat(),
    }
