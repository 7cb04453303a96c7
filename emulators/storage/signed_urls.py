"""V4 signed URLs, checked as by Cloud Storage.

https://cloud.google.com/storage/docs/authentication/canonical-requests
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Protocol
from urllib.parse import parse_qsl, quote

from werkzeug.datastructures import Headers

from emulators.storage.objects import StorageError

ALGORITHM = "GOOG4-RSA-SHA256"
MAX_EXPIRES_S = 7 * 24 * 3600
_STAMP = "%Y%m%dT%H%M%SZ"
_SCOPE = re.compile(r"\d{8}/[^/]+/storage/goog4_request")
_REQUIRED = ("X-Goog-Algorithm", "X-Goog-Credential", "X-Goog-Date", "X-Goog-Expires", "X-Goog-SignedHeaders")


class Verifier(Protocol):
    def verify_signature(self, email: str, message: bytes, signature: bytes) -> bool: ...


def check(method: str, path: str, query: str, headers: Headers, verifier: Verifier, now: datetime) -> str:
    """Return the account whose unexpired signature is on just this request. Raises StorageError where none has.

    `path` and `query` are as they came, percent-encoded.
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    given = dict(pairs)
    if "X-Goog-Signature" not in given:
        raise StorageError(403, "AccessDenied", "Anonymous caller does not have access to the object.")
    missing = [name for name in _REQUIRED if name not in given]
    if missing or given["X-Goog-Algorithm"] != ALGORITHM:
        raise StorageError(400, "InvalidQueryParameterValue", f"The signature lacks {', '.join(missing) or ALGORITHM}.")
    email, _, scope = given["X-Goog-Credential"].partition("/")
    try:
        signed_at = datetime.strptime(given["X-Goog-Date"], _STAMP).replace(tzinfo=UTC)
        expires = int(given["X-Goog-Expires"])
        signature = bytes.fromhex(given["X-Goog-Signature"])
    except ValueError as error:
        raise StorageError(400, "InvalidQueryParameterValue", f"The signature is malformed: {error}.") from None
    if not _SCOPE.fullmatch(scope) or scope[:8] != given["X-Goog-Date"][:8]:
        raise StorageError(400, "InvalidQueryParameterValue", f"The credential scope {scope!r} is malformed.")
    if not 0 < expires <= MAX_EXPIRES_S:
        raise StorageError(400, "InvalidQueryParameterValue", "A signature is valid for at most 7 days.")
    if not signed_at - timedelta(minutes=15) <= now <= signed_at + timedelta(seconds=expires):
        raise StorageError(400, "ExpiredToken", "The provided token has expired.")
    unsigned = sorted(
        (quote(name, safe="~"), quote(value, safe="~")) for name, value in pairs if name != "X-Goog-Signature"
    )
    names = given["X-Goog-SignedHeaders"].split(";")
    if "host" not in names:
        raise StorageError(400, "InvalidQueryParameterValue", "The header host must be signed.")
    canonical = "\n".join(
        [
            method,
            path,
            "&".join(f"{name}={value}" for name, value in unsigned),
            *(f"{name}:{' '.join(headers.get(name, '').split())}" for name in names),
            "",
            ";".join(names),
            headers.get("X-Goog-Content-SHA256", "UNSIGNED-PAYLOAD"),
        ]
    )
    message = "\n".join([ALGORITHM, given["X-Goog-Date"], scope, sha256(canonical.encode()).hexdigest()])
    if not verifier.verify_signature(email, message.encode(), signature):
        raise StorageError(
            403, "SignatureDoesNotMatch", "The request signature we calculated does not match the one you provided."
        )
    return email
