"""The documents of Firestore: where each lives and what it holds.

One document a thing, so that nothing is hot and nothing needs a contended transaction: `create()` is the lock,
`last_update_time` preconditions guard transitions, and fan-in is an aggregation count.

    workflows/{workflow_id}                   one requested podcast
    workflows/{workflow_id}/segments/{00042}  one spoken turn of it
    streams/{sha256(stream_id)}               one listener's right to hear it; never the token itself
    idempotency/{agent}:{key}                 what an agent has done (common/idempotency.py)
    removals/{workflow_id}                    a deleted podcast, until it has been removed for good
    api_keys/{sha256}, rate_limits/{key}:{window}

How long a script is, is said once: `segments_total` of the workflow, set when the writer has finished. (The design
also marked the last segment; a model does not know that a turn is its last until it has ended.)
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from common import contract
from common.clients import RETRY, TIMEOUT

if TYPE_CHECKING:
    from google.cloud import firestore

STAGES = contract.STAGES
WorkflowState = contract.WorkflowState
StageState = contract.StageState
SegmentState = contract.SegmentState


class StreamState(StrEnum):
    OPEN = "OPEN"
    CLAIMED = "CLAIMED"
    CLOSED = "CLOSED"


def workflow_ref(db: firestore.Client, workflow_id: str) -> firestore.DocumentReference:
    return db.collection("workflows").document(workflow_id)


def segments_ref(db: firestore.Client, workflow_id: str) -> firestore.CollectionReference:
    return db.collection("workflows", workflow_id, "segments")


def segment_ref(db: firestore.Client, workflow_id: str, index: int) -> firestore.DocumentReference:
    return segments_ref(db, workflow_id).document(segment_id(index))


def stream_ref(db: firestore.Client, stream_hash: str) -> firestore.DocumentReference:
    return db.collection("streams").document(stream_hash)


def removal_ref(db: firestore.Client, workflow_id: str) -> firestore.DocumentReference:
    return db.collection("removals").document(workflow_id)


def count(query: Any) -> int:
    """How many documents a query or collection has, by an aggregation: one read for each 1,000 of them."""
    results = query.count(alias="all").get(retry=RETRY, timeout=TIMEOUT)
    return int(results[0][0].value)


def segment_id(index: int) -> str:
    """Five digits, so that names sort as numbers do: 42 -> "00042"."""
    return f"{index:05d}"


def new_segment(
    index: int, *, kind: str, speaker: str, voice: str, language: str, text: str, chapter: str, **more: Any
) -> dict[str, Any]:
    """A segment as it is scripted. `kind` is "cold_open", "turn" or "close"; `speaker` is the host's spoken name."""
    return {
        "index": index,
        "kind": kind,
        "speaker": speaker,
        "voice": voice,
        "language": language,
        "text": text,
        "chapter": chapter,
        "state": SegmentState.SCRIPTED,
        **more,
    }
