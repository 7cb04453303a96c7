"""Name documents and queries for the streamer's watch, which speaks Listen itself, as the library's own objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.cloud.firestore_v1 import FieldFilter

from common.clients import database
from common.settings import Settings
from common.states import SegmentState
from common.store import paths
from common.store.access import collection, document

if TYPE_CHECKING:
    from google.cloud.firestore_v1 import Client, DocumentReference, Query


def client(settings: Settings) -> Client:
    """Get the client whose channel a watch uses."""
    return database(settings)


def workflow(settings: Settings, workflow_id: str) -> DocumentReference:
    return document(settings, paths.workflow(workflow_id))


def voiced_segments(settings: Settings, workflow_id: str) -> Query:
    segments = collection(settings, paths.segments(workflow_id))
    return segments.where(filter=FieldFilter("state", "==", SegmentState.FORGED))


def stream(settings: Settings, stream_hash: str) -> DocumentReference:
    return document(settings, paths.stream(stream_hash))
