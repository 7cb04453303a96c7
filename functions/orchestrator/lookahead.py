"""Voicing only what will be heard: with `LOOKAHEAD_SEGMENTS` set, no further ahead than that of the furthest listener.

The streamer asks for the addresses of segments ahead of need, and only as far as somebody has come; the gateway tells
that as `podcast.wanted`, and so does whoever asks for the file (then all are wanted). How many segments are wanted is a
field of the workflow that only ever grows. Up to the lookahead beyond them segments are voiced, the others wait: for
the next event of that kind, or for ever, and are paid for by nobody.

A turn that is scripted while that number grows is missed by nobody: either its event is handled after the growth and
reads it, or the turn was stored before, and is among those that the growth looks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.cloud.firestore_v1 import DocumentSnapshot, FieldFilter, Maximum

from common.clients import RETRY, TIMEOUT, database
from common.documents import SegmentState, segments_ref
from common.settings import Settings

EVERYTHING = 1_000_000
"""More segments than any podcast has."""


def reach(settings: Settings, workflow: Mapping[str, Any]) -> int:
    """How many segments, from the first on, may be voiced as things stand."""
    if not settings.lookahead_segments:
        return EVERYTHING
    return int(workflow.get("wanted") or 0) + settings.lookahead_segments


def extend(settings: Settings, workflow: DocumentSnapshot, wanted: int) -> list[int]:
    """Note that so many segments are wanted; the indexes of those that wait to be voiced and now may be."""
    workflow.reference.update({"wanted": Maximum(wanted)}, retry=RETRY, timeout=TIMEOUT)
    known = workflow.to_dict() or {}
    reached = reach(settings, {"wanted": max(wanted, int(known.get("wanted") or 0))})
    query = segments_ref(database(settings), workflow.id).where(filter=FieldFilter("index", "<", reached))
    waiting = query.where(filter=FieldFilter("state", "==", SegmentState.SCRIPTED)).select(["index"])
    return [int(segment.get("index")) for segment in waiting.stream(retry=RETRY, timeout=TIMEOUT)]
