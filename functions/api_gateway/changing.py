"""What owners may do to their podcasts: stop them, rename them. (Deleting them is in removing.py.)"""

from __future__ import annotations

from flask import Request, Response

from common.errors import Conflict
from common.events import PODCAST_RENAMED, Event, publish
from common.problems import json_response
from common.settings import Settings
from common.states import WorkflowState
from common.store import workflows
from functions.api_gateway.bodies import json_object
from functions.api_gateway.callers import spend
from functions.api_gateway.ownership import cancelled, owned
from functions.api_gateway.reading import described_whole
from functions.api_gateway.requests_schema import parse_rename


def cancel(settings: Settings, request: Request, owner: str, workflow_id: str) -> Response:
    """Stop making a podcast: no further segment is begun. Cancelling a cancelled one is fine."""
    workflow = cancelled(settings, owner, workflow_id)
    if workflow.state != WorkflowState.CANCELLED:
        raise Conflict("podcast_ended", f"This podcast is {workflow.state} and cannot be cancelled.")
    return json_response(described_whole(settings, workflow))


def rename(settings: Settings, request: Request, owner: str, workflow_id: str) -> Response:
    """Give a podcast another title: `{"title": …}`. Lists and feeds show it at once, its files when they are made anew.

    Each title is counted, by the transform's own result: that is what tells the files of one from those of another.
    """
    spend(settings)
    title = parse_rename(json_object(request)).title
    owned(settings, owner, workflow_id)
    renames = workflows.rename(settings, workflow_id, title)
    publish(settings, Event(PODCAST_RENAMED, workflow_id, {"renames": renames}, str(renames)))
    return json_response(described_whole(settings, owned(settings, owner, workflow_id)))
