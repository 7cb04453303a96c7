"""Tickets to listen: stream ids and resume tokens are redeemed, each for a single connection, on whichever instance.

A stream id is redeemed for a resume token, and a resume token for the next, by an update of the stream's document on
condition of the update time read before: of two attempts, only the first wins. A resume token is `{document}.{secret}`;
only the hash of the secret is stored.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from google.api_core import exceptions as google_errors
from google.cloud.firestore_v1 import Client, DocumentSnapshot
from google.cloud.firestore_v1._helpers import LastUpdateOption

from common.clients import RETRY, TIMEOUT
from common.documents import StreamState, stream_ref
from common.errors import Conflict, NotFound, ServiceBroken
from common.tokens import new_token, token_hash


@dataclass(frozen=True)
class Ticket:
    """The right to hear `workflow_id` over one connection, and the token to go on with over the next.

    `audio` is the address of an object that was attached to the stream, to be heard in the workflow's place.
    """

    stream: str
    workflow_id: str
    resume_token: str
    audio: str | None


def start(db: Client, stream_id: str) -> Ticket:
    """Redeem a stream id. Raises NotFound (unknown or expired), Conflict (taken before) or ServiceBroken."""
    found = _read(db, token_hash(stream_id))
    if found.get("state") != StreamState.OPEN:
        raise Conflict("stream_taken", "This stream id has been used; it is good for one connection.")
    return _redeem(db, found)


def resume(db: Client, token: str) -> Ticket:
    """Redeem a resume token for the next. Raises as `start` does."""
    stream, _, secret = token.partition(".")
    if len(stream) != 64 or not stream.isalnum():
        raise NotFound("stream_unknown", "This is not a resume token.")
    found = _read(db, stream)
    if found.get("state") != StreamState.CLAIMED:
        raise NotFound("stream_unknown", "This stream has ended.")
    if not hmac.compare_digest(str(found.get("resume_hash")), token_hash(secret)):
        raise Conflict("stream_taken", "This resume token has been used; it is good for one connection.")
    return _redeem(db, found)


def close(db: Client, ticket: Ticket) -> None:
    """Close a stream heard to its end, or failed for good: its resume token is void from then on."""
    try:
        stream_ref(db, ticket.stream).update({"state": StreamState.CLOSED}, retry=RETRY, timeout=TIMEOUT)
    except google_errors.NotFound:
        return  # deleted with its podcast
    except google_errors.GoogleAPIError as error:
        raise ServiceBroken("store_unreachable", "The stream could not be closed.") from error


def attach(db: Client, stream_id: str, uri: str) -> None:
    """Attach a finished audio object to a stream. Raises NotFound (unknown, expired, ended) or ServiceBroken."""
    found = _read(db, token_hash(stream_id))
    if found.get("state") == StreamState.CLOSED:
        raise NotFound("stream_unknown", "This stream has ended.")
    try:
        found.reference.update({"audio": uri}, retry=RETRY, timeout=TIMEOUT)
    except google_errors.GoogleAPIError as error:
        raise _unreachable() from error


def _read(db: Client, stream: str) -> DocumentSnapshot:
    try:
        found = stream_ref(db, stream).get(retry=RETRY, timeout=TIMEOUT)
    except google_errors.GoogleAPIError as error:
        raise _unreachable() from error
    if not found.exists or found.get("expires_at") <= datetime.now(UTC):
        raise NotFound("stream_unknown", "There is no such stream, or it has expired.")
    return found


def _redeem(db: Client, found: DocumentSnapshot) -> Ticket:
    secret = new_token()
    change = {
        "state": StreamState.CLAIMED,
        "generation": found.get("generation") + 1,
        "resume_hash": token_hash(secret),
    }
    try:
        found.reference.update(change, option=LastUpdateOption(found.update_time), retry=RETRY, timeout=TIMEOUT)
    except google_errors.FailedPrecondition:
        # Our own first attempt may have got through, its answer lost, and a retry have found the change made
        if _read(db, found.id).get("resume_hash") != change["resume_hash"]:
            raise Conflict("stream_taken", "Somebody else has just connected to this stream.") from None
    except google_errors.GoogleAPIError as error:
        raise _unreachable() from error
    document: dict[str, Any] = found.to_dict() or {}
    return Ticket(found.id, str(document.get("workflow_id") or ""), f"{found.id}.{secret}", document.get("audio"))


def _unreachable() -> ServiceBroken:
    return ServiceBroken("store_unreachable", "Streams cannot be looked up just now; try again.")
