"""Tickets to listen: stream ids and resume tokens are redeemed, each for a single connection, on whichever instance.

A stream id is redeemed for a resume token, and a resume token for the next, by an update of the stream's document on
condition of the update time read before: of two attempts, only the first wins. A resume token is `{document}.{secret}`;
only the hash of the secret is stored.
"""

from __future__ import annotations

import hmac
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from common.errors import Conflict, NotFound
from common.records import Stream
from common.settings import Settings
from common.states import StreamState
from common.store import streams
from common.store.access import Changed, Missing
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


def start(settings: Settings, stream_id: str) -> Ticket:
    """Redeem a stream id. Raises NotFound (unknown or expired), Conflict (taken before) or ServiceBroken."""
    found = _read(settings, token_hash(stream_id))
    if found.state != StreamState.OPEN:
        raise Conflict("stream_taken", "This stream id has been used; it is good for one connection.")
    return _redeem(settings, found)


def resume(settings: Settings, token: str) -> Ticket:
    """Redeem a resume token for the next. Raises as `start` does."""
    stream, _, secret = token.partition(".")
    if len(stream) != 64 or not stream.isalnum():
        raise NotFound("stream_unknown", "This is not a resume token.")
    found = _read(settings, stream)
    if found.state != StreamState.CLAIMED:
        raise NotFound("stream_unknown", "This stream has ended.")
    if not hmac.compare_digest(str(found.resume_hash), token_hash(secret)):
        raise Conflict("stream_taken", "This resume token has been used; it is good for one connection.")
    return _redeem(settings, found)


def close(settings: Settings, ticket: Ticket) -> None:
    """Close a stream heard to its end, or failed for good: its resume token is void from then on."""
    with suppress(Missing):  # deleted with its podcast
        streams.close(settings, ticket.stream)


def attach(settings: Settings, stream_id: str, uri: str) -> None:
    """Attach a finished audio object to a stream. Raises NotFound (unknown, expired, ended) or ServiceBroken."""
    found = _read(settings, token_hash(stream_id))
    if found.state == StreamState.CLOSED:
        raise NotFound("stream_unknown", "This stream has ended.")
    streams.attach(settings, found.id, uri)


def _read(settings: Settings, stream: str) -> Stream:
    found = streams.read(settings, stream)
    if found is None or found.expires_at <= datetime.now(UTC):
        raise NotFound("stream_unknown", "There is no such stream, or it has expired.")
    return found


def _redeem(settings: Settings, found: Stream) -> Ticket:
    secret = new_token()
    claimed = replace(found, state=StreamState.CLAIMED, generation=found.generation + 1, resume_hash=token_hash(secret))
    try:
        streams.change(settings, found, claimed)
    except Changed:
        # Our own first attempt may have got through, its answer lost, and a retry have found the change made
        if _read(settings, found.id).resume_hash != claimed.resume_hash:
            raise Conflict("stream_taken", "Somebody else has just connected to this stream.") from None
    return Ticket(found.id, found.workflow_id, f"{found.id}.{secret}", found.audio)
