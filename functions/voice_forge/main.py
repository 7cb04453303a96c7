"""Voice Forge Agent (VFA): a segment of script becomes audio in Cloud Storage.

`forge_voice_task` is the target of a named Cloud Task each segment, and answers `GET /v1/tasks/{task_id}`. AIMS
synthesizes, encodes and stores; this agent commits the facts of the sound (where, how many packets) and publishes an
event. The first segments, which somebody may wait for, are committed with their sound while their objects are still
being stored: an object is then what a repeated attempt finds, lest a voice be paid for twice.

(The seed has AIMS answer with a task of its own to poll; a waiting call of a second or two saves a hop and a bill.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import functions_framework
from flask import Request, Response

from common import openings, speech
from common.agent import NEEDS as EVERY_AGENTS
from common.agent import Outcome, Task, agent_failed, run_task
from common.beside import beside
from common.errors import AethercastError
from common.events import VOICE_SEGMENT_READY, Event
from common.hosts import VOICES, hosts_of
from common.names import segment_object
from common.policy import OPENING, POLICIES
from common.readiness import load_on_start
from common.records import Opening, Segment, Workflow
from common.services import BEGINS_WITHIN_S, private_service
from common.settings import Settings
from common.speech import Speech
from common.states import SegmentState
from common.store import openings as kept
from common.store import segments, usage
from common.store.writes import Write

AGENT = "voice_forge"
EMBEDDED_ENGINE = "espeak"
"""Speaks whatever a podcast's own engine would not: it needs nothing, and is in every deployment."""
SPEECH_TIMEOUT_S = 60.0
MOST_SOUND_BYTES = 200_000
"""Of a segment that is handed on in its document, which has 1 MiB at most: the first turns are shorter than half a
minute. https://firebase.google.com/docs/firestore/quotas"""

NEEDS = (*EVERY_AGENTS, "models")
load_on_start(*NEEDS)


@cache
def settings() -> Settings:
    return Settings.from_env(
        needs=(
            "google_cloud_project",
            "audio_bucket",
            "voice_forge_url",
            "model_serving_url",
            "tasks_invoker",
            "events_invoker",
            "authenticator_key",
        )
    )


@functions_framework.http
def forge_voice_task(request: Request) -> Response:
    """POST: forge the segment that a task names. GET /v1/tasks/{task_id}: how that work stands."""
    return run_task(
        request,
        settings(),
        agent=AGENT,
        url=settings().voice_forge_url,
        work=forge,
        given_up=segment_failed,
        reads=_read,
        prepared=NEEDS,
    )


@dataclass(frozen=True)
class _Found:
    """A segment and its podcast; of a breath of an opening also its `key`, and the kept sound."""

    workflow: Workflow
    segment: Segment
    key: str | None
    opening: Opening | None


def _read(workflow_id: str, body: dict[str, Any]) -> _Found:
    workflow, segment = segments.read_with_workflow(settings(), workflow_id, int(body["index"]))
    key = None if segment.embedded else openings.key_of(settings(), workflow.owner, workflow.request, segment)
    return _Found(workflow, segment, key, kept.read(settings(), [key]).get(key) if key else None)


