"""Ownership of a podcast: the one look-up common to every route."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from common.errors import Conflict, ServiceBroken, WorkflowGone
from common.records import Workflow
from common.settings import Settings
from common.states import WorkflowState
from common.store import workflows
from common.store.access import Changed


def owned(settings: Settings, owner: str, workflow_id: str) -> Workflow:
    """Return the workflow. Raises WorkflowGone for another's as for none: whether it exists is nobody else's
    business."""
    if len(workflow_id) != 32 or not workflow_id.isalnum() or not workflow_id.isascii():
        raise WorkflowGone
    workflow = workflows.read(settings, workflow_id)
    if workflow.owner != owner:
        raise WorkflowGone
    return workflow


def require_kept(settings: Settings, owner: str, workflow_id: str) -> Workflow:
    """Return the podcast of a repeated request. Raises Conflict where that has been deleted."""
    try:
        return owned(settings, owner, workflow_id)
    except WorkflowGone:
        detail = "The podcast of this idempotency key was deleted; ask with another key."
        raise Conflict("podcast_deleted", detail) from None


def cancelled(settings: Settings, owner: str, workflow_id: str) -> Workflow:
    """Return the workflow, no longer GENERATING. The agents write to the workflow at the same time, so a lost race is
    run again."""
    for _ in range(10):
        workflow = owned(settings, owner, workflow_id)
        if not workflow.generating:
            return workflow
        ended = replace(workflow, state=WorkflowState.CANCELLED, completed_at=datetime.now(UTC))
        with suppress(Changed):
            workflows.change(settings, workflow, ended)
    raise ServiceBroken("state_contended", "The podcast could not be cancelled; ask again.")
