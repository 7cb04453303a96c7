"""Signed URLs on XML-style paths, and CORS for pages.

https://cloud.google.com/storage/docs/xml-api/overview, https://cloud.google.com/storage/docs/cross-origin
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from werkzeug.wrappers import Request, Response

from emulators.storage.answers import content, google_headers, missing, require_known
from emulators.storage.objects import Objects, Preconditions
from emulators.storage.rights import DELETE, GET, Caller, Rights
from emulators.storage.signed_urls import Verifier, check
from emulators.storage.uploads import Put

_OVERRIDES = ("Content-Disposition", "Content-Type")
_KNOWN_HEADERS = frozenset({"x-goog-content-sha256"})
_KNOWN_PARAMETERS = frozenset(f"response-{header.lower()}" for header in _OVERRIDES)


class Links:
    """Serves /{bucket}/{object} for signed URLs. `count_read` is told which object was read."""

    def __init__(
        self,
        objects: Objects,
        put: Put,
        count_read: Callable[[str], None],
        identity: Verifier,
        rights: Rights,
        clock: Callable[[], datetime],
    ) -> None:
        self._objects, self._put, self._count_read, self._rights = objects, put, count_read, rights
        self._identity, self._clock = identity, clock

    def answer(self, request: Request, path: str, query: str) -> Response:
        """`path` and `query` are as they came, percent-encoded."""
        bucket, _, name = unquote(path).lstrip("/").partition("/")
        if not name:
            raise missing(f"XML {request.method} of a bucket")
        cors = _cors(request, self._objects.bucket(bucket))
        if request.method == "OPTIONS":
            return Response(headers=cors)
        signer = self._rights.of(check(request.method, path, query, request.headers, self._identity, self._clock()))
        require_known("XML header", google_headers(request), _KNOWN_HEADERS)
        given = {key for key in request.args if not key.startswith("X-Goog-")}
        require_known("XML parameter", given, _KNOWN_PARAMETERS)
        response = self._on_object(signer, request, bucket, name)
        response.headers.update(cors)
        return response

    def _on_object(self, signer: Caller, request: Request, bucket: str, name: str) -> Response:
        """Answer a request by link, with the rights of the link's signer."""
        match request.method:
            case "GET" | "HEAD":
                signer.require(GET)
                self._count_read(f"{bucket}/{name}")
                response = content(self._objects.get(bucket, name), request.headers)
                for header in _OVERRIDES:
                    if override := request.args.get(f"response-{header.lower()}"):
                        response.headers[header] = override
                return response
            case "PUT":
                settings = {"contentType": request.content_type}
                self._put(signer, bucket, name, request.get_data(), settings, Preconditions())
                return Response()
            case "DELETE":
                signer.require(DELETE)
                self._objects.delete(bucket, name)
                return Response(status=204)
        raise missing(f"XML {request.method} of an object")


def _cors(request: Request, bucket: dict[str, Any]) -> dict[str, str]:
    """Return the headers of the first rule that allows this origin and method; none where no rule does."""
    origin = request.headers.get("Origin")
    wanted = request.headers.get("Access-Control-Request-Method", request.method)
    for rule in bucket.get("cors", []) if origin else []:
        if not {origin, "*"} & set(rule.get("origin", [])) or wanted not in rule.get("method", []):
            continue
        headers = ", ".join(rule.get("responseHeader", []))
        allowed = {"Access-Control-Allow-Origin": str(origin), "Vary": "Origin"}
        if request.method != "OPTIONS":
            return allowed | {"Access-Control-Expose-Headers": headers}
        return allowed | {
            "Access-Control-Allow-Methods": ", ".join(rule["method"]),
            "Access-Control-Allow-Headers": headers,
            "Access-Control-Max-Age": str(rule.get("maxAgeSeconds", 3600)),
        }
    return {}
