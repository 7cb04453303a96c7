"""Keep podcasts in the store. Several agents write to a podcast, each its own fields; the fence of a change of state
decides between two agents that would end a podcast."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from google.cloud.firestore_v1 import DocumentSnapshot, FieldFilter, Increment, Maximum

from common.clients import database
from common.errors import WorkflowGone
from common.records import Workflow
from common.settings import Settings
from common.states import WorkflowState
from common.store import paths, writes
from common.store.access import Missing, collection, document, find, get, reading, record, whole
from common.store.writes import How, Write


def read(settings: Settings, workflow_id: str, *, only: Sequence[str] | None = None) -> Workflow:
    """Read a podcast; `only` names the fields to read, the others get their defaults. Raises WorkflowGone."""
    workflow = get(settings, Workflow, paths.workflow(workflow_id), only=only)
    if workflow is None:
        raise WorkflowGone
    return workflow


def creation(workflow: Workflow) -> Write:
    return writes.creation(paths.workflow(workflow.id), workflow)


def progress(before: Workflow, after: Workflow) -> Write:
    """Describe an agent's change of its own fields, valid however the podcast changes meanwhile."""
    return writes.change(paths.workflow(before.id), before, after, fenced=False)


def fenced_change(before: Workflow, after: Workflow) -> Write:
    return writes.change(paths.workflow(before.id), before, after)


def change(settings: Settings, before: Workflow, after: Workflow) -> None:
    """Change a podcast. Raises Changed if the podcast has changed since the read of `before`."""
    writes.commit(settings, fenced_change(before, after))


def rename(settings: Settings, workflow_id: str, title: str, files_due: datetime) -> int:
    """Give a podcast another title; return the count of renames, from the increment's result. Raises WorkflowGone."""
    fields = {"title": title, "renamed": title, "files_due": files_due, "renames": Increment(1)}
    try:
        [written] = writes.commit(settings, Write(How.UPDATE, paths.workflow(workflow_id), fields))
    except Missing:
        raise WorkflowGone from None
    return int(written.transform_results[0].integer_value)


def want(settings: Settings, workflow_id: str, segments: int) -> None:
    """Raise the number of wanted segments, from the first on, to `segments`; never lower the number."""
    writes.commit(settings, Write(How.UPDATE, paths.workflow(workflow_id), {"wanted": Maximum(segments)}))


def spend_calls(settings: Settings, workflow_id: str, calls: int) -> None:
    """Raise the number of calls of a language model to `calls`; never lower the number."""
    writes.commit(settings, Write(How.UPDATE, paths.workflow(workflow_id), {"language_calls": Maximum(calls)}))


Place = tuple[datetime, str]
"""A place in a list of podcasts: when the last before it was created, and its id, as several may share a moment."""


def newest(settings: Settings, owner: str, at_most: int, *, after: Place | None = None) -> list[Workflow]:
    """List an owner's podcasts, the newest first, those that follow on a place."""
    query = collection(settings, paths.WORKFLOWS).where(filter=FieldFilter("owner", "==", owner))
    query = query.order_by("created_at", direction="DESCENDING").order_by("__name__", direction="DESCENDING")
    if after is not None:
        created_at, workflow_id = after
        query = query.start_after({"created_at": created_at, "__name__": workflow_id})
    return find(Workflow, query.limit(at_most))


def place_of(workflow: Workflow) -> Place:
    return workflow.created_at, workflow.id


def generating(settings: Settings, page: int) -> Iterator[Workflow]:
    """Iterate over all podcasts in the making, the oldest first, reading a page at a time: callers are slow."""
    query = collection(settings, paths.WORKFLOWS).where(filter=FieldFilter("state", "==", WorkflowState.GENERATING))
    query = query.order_by("created_at").limit(page)
    found: list[DocumentSnapshot] = []
    while True:
        rest = query.start_after(found[-1]) if found else query
        found = whole(rest.stream)
        yield from (record(Workflow, snapshot) for snapshot in found)
        if len(found) < page:
            return


def with_files_due(settings: Settings, now: datetime, at_most: int) -> list[Workflow]:
    """List podcasts whose files are to be looked after by now."""
    query = collection(settings, paths.WORKFLOWS).where(filter=FieldFilter("files_due", "<=", now))
    return find(Workflow, query.order_by("files_due").limit(at_most))


def remove(settings: Settings, workflow_id: str) -> None:
    """Delete a podcast and its script."""
    with reading():
        database(settings).recursive_delete(document(settings, paths.workflow(workflow_id)))
