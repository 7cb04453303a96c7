"""What owners may do to their podcasts: stop them, rename them. (Deleting them is in removing.py.)"""

from __future__ import annotations

from flask import Request, Response
from google.api_core import exceptions as google_errors
from google.cloud.firestore_v1 import Increment

from common.clients import RETRY, TIMEOUT, database
from common.documents import WorkflowState
from common.errors import Conflict, NotFound, ServiceBroken
from common.events import PODCAST_RENAMED, Event, publish
from common.problems import json_response
from common.settings import Settings
from functions.api_gateway.ownership import cancelled, owned
from functions.api_gateway.reading import described_whole
from functions.api_gateway.requests_schema import RenameRequest


def cancel(settings: Settings, request: Request, owner: str, workflow_id: str) -> Response:
    """Stop making a podcast: no further segment is begun. Cancelling a cancelled one is fine."""
    workflow = cancelled(settings, owner, workflow_id)
    if workflow.get("state") != WorkflowState.CANCELLED:
        raise Conflict("podcast_ended", f"This podcast is {workflow.get('state')} and cannot be cancelled.")
    return json_response(described_whole(settings, workflow))


def rename(settings: Settings, request: Request, owner: str, workflow_id: str, asked: RenameRequest) -> Response:
    """Give a podcast another title: Lists and feeds show it at once, its files when they are made anew.

    Each title is counted, by the transform's own result: that is what tells the files of one from those of another.
    """
    workflow = owned(settings, owner, workflow_id)
    batch = database(settings).batch()
    batch.update(workflow.reference, {"title": asked.title, "renames": Increment(1)})
    try:
        [written] = batch.commit(retry=RETRY, timeout=TIMEOUT)
    except google_errors.NotFound:
        raise NotFound("podcast_unknown", "There is no podcast of this id.") from None
    except google_errors.GoogleAPIError as error:
        raise ServiceBroken("store_unreachable", "The podcast could not be renamed; ask again.") from error
    renames = int(written.transform_results[0].integer_value)
    publish(settings, Event(PODCAST_RENAMED, workflow_id, {"renames": renames}, str(renames)))
    return json_response(described_whole(settings, owned(settings, owner, workflow_id)))
