"""The pipeline: what follows from each event. Every function here may run twice, late or out of order."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypedDict

from common import cold_open
from common.beside import side_by_side
from common.errors import ServiceBroken
from common.policy import OPENING
from common.records import Failure, Workflow, segment_id
from common.settings import Settings
from common.states import STAGES, SegmentState, StageState, WorkflowState
from common.store import segments, workflows
from common.store.access import Changed
from common.tasks import enqueue
from functions.orchestrator import lookahead

logger = logging.getLogger(__name__)


FORGED_AT_ONCE = 16
"""Half of the threads there are for that: events of other podcasts have the others."""


class Told(TypedDict, total=False):
    """The data of an event, each type some fields. `again` tells one asking again for the same work from others."""

    index: int
    voiced: int
    segments: int
    renames: int
    agent: str
    code: str
    message: str
    apology: bool
    embedded: bool
    again: str
    draft: bool


Step = Callable[[Settings, str, Told], None]


def advance(settings: Settings, event_type: str, workflow_id: str, data: Told) -> None:
    """Take the step due after an event. Raises WorkflowGone, and ServiceBroken."""
    step = STEPS.get(event_type)
    if step is None:
        logger.warning("no step follows from an event of type %r", event_type)
        return
    step(settings, workflow_id, data)


def requested(settings: Settings, workflow_id: str, data: Told) -> None:
    """Sources are read and the cold open is voiced side by side, so that sound starts while there is no script yet.

    The cold open is scripted before anybody reads: a script goes on after it, however quick the harvester is. The
    gateway has done so with the podcast, and says how many of its segments are `voiced`; one of the version before has
    not, nor is that told where the podcast is driven on.
    """
    workflow = _generating(settings, workflow_id)
    if workflow is None:
        return
    greeting = cold_open.greeting(workflow)
    if "voiced" not in data and not segments.create(settings, workflow_id, greeting):
        logger.info("the cold open is scripted already")
    unvoiced = [] if workflow.draft else greeting[data.get("voiced", 0) :]
    voicing = [partial(forge, settings, workflow_id, {**data, "index": segment.index}) for segment in unvoiced]
    side_by_side([partial(_read_sources, settings, workflow, data), partial(_first_ahead, voicing)])


def _first_ahead(tasks: Sequence[Callable[[], None]]) -> None:
    """Enqueue the first before the others, which are later anyway: the first is to have one of the few places for
    urgent work."""
    side_by_side(tasks[:1])
    side_by_side(tasks[1:])


def _read_sources(settings: Settings, workflow: Workflow, data: Told) -> None:
    """Have the sources read, or the script written where the podcast is made of another, whose sources it was given."""
    if workflow.stages["harvest"] == StageState.DONE:
        harvested(settings, workflow.id, data)
        return
    body = {"workflow_id": workflow.id}
    _enqueue(settings, "content_harvester", f"{workflow.id}-harvest", workflow.id, body, data)


def harvested(settings: Settings, workflow_id: str, data: Told) -> None:
    workflow = _generating(settings, workflow_id)
    if workflow is None:
        return
    _enqueue(settings, "script_weaver", f"{workflow_id}-weave", workflow_id, {"workflow_id": workflow_id}, data)
    if workflow.stages["weave"] == StageState.PENDING:
        _tell_stages(settings, workflow, weave=StageState.RUNNING)


def scripted(settings: Settings, workflow_id: str, data: Told) -> None:
    """Have a turn voiced as soon as written, unless no listener is near, or the turn is of a draft."""
    if settings.lookahead_segments or data.get("draft"):
        workflow = _generating(settings, workflow_id)
        if workflow is None or workflow.draft or int(data["index"]) >= lookahead.reach(settings, workflow.wanted):
            return
    forge(settings, workflow_id, data)


def wanted(settings: Settings, workflow_id: str, data: Told) -> None:
    """Voice on: a listener came further, a draft is approved, or the whole is requested (then without `segments`)."""
    workflow = _generating(settings, workflow_id)
    if workflow is None or workflow.draft:
        return
    due = lookahead.extend(settings, workflow, int(data.get("segments", lookahead.EVERYTHING)))
    _forge_all(settings, workflow_id, due)


def awaited(settings: Settings, workflow_id: str, data: Told) -> None:
    """Voice the next turns ahead of what is voiced for later: a listener has little left to hear."""
    workflow = _generating(settings, workflow_id)
    if workflow is None or workflow.draft:
        return
    _forge_all(settings, workflow_id, segments.waiting(settings, workflow_id, int(data["segments"])), awaited=True)


def _forge_all(settings: Settings, workflow_id: str, indexes: Sequence[int], *, awaited: bool = False) -> None:
    """Some at a time: three hours have a thousand turns, one after the other beyond the time of an event."""
    asked = [partial(forge, settings, workflow_id, {"index": index}, awaited=awaited) for index in indexes]
    ahead = 1 if awaited else 0
    side_by_side(asked[:ahead])
    for first in range(ahead, len(asked), FORGED_AT_ONCE):
        side_by_side(asked[first : first + FORGED_AT_ONCE])


def forge(settings: Settings, workflow_id: str, data: Told, *, awaited: bool = False) -> None:
    """Have a segment voiced, ahead of others if the segment opens a podcast or a listener is near."""
    index = int(data["index"])
    body = {"workflow_id": workflow_id, "index": index}
    key, urgent = f"{workflow_id}-forge-{segment_id(index)}", awaited or index < OPENING
    _enqueue(settings, "voice_forge", key, workflow_id, body, data, urgent=urgent)


def master_when_voiced(settings: Settings, workflow_id: str, data: Told) -> None:
    """Fan in: begin mastering, with the script complete and as many forged segments as turns."""
    workflow = _generating(settings, workflow_id)
    if workflow is None or workflow.segments_total is None:
        return
    if segments.voiced(settings, workflow_id) < workflow.segments_total:
        return
    _enqueue(settings, "mastering", f"{workflow_id}-master", workflow_id, {"workflow_id": workflow_id}, data)
    if workflow.stages["master"] == StageState.PENDING:
        _tell_stages(settings, workflow, forge=StageState.DONE, master=StageState.RUNNING)


def mastered(settings: Settings, workflow_id: str, data: Told) -> None:
    """Complete the podcast. Its editions for other players are made from here on, without a waiting caller."""
    make_editions(settings, workflow_id, data)
    done = dict.fromkeys(STAGES, StageState.DONE)
    _end(settings, workflow_id, lambda workflow: replace(workflow.at(**done), state=WorkflowState.COMPLETED))


def make_editions(settings: Settings, workflow_id: str, data: Told) -> None:
    key = titled(f"{workflow_id}-editions", data)
    _enqueue(settings, "editions", key, workflow_id, {"workflow_id": workflow_id}, data)


def renamed(settings: Settings, workflow_id: str, data: Told) -> None:
    """Have the files of a finished episode made with its new title; an unmastered episode will get the title anyway.

    Not at once: titles following soon cost no files.
    """
    if workflows.read(settings, workflow_id).artifacts:
        key = titled(f"{workflow_id}-master", data)
        settled = timedelta(seconds=settings.rename_settles_s)
        _enqueue(settings, "mastering", key, workflow_id, {"workflow_id": workflow_id}, data, delay=settled)


def agent_failed(settings: Settings, workflow_id: str, data: Told) -> None:
    """Apologize for a segment without a voice, once; where even the apology fails, have the embedded voice speak; end
    the workflow for all other given-up work."""
    never_voiced = bool(data.get("embedded")) and data["code"] not in NOT_TO_BE_SAID
    if "index" in data and settings.apologize_for_failed_segments and not never_voiced:
        if data.get("embedded") or data.get("apology") or data["code"] in SAYS_NOTHING:
            embed(settings, workflow_id, data)
        else:
            apologize(settings, workflow_id, data)
        return
    fail(settings, workflow_id, str(data["code"]), str(data["message"]), STAGE_OF_AGENT.get(str(data["agent"])))


def apologize(settings: Settings, workflow_id: str, data: Told) -> None:
    """Put an apology in the place of a given-up segment, and have the apology voiced. What was `meant` is kept: the
    last worker may still store a recording, and of two recordings the first stays."""
    index = int(data["index"])
    workflow = _generating(settings, workflow_id)
    segment = segments.read(settings, workflow_id, index)
    if workflow is None or segment is None:
        return
    if segment.state == SegmentState.FAILED:
        said = cold_open.apology(workflow)
        apology = replace(segment, text=said, meant=segment.text, state=SegmentState.SCRIPTED, apology=True)
        with _as_read():
            segments.change(settings, workflow_id, segment, apology)
    body = {"workflow_id": workflow_id, "index": index, "apology": True}
    key = f"{workflow_id}-apology-{segment_id(index)}"
    _enqueue(settings, "voice_forge", key, workflow_id, body, data, urgent=index < OPENING)


def embed(settings: Settings, workflow_id: str, data: Told) -> None:
    """Have a segment spoken by the embedded voice: in its own words, as the engine is at fault, or, where the embedded
    voice fails at these, too, in the words of an apology."""
    index = int(data["index"])
    workflow = _generating(settings, workflow_id)
    segment = segments.read(settings, workflow_id, index)
    if workflow is None or segment is None:
        return
    apology = cold_open.apology(workflow)
    if segment.state == SegmentState.FAILED:
        meant = segment.text if segment.meant is None else segment.meant
        said = apology if segment.embedded else meant
        embedded = replace(segment, text=said, meant=None, state=SegmentState.SCRIPTED, embedded=True)
        with _as_read():
            segments.change(settings, workflow_id, segment, embedded)
        segment = embedded
    key = f"{workflow_id}-embedded-{'apology-' if segment.text == apology else ''}{segment_id(index)}"
    body = {"workflow_id": workflow_id, "index": index, "embedded": True}
    _enqueue(settings, "voice_forge", key, workflow_id, body, data, urgent=index < OPENING)


def fail(settings: Settings, workflow_id: str, code: str, message: str, stage: str | None = None) -> None:
    """End a workflow as FAILED, with the reason its listeners are told. An ended workflow stays unchanged."""
    failed = {stage: StageState.FAILED} if stage else {}
    error: Failure = {"code": code, "message": message}
    _end(
        settings,
        workflow_id,
        lambda workflow: replace(workflow.at(**failed), state=WorkflowState.FAILED, error=error),
    )


STEPS: dict[str, Step] = {
    "podcast.requested": requested,
    "content.harvested": harvested,
    "script.segment_ready": scripted,
    "podcast.wanted": wanted,
    "podcast.awaited": awaited,
    "script.completed": master_when_voiced,
    "voice.segment_ready": master_when_voiced,
    "podcast.mastered": mastered,
    "podcast.renamed": renamed,
    "agent.failed": agent_failed,
}

SAYS_NOTHING = {"engine_calls_spent", "engine_key_refused", "engine_model_unknown", "engine_no_sound"}
"""What an engine would answer an apology with, too: it is not asked for one."""

NOT_TO_BE_SAID = {"engine_script_unreadable", "engine_text_empty", "engine_text_long"}
"""Of words that no engine could speak."""

STAGE_OF_AGENT = {
    "content_harvester": "harvest",
    "script_weaver": "weave",
    "voice_forge": "forge",
    "mastering": "master",
}


def _generating(settings: Settings, workflow_id: str) -> Workflow | None:
    """Return the workflow while in the making, None once ended. Raises WorkflowGone where there is none."""
    workflow = workflows.read(settings, workflow_id)
    return workflow if workflow.generating else None


def _tell_stages(settings: Settings, workflow: Workflow, **stages: StageState) -> None:
    """Tell how far it is. Only news for people: a later state in the store is better news."""
    try:
        workflows.change(settings, workflow, workflow.at(**stages))
    except Changed:
        logger.info("the workflow has moved on meanwhile")


def _end(settings: Settings, workflow_id: str, ended: Callable[[Workflow], Workflow]) -> None:
    """Move a workflow out of GENERATING, unless already moved. The fence decides between two endings."""
    workflow = _generating(settings, workflow_id)
    if workflow is None:
        return
    if workflow.request.webhook:  # first, so that dying here loses nothing: it waits for the end
        _enqueue(settings, "webhooks", f"{workflow_id}-webhook", workflow_id, {"workflow_id": workflow_id}, {})
    with _as_read():
        workflows.change(settings, workflow, replace(ended(workflow), completed_at=datetime.now(UTC)))


@contextmanager
def _as_read() -> Iterator[None]:
    """Have the event told again where something else than was read is found by the change of the block."""
    try:
        yield
    except Changed as error:
        raise ServiceBroken("state_changed", "This changed meanwhile; tell it again.") from error


def titled(key: str, data: Told) -> str:
    """Return the key of work done once for each title of a podcast."""
    return f"{key}-{data['renames']}" if data.get("renames") else key


def _enqueue(
    settings: Settings,
    agent: str,
    key: str,
    workflow_id: str,
    body: dict[str, Any],
    data: Told,
    *,
    urgent: bool = False,
    delay: timedelta | None = None,
) -> None:
    """Have an agent do the work `key`, once. With `again` in `data`, the same work is requested once more:
    finished steps are not repeated, but their events are published again."""
    url = str(getattr(settings, f"{agent}_url"))
    again = data.get("again")
    name = f"{key}-again-{again}" if again else key
    enqueue(
        settings,
        agent=agent,
        url=url,
        name=name,
        key=key,
        workflow_id=workflow_id,
        body=body,
        urgent=urgent,
        delay=delay,
    )
