"""Deleting a podcast, so that nothing of the podcast is left: its objects, its documents, its rights to listen.

A podcast is removed twice. An agent at work on the podcast during the deletion may store one more thing already begun,
an object or a turn, and no agent may delete anything. Work begun afterwards finds no podcast, and stores nothing. So
once everything under way must have ended, the sweeper has the gateway remove the podcast again, and that is the end.
A note in `removals` says so; the note is made first, so that an interrupted deletion is completed, too.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Request, Response

from common.artifacts import FILES
from common.blobs import delete_objects, object_names
from common.names import episode_file, episode_object, parse_gs_uri, request_prefix, workflow_of, workflow_prefix
from common.policy import POLICIES
from common.problems import json_response
from common.settings import Settings
from common.states import WorkflowState
from common.store import places, removals, shares, streams, work, workflows
from functions.api_gateway.generating import AGENT, KEY_DIGITS
from functions.api_gateway.ownership import cancelled
from functions.api_gateway.requests_schema import RemovalRequest


def delete(settings: Settings, request: Request, owner: str, workflow_id: str) -> Response:
    """Remove a podcast. Its making is stopped first."""
    cancelled(settings, owner, workflow_id)
    due = datetime.now(UTC) + timedelta(seconds=settings.removed_again_after_s)
    removals.note(settings, workflow_id, due)
    # The gateway's own record stays for now: a request that is repeated late is to find that this was deleted
    _remove(settings, workflow_id)
    return Response(status=204)


def remove_again(settings: Settings, request: Request, asked: RemovalRequest) -> Response:
    """Remove objects and documents made after a deletion. Of podcasts never deleted, remove nothing.

    Inputs stored by attempts at the same request that died before their commit go, too, such as a script of the
    caller's own: no other podcast comes of the request while its record is there.
    """
    due = removals.noted(settings, asked.workflow_id)
    if due:
        digits = asked.workflow_id[:KEY_DIGITS]
        _remove(settings, asked.workflow_id)
        for attempt in {workflow_of(name) for name in object_names(settings, request_prefix(digits))}:
            workflows.remove(settings, attempt)
        delete_objects(settings, request_prefix(digits))
        work.remove_all(settings, digits, (AGENT,))
        removals.forget(settings, asked.workflow_id)
    return json_response({"removed": due})


def remove_leftovers(settings: Settings, request: Request, asked: RemovalRequest) -> Response:
    """Remove what nothing of a finished podcast leads to: files of its earlier titles, parts that files were made of.

    What is younger than the longest work may last is left alone: somebody may be at it.
    """
    workflow = workflows.read(settings, asked.workflow_id)
    removed = 0
    if workflow.state == WorkflowState.COMPLETED:
        led_to = {parse_gs_uri(uri)[1] for uri in (workflow.artifacts or {}).values()}
        present = {episode_file(workflow.id, workflow.renames, file.name) for file in FILES.values()}
        before = datetime.now(UTC) - timedelta(seconds=settings.removed_again_after_s)
        folder = episode_object(workflow.id, "")
        removed = delete_objects(settings, folder, but=led_to | present, before=before)
    return json_response({"removed": removed > 0})


def _remove(settings: Settings, workflow_id: str) -> None:
    delete_objects(settings, workflow_prefix(workflow_id))
    streams.remove_all(settings, workflow_id)
    shares.remove_all(settings, workflow_id)
    places.remove(settings, workflow_id)
    work.remove_all(settings, workflow_id, POLICIES)
    workflows.remove(settings, workflow_id)
