"""Podcast Script Weaver Agent (PSWA): clean sources become dialogue, one spoken segment at a time.

The writer itself is a model behind AIMS. Each turn is committed the moment it is complete, and told, so that it is
voiced while the next is being written. `create()` of a segment's document is its lock: of two weavers at the same
script, one finds the next turn taken and stops. A weaver that is retried reads what was committed and has the writer go
on after it: a model may say something else the second time, a listener never hears it twice.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from functools import cache
from typing import Any

import functions_framework
from flask import Request, Response
from google.api_core import exceptions as google_errors

from common.agent import Outcome, Task, agent_failed, run_task, task_status
from common.blobs import read_object
from common.clients import RETRY, TIMEOUT, database
from common.documents import StageState, WorkflowState, new_segment, segment_ref, segments_ref, workflow_ref
from common.errors import AethercastError, EngineBroken, LeaseLost, NotFound, Refused, ServiceBroken
from common.events import SCRIPT_COMPLETED, SCRIPT_SEGMENT_READY, Event, publish
from common.hosts import hosts_of
from common.names import sources_object
from common.services import error_from, service
from common.settings import Settings
from functions.script_weaver.pauses import pause_before

AGENT = "script_weaver"
TURN_TIMEOUT_S = 600.0
"""How long the writer may be at one turn: many long sources are condensed before the first chapter. A model that hangs
is given up much sooner, by who asks it."""


@cache
def settings() -> Settings:
    return Settings.from_env(
        needs=("google_cloud_project", "audio_bucket", "script_weaver_url", "model_serving_url", "tasks_invoker")
    )


@functions_framework.http
def weave_script_task(request: Request) -> Response:
    """POST: weave the script that a task names. GET /v1/tasks/{task_id}: how that work stands."""
    if request.method == "GET":
        return task_status(settings(), request, AGENT, url=settings().script_weaver_url)
    return run_task(
        request, settings(), agent=AGENT, url=settings().script_weaver_url, work=weave, given_up=script_failed
    )


def weave(task: Task) -> Outcome:
    """Write what is missing of the script, and commit how long it has become."""
    try:
        workflow = _workflow(task.workflow_id)
        if workflow["state"] != WorkflowState.GENERATING:  # before a model is asked for anything
            return Outcome({"skipped": workflow["state"]})
        written = _written(task.workflow_id)
        opened = sum(segment["kind"] == "cold_open" for segment in written)
        if task.attempt > 1:  # the last attempt may have died between committing a turn and telling it
            publish(settings(), *(_ready(task.workflow_id, segment["index"]) for segment in written[opened:]))
        index, before, weaver = len(written), written[-1], uuid.uuid4().hex
        for turn in _turns(task.workflow_id, workflow, written):
            if _workflow(task.workflow_id)["state"] != WorkflowState.GENERATING:
                return Outcome({"skipped": "the workflow has ended"})
            _commit(task.workflow_id, workflow, index, turn, pause_before(turn, before), weaver)
            index, before = index + 1, turn
    except google_errors.GoogleAPIError as error:
        raise ServiceBroken("store_unreachable", "The script cannot be read or stored.") from error
    if index == opened:
        raise EngineBroken("engine_wrote_nothing", "The writer ended without a single turn.")
    reference = workflow_ref(database(settings()), task.workflow_id)
    return Outcome(
        {"segments": index},
        writes=lambda batch: batch.update(reference, {"segments_total": index, "stages.weave": StageState.DONE}),
        events=(Event(SCRIPT_COMPLETED, task.workflow_id, {"segments": index}),),
    )


def script_failed(task: Task, error: AethercastError) -> Outcome:
    return Outcome({"error": error.code}, events=(agent_failed(AGENT, task.workflow_id, error),), failed=True)


def _turns(workflow_id: str, workflow: dict[str, Any], written: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The turns that follow those `written`, as the writer completes them.

    Raises the writer's own typed error, EngineBroken where its answer ends without saying that it is complete.
    """
    material = json.loads(read_object(settings(), sources_object(workflow_id)))
    request = {
        "workflow_id": workflow_id,
        "engine": workflow["request"].get("language_engine"),
        "language": workflow["language"],
        "title": workflow["title"],
        "minutes": workflow["request"]["minutes"],
        "style": workflow["request"]["style"],
        "hosts": hosts_of(workflow),
        "sources": material["sources"],
        "said": [{fact: turn[fact] for fact in ("kind", "speaker", "text", "chapter")} for turn in written],
    }
    with service(settings().model_serving_url).stream("/v1/dialogue", request, timeout=TURN_TIMEOUT_S) as lines:
        for line in lines:
            message = json.loads(line)
            match message["type"]:
                case "turn":
                    yield message
                case "end":
                    return
                case "error":
                    raise error_from(message["status"], message["code"], message["detail"])
    raise EngineBroken("engine_broke_off", "The writer broke off in mid-script.")


def _commit(
    workflow_id: str, workflow: dict[str, Any], index: int, turn: dict[str, Any], pause_ms: int, weaver: str
) -> None:
    """Commit one turn as segment `index`, and tell it. Raises LeaseLost where another `weaver` was there first."""
    voices = {host["name"]: host["voice"] for host in hosts_of(workflow)}
    segment = new_segment(
        index,
        kind=turn["kind"],
        speaker=turn["speaker"],
        voice=voices[turn["speaker"]],
        language=workflow["language"],
        text=turn["text"],
        chapter=turn["chapter"],
        source=turn["source"],
        pause_before_ms=pause_ms,
        expires_at=workflow["expires_at"],
        weaver=weaver,
    )
    reference = segment_ref(database(settings()), workflow_id, index)
    try:
        reference.create(segment, retry=RETRY, timeout=TIMEOUT)
    except google_errors.GoogleAPIError:
        # The turn may have landed, and its answer have been lost on the way or come too late
        found = reference.get(retry=RETRY, timeout=TIMEOUT).to_dict()
        if found is None:
            raise
        if found.get("weaver") != weaver:
            raise LeaseLost("turn_taken", "Another weaver is at this script.") from None
    publish(settings(), _ready(workflow_id, index))


def _workflow(workflow_id: str) -> dict[str, Any]:
    workflow = workflow_ref(database(settings()), workflow_id).get(retry=RETRY, timeout=TIMEOUT).to_dict()
    if workflow is None:
        raise NotFound("workflow_unknown", "There is no such podcast.")
    return workflow


def _written(workflow_id: str) -> list[dict[str, Any]]:
    """The segments there are, in order. The cold open is always among them: it is scripted before sources are read."""
    query = segments_ref(database(settings()), workflow_id).order_by("index")
    written = [snapshot.to_dict() or {} for snapshot in query.stream(retry=RETRY, timeout=TIMEOUT)]
    if [segment["index"] for segment in written] != list(range(len(written))) or not written:
        raise Refused("script_torn", "The script has a gap, and cannot be continued.")
    return written


def _ready(workflow_id: str, index: int) -> Event:
    return Event(SCRIPT_SEGMENT_READY, workflow_id, {"index": index}, subject=str(index))
