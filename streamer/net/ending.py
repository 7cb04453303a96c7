"""Reasons for a connection's end, and the frames sent at an end of ours."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from common.wire import CLOSE_POLICY, CLOSE_RESTART
from streamer import frames


class Ending(StrEnum):
    """The reason for a connection's end: the label that asf_disconnects_total counts it under."""

    # The podcast
    FINISHED = "finished"
    FAILED = "failed"
    """It will never be heard to its end: it has failed, was cancelled or deleted."""
    AUDIO_MISSING = "audio_missing"
    ASTRAY = "astray"
    """The position asked for lies beyond the podcast's end."""
    # The stream
    REFUSED = "refused"
    """Its id or resume token is no good, or cannot be checked just now."""
    SUPERSEDED = "superseded"
    """The same stream goes on over another connection."""
    # The instance
    EXPIRED = "expired"
    """The connection is as old as one may become here."""
    RESTART = "restart"
    BROKEN = "broken"
    """A fault of ours."""
    # The client
    LEFT = "left"
    GONE = "gone"
    """Without a close frame."""
    SILENT = "silent"
    """No answer to a ping."""
    STALLED = "stalled"
    """Nothing taken of what was sent."""
    NEVER_STARTED = "never_started"
    WIRE_BROKEN = "wire_broken"
    """A message that our wire does not have, or not there."""
    PROTOCOL_BROKEN = "protocol_broken"
    """Bytes that are no WebSocket frames."""


@dataclass(frozen=True, slots=True)
class Close:
    """The frames at the end of a connection: perhaps an `error` frame, then the close frame."""

    ending: Ending
    code: int
    reason: str
    error: bytes = b""

    @classmethod
    def failure(
        cls, ending: Ending, error_code: str, message: str, *, retryable: bool = False, code: int = CLOSE_POLICY
    ) -> Close:
        """End with an `error` message of the wire, whose code is the close frame's reason, too."""
        return cls(ending, code, error_code, frames.error(error_code, message, retryable=retryable))

    @classmethod
    def hand_over(cls, ending: Ending) -> Close:
        """Have the client resume on another instance."""
        return cls(ending, CLOSE_RESTART, "this instance lets go: resume, and another takes over")
