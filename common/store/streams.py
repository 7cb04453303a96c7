"""Keep rights to listen in the store, by the hash of the stream id; the id itself is stored nowhere."""

from __future__ import annotations

from google.cloud.firestore_v1 import FieldFilter

from common.records import Stream
from common.settings import Settings
from common.states import StreamState
from common.store import paths, writes
from common.store.access import PATIENCE, collection, get, reading, whole
from common.store.writes import How, Write


def read(settings: Settings, stream_hash: str) -> Stream | None:
    return get(settings, Stream, paths.stream(stream_hash))


def opening(stream: Stream) -> Write:
    """Describe a new right to listen, to be committed with the podcast."""
    return writes.replacement(paths.stream(stream.id), stream)


def open_new(settings: Settings, stream: Stream, *with_it: Write) -> None:
    """Commit a new right to listen and the writes `with_it`, all or none."""
    writes.commit(settings, opening(stream), *with_it)


def change(settings: Settings, before: Stream, after: Stream) -> None:
    """Change a stream. Raises Changed if the stream has changed since the read of `before`, Missing if deleted."""
    writes.commit(settings, writes.change(paths.stream(before.id), before, after))


def close(settings: Settings, stream_hash: str) -> None:
    """Close a stream: every state leads to CLOSED (common/states.py). Raises Missing if deleted."""
    writes.commit(settings, Write(How.UPDATE, paths.stream(stream_hash), {"state": StreamState.CLOSED}))


def attach(settings: Settings, stream_hash: str, uri: str) -> None:
    """Note an object to be played in the workflow's place. Raises Missing if the stream was deleted."""
    writes.commit(settings, Write(How.UPDATE, paths.stream(stream_hash), {"audio": uri}))


def remove_all(settings: Settings, workflow_id: str) -> None:
    """Delete every stream of a podcast."""
    query = collection(settings, paths.STREAMS).where(filter=FieldFilter("workflow_id", "==", workflow_id))
    found = whole(query.stream)
    with reading():
        for stream in found:
            stream.reference.delete(**PATIENCE)
