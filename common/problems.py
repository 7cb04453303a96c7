"""Errors as HTTP callers meet them: RFC 9457 problem details with a stable `code`."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from flask import Response

from common.errors import AethercastError, Broken, Busy, MethodNotAllowed, RateLimited, Unauthenticated

logger = logging.getLogger(__name__)


def problem(error: Exception, **more: Any) -> Response:
    """The answer for `error`; anything that is not ours becomes a bare 500, with the trace in the log alone."""
    if not isinstance(error, AethercastError):
        logger.error("unexpected error", exc_info=error)
        error = AethercastError("internal", "An unexpected error occurred; it has been logged.")
    body = {
        "type": f"urn:aethercast:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        **more,
    }
    headers = {}
    if isinstance(error, RateLimited):
        headers["Retry-After"] = str(error.retry_after)
    elif isinstance(error, Busy | Broken):
        headers["Retry-After"] = "1"
    elif isinstance(error, MethodNotAllowed):
        headers["Allow"] = ", ".join(error.allowed)
    elif isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = 'Bearer realm="aethercast"'
    return json_response(body, error.status, headers, "application/problem+json")


def json_response(
    body: Any, status: int = 200, headers: Mapping[str, str] | None = None, mimetype: str = "application/json"
) -> Response:
    return Response(json.dumps(body, ensure_ascii=False, default=str), status, dict(headers or {}), mimetype=mimetype)
