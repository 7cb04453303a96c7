"""Podcast Script Weaver Agent (PSWA): clean sources become dialogue, one spoken segment at a time.

The writer itself is a model behind AIMS. Each turn is committed and published the moment of its completion, to be
voiced while the next is being written. `create()` of a segment's document is its lock: of two weavers at the same
script, one finds the next turn taken and stops. A retried weaver reads the committed turns and has the writer go on
after the last: a model may say something else the second time, a listener never hears it twice.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from typing import Any, TypedDict, cast

import functions_framework
from flask import Request, Response

from common.agent import NEEDS as EVERY_AGENTS
from common.agent import Outcome, Task, agent_failed, run_task
from common.beside import beside
from common.blobs import read_object
from common.errors import AethercastError, EngineBroken, LeaseLost, Refused, ServiceBroken
from common.events import SCRIPT_COMPLETED, SCRIPT_SEGMENT_READY, Event, publish
from common.hosts import hosts_of
from common.names import sources_object
from common.pauses import pause_before
from common.readiness import load_on_start
from common.records import Material, Segment, Workflow
from common.services import BEGINS_WITHIN_S, error_from, private_service
from common.settings import Settings
from common.states import SegmentState, StageState
from common.store import segments, usage, workflows

AGENT = "script_weaver"
TURN_TIMEOUT_S = 600.0
"""How long the writer may be at one turn: many long sources are condensed before the first chapter. A model that hangs
is given up much sooner, by who asks it."""

NEEDS = (*EVERY_AGENTS, "storage", "models")
load_on_start(*NEEDS)


@cache
def settings() -> Settings:
    return Settings.from_env(
        needs=(
            "google_cloud_project",
            "audio_bucket",
            "script_weaver_url",
            "model_serving_url",
            "tasks_invoker",
            "events_invoker",
            "authenticator_key",
        )
    )


@functions_framework.http
def weave_script_task(request: Request) -> Response:
    """POST: weave the script that a task names. GET /v1/tasks/{task_id}: how that work stands."""
    return run_task(
        request,
        settings(),
        agent=AGENT,
        url=settings().script_weaver_url,
        work=weave,
        given_up=script_failed,
        reads=lambda workflow_id, body: workflows.read(settings(), workflow_id),
        prepared=NEEDS,
    )


class Spent(TypedDict):
    """The requests of an attempt to a language model, and their tokens (AIMS, POST /v1/dialogue)."""

    engine: str
    calls: int
    input_tokens: int
    output_tokens: int


class Turn(TypedDict):
    """A completed turn of the writer (AIMS, POST /v1/dialogue)."""

    kind: str
    speaker: str
    text: str
    chapter: str
    source: int | None


def weave(task: Task) -> Outcome:
    """Write the missing part of the script, and commit the script's length."""
    workflow: Workflow = task.read()
    if not workflow.generating:  # before a model is asked for anything
        return Outcome({"skipped": workflow.state})
    material = beside(read_object, settings(), sources_object(workflow.id))
    written = _written(task.workflow_id)
    opened = sum(segment.kind == "cold_open" for segment in written)
    with _dialogue(workflow, json.loads(material.result()), written) as turns:
        if task.attempt > 1:  # the last attempt may have died between committing a turn and telling it
            publish(settings(), *(_ready(workflow, segment.index) for segment in written[opened:]))
        weaver = uuid.uuid4().hex
        for turn in turns:
            if not workflows.read(settings(), task.workflow_id).generating:
                return Outcome({"skipped": "the workflow has ended"})
            segment = _scripted(workflow, turn, written[-1], weaver)
            _commit(workflow, segment)
            written.append(segment)
    if len(written) == opened:
        raise EngineBroken("engine_wrote_nothing", "The writer ended without a single turn.")
    complete = replace(workflow.at(weave=StageState.DONE), segments_total=len(written))
    return Outcome(
        {"segments": len(written)},
        writes=(workflows.progress(workflow, complete),),
        events=(Event(SCRIPT_COMPLETED, task.workflow_id, {"segments": len(written)}),),
    )


def script_failed(task: Task, error: AethercastError) -> Outcome:
    return Outcome({"error": error.code}, events=(agent_failed(AGENT, task.workflow_id, error),), failed=True)


