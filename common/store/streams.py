"""Rights to listen in the store. They are known by the hash of the stream id, which is stored nowhere."""

from __future__ import annotations

from google.cloud.firestore_v1 import FieldFilter

from common.records import Stream
from common.settings import Settings
from common.states import StreamState
from common.store import paths, writes
from common.store.access import PATIENCE, collection, get, reading
from common.store.writes import How, Write


def read(settings: Settings, stream_hash: str) -> Stream | None:
    return get(settings, Stream, paths.stream(stream_hash))


def open_new(settings: Settings, stream: Stream) -> None:
    writes.commit(settings, writes.replacement(paths.stream(stream.id), stream))


def change(settings: Settings, before: Stream, after: Stream) -> None:
    """Change a stream as it was read. Raises Changed where it is another by now, Missing where it is gone."""
    writes.commit(settings, writes.change(paths.stream(before.id), before, after))


def close(settings: Settings, stream_hash: str) -> None:
    """Make a right to listen good for nothing, whatever state it is in. Raises Missing where it is gone."""
    writes.commit(settings, Write(How.UPDATE, paths.stream(stream_hash), {"state": StreamState.CLOSED}))


def attach(settings: Settings, stream_hash: str, uri: str) -> None:
    """Note an object that is to be heard in the workflow's place. Raises Missing where the stream is gone."""
    writes.commit(settings, Write(How.UPDATE, paths.stream(stream_hash), {"audio": uri}))


def remove_all(settings: Settings, workflow_id: str) -> None:
    """Delete all rights to hear a podcast."""
    query = collection(settings, paths.STREAMS).where(filter=FieldFilter("workflow_id", "==", workflow_id))
    with reading():
        for stream in query.stream(**PATIENCE):
            stream.reference.delete(**PATIENCE)
