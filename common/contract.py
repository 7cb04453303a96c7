"""The contract between Aethercast's parts and with its callers: limits, vocabularies, states, codes and rhythms, once.

Every module takes these from here: the gateway's schemas, the agents, the streamer, the client's tests, and
the player, whose `web/contract.js` is generated from this module (`nox -s generated`). So this module imports no
library, and nothing of ours but the table of styles, and everything in it is a plain constant.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Final, Literal, get_args

from common import styles

# What can be asked for

Language = Literal["en", "es", "fr", "de", "pt", "it"]
"""ISO 639-1. Each has its pack in common/languages/, which is all that a language takes; the first is the default."""
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
STYLES: Final = tuple(styles.STYLES)
"""The rows of common/styles.py; the first is the default."""
if TYPE_CHECKING:
    Style = str
else:
    Style = Literal[STYLES]

# Limits. Characters are Unicode code points, and bytes are bytes of the request's body.

MAX_REQUEST_BYTES: Final = 12 * 1024 * 1024
MAX_TEXT_CHARACTERS: Final = 2_000_000
"""Of one source, wherever it is from: four times the longest novel that anyone would have told."""
MAX_ALL_CHARACTERS: Final = 5_000_000
"""Of all sources together; those beyond are left out, and told so."""
MAX_SOURCES: Final = 50
"""Links, and likewise documents, of one request."""
MAX_SCRIPT_CHARACTERS: Final = 300_000
"""Of a script of one's own: three hours have about 170,000."""
MAX_SCRIPT_LINES: Final = 5_000
MAX_SEGMENT: Final = 9_999
"""The index of a turn, as an address may name it: no script is so long."""
MAX_TOPIC_CHARACTERS: Final = 300
MAX_TITLE_CHARACTERS: Final = 200
MAX_URL_CHARACTERS: Final = 2_000
MAX_HOSTS: Final = 4
MAX_HOST_NAME_CHARACTERS: Final = 40
MAX_PERSONA_CHARACTERS: Final = 300
MAX_PRONUNCIATIONS: Final = 100
"""Of one request, likewise of one show, and of what is kept for all podcasts of an owner."""
MAX_KEPT_PRONUNCIATIONS: Final = 500
"""Of all that an owner keeps, shows and all."""
MAX_SHOWS: Final = 20
MAX_SHOW_CHARACTERS: Final = 80
"""Of the name of a show."""
MAX_WRITTEN_CHARACTERS: Final = 60
MAX_SAID_CHARACTERS: Final = 120
MAX_FOCUS_CHARACTERS: Final = 500
MAX_TURN_CHARACTERS: Final = 5_000
"""Of an edited turn: what the most patient speech engine takes in one call."""
MAX_KEY_CHARACTERS: Final = 200
"""Of an `X-Idempotency-Key`."""
MAX_SIGNED_URLS: Final = 16
"""Links to segments that the streamer asks for at once."""
MIN_MINUTES: Final = 1
MAX_MINUTES: Final = 180
DEFAULT_MINUTES: Final = 5
MAX_SHARES: Final = 100
"""Of a podcast, at a time."""
MAX_SHARE_DAYS: Final = 365
DEFAULT_SHARE_DAYS: Final = 30

MAX_FEEDS: Final = 20
"""Of an owner: one for each place where the podcasts are heard."""

# States of a podcast (called a workflow inside) and of its parts


class WorkflowState(StrEnum):
    GENERATING = "GENERATING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class StageState(StrEnum):
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


class SegmentState(StrEnum):
    SCRIPTED = "SCRIPTED"
    FORGED = "FORGED"
    FAILED = "FAILED"


class SegmentKind(StrEnum):
    COLD_OPEN = "cold_open"
    """The greeting, made from the request alone."""
    TURN = "turn"
    CLOSE = "close"


class SourceKind(StrEnum):
    """What a document is, by its content."""

    TEXT = "text"
    WEBPAGE = "webpage"
    PDF = "pdf"
    DOCX = "docx"
    EPUB = "epub"
    FEED = "feed"
    TRANSCRIPT = "transcript"
    """Captions, or a chat that was saved: what is said, and by whom."""
    PPTX = "pptx"
    ODT = "odt"
    """An OpenDocument: text, presentation or spreadsheet."""
    RTF = "rtf"
    TABLE = "table"
    """A spreadsheet: XLSX or CSV."""
    EMAIL = "email"
    """A message, or a mailbox of several."""
    FOLDER = "folder"
    """Documents packed together as ZIP."""


FILE_ENDINGS: Final = {
    ".pdf": SourceKind.PDF,
    ".docx": SourceKind.DOCX,
    ".epub": SourceKind.EPUB,
    ".html": SourceKind.WEBPAGE,
    ".htm": SourceKind.WEBPAGE,
    **dict.fromkeys((".mhtml", ".mht", ".webarchive"), SourceKind.WEBPAGE),
    ".pptx": SourceKind.PPTX,
    **dict.fromkeys((".odt", ".odp", ".ods"), SourceKind.ODT),
    ".rtf": SourceKind.RTF,
    ".xlsx": SourceKind.TABLE,
    ".csv": SourceKind.TABLE,
    **dict.fromkeys((".eml", ".mbox"), SourceKind.EMAIL),
    ".zip": SourceKind.FOLDER,
    **dict.fromkeys((".txt", ".md", ".rst", ".adoc", ".org", ".textile"), SourceKind.TEXT),
    **dict.fromkeys((".json", ".srt", ".vtt"), SourceKind.TRANSCRIPT),
}
"""The files that the player's dialog offers. The harvester goes by a file's content, not by its name."""
STAGES: Final = ("harvest", "weave", "forge", "master")

# Sound, everywhere past the engines

