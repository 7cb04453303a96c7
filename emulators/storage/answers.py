"""What Cloud Storage answers: objects described in JSON or sent as bytes, and refusals in JSON or XML."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import Any
from xml.sax.saxutils import escape

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Request, Response

from emulators.storage.objects import Object, StorageError

_SENT_WITH_CONTENT = {
    "cacheControl": "Cache-Control",
    "contentDisposition": "Content-Disposition",
    "contentLanguage": "Content-Language",
}
_XML_CODES = {
    "backendError": "InternalError",
    "conditionNotMet": "PreconditionFailed",
    "forbidden": "AccessDenied",
    "notFound": "NoSuchKey",
    "notFoundBucket": "NoSuchBucket",
    "notImplemented": "NotImplemented",
    "requestedRangeNotSatisfiable": "InvalidRange",
}


def json_answer(body: dict[str, Any]) -> Response:
    return Response(json.dumps(body), mimetype="application/json")


def resource(found: Object) -> dict[str, Any]:
    """Return an object as the JSON API describes it.
    https://cloud.google.com/storage/docs/json_api/v1/objects#resource"""
    described = {
        **found.settings,
        "kind": "storage#object",
        "id": f"{found.bucket}/{found.name}/{found.generation}",
        "name": found.name,
        "bucket": found.bucket,
        "generation": str(found.generation),
        "metageneration": str(found.metageneration),
        "contentType": found.content_type,
        "size": str(len(found.content)),
        "crc32c": found.crc32c,
        "etag": found.etag,
        "timeCreated": found.created,
        "updated": found.updated,
        "storageClass": "STANDARD",
    }
    if found.components:
        return {**described, "componentCount": found.components}
    return {**described, "md5Hash": found.md5}


def content(found: Object, headers: Headers) -> Response:
    """Return the bytes of an object, or the range of them that was asked for (RFC 9110, section 14)."""
    body, status = found.content, HTTPStatus.OK
    hashes = [f"crc32c={found.crc32c}", *([] if found.components else [f"md5={found.md5}"])]
    told = {
        "Content-Type": found.content_type,
        "ETag": f'"{found.etag}"',
        "Accept-Ranges": "bytes",
        "X-Goog-Generation": str(found.generation),
        "X-Goog-Metageneration": str(found.metageneration),
        "X-Goog-Hash": ",".join(hashes),
        **{header: str(found.settings[key]) for key, header in _SENT_WITH_CONTENT.items() if key in found.settings},
        **{f"X-Goog-Meta-{key}": value for key, value in (found.settings.get("metadata") or {}).items()},
    }
    if asked := _asked_range(headers.get("Range", ""), len(body)):
        first, last = asked
        told["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
        body, status = body[first : last + 1], HTTPStatus.PARTIAL_CONTENT
    return Response(body, status, told)


def _asked_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a single range; None for what RFC 9110 has a server ignore. Raises StorageError 416."""
    asked = re.fullmatch(r"bytes=(\d*)-(\d*)", header)
    if asked is None or not (asked[1] or asked[2]):
        return None
    if asked[1] and asked[2] and int(asked[1]) > int(asked[2]):
        return None
    first = int(asked[1]) if asked[1] else max(0, size - int(asked[2]))
    last = min(int(asked[2]), size - 1) if asked[1] and asked[2] else size - 1
    if first >= size:
        raise StorageError(416, "requestedRangeNotSatisfiable", f"There are {size} bytes.")
    return first, last


def refusal(error: StorageError, *, xml: bool) -> Response:
    if error.status == HTTPStatus.NOT_MODIFIED:
        return Response(status=error.status)
    if xml:
        code = _XML_CODES.get(error.reason, error.reason)
        body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{escape(error.message)}</Message></Error>"
        return Response(body, error.status, mimetype="application/xml")
    reason = "notFound" if error.reason == "notFoundBucket" else error.reason
    details = {"message": error.message, "domain": "global", "reason": reason}
    body = json.dumps({"error": {"code": error.status, "message": error.message, "errors": [details]}})
    return Response(body, error.status, mimetype="application/json")


def missing(what: str) -> StorageError:
    """Name a call outside of this emulator."""
    return StorageError(501, "notImplemented", f"not implemented here: {what}")


def google_headers(request: Request) -> set[str]:
    """Return the names, in lower case, of the request's headers that are Cloud Storage's own."""
    return {name.lower() for name, _ in request.headers if name.startswith("X-Goog-")}


def require_known(what: str, given: set[str], known: frozenset[str]) -> None:
    """Raise StorageError 501, naming what of `given` this emulator does not know."""
    if unknown := given - known:
        raise missing(f"{what} {', '.join(sorted(unknown))}")
