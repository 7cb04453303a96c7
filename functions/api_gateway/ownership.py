"""Whose podcast it is: the one look-up that every route goes through."""

from __future__ import annotations

from datetime import UTC, datetime

from google.api_core import exceptions as google_errors
from google.cloud.firestore_v1 import DocumentSnapshot
from google.cloud.firestore_v1._helpers import LastUpdateOption

from common.clients import RETRY, TIMEOUT, database
from common.documents import WorkflowState, workflow_ref
from common.errors import Conflict, NotFound, ServiceBroken
from common.settings import Settings


def owned(settings: Settings, owner: str, workflow_id: str) -> DocumentSnapshot:
    """The workflow. Raises NotFound for another's just as for none: whether it exists is nobody else's business."""
    missing = NotFound("podcast_unknown", "There is no podcast of this id.")
    if len(workflow_id) != 32 or not workflow_id.isalnum() or not workflow_id.isascii():
        raise missing
    try:
        snapshot = workflow_ref(database(settings), workflow_id).get(retry=RETRY, timeout=TIMEOUT)
    except google_errors.GoogleAPIError as error:
        raise ServiceBroken("store_unreachable", "Podcasts cannot be read just now.") from error
    if not snapshot.exists or snapshot.get("owner") != owner:
        raise missing
    return snapshot


def require_kept(settings: Settings, owner: str, workflow_id: str) -> None:
    """Raises Conflict where the podcast that a repeated request asked for has been deleted."""
    try:
        owned(settings, owner, workflow_id)
    except NotFound:
        detail = "The podcast of this idempotency key was deleted; ask with another key."
        raise Conflict("podcast_deleted", detail) from None


def cancelled(settings: Settings, owner: str, workflow_id: str) -> DocumentSnapshot:
    """The workflow, no longer GENERATING. The agents write to it at the same time, so a lost race is run again."""
    for _ in range(10):
        workflow = owned(settings, owner, workflow_id)
        if workflow.get("state") != WorkflowState.GENERATING:
            return workflow
        try:
            workflow.reference.update(
                {"state": WorkflowState.CANCELLED, "completed_at": datetime.now(UTC)},
                option=LastUpdateOption(workflow.update_time),
                retry=RETRY,
                timeout=TIMEOUT,
            )
        except google_errors.FailedPrecondition:
            continue
        except google_errors.GoogleAPIError as error:
            raise ServiceBroken("store_unreachable", "The podcast could not be cancelled; ask again.") from error
    raise ServiceBroken("state_contended", "The podcast could not be cancelled; ask again.")
