"""Making a finished podcast again from its edited script: untouched turns keep their sound, the rest is voiced.

Sound is copied within storage, and never passes through here.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import replace

from flask import Request, Response

from common import contract
from common.blob_writer import compose_object
from common.errors import BadRequest, Busy
from common.events import PODCAST_WANTED, SCRIPT_COMPLETED, Event
from common.idempotency import Outcome
from common.names import gs_uri, parse_gs_uri, segment_object
from common.pronunciations import in_text, merged
from common.records import Pronunciation, Segment, Workflow
from common.settings import Settings
from common.states import SegmentState, StageState
from common.store import segments
from functions.api_gateway import pronouncing, usage
from functions.api_gateway.derived import derive, descendant
from functions.api_gateway.requests_schema import EditRequest, RemakeRequest
from functions.api_gateway.signing import signers

logger = logging.getLogger(__name__)


def remake(settings: Settings, request: Request, owner: str, workflow_id: str, asked: RemakeRequest) -> Response:
    """Return a new podcast of this podcast's script with `segments` edited: `{"index": 3, "text": …}` or `{"index": 4,
    "remove": true}`; and with some of its words said otherwise: `pronunciations`."""

    def make(workflow: Workflow, new_id: str) -> Outcome:
        return _remade(settings, workflow, new_id, asked)

    return derive(settings, request, owner, workflow_id, "remake", make)


def _remade(settings: Settings, workflow: Workflow, new_id: str, asked: RemakeRequest) -> Outcome:
    known = workflow.request.pronunciations
    said_otherwise = [entry for entry in pronouncing.records(asked.pronunciations) if entry not in known]
    script = edited(segments.script(settings, workflow.id), asked, said_otherwise)
    minutes = math.ceil((workflow.duration_ms or 0) / 60_000)
    usage.require_room(settings, minutes)
    new = descendant(settings, workflow, new_id)
    remade = replace(
        new.at(harvest=StageState.DONE, weave=StageState.DONE, forge=StageState.RUNNING),
        request=replace(new.request, pronunciations=merged(said_otherwise, known)),
        title=asked.title or workflow.title,
        segments_total=len(script),
    )
    stored = list(signers.map(lambda segment: _with_copied_sound(settings, new_id, segment), script))
    # Before the workflow, so that there is none whose script is not there
    segments.store(settings, new_id, [replace(segment, expires_at=remade.expires_at) for segment in stored])
    return Outcome(
        {"workflow_id": new_id},
        writes=usage.begun(remade, minutes),
        # One has all voiced that waits, however much was edited: whoever repeats the request has both told again
        events=(
            Event(PODCAST_WANTED, new_id, {"segments": 0}),
            Event(SCRIPT_COMPLETED, new_id, {"segments": len(stored)}),
        ),
    )


def edited(
    script: list[Segment], asked: RemakeRequest | EditRequest, said_otherwise: Sequence[Pronunciation] = ()
) -> list[Segment]:
    """Return the segments of the new script, in order: as they are, with their sound, or as they are to be voiced,
    those too with words `said_otherwise` now.

    Raises BadRequest for an edit of a missing segment, for a script with nothing left to be said, and for one longer
    than a script may be: all of a draft's is written in a single commit, which takes 10 MiB.
    """
    edits = {edit.index: edit for edit in asked.segments}
    if unknown := sorted(edits.keys() - {segment.index for segment in script}):
        raise BadRequest("segment_unknown", f"This podcast has no segment {unknown[0]}.")
    left: list[Segment] = []
    for segment in script:
        edit = edits.get(segment.index)
        text = segment.text if edit is None else edit.text
        if text is None:
            continue
        if text == segment.text and not in_text(text, said_otherwise):
            left.append(replace(segment, index=len(left)))
        else:
            left.append(_retold(segment, len(left), text))
    if not left:
        raise BadRequest("script_empty", "Nothing is left to be said.")
    characters = sum(len(segment.text) for segment in left)
    if characters > max(contract.MAX_SCRIPT_CHARACTERS, sum(len(segment.text) for segment in script)):
        most = f"{contract.MAX_SCRIPT_CHARACTERS:,}"
        raise BadRequest("script_too_large", f"The script would have {characters:,} characters; {most} is the most.")
    return left


def _retold(segment: Segment, index: int, text: str) -> Segment:
    """Return a turn with another text, not yet voiced."""
    return Segment(
        index=index,
        text=text,
        state=SegmentState.SCRIPTED,
        kind=segment.kind,
        speaker=segment.speaker,
        voice=segment.voice,
        language=segment.language,
        chapter=segment.chapter,
        source=segment.source,
        pause_before_ms=segment.pause_before_ms,
    )


def _with_copied_sound(settings: Settings, new_id: str, segment: Segment) -> Segment:
    """Return the segment with its sound, if any, copied to its place in the new podcast, unless an earlier attempt has
    done so. Sound in the document is copied with the document."""
    if segment.audio is None:
        return segment
    name = segment_object(new_id, segment.index)
    try:
        compose_object(settings, name, [parse_gs_uri(segment.audio)[1]], content_type="audio/ogg")
    except Busy:
        logger.info("the sound of segment %d is there already", segment.index)
    return replace(segment, audio=gs_uri(settings.audio_bucket, name))
