"""Drafts: scripts that are written, edited in their place, and voiced only once their owner approves of them."""

from __future__ import annotations

from dataclasses import replace

from flask import Request, Response

from common.errors import Busy, Conflict
from common.events import PODCAST_WANTED, Event, publish
from common.problems import json_response
from common.records import Workflow
from common.settings import Settings
from common.store import segments, workflows, writes
from common.store.access import Changed
from functions.api_gateway.ownership import owned
from functions.api_gateway.reading import described_whole
from functions.api_gateway.remaking import edited
from functions.api_gateway.requests_schema import EditRequest


def edit(settings: Settings, request: Request, owner: str, workflow_id: str, asked: EditRequest) -> Response:
    """Edit the script of a draft: `{"index": 3, "text": …}` or `{"index": 4, "remove": true}`."""
    workflow = _draft(owned(settings, owner, workflow_id))
    if not workflow.draft:
        raise Conflict("podcast_approved", "This script is approved, and being voiced.")
    _store(settings, workflow, asked, approved=False)
    return json_response(described_whole(settings, owned(settings, owner, workflow_id)))


def approve(settings: Settings, request: Request, owner: str, workflow_id: str, asked: EditRequest) -> Response:
    """Have a draft voiced, with its last edits. To approve an approved one is fine, and edits nothing.

    Whether the news of an approval was told may be unknown after a failure: each repetition tells it again.
    """
    workflow = _draft(owned(settings, owner, workflow_id))
    if workflow.draft:
        _store(settings, workflow, asked, approved=True)
    publish(settings, Event(PODCAST_WANTED, workflow_id, {"segments": 0}))
    return json_response(described_whole(settings, owned(settings, owner, workflow_id)))


def _draft(workflow: Workflow) -> Workflow:
    """Raise Conflict for what is no draft, or none any more, or is not whole."""
    if not workflow.request.draft:
        raise Conflict("podcast_no_draft", "This podcast was not asked for as a draft.")
    if not workflow.generating:
        raise Conflict("podcast_ended", f"This podcast is {workflow.state}.")
    if workflow.segments_total is None:
        raise Conflict("podcast_unfinished", "Its script is still being written.")
    return workflow


def _store(settings: Settings, workflow: Workflow, asked: EditRequest, *, approved: bool) -> None:
    """All edits, the new length and the approval, or none. Raises Busy where somebody else was quicker."""
    script = segments.script(settings, workflow.id)
    after = [replace(each, expires_at=workflow.expires_at) for each in edited(script, asked)]
    whole = replace(workflow, segments_total=len(after), approved=approved)
    try:
        writes.commit(
            settings,
            workflows.fenced_change(workflow, whole),
            *segments.rewritten(workflow.id, script, after),
        )
    except Changed:
        raise Busy("state_changed", "This script has been changed meanwhile; look at it, and ask again.") from None
