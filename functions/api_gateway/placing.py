"""The place that a listener has come to, and the moments that they keep, for all devices of the podcast's owner.

Players tell the place now and then, and when they stop: each telling is one write, as is each moment.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Request, Response

from common.problems import json_response
from common.settings import Settings
from common.store import places
from functions.api_gateway.ownership import owned
from functions.api_gateway.requests_schema import PlaceRequest


def show(settings: Settings, request: Request, owner: str, workflow_id: str) -> Response:
    """Tell where the owner has come to, 0 where nothing is kept; and their moments, in the order of the script."""
    owned(settings, owner, workflow_id)
    place = places.of_podcast(settings, workflow_id)
    return json_response(
        {"position_ms": place.position_ms if place else 0, "moments": sorted(place.moments) if place else []}
    )


def keep(settings: Settings, request: Request, owner: str, workflow_id: str, asked: PlaceRequest) -> Response:
    """Keep where the owner has come to, for as long as the podcast is there."""
    expires_at = owned(settings, owner, workflow_id).expires_at
    places.keep(settings, workflow_id, asked.position_ms, expires_at)
    return json_response({"position_ms": asked.position_ms})


def keep_moment(settings: Settings, request: Request, owner: str, workflow_id: str, segment: int) -> Response:
    """Keep a line of the script as a moment, likewise."""
    places.keep_moment(settings, workflow_id, segment, owned(settings, owner, workflow_id).expires_at)
    return Response(status=HTTPStatus.NO_CONTENT)


def forget_moment(settings: Settings, request: Request, owner: str, workflow_id: str, segment: int) -> Response:
    places.forget_moment(settings, workflow_id, segment, owned(settings, owner, workflow_id).expires_at)
    return Response(status=HTTPStatus.NO_CONTENT)
