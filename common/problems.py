"""Errors as HTTP callers meet them: RFC 9457 problem details with a stable `code`; and as our own callers read them.

Problems of ours are told from anybody else's by their `type`: RFC 9457, section 3.1.1, has it identify the problem's
type, and no proxy, front or framework gives out a URN in our own name. The media type and the code alone say less,
since others send problem details, too, and a header would have to be kept by everything in between.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any, Final

from flask import Response

from common.errors import AethercastError, Broken, Busy, MethodNotAllowed, RateLimited, Unauthenticated

logger = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/problem+json"
READY: Final = {"status": "ready"}
"""The answer of a service without a problem (common/readiness.py)."""
_TYPE: Final = "urn:aethercast:problem:"


def problem(error: Exception, **more: Any) -> Response:
    """Return the answer for `error`; anything that is not ours becomes a bare 500, with the trace in the log alone."""
    if not isinstance(error, AethercastError):
        logger.error("unexpected error", exc_info=error)
        error = AethercastError("internal", "An unexpected error occurred; it has been logged.")
    body = {
        "type": f"{_TYPE}{error.code}",
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
    return json_response(body, error.status, headers, MEDIA_TYPE)


def read_problem(media_type: str, body: bytes) -> tuple[str, str] | None:
    """Code and detail of a problem from a service of ours, or None for an answer of the platform's."""
    if media_type != MEDIA_TYPE:
        return None
    try:
        told = json.loads(body)
        code, detail, kind = told["code"], told["detail"], told["type"]
    except (ValueError, KeyError, TypeError):
        return None
    ours = isinstance(code, str) and isinstance(detail, str) and bool(code) and kind == _TYPE + code
    return (code, detail) if ours else None


def json_response(
    body: Any, status: int = 200, headers: Mapping[str, str] | None = None, mimetype: str = "application/json"
) -> Response:
    return Response(json.dumps(body, ensure_ascii=False, default=str), status, dict(headers or {}), mimetype=mimetype)
