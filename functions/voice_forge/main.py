"""Voice Forge Agent (VFA): one segment of script becomes audio in Cloud Storage.

`forge_voice_task` is the target of one named Cloud Task a segment, and answers `GET /v1/tasks/{task_id}`. AIMS
synthesizes, encodes and stores; this agent commits the facts of it (where, how many packets) and tells them. (The seed
has AIMS answer with a task of its own to poll; a call that waits the second or two is one hop and one bill less.)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import functions_framework
from flask import Request, Response
from google.api_core import exceptions as google_errors

from common.agent import Outcome, Task, agent_failed, run_task, task_status
from common.clients import RETRY, TIMEOUT, database
from common.documents import SegmentState, WorkflowState, segment_ref, workflow_ref
from common.errors import AethercastError, ServiceBroken, WorkflowGone
from common.events import VOICE_SEGMENT_READY, Event
from common.hosts import hosts_of
from common.names import segment_object
from common.services import service
from common.settings import Settings

AGENT = "voice_forge"
SPEECH_TIMEOUT_S = 60.0
PAUSES_MS = {"cold_open": 250, "turn": 150, "close": 800}
"""Of silence after a segment, by its kind: a breath. What else a turn is parted from the next by, begins that one."""


@cache
def settings() -> Settings:
    return Settings.from_env(
        needs=("google_cloud_project", "audio_bucket", "voice_forge_url", "model_serving_url", "tasks_invoker")
    )


@functions_framework.http
def forge_voice_task(request: Request) -> Response:
    """POST: forge the segment that a task names. GET /v1/tasks/{task_id}: how that work stands."""
    if request.method == "GET":
        return task_status(settings(), request, AGENT, url=settings().voice_forge_url)
    return run_task(
        request, settings(), agent=AGENT, url=settings().voice_forge_url, work=forge, given_up=segment_failed
    )


def forge(task: Task) -> Outcome:
    """Have the segment voiced, and commit what came of it."""
    index = int(task.body["index"])
    workflow, segment = _read(task.workflow_id, index)
    if workflow["state"] not in {WorkflowState.GENERATING, WorkflowState.COMPLETED}:
        return Outcome({"skipped": workflow["state"]})  # cancelled or failed meanwhile: no more money is spent on it
    if segment["state"] == SegmentState.FORGED:
        return Outcome({"skipped": "forged before"}, events=(_ready(task.workflow_id, index),))

    forging_at = datetime.now(UTC)
    voiced = service(settings().model_serving_url).post(
        "/v1/speech",
        {
            "workflow_id": task.workflow_id,
            "engine": workflow["request"].get("speech_engine"),
            "text": segment["text"],
            "voice": segment["voice"],
            "language": segment["language"],
            "style": workflow["request"]["style"],
            "persona": next((host["persona"] for host in hosts_of(workflow) if host["name"] == segment["speaker"]), ""),
            "pause_before_ms": segment.get("pause_before_ms", 0),
            "pause_ms": PAUSES_MS[segment["kind"]],
            "object": segment_object(task.workflow_id, index),
            "retried": task.attempt > 1,
        },
        read=_Voiced.read,
        timeout=SPEECH_TIMEOUT_S,
    )
    facts = {
        **voiced.facts,
        "state": SegmentState.FORGED,
        "forging_at": forging_at,
        "forged_at": datetime.now(UTC),
    }
    if voiced.other_words and "meant" in segment:  # no need to apologize: it was voiced after all
        facts["text"] = segment["meant"]
    reference = segment_ref(database(settings()), task.workflow_id, index)
    return Outcome(
        {"uri": facts["audio"], "packets": facts["packets"], "duration_ms": facts["duration_ms"]},
        writes=lambda batch: batch.update(reference, facts),
        events=(_ready(task.workflow_id, index),),
    )


@dataclass(frozen=True)
class _Voiced:
    """What AIMS answers: the `facts` of a segment's audio, and whether it says `other_words` than were asked for."""

    facts: dict[str, Any]
    other_words: bool

    @staticmethod
    def read(answer: Any) -> _Voiced:
        facts = {
            "audio": str(answer["uri"]),
            "packets": int(answer["packets"]),
            "pre_skip": int(answer["pre_skip"]),
            "duration_ms": int(answer["duration_ms"]),
            "engine": str(answer["engine"]),
            "characters": int(answer["characters"]),
        }
        return _Voiced(facts, bool(answer.get("other_words")))


def segment_failed(task: Task, error: AethercastError) -> Outcome:
    """Mark the segment FAILED and say so; what follows from that is the orchestrator's to know."""
    index = int(task.body["index"])
    reference = segment_ref(database(settings()), task.workflow_id, index)
    change = {"state": SegmentState.FAILED, "error": {"code": error.code, "message": error.detail}}
    apology = {"apology": True} if task.body.get("apology") else {}
    return Outcome(
        {"error": error.code},
        writes=lambda batch: batch.update(reference, change),
        events=(agent_failed(AGENT, task.workflow_id, error, index=index, **apology),),
        failed=True,
    )


def _read(workflow_id: str, index: int) -> tuple[dict[str, Any], dict[str, Any]]:
    db = database(settings())
    references = [workflow_ref(db, workflow_id), segment_ref(db, workflow_id, index)]
    try:
        found = {
            snapshot.reference.path: snapshot.to_dict()
            for snapshot in db.get_all(references, retry=RETRY, timeout=TIMEOUT)
        }
    except google_errors.GoogleAPIError as error:
        raise ServiceBroken("store_unreachable", "The segment cannot be read.") from error
    workflow, segment = (found[reference.path] for reference in references)
    if workflow is None or segment is None:
        raise WorkflowGone  # of one that is there no segment is ever deleted
    return workflow, segment


def _ready(workflow_id: str, index: int) -> Event:
    return Event(VOICE_SEGMENT_READY, workflow_id, {"index": index}, subject=str(index))
