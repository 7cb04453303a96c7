"""Making a finished podcast again from its edited script: what was not touched keeps its sound, the rest is voiced.

Sound is copied within storage, and never passes through here.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from flask import Request, Response
from google.api_core import exceptions as google_errors
from google.cloud.firestore_v1 import DocumentSnapshot

from common.blob_writer import compose_object
from common.clients import RETRY, TIMEOUT, database
from common.documents import StageState, new_segment, segment_ref, workflow_ref
from common.errors import BadRequest, Busy, ServiceBroken
from common.events import SCRIPT_COMPLETED, SCRIPT_SEGMENT_READY, Event
from common.idempotency import Outcome
from common.names import gs_uri, parse_gs_uri, segment_object
from common.settings import Settings
from functions.api_gateway.derived import derive, descendant, script_of
from functions.api_gateway.requests_schema import RemakeRequest
from functions.api_gateway.signing import signers

logger = logging.getLogger(__name__)

_BATCH = 400
"""Firestore takes 500 writes at once."""
_KEPT = ("kind", "speaker", "voice", "language", "chapter", "source", "pause_before_ms")
"""What stays of a segment whose text is another."""
_STAGES = {
    "harvest": StageState.DONE,
    "weave": StageState.DONE,
    "forge": StageState.RUNNING,
    "master": StageState.PENDING,
}


def remake(settings: Settings, request: Request, owner: str, workflow_id: str, asked: RemakeRequest) -> Response:
    """A new podcast of this one's script with `segments` edited: `{"index": 3, "text": …}` or `{"index": 4, "remove":
    true}`."""

    def make(workflow: DocumentSnapshot, new_id: str) -> Outcome:
        return _remade(settings, workflow, new_id, asked)

    return derive(settings, request, owner, workflow_id, "remake", make)


def _remade(settings: Settings, workflow: DocumentSnapshot, new_id: str, asked: RemakeRequest) -> Outcome:
    segments = _edited(settings, workflow.id, asked)
    kept = [(number, segment) for number, segment in enumerate(segments) if "audio" in segment]
    list(signers.map(lambda one: _copy_sound(settings, new_id, *one), kept))
    title = asked.title or workflow.get("title")
    remade = descendant(settings, workflow, title=title, stages=dict(_STAGES), segments_total=len(segments))
    _store(settings, new_id, segments, remade["expires_at"])
    changed = [number for number, segment in enumerate(segments) if "audio" not in segment]
    ready = (Event(SCRIPT_SEGMENT_READY, new_id, {"index": number}, str(number)) for number in changed)
    reference = workflow_ref(database(settings), new_id)
    return Outcome(
        {"workflow_id": new_id},
        writes=lambda batch: batch.create(reference, remade),
        events=(*ready, Event(SCRIPT_COMPLETED, new_id, {"segments": len(segments)})),
    )


def _edited(settings: Settings, workflow_id: str, asked: RemakeRequest) -> list[dict[str, Any]]:
    """The segments of the new script, in order: as they are, with their sound, or as they are to be voiced.

    Raises BadRequest for an edit of a segment that is not there, or where nothing is left to be said.
    """
    edits = {edit.index: edit for edit in asked.segments}
    script = script_of(settings, workflow_id)
    if unknown := sorted(edits.keys() - {segment["index"] for segment in script}):
        raise BadRequest("segment_unknown", f"This podcast has no segment {unknown[0]}.")
    edited: list[dict[str, Any]] = []
    for segment in script:
        edit = edits.get(segment["index"])
        if edit is None or edit.text == segment["text"]:
            edited.append({**segment, "index": len(edited)})
        elif not edit.remove:
            same: dict[str, Any] = {name: segment[name] for name in _KEPT if name in segment}
            edited.append(new_segment(len(edited), text=str(edit.text), **same))
    if not edited:
        raise BadRequest("script_empty", "Nothing is left to be said.")
    return edited


def _copy_sound(settings: Settings, new_id: str, number: int, segment: dict[str, Any]) -> None:
    """Copy a segment's sound to where it belongs in the new podcast, unless an earlier attempt has; `audio` follows."""
    name = segment_object(new_id, number)
    try:
        compose_object(settings, name, [parse_gs_uri(segment["audio"])[1]], content_type="audio/ogg")
    except Busy:
        logger.info("the sound of segment %d is there already", number)
    segment["audio"] = gs_uri(settings.audio_bucket, name)


def _store(settings: Settings, new_id: str, segments: list[dict[str, Any]], expires_at: datetime) -> None:
    """Before the workflow, so that there is none whose script is not there."""
    db = database(settings)
    try:
        for first in range(0, len(segments), _BATCH):
            batch = db.batch()
            for segment in segments[first : first + _BATCH]:
                batch.set(segment_ref(db, new_id, segment["index"]), {**segment, "expires_at": expires_at})
            batch.commit(retry=RETRY, timeout=TIMEOUT)
    except google_errors.GoogleAPIError as error:
        raise ServiceBroken("store_unreachable", "The script could not be stored; ask again.") from error
