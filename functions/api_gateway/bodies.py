"""The body of a request, in the part common to every route: a single JSON object of a bounded size."""

from __future__ import annotations

from typing import Any

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge

from common.errors import BadRequest


def bound(request: Request, limit: int) -> None:
    """Let the body have `limit` bytes. Raises RequestEntityTooLarge for a larger announced body, before its arrival.

    A body of unannounced length gets cut off by werkzeug a byte after the limit, which `json_object` notices.
    """
    if (request.content_length or 0) > limit:
        raise RequestEntityTooLarge
    request.max_content_length = limit + 1


def json_object(request: Request) -> dict[str, Any]:
    """The JSON object that a request carries. Raises BadRequest for anything else, RequestEntityTooLarge."""
    if len(request.get_data()) == request.max_content_length:
        raise RequestEntityTooLarge
    try:
        body = request.get_json(silent=True)
    except RecursionError:  # a few kilobytes of "[" are enough for it
        body = None
    if not isinstance(body, dict):
        raise BadRequest("request_malformed", "The body is a JSON object, with Content-Type: application/json.")
    return body
