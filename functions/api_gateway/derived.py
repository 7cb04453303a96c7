"""Podcasts made of others: the common part of remaking and continuing a podcast.

The result is a podcast of its own, so that the podcast before stays whole until its owner deletes it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import replace

from flask import Request, Response

from common.errors import Conflict
from common.events import publish
from common.idempotency import Outcome, begin
from common.records import Workflow
from common.settings import Settings
from common.states import WorkflowState
from functions.api_gateway import engines
from functions.api_gateway.bodies import json_object
from functions.api_gateway.generating import AGENT, accepted, idempotency_key, new_id, new_workflow, record_kept
from functions.api_gateway.ownership import owned, require_kept

logger = logging.getLogger(__name__)

Make = Callable[[Workflow, str], Outcome]
"""From the podcast there is, and the id of the one there is to be, what makes it so."""


def derive(settings: Settings, request: Request, owner: str, workflow_id: str, purpose: str, make: Make) -> Response:
    """Answer as `generate` does. A repetition with the same `X-Idempotency-Key` is the same podcast."""
    digest = hashlib.sha256(f"{owner}\n{purpose}\n{idempotency_key(request)}".encode()).hexdigest()
    claim = begin(settings, AGENT, digest, {purpose: workflow_id, **json_object(request)}, kept=record_kept(settings))
    if isinstance(claim, Outcome):
        made = str(claim.result["workflow_id"])
        require_kept(settings, owner, made)
    else:
        made = new_id(digest, claim.created.isoformat())
        claim = claim.settle(lambda: make(_finished(settings, owner, workflow_id), made))
    publish(settings, *claim.events)
    logger.info("%s of %s requested", purpose, workflow_id)
    return accepted(settings, request, claim, owner)


def _finished(settings: Settings, owner: str, workflow_id: str) -> Workflow:
    """Return the owner's podcast. Raises WorkflowGone, or Conflict where the podcast is not finished."""
    workflow = owned(settings, owner, workflow_id)
    if workflow.state != WorkflowState.COMPLETED:
        raise Conflict("podcast_unfinished", f"This podcast is {workflow.state}: it has to be finished.")
    return workflow


def descendant(settings: Settings, workflow: Workflow, new_id: str) -> Workflow:
    """Return a podcast that is made of `workflow`: its owner, title, language, sources and wishes, and nothing done
    yet."""
    wishes = replace(
        workflow.request, inputs=[], webhook=None, draft=False, **engines.chosen(settings, workflow.request)
    )
    new = new_workflow(settings, new_id, workflow.owner, workflow.title, workflow.language, wishes)
    return replace(new, made_of=workflow.id, sources=workflow.sources)
