"""The pipeline: what follows from each event. Every function here may run twice, late or out of order."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from google.api_core import exceptions as google_errors
from google.cloud.firestore_v1 import DocumentSnapshot, FieldFilter
from google.cloud.firestore_v1._helpers import LastUpdateOption

from common.clients import RETRY, TIMEOUT, database
from common.documents import (
    STAGES,
    SegmentState,
    StageState,
    WorkflowState,
    count,
    segment_id,
    segment_ref,
    segments_ref,
    workflow_ref,
)
from common.errors import ServiceBroken, WorkflowGone
from common.settings import Settings
from common.tasks import enqueue
from functions.orchestrator import cold_open, lookahead

logger = logging.getLogger(__name__)

Step = Callable[[Settings, str, dict[str, Any]], None]


def advance(settings: Settings, event_type: str, workflow_id: str, data: dict[str, Any]) -> None:
    """Take the step that follows from an event. Raises WorkflowGone, ServiceBroken, and GoogleAPIError where
    Firestore cannot be reached."""
    step = STEPS.get(event_type)
    if step is None:
        logger.warning("no step follows from an event of type %r", event_type)
        return
    step(settings, workflow_id, data)


def requested(settings: Settings, workflow_id: str, data: dict[str, Any]) -> None:
    """Sources are read and the cold open is voiced side by side, so that sound starts while there is no script yet.

    The cold open is scripted before anybody reads: a script goes on after it, however quick the harvester is.
    """
    workflow = _generating(settings, workflow_id)
    if workflow is None:
        return
    greeting = cold_open.greeting(workflow.to_dict() or {})
    script = database(settings).batch()
    for segment in greeting:
        script.create(segment_ref(database(settings), workflow_id, segment["index"]), segment)
    try:
        script.commit(retry=RETRY, timeout=TIMEOUT)
    except google_errors.AlreadyExists:
        logger.info("the cold open is scripted already")
    for segment in greeting:
        forge(settings, workflow_id, {**data, "index": segment["index"]})
    if workflow.get("stages.harvest") == StageState.DONE:  # made of another podcast, whose sources it was given
        harvested(settings, workflow_id, data)
        return
    body = {"workflow_id": workflow_id}
    _enqueue(settings, "content_harvester", f"{workflow_id}-harvest", workflow_id, body, data)


def harvested(settings: Settings, workflow_id: str, data: dict[str, Any]) -> None:
    workflow = _generating(settings, workflow_id)
    if workflow is None:
        return
    _enqueue(settings, "script_weaver", f"{workflow_id}-weave", workflow_id, {"workflow_id": workflow_id}, data)
    if workflow.get("stages.weave") == StageState.PENDING:
        _set_stages(settings, workflow, weave=StageState.RUNNING)


def scripted(settings: Settings, workflow_id: str, data: dict[str, Any]) -> None:
    """A turn is voiced as soon as it is written, unless nobody is anywhere near it."""
    if settings.lookahead_segments:
        workflow = _generating(settings, workflow_id)
        if workflow is None or int(data["index"]) >= lookahead.reach(settings, workflow.to_dict() or {}):
            return
    forge(settings, workflow_id, data)


def wanted(settings: Settings, workflow_id: str, data: dict[str, Any]) -> None:
    """Somebody has come further, or asks for all of it (no `segments` are named then)."""
    workflow = _generating(settings, workflow_id)
    if workflow is None:
        return
    for index in lookahead.extend(settings, workflow, int(data.get("segments", lookahead.EVERYTHING))):
        forge(settings, workflow_id, {"index": index})


def forge(settings: Settings, workflow_id: str, data: dict[str, Any]) -> None:
    index = int(data["index"])
    body = {"workflow_id": workflow_id, "index": index}
    _enqueue(settings, "voice_forge", f"{workflow_id}-forge-{segment_id(index)}", workflow_id, body, data)


def master_when_voiced(settings: Settings, workflow_id: str, data: dict[str, Any]) -> None:
    """The fan-in: with the script complete, as many forged segments as it has turns. Counted: a counter runs hot."""
    workflow = _generating(settings, workflow_id)
    if workflow is None:
        return
    total = workflow.get("segments_total")
    if total is None:
        return
    forged = segments_ref(database(settings), workflow_id).where(filter=FieldFilter("state", "==", SegmentState.FORGED))
    if count(forged) < total:
        return
    _enqueue(settings, "mastering", f"{workflow_id}-master", workflow_id, {"workflow_id": workflow_id}, data)
    if workflow.get("stages.master") == StageState.PENDING:
        _set_stages(settings, workflow, forge=StageState.DONE, master=StageState.RUNNING)


def mastered(settings: Settings, workflow_id: str, data: dict[str, Any]) -> None:
    """The podcast is whole. Its editions for other players are made from here on, and nobody waits for them."""
    _enqueue(
        settings, "editions", _titled(f"{workflow_id}-editions", data), workflow_id, {"workflow_id": workflow_id}, data
    )
    done = {f"stages.{stage}": StageState.DONE for stage in STAGES}
    _end(settings, workflow_id, {"state": WorkflowState.COMPLETED, "completed_at": datetime.now(UTC), **done})


def renamed(settings: Settings, workflow_id: str, data: dict[str, Any]) -> None:
    """Have the files of a finished episode made with its new title; one that is not mastered yet will be with that."""
    workflow = _workflow(settings, workflow_id)
    if workflow.get("artifacts"):
        key = _titled(f"{workflow_id}-master", data)
        _enqueue(settings, "mastering", key, workflow_id, {"workflow_id": workflow_id}, data)


def agent_failed(settings: Settings, workflow_id: str, data: dict[str, Any]) -> None:
    """A segment that cannot be voiced is apologized for, once; everything else that is given up ends the workflow."""
    if "index" in data and settings.apologize_for_failed_segments and not data.get("apology"):
        apologize(settings, workflow_id, data)
        return
    fail(settings, workflow_id, str(data["code"]), str(data["message"]), STAGE_OF_AGENT.get(str(data["agent"])))


def apologize(settings: Settings, workflow_id: str, data: dict[str, Any]) -> None:
    """Put an apology in the place of a segment that was given up, and have that voiced. What was `meant` is kept: who
    was at it last may store it yet, and of two recordings the first stays."""
    db = database(settings)
    index = int(data["index"])
    workflow = _generating(settings, workflow_id)
    segment = segment_ref(db, workflow_id, index).get(retry=RETRY, timeout=TIMEOUT)
    if workflow is None or not segment.exists:
        return
    if segment.get("state") == SegmentState.FAILED:
        said = {"text": cold_open.apology(workflow.to_dict() or {}), "meant": segment.get("text")}
        segment.reference.update(
            {**said, "state": SegmentState.SCRIPTED, "apology": True},
            option=LastUpdateOption(segment.update_time),
            retry=RETRY,
            timeout=TIMEOUT,
        )
    body = {"workflow_id": workflow_id, "index": index, "apology": True}
    _enqueue(settings, "voice_forge", f"{workflow_id}-apology-{segment_id(index)}", workflow_id, body, data)


def fail(settings: Settings, workflow_id: str, code: str, message: str, stage: str | None = None) -> None:
    """End a workflow as FAILED, with the reason its listeners are told. A workflow that has ended stays as it is."""
    change: dict[str, Any] = {
        "state": WorkflowState.FAILED,
        "error": {"code": code, "message": message},
        "completed_at": datetime.now(UTC),
    }
    if stage:
        change[f"stages.{stage}"] = StageState.FAILED
    _end(settings, workflow_id, change)


STEPS: dict[str, Step] = {
    "podcast.requested": requested,
    "content.harvested": harvested,
    "script.segment_ready": scripted,
    "podcast.wanted": wanted,
    "script.completed": master_when_voiced,
    "voice.segment_ready": master_when_voiced,
    "podcast.mastered": mastered,
    "podcast.renamed": renamed,
    "agent.failed": agent_failed,
}

STAGE_OF_AGENT = {
    "content_harvester": "harvest",
    "script_weaver": "weave",
    "voice_forge": "forge",
    "mastering": "master",
}


def _generating(settings: Settings, workflow_id: str) -> DocumentSnapshot | None:
    """The workflow if it is still being made, None if it has ended. Raises WorkflowGone."""
    snapshot = _workflow(settings, workflow_id)
    return snapshot if snapshot.get("state") == WorkflowState.GENERATING else None


def _workflow(settings: Settings, workflow_id: str) -> DocumentSnapshot:
    snapshot = workflow_ref(database(settings), workflow_id).get(retry=RETRY, timeout=TIMEOUT)
    if not snapshot.exists:
        raise WorkflowGone
    return snapshot


def _set_stages(settings: Settings, workflow: DocumentSnapshot, **stages: StageState) -> None:
    """Tell how far it is. Only news for people: where something else has moved on meanwhile, that is better news."""
    try:
        workflow.reference.update(
            {f"stages.{stage}": state for stage, state in stages.items()},
            option=LastUpdateOption(workflow.update_time),
            retry=RETRY,
            timeout=TIMEOUT,
        )
    except google_errors.FailedPrecondition:
        logger.info("the workflow has moved on meanwhile")


def _end(settings: Settings, workflow_id: str, change: dict[str, Any]) -> None:
    """Move a workflow out of GENERATING, unless it has left it. The precondition decides between two that end it."""
    workflow = _generating(settings, workflow_id)
    if workflow is None:
        return
    if (workflow.get("request") or {}).get("webhook"):  # first, so that dying here loses nothing: it waits for the end
        _enqueue(settings, "webhooks", f"{workflow_id}-webhook", workflow_id, {"workflow_id": workflow_id}, {})
    try:
        workflow.reference.update(change, option=LastUpdateOption(workflow.update_time), retry=RETRY, timeout=TIMEOUT)
    except google_errors.FailedPrecondition as error:
        raise ServiceBroken("state_changed", "The workflow changed meanwhile; tell this again.") from error


def _titled(key: str, data: dict[str, Any]) -> str:
    """The key of work that is done once for each title that a podcast is given."""
    return f"{key}-{data['renames']}" if data.get("renames") else key


def _enqueue(
    settings: Settings, agent: str, key: str, workflow_id: str, body: dict[str, Any], data: dict[str, Any]
) -> None:
    """Have an agent do the work `key`, once. Where `data` says `again`, it is asked once more for the same work: what
    it has done it does not do again, but tells again."""
    url = str(getattr(settings, f"{agent}_url"))
    again = data.get("again")
    name = f"{key}-again-{again}" if again else key
    enqueue(settings, agent=agent, url=url, name=name, key=key, workflow_id=workflow_id, body=body)
