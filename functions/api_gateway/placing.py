"""The place that a listener has come to, kept for all devices of the podcast's owner.

Players tell it now and then, and when they stop: each telling is one write.
"""

from __future__ import annotations

from flask import Request, Response

from common.problems import json_response
from common.records import Place
from common.settings import Settings
from common.store import places
from functions.api_gateway.ownership import owned
from functions.api_gateway.requests_schema import PlaceRequest


def show(settings: Settings, request: Request, owner: str, workflow_id: str) -> Response:
    """Where the owner has come to; 0 where nothing is kept."""
    owned(settings, owner, workflow_id)
    return json_response({"position_ms": places.read(settings, [workflow_id]).get(workflow_id, 0)})


def keep(settings: Settings, request: Request, owner: str, workflow_id: str, asked: PlaceRequest) -> Response:
    """Keep where the owner has come to, for as long as the podcast is there."""
    expires_at = owned(settings, owner, workflow_id).expires_at
    places.keep(settings, Place(id=workflow_id, position_ms=asked.position_ms, expires_at=expires_at))
    return json_response({"position_ms": asked.position_ms})
