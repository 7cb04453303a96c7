"""Keep scripts in the store, a document per turn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from google.cloud.firestore_v1 import FieldFilter

from common.errors import NotFound, WorkflowGone
from common.records import Segment, Workflow
from common.settings import Settings
from common.states import SegmentState
from common.store import paths, writes
from common.store.access import Taken, collection, count, find, get, get_both, reading
from common.store.writes import Write

_BATCH = 400
"""Firestore takes 500 writes at once."""


def read(settings: Settings, workflow_id: str, index: int) -> Segment | None:
    return get(settings, Segment, paths.segment(workflow_id, index))


def read_with_workflow(settings: Settings, workflow_id: str, index: int) -> tuple[Workflow, Segment]:
    """Read a turn and its podcast. Raises WorkflowGone; NotFound where only the turn is missing."""
    workflow, segment = get_both(
        settings, (Workflow, paths.workflow(workflow_id)), (Segment, paths.segment(workflow_id, index))
    )
    if workflow is None:
        raise WorkflowGone
    if segment is None:
        raise NotFound("segment_unknown", f"There is no segment {index} of this podcast.")
    return workflow, segment


def script(settings: Settings, workflow_id: str) -> list[Segment]:
    """List the turns written so far, in order."""
    return find(Segment, _all(settings, workflow_id).order_by("index"))


def create(settings: Settings, workflow_id: str, segments: Iterable[Segment]) -> bool:
    """Store new turns, all or none; return False where any exists already."""
    try:
        writes.commit(settings, *creations(workflow_id, segments))
    except Taken:
        return False
    return True


def creations(workflow_id: str, segments: Iterable[Segment]) -> Iterator[Write]:
    """Describe new turns, to be committed with their podcast."""
    return (writes.creation(_path(workflow_id, each), each) for each in segments)


def store(settings: Settings, workflow_id: str, segments: Sequence[Segment]) -> None:
    """Store the script of a podcast to be created, over the remains of an earlier attempt."""
    for first in range(0, len(segments), _BATCH):
        batch = segments[first : first + _BATCH]
        writes.commit(settings, *(writes.replacement(_path(workflow_id, each), each) for each in batch))


def rewritten(workflow_id: str, before: Sequence[Segment], after: Sequence[Segment]) -> Iterator[Write]:
    """Describe how a script of which nothing is voiced becomes another; each is numbered from 0."""
    for old, new in zip(before, after, strict=False):
        if old.document() != new.document():
            yield writes.replacement(_path(workflow_id, new), new)
    for old in before[len(after) :]:
        yield writes.deletion(_path(workflow_id, old))


def change(settings: Settings, workflow_id: str, before: Segment, after: Segment) -> None:
    """Change a turn. Raises Changed if the turn has changed since the read of `before`."""
    writes.commit(settings, fenced_change(workflow_id, before, after))


def fenced_change(workflow_id: str, before: Segment, after: Segment) -> Write:
    return writes.change(_path(workflow_id, before), before, after)


def written(settings: Settings, workflow_id: str) -> int:
    """Count the turns written. An aggregation: a counter document would run hot."""
    return count(_all(settings, workflow_id))


def voiced(settings: Settings, workflow_id: str) -> int:
    """Count the turns voiced."""
    return count(_all(settings, workflow_id).where(filter=FieldFilter("state", "==", SegmentState.FORGED)))


def begun(settings: Settings, workflow_id: str) -> bool:
    """Tell whether any turn is written."""
    with reading():
        return bool(find(Segment, _all(settings, workflow_id).limit(1)))


def waiting(settings: Settings, workflow_id: str, below: int) -> list[int]:
    """List the indexes under `below` of turns waiting for a voice."""
    query = _all(settings, workflow_id).where(filter=FieldFilter("index", "<", below))
    query = query.where(filter=FieldFilter("state", "==", SegmentState.SCRIPTED)).select(["index"])
    return [segment.index for segment in find(Segment, query)]


def unvoiced(settings: Settings, workflow_id: str, at_most: int) -> list[Segment]:
    """List the first turns without sound, with `index`, `state`, `apology`, `embedded` and `error` only."""
    states = FieldFilter("state", "in", [SegmentState.SCRIPTED, SegmentState.FAILED])
    query = _all(settings, workflow_id).where(filter=states).order_by("index").limit(at_most)
    return find(Segment, query.select(["index", "state", "apology", "embedded", "error"]))


def last_progress(settings: Settings, workflow_id: str) -> list[datetime]:
    """List when the last turn was scripted and the latest recording stored, as far as known."""
    segments = _all(settings, workflow_id)
    forged = find(Segment, segments.order_by("forged_at", direction="DESCENDING").limit(1))
    scripted = find(Segment, segments.order_by("index", direction="DESCENDING").limit(1))
    times = [*(segment.forged_at for segment in forged), *(segment.created for segment in scripted)]
    return [moment for moment in times if moment is not None]


def following(settings: Settings, workflow_id: str, first: int, at_most: int) -> list[Segment]:
    """List the turns from index `first` on."""
    query = _all(settings, workflow_id).where(filter=FieldFilter("index", ">=", first))
    return find(Segment, query.order_by("index").limit(at_most))


def _all(settings: Settings, workflow_id: str) -> Any:
    return collection(settings, paths.segments(workflow_id))


def _path(workflow_id: str, segment: Segment) -> paths.Path:
    return paths.segment(workflow_id, segment.index)