def forge(task: Task) -> Outcome:
    """Have the segment voiced, and commit the result."""
    index = int(task.body["index"])
    found: _Found = task.read()
    workflow, segment = found.workflow, found.segment
    if not workflow.audible:  # cancelled or failed meanwhile: no more money is spent on it
        return Outcome({"skipped": workflow.state})
    if segment.state == SegmentState.FORGED:
        return Outcome({"skipped": "forged before"}, events=(_ready(task.workflow_id, index),))
    if found.opening:  # of a draft, or of who came a moment too early
        forged = replace(openings.voiced_with(segment, found.opening), calls=_paid_before(task, segment))
        return _voiced(task, segment, forged)

    policy = POLICIES[AGENT]
    others = {"workflow_id": task.workflow_id, "retried": task.attempt > 1}
    if segment.embedded:
        others |= {"engine": EMBEDDED_ENGINE, "voice": _embedded_voice(workflow, segment)}
    forging_at = datetime.now(UTC)
    said, stored = private_service(settings(), settings().model_serving_url).post_early(
        speech.PATH,
        speech.wanted(
            workflow.request,
            segment,
            calls=min(policy.calls_an_attempt, policy.calls - _paid_before(task, segment)),
            stored_as=segment_object(task.workflow_id, index),
            # What is said in another's place gives way to a recording of that which is there after all
            return_sound=index < OPENING and not (segment.apology or segment.embedded),
            **others,
        ),
        read=Speech.read,
        timeout=(*BEGINS_WITHIN_S, SPEECH_TIMEOUT_S),
    )
    at_once = 0 < len(said.sound) <= MOST_SOUND_BYTES
    if not at_once:
        said = stored()
    forged = replace(
        segment,
        state=SegmentState.FORGED,
        audio=None if at_once else said.uri,
        sound=said.sound if at_once else b"",
        packets=said.packets,
        pre_skip=said.pre_skip,
        duration_ms=said.duration_ms,
        engine=said.engine,
        characters=said.characters,
        calls=_paid_before(task, segment) + said.calls,
        forging_at=forging_at,
        forged_at=datetime.now(UTC),
    )
    if said.other_words and segment.meant is not None:  # no need to apologize: it was voiced after all
        forged = replace(forged, text=segment.meant)
    beside_it: list[Callable[[], Any]] = [stored]
    if found.key and said.sound and said.version == settings().speech_version:
        # Beside the commit, after which nobody comes back; where it fails, the next podcast is voiced as this one
        keeping = beside(kept.keep, settings(), openings.opening_of(settings(), found.key, said.sound, forged))
        beside_it.append(keeping.result)
    spent = usage.voiced(workflow, segment.index, said.engine, said.characters)
    return replace(_voiced(task, segment, forged, spent), rest=lambda: [wait() for wait in beside_it])


def _voiced(task: Task, segment: Segment, forged: Segment, spent: tuple[Write, ...] = ()) -> Outcome:
    return Outcome(
        {"uri": forged.audio, "packets": forged.packets, "duration_ms": forged.duration_ms},
        writes=(segments.fenced_change(task.workflow_id, segment, forged), *spent),
        events=(_ready(task.workflow_id, segment.index),),
    )


def segment_failed(task: Task, error: AethercastError) -> Outcome:
    """Mark the segment FAILED and publish so, unless already voiced. What follows is the orchestrator's to know."""
    index = int(task.body["index"])
    _, segment = segments.read_with_workflow(settings(), task.workflow_id, index)
    if segment.state == SegmentState.FORGED:  # by a worker before this one, whose answer was lost
        return Outcome({"skipped": "forged before"}, events=(_ready(task.workflow_id, index),))
    failed = replace(
        segment,
        state=SegmentState.FAILED,
        error={"code": error.code, "message": error.detail},
        calls=_paid_before(task, segment) + (error.calls or 0),
    )
    asked = {name: True for name in ("apology", "embedded") if task.body.get(name)}
    return Outcome(
        {"error": error.code},
        writes=(segments.fenced_change(task.workflow_id, segment, failed),),
        events=(agent_failed(AGENT, task.workflow_id, error, index=index, **asked),),
        failed=True,
    )


def _paid_before(task: Task, segment: Segment) -> int:
    """Return the calls of a paid engine that a segment has cost before this attempt.

    An attempt that died counts with all calls left to make at its start, but not at the embedded engine, which costs
    nothing; without any calls left an attempt counts for nothing.
    """
    return segment.calls if segment.embedded else min(segment.calls + task.calls, POLICIES[AGENT].calls)


def _embedded_voice(workflow: Workflow, segment: Segment) -> str:
    """Return the voice of the same host, as the embedded engine has it, whatever the podcast's own engine calls
    theirs."""
    names = [host["name"] for host in hosts_of(workflow.request)]
    place = names.index(segment.speaker) if segment.speaker in names else 0
    return VOICES[place]


def _ready(workflow_id: str, index: int) -> Event:
    return Event(VOICE_SEGMENT_READY, workflow_id, {"index": index}, subject=str(index))
