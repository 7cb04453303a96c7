"""Tickets to listen: stream ids and resume tokens are redeemed, each for one listener, on whichever instance.

A stream id is redeemed for a resume token, and a resume token for the next, by an update of the stream's document on
condition of the update time read before. The next token is made of the shown one and a random salt in the document
(HMAC-SHA256), so that whoever was cut off before hearing of the next shows the same again and is given the same next:
a token stays good until the next one is shown, or for RESUME_GRACE_S. Of two connections with the same token the one
that came later goes on. A resume token is `{document}.{secret}`; only the hash of the secret is stored.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from common.errors import Conflict, Forbidden, NotFound, ServiceBroken
from common.records import Stream
from common.settings import Settings
from common.shares import RIGHT
from common.states import StreamState
from common.store import rights, streams
from common.store.access import Changed, Missing
from common.tokens import new_token, token_hash

_ATTEMPTS: Final = 8
_KEY_TRUSTED: Final = timedelta(seconds=30)
"""How long after a stream was given out the first to show it is let in without a look at its key: that was looked at
just then, and a first sound waits."""


@dataclass(frozen=True)
class Ticket:
    """The right to hear `workflow_id` over one connection, and the token to go on with over the next.

    `audio` is the address of an object that was attached to the stream, to be heard in the workflow's place.
    `generation` counts the stream's connections: a later one takes the place of those before.
    """

    stream: str
    workflow_id: str
    resume_token: str
    audio: str | None
    generation: int = 0
    shared: bool = False
    """It was had by a share, which is looked at again and again."""


Expected = Callable[[str, str | None], None]
"""Told the workflow and the audio of a good ticket while it is being redeemed; another may yet be quicker to do so."""


def _nobody(workflow_id: str, audio: str | None) -> None:
    """Expect no listener."""


def start(settings: Settings, stream_id: str, at: datetime, expected: Expected = _nobody) -> Ticket:
    """Redeem a stream id that was shown `at` a time.

    Raises NotFound (unknown or expired), Conflict (another goes on with this stream) or ServiceBroken.
    """
    return _redeem(settings, token_hash(stream_id), stream_id, at, expected)


def resume(settings: Settings, token: str, at: datetime, expected: Expected = _nobody) -> Ticket:
    """Redeem a resume token for the next. Raises as `start` does."""
    stream, _, secret = token.partition(".")
    if len(stream) != 64 or not stream.isalnum():
        raise NotFound("stream_unknown", "This is not a resume token.")
    return _redeem(settings, stream, secret, at, expected)


def superseded(settings: Settings, ticket: Ticket) -> bool:
    """Tell whether the stream goes on over a later connection, perhaps on another instance, or the share that it was
    had by is over. Raises ServiceBroken."""
    found = streams.read(settings, ticket.stream)
    if found is None:
        return False
    return found.generation > ticket.generation or (ticket.shared and not rights.is_good(settings, found.key))


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


def _redeem(settings: Settings, stream: str, shown: str, at: datetime, expected: Expected) -> Ticket:
    for _ in range(_ATTEMPTS):
        found = _read(settings, stream)
        trusted = found.state == StreamState.OPEN and at <= (found.created or at) + _KEY_TRUSTED
        if not trusted and not rights.is_good(settings, found.key):
            if found.key.startswith(RIGHT):
                raise Forbidden("share_revoked", "The share that this stream was had by is over.")
            raise Forbidden("key_revoked", "The API key that this stream was had with was revoked.")
        claimed = _claimed(found, shown, at, timedelta(seconds=settings.resume_grace_s))
        secret = _next(claimed.resume_salt, shown)
        if claimed.resume_hash != token_hash(secret):
            raise _taken()
        shared = found.key.startswith(RIGHT)
        expected(found.workflow_id, found.audio)
        try:
            streams.change(settings, found, claimed)
        except Changed:
            continue  # somebody else was first; or we were ourselves, and the answer was lost
        return Ticket(found.id, found.workflow_id, f"{found.id}.{secret}", found.audio, claimed.generation, shared)
    raise ServiceBroken("store_unreachable", "This stream changes too fast to be redeemed.")


def _claimed(found: Stream, shown: str, at: datetime, grace: timedelta) -> Stream:
    """Return the stream once a token has been shown. Raises NotFound or Conflict where it is good no more."""
    if found.state == StreamState.CLOSED:
        raise NotFound("stream_unknown", "This stream has ended.")
    is_shown = token_hash(shown)
    claimed = replace(found, state=StreamState.CLAIMED, generation=found.generation + 1, shown_at=at)
    if hmac.compare_digest(found.resume_hash or found.id, is_shown):
        salt = new_token()
        return replace(claimed, shown_hash=is_shown, resume_salt=salt, resume_hash=token_hash(_next(salt, shown)))
    if not hmac.compare_digest(found.shown_hash, is_shown) or not found.shown_at < at <= found.shown_at + grace:
        raise _taken()
    return claimed


def _next(salt: str, shown: str) -> str:
    digest = hmac.digest(salt.encode(), shown.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _taken() -> Conflict:
    return Conflict("stream_taken", "This token has been used, and its stream goes on over another connection.")