PACKET_MS: Final = 20
SAMPLE_RATE: Final = 48_000
"""Hz"""
PACKET_SAMPLES: Final = SAMPLE_RATE * PACKET_MS // 1000

# The wire to listeners (common/wire.py)

FRAMING: Final = "aethercast-1"
MAX_CLIENT_MESSAGE_BYTES: Final = 4_096
MIN_WINDOW_MS: Final = 2_000
MAX_WINDOW_MS: Final = 120_000


class Close(IntEnum):
    """Status codes of the streamer's and the player's close frames, from RFC 6455, section 7.4.1, and its registry."""

    NORMAL = 1000
    POLICY = 1008
    INTERNAL = 1011
    RESTART = 1012
    TRY_LATER = 1013


# Rhythms, in seconds. A report of the player's spares it a ping, and a keepalive comes well within its patience.

REPORT_EVERY_S: Final = 20.0
"""A player that plays says so often how it goes (`client_metrics`)."""
KEEPALIVE_S: Final = 21.0
"""The streamer says something at least so often: longer than from one piece of a large window to the next."""
PLAYER_PATIENCE_S: Final = 35.0
"""A connection that says nothing for so long is dead, whatever the system believes."""
EVENTS_EVERY_S: Final = 1.0
"""How often server-sent events look for a change of the podcast."""

# Error codes: stable, for programs. `detail` (or `message`) beside them is for people.

STREAM_TOKEN_ERRORS: Final = frozenset({"stream_taken", "stream_unknown"})
"""About the right to listen, not about the podcast: a fresh stream id mends them."""

ERRORS: Final = STREAM_TOKEN_ERRORS | frozenset(
    {
        "address_unknown",
        "attempts_exhausted",
        "audio_changed",
        "audio_damaged",
        "audio_missing",
        "audio_unreadable",
        "binary_unexpected",
        "chapter_unknown",
        "days_invalid",
        "engine_broke_off",
        "engine_broken",
        "engine_busy",
        "engine_calls_spent",
        "engine_context_exceeded",
        "engine_failed",
        "engine_key_refused",
        "engine_language_other",
        "engine_language_unknown",
        "engine_language_wrong",
        "engine_malformed",
        "engine_model_unknown",
        "engine_no_identity",
        "engine_no_sound",
        "engine_script_unreadable",
        "engine_slow",
        "engine_text_empty",
        "engine_text_long",
        "engine_text_refused",
        "engine_truncated",
        "engine_unknown",
        "engine_unpaid",
        "engine_unreachable",
        "engine_voice_unknown",
        "engine_weights_missing",
        "engine_wrote_nothing",
        "event_undeliverable",
        "events_too_many",
        "events_unreachable",
        "feed_unknown",
        "feeds_too_many",
        "field_invalid",
        "file_unknown",
        "idempotency_key_invalid",
        "idempotency_key_reused",
        "internal",
        "key_missing",
        "key_revoked",
        "key_wrong",
        "keys_unreachable",
        "language_unsupported",
        "large_requests_too_many",
        "limit_invalid",
        "message_length",
        "message_malformed",
        "message_short",
        "message_too_large",
        "method_not_allowed",
        "minutes_used_up",
        "money_used_up",
        "not_started",
        "nothing_untold",
        "object_missing",
        "opening_invalid",
        "origin_not_allowed",
        "page_token_invalid",
        "parameter_unknown",
        "podcast_approved",
        "podcast_cancelled",
        "podcast_deleted",
        "podcast_ended",
        "podcast_failed",
        "podcast_no_draft",
        "podcast_unfinished",
        "podcast_unknown",
        "podcasts_too_many",
        "position_unknown",
        "rate_limited",
        "request_broken_off",
        "request_invalid",
        "request_malformed",
        "request_too_large",
        "requests_too_many",
        "script_empty",
        "script_too_large",
        "script_torn",
        "script_unreadable",
        "segment_damaged",
        "segment_unknown",
        "segments_missing",
        "service_away",
        "service_busy",
        "service_failed",
        "service_too_slow",
        "share_expired",
        "share_read_only",
        "share_revoked",
        "share_unknown",
        "share_wrong",
        "shares_too_many",
        "signing_failed",
        "source_empty",
        "source_http_error",
        "source_not_found",
        "source_not_public",
        "source_not_text",
        "source_too_large",
        "source_too_slow",
        "source_unreachable",
        "source_unreadable",
        "source_url_invalid",
        "start_missing",
        "started_already",
        "state_changed",
        "state_contended",
        "storage_failed",
        "storage_unreachable",
        "store_unreachable",
        "stuck",
        "token_invalid",
        "token_missing",
        "too_many_messages",
        "topic_not_found",
        "type_unknown",
        "websocket_expected",
        "websocket_key_invalid",
        "websocket_version_unknown",
        "work_in_progress",
    }
)
"""All that a caller or a listener may meet: in a problem of the API, in an `error` message over the WebSocket, or as
the reason for which a podcast, or a source of it, failed."""

INTERNAL_ERRORS: Final = frozenset(
    {
        "authenticator_invalid",
        "body_malformed",
        "bucket_foreign",
        "caller_not_allowed",
        "filepath_malformed",
        "lease_lost",
        "libopus_missing",
        "no_identity",
        "object_exists",
        "podcast_renamed",
        "podcast_unended",
        "queue_unreachable",
        "record_missing",
        "record_taken",
        "segment_changed",
        "setting_malformed",
        "setting_missing",
        "storage_forbidden",
        "task_malformed",
        "task_unknown",
        "transition_illegal",
        "turn_taken",
        "webhook_gone",
        "webhook_refused",
        "webhook_unhappy",
        "webhook_unreachable",
    }
)
"""Met by our own services, their logs and their operators alone."""
