"""What owners may do to their podcasts: stop them, rename them. (Deleting them is in removing.py.)"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Request, Response

from common.errors import Conflict
from common.events import PODCAST_RENAMED, Event, publish
from common.problems import json_response
from common.settings import Settings
from common.states import WorkflowState
from common.store import workflows
from functions.api_gateway.ownership import cancelled, owned
from functions.api_gateway.reading import described_whole
from functions.api_gateway.requests_schema import RenameRequest


def cancel(settings: Settings, request: Request, owner: str, workflow_id: str) -> Response:
    """Stop making a podcast: no further segment is begun. Cancelling a cancelled one is fine."""
    workflow = cancelled(settings, owner, workflow_id)
    if workflow.state != WorkflowState.CANCELLED:
        raise Conflict("podcast_ended", f"This podcast is {workflow.state} and cannot be cancelled.")
    return json_response(described_whole(settings, workflow))


def rename(settings: Settings, request: Request, owner: str, workflow_id: str, asked: RenameRequest) -> Response:
    """Give a podcast another title: Lists and feeds show the title at once, its files when they are made anew.

    Each title is counted, by the transform's own result: the count tells the files of one title from another's.
    """
    owned(settings, owner, workflow_id)
    due = datetime.now(UTC) + timedelta(seconds=settings.removed_again_after_s)
    renames = workflows.rename(settings, workflow_id, asked.title, due)
    publish(settings, Event(PODCAST_RENAMED, workflow_id, {"renames": renames}, str(renames)))
    return json_response(described_whole(settings, owned(settings, owner, workflow_id)))