@contextmanager
def _dialogue(workflow: Workflow, material: Material, written: list[Segment]) -> Iterator[Iterator[Turn]]:
    """Provide the turns after the `written` turns, as the writer completes each. The block runs once it answers."""
    request = {
        "workflow_id": workflow.id,
        "engine": workflow.request.language_engine,
        "language": workflow.language,
        "title": workflow.title,
        "minutes": workflow.request.minutes,
        "style": workflow.request.style,
        "hosts": hosts_of(workflow.request),
        "sources": material["sources"],
        "said": [
            {"kind": turn.kind, "speaker": turn.speaker, "text": turn.text, "chapter": turn.chapter} for turn in written
        ],
        "focus": workflow.request.focus,
        "calls": workflow.language_calls,
        "tells_spending": True,
    }
    aims = private_service(settings(), settings().model_serving_url)
    spent: list[Spent] = []
    try:
        with aims.stream("/v1/dialogue", request, timeout=(*BEGINS_WITHIN_S, TURN_TIMEOUT_S)) as messages:
            yield _turns(messages, workflow.id, spent)
    finally:  # of what has failed, or is not wanted any more, as well; no podcast fails for being counted
        for asked in spent:
            with suppress(ServiceBroken):
                usage.count_writing(settings(), workflow, **asked)


def _turns(messages: Iterator[dict[str, Any]], workflow_id: str, spent: list[Spent]) -> Iterator[Turn]:
    """Yield the turns in AIMS's answer to /v1/dialogue (its main.py). The cost of a failed attempt is kept for the
    next, and what was asked of a model, in `spent`.

    Raises the writer's own typed error, EngineBroken for an answer without its end.
    """
    for message in messages:
        match message:
            case {"type": "turn", "kind": str(), "speaker": str(), "text": str(), "chapter": str(), "source": _}:
                yield cast(Turn, message)
            case {"type": "calls", "calls": int(calls)}:
                workflows.spend_calls(settings(), workflow_id, calls)
            case {
                "type": "spent",
                "engine": str(engine),
                "calls": int(calls),
                "input_tokens": int(read),
                "output_tokens": int(written),
            }:  # all of this attempt so far; a later version may tell more
                spent[:] = [Spent(engine=engine, calls=calls, input_tokens=read, output_tokens=written)]
            case {"type": "end"}:
                return
            case {"type": "error", "status": int(status), "code": str(code), "detail": str(detail)}:
                raise error_from(status, code, detail)
            case _:
                raise ServiceBroken("service_failed", "The writer's answer cannot be read.")
    raise EngineBroken("engine_broke_off", "The writer broke off in mid-script.")


def _scripted(workflow: Workflow, turn: Turn, before: Segment, weaver: str) -> Segment:
    """Return the segment made of a turn, after the segment `before`."""
    voices = {host["name"]: host["voice"] for host in hosts_of(workflow.request)}
    segment = Segment(
        index=before.index + 1,
        kind=turn["kind"],
        speaker=turn["speaker"],
        voice=voices[turn["speaker"]],
        language=workflow.language,
        text=turn["text"],
        chapter=turn["chapter"],
        source=turn["source"],
        state=SegmentState.SCRIPTED,
        weaver=weaver,
        expires_at=workflow.expires_at,
    )
    return replace(segment, pause_before_ms=pause_before(segment, before))


def _commit(workflow: Workflow, segment: Segment) -> None:
    """Commit one turn, and tell it. Raises LeaseLost where another weaver came first."""
    failure: AethercastError = LeaseLost("turn_taken", "Another weaver is at this script.")
    try:
        landed = segments.create(settings(), workflow.id, [segment])
    except ServiceBroken as error:
        landed, failure = False, error
    if not landed:  # or it did, and the answer was lost on the way or came too late
        found = segments.read(settings(), workflow.id, segment.index)
        if found is None:
            raise failure
        if found.weaver != segment.weaver:
            raise LeaseLost("turn_taken", "Another weaver is at this script.")
    publish(settings(), _ready(workflow, segment.index))


def _written(workflow_id: str) -> list[Segment]:
    """Return the segments there are, in order. The cold open is always among them: it is scripted before sources are
    read."""
    written = segments.script(settings(), workflow_id)
    if [segment.index for segment in written] != list(range(len(written))) or not written:
        raise Refused("script_torn", "The script has a gap, and cannot be continued.")
    return written


def _ready(workflow: Workflow, index: int) -> Event:
    """Turns of a draft say so: who has them voiced looks then whether it is approved."""
    told = {"index": index, "draft": True} if workflow.request.draft else {"index": index}
    return Event(SCRIPT_SEGMENT_READY, workflow.id, told, subject=str(index))
