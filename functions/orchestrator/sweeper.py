"""Nothing stays GENERATING for ever: workflows that have gone quiet are driven on, and in the end failed. And nothing
stays of what was deleted: the podcast is removed once more when all work under way must have ended. No file of a
finished podcast stays missing, or left over (files.py).

A workflow can go quiet when a process dies between storing a fact and telling it, and nobody asks again (a gateway
whose caller has gone, say), or when an event is lost (a purged queue). Driving on means telling again
what the documents say has happened, and asking again for the work that they say is missing: every step may run twice,
and an agent that has done its work tells so again from its record.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain, zip_longest

from common.errors import WorkflowGone
from common.records import Segment, Workflow
from common.services import service
from common.settings import Settings
from common.states import SegmentState, StageState
from common.store import removals, segments, workflows
from functions.orchestrator import files, lookahead, pipeline
from functions.orchestrator.pipeline import Told

logger = logging.getLogger(__name__)

PAGE = 200
"""Workflows read at once."""
DRIVEN_ON_AT_ONCE = 50
"""Turns of one workflow that are asked for again in one go, the first of those that are missing; what comes of them
brings it on, or the next sweep goes on after them."""


def sweep(settings: Settings, now: datetime | None = None) -> dict[str, int]:
    """Drive on workflows quiet for `sweep_redrive_after_s`, fail those quiet for `sweep_fail_after_s`, and remove
    deleted ones again; how many of each.

    `troubled` counts the workflows that met an error: these are logged, and hold no other workflow up. Raises
    ServiceBroken when the workflows cannot be read at all.
    """
    now = now or datetime.now(UTC)
    swept = {"driven_on": 0, "failed": 0, "removed": 0, "asked_again": 0, "tidied": 0, "troubled": 0}
    looked_after = (
        (workflow.id, partial(_look_after, settings, workflow, now))
        for workflow in workflows.generating(settings, PAGE)
    )
    removed = (
        (workflow_id, partial(_remove_again, settings, workflow_id))
        for workflow_id in removals.due(settings, now, PAGE)
    )
    filed = (
        (workflow.id, partial(files.look_after, settings, workflow, now))
        for workflow in workflows.with_files_due(settings, now, PAGE)
    )
    # In turns: however long one kind takes, and a sweep is cut off at its deadline, the others have had their share
    work: Iterator[tuple[str, Callable[[], str | None]] | None] = chain.from_iterable(
        zip_longest(looked_after, removed, filed)
    )
    for workflow_id, look_after in filter(None, work):
        try:
            done = look_after()
        except WorkflowGone:
            continue  # deleted while it was being looked at
        except Exception:
            logger.exception("workflow %s could not be looked after", workflow_id)
            done = "troubled"
        if done:
            swept[done] += 1
    return swept


def _look_after(settings: Settings, workflow: Workflow, now: datetime) -> str | None:
    quiet = now - _last_progress(settings, workflow)
    if quiet < timedelta(seconds=settings.sweep_redrive_after_s) or _waits_for_listeners(settings, workflow):
        return None
    if quiet >= timedelta(seconds=settings.sweep_fail_after_s):
        pipeline.fail(settings, workflow.id, "stuck", "This podcast stopped making progress.")
        return "failed"
    logger.warning("driving on workflow %s, quiet for %s", workflow.id, quiet)
    _drive_on(settings, workflow, again=str(int(now.timestamp()) // settings.sweep_redrive_after_s))
    return "driven_on"


def _remove_again(settings: Settings, workflow_id: str) -> str:
    """Have the gateway delete objects, which nobody else may."""
    service(settings.gateway_url).post(
        "/internal/v1/removals", {"workflow_id": workflow_id}, read=lambda answer: bool(answer["removed"]), timeout=60
    )
    return "removed"


def _waits_for_listeners(settings: Settings, workflow: Workflow) -> bool:
    """Tell whether all turns near a listener are done, and the rest waits for listeners (lookahead.py), or for
    approval."""
    if workflow.draft and workflow.segments_total is not None:
        return True
    if not settings.lookahead_segments or workflow.segments_total is None:
        return False
    first = segments.unvoiced(settings, workflow.id, 1)
    return bool(first) and first[0].index >= lookahead.reach(settings, workflow.wanted)


def _last_progress(settings: Settings, workflow: Workflow) -> datetime:
    """Tell when the workflow was last written, or its last segment scripted, or the last of them voiced."""
    times = [*segments.last_progress(settings, workflow.id), workflow.version or workflow.created_at]
    return max(times)


def _drive_on(settings: Settings, workflow: Workflow, again: str) -> None:
    """Publish again the events recorded in the documents. `again` tells this time from others."""
    told: Told = {"again": again}
    if workflow.stages["weave"] != StageState.DONE:
        if not _begun(settings, workflow):
            pipeline.requested(settings, workflow.id, told)
            return
        pipeline.harvested(settings, workflow.id, told)
    if workflow.draft:
        return
    for segment in segments.unvoiced(settings, workflow.id, DRIVEN_ON_AT_ONCE):
        _voice(settings, workflow.id, segment, told)
    pipeline.master_when_voiced(settings, workflow.id, told)


def _begun(settings: Settings, workflow: Workflow) -> bool:
    """Tell whether sources and a cold open exist for a script to go on from; a derived podcast has its sources from the
    start."""
    return workflow.stages["harvest"] == StageState.DONE and segments.begun(settings, workflow.id)


def _voice(settings: Settings, workflow_id: str, segment: Segment, told: Told) -> None:
    told = {**told, "index": segment.index}
    if segment.state == SegmentState.FAILED and segment.error:
        told |= {"agent": "voice_forge", "code": segment.error["code"], "message": segment.error["message"]}
        told |= {"apology": segment.apology, "embedded": segment.embedded}
        pipeline.agent_failed(settings, workflow_id, told)
    elif segment.embedded:
        pipeline.embed(settings, workflow_id, told)
    elif segment.apology:
        pipeline.apologize(settings, workflow_id, told)
    else:
        pipeline.scripted(settings, workflow_id, told)
