"""What the streamer's watch follows, as the client library's own references and queries: it alone speaks Listen."""

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
    """What a watch speaks with."""
    return database(settings)


def workflow(settings: Settings, workflow_id: str) -> DocumentReference:
    return document(settings, paths.workflow(workflow_id))


def voiced_segments(settings: Settings, workflow_id: str) -> Query:
    segments = collection(settings, paths.segments(workflow_id))
    return segments.where(filter=FieldFilter("state", "==", SegmentState.FORGED))


def stream(settings: Settings, stream_hash: str) -> DocumentReference:
    return document(settings, paths.stream(stream_hash))
