"""Podcasts that are made of others: what remaking one and continuing one have in common.

The result is a podcast of its own, so that the one before stays whole until its owner deletes it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Request, Response
from google.api_core import exceptions as google_errors
from google.cloud.firestore_v1 import DocumentSnapshot

from common.clients import RETRY, TIMEOUT, database
from common.documents import STAGES, StageState, WorkflowState, segments_ref
from common.errors import Conflict, ServiceBroken
from common.events import publish
from common.idempotency import Outcome, begin
from common.settings import Settings
from functions.api_gateway import engines
from functions.api_gateway.bodies import json_object
from functions.api_gateway.generating import AGENT, accepted, idempotency_key, record_kept
from functions.api_gateway.ownership import owned, require_kept

logger = logging.getLogger(__name__)

Make = Callable[[DocumentSnapshot, str], Outcome]
"""From the podcast there is, and the id of the one there is to be, what makes it so."""


def derive(settings: Settings, request: Request, owner: str, workflow_id: str, purpose: str, make: Make) -> Response:
    """Answer as `generate` does. A repetition with the same `X-Idempotency-Key` is the same podcast."""
    digest = hashlib.sha256(f"{owner}\n{purpose}\n{idempotency_key(request)}".encode()).hexdigest()
    new_id = digest[:32]
    claim = begin(
        database(settings), AGENT, digest, {purpose: workflow_id, **json_object(request)}, kept=record_kept(settings)
    )
    if isinstance(claim, Outcome):
        require_kept(settings, owner, new_id)
    else:
        try:
            workflow = owned(settings, owner, workflow_id)
            if workflow.get("state") != WorkflowState.COMPLETED:
                raise Conflict("podcast_unfinished", f"This podcast is {workflow.get('state')}: it has to be finished.")
            outcome = make(workflow, new_id)
            claim.commit(outcome)
        except BaseException:
            claim.release()
            raise
        claim = outcome
    publish(settings, *claim.events)
    logger.info("%s of %s requested", purpose, workflow_id)
    return accepted(settings, new_id, owner)


def descendant(settings: Settings, workflow: DocumentSnapshot, **changes: Any) -> dict[str, Any]:
    """The document of a podcast that is made of `workflow`: its owner, language and wishes, and nothing done yet."""
    found = workflow.to_dict() or {}
    now = datetime.now(UTC)
    return {
        **{name: found[name] for name in ("owner", "language", "sources", "title")},
        "state": WorkflowState.GENERATING,
        "request": {**found["request"], "inputs": [], "webhook": None, **engines.chosen(settings, found["request"])},
        "made_of": workflow.id,
        "stages": dict.fromkeys(STAGES, StageState.PENDING),
        "segments_total": None,
        "artifacts": None,
        "duration_ms": None,
        "error": None,
        "created_at": now,
        "expires_at": now + timedelta(days=settings.retention_days),
        **changes,
    }


def script_of(settings: Settings, workflow_id: str) -> list[dict[str, Any]]:
    """A podcast's segments, in order."""
    try:
        query = segments_ref(database(settings), workflow_id).order_by("index")
        return [snapshot.to_dict() or {} for snapshot in query.stream(retry=RETRY, timeout=TIMEOUT)]
    except google_errors.GoogleAPIError as error:
        raise ServiceBroken("store_unreachable", "The script cannot be read just now.") from error
