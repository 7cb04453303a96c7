"""Drafts: scripts written, edited in their place, and voiced only once their owner approves of them."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from flask import Request, Response

from common.errors import Conflict
from common.events import PODCAST_WANTED, Event, publish
from common.idempotency import Outcome, begin
from common.problems import json_response
from common.records import Workflow
from common.settings import Settings
from common.store import segments, workflows
from functions.api_gateway.bodies import json_object
from functions.api_gateway.generating import AGENT, KEY_DIGITS, idempotency_key, record_kept
from functions.api_gateway.ownership import owned
from functions.api_gateway.reading import described_whole
from functions.api_gateway.remaking import edited
from functions.api_gateway.requests_schema import EditRequest


def edit(settings: Settings, request: Request, owner: str, workflow_id: str, asked: EditRequest) -> Response:
    """Edit the script of a draft: `{"index": 3, "text": …}` or `{"index": 4, "remove": true}`."""
    return _changed(settings, request, owner, workflow_id, asked, approved=False)


def approve(settings: Settings, request: Request, owner: str, workflow_id: str, asked: EditRequest) -> Response:
    """Have a draft voiced, with its last edits. To approve an approved draft is fine, and edits nothing."""
    return _changed(settings, request, owner, workflow_id, asked, approved=True)


def _changed(
    settings: Settings, request: Request, owner: str, workflow_id: str, asked: EditRequest, *, approved: bool
) -> Response:
    """Answer with the podcast as edited. A repetition with the same `X-Idempotency-Key` changes nothing more: a
    repeated edit would remove the turn after a removed turn, too."""
    purpose = "approve" if approved else "edit"
    digest = hashlib.sha256(f"{owner}\n{purpose}\n{idempotency_key(request)}".encode()).hexdigest()
    digest = f"{workflow_id[:KEY_DIGITS]}{digest}"  # it goes with the podcast (removing.py)
    claim = begin(settings, AGENT, digest, {purpose: workflow_id, **json_object(request)}, kept=record_kept(settings))
    if not isinstance(claim, Outcome):
        claim = claim.settle(lambda: _edited(settings, owned(settings, owner, workflow_id), asked, approved=approved))
    publish(settings, *claim.events)
    return json_response(described_whole(settings, owned(settings, owner, workflow_id)))


def _edited(settings: Settings, workflow: Workflow, asked: EditRequest, *, approved: bool) -> Outcome:
    """List all edits, the new length and the approval, or none. Raises Conflict for a podcast not a draft, or not
    whole."""
    if not workflow.request.draft:
        raise Conflict("podcast_no_draft", "This podcast was not asked for as a draft.")
    if not workflow.generating:
        raise Conflict("podcast_ended", f"This podcast is {workflow.state}.")
    if workflow.segments_total is None:
        raise Conflict("podcast_unfinished", "Its script is still being written.")
    voiced = (Event(PODCAST_WANTED, workflow.id, {"segments": 0}),) if approved else ()
    if workflow.approved:
        if not approved:
            raise Conflict("podcast_approved", "This script is approved, and being voiced.")
        return Outcome({"workflow_id": workflow.id}, events=voiced)
    script = segments.script(settings, workflow.id)
    after = [replace(each, expires_at=workflow.expires_at) for each in edited(script, asked)]
    whole = replace(workflow, segments_total=len(after), approved=approved)
    writes = (workflows.fenced_change(workflow, whole), *segments.rewritten(workflow.id, script, after))
    return Outcome({"workflow_id": workflow.id}, writes=writes, events=voiced)
