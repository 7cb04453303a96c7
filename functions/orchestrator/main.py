"""Central Podcast Orchestrator Agent (CPOA): the only place that knows the pipeline. Events in, tasks out.

    podcast.requested     -> what is not voiced of the cold open is forged; side by side, the sources are harvested
    content.harvested     -> the script is woven
    script.segment_ready  -> that segment is forged, if somebody may soon hear it
    podcast.wanted        -> segments that waited are forged, for somebody has come nearer, or has approved a draft
    podcast.awaited       -> the next segments go ahead of what is voiced for later: a listener has little left to hear
    script.completed      -> once all is voiced, the episode is mastered
    voice.segment_ready   -> likewise
    podcast.mastered      -> the workflow is COMPLETED, and the editions for other players are made
    podcast.renamed       -> a finished episode is mastered again, under its new title
    agent.failed          -> a segment gets an apology, or the workflow is FAILED

No record is kept of an event: tasks have names that are used once, and transitions have preconditions, so hearing an
event twice, late or out of order changes nothing. A segment costs no Firestore write here, and a single read.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import flask
import functions_framework
from cloudevents.http import CloudEvent
from flask import Request, Response

from common import tracing, waking
from common.authenticator import TICKS
from common.errors import AethercastError, WorkflowGone
from common.logs import configure_logs, log_context
from common.oidc import require_invoker
from common.problems import json_response, problem
from common.readiness import load_on_start, readiness
from common.settings import Settings
from functions.orchestrator import pipeline

NEEDS = ("firestore", "tasks")
load_on_start(*NEEDS)


@cache
def settings() -> Settings:
    return Settings.from_env(
        needs=(
            "google_cloud_project",
            "orchestrator_url",
            "content_harvester_url",
            "script_weaver_url",
            "voice_forge_url",
            "mastering_url",
            "editions_url",
            "webhooks_url",
            "gateway_url",
            "tasks_invoker",
            "events_invoker",
            "authenticator_key",
        )
    )


@functions_framework.cloud_event
def orchestrate(event: CloudEvent) -> None:
    """Handle an event of `agent-events`, pushed by Pub/Sub. Any answer but a 2xx leads to another push, with backoff.

    Or a call to wake, pushed likewise.
    """
    if event["type"] == waking.EVENT:
        _get_ready()
        return
    url = settings().orchestrator_url
    data: pipeline.Told = event.data or pipeline.Told()
    _take(event, url, lambda workflow_id: pipeline.advance(settings(), str(event["type"]), workflow_id, data))


@functions_framework.cloud_event
def bury(event: CloudEvent) -> None:
    """Bury an event not handled in all its pushes: its workflow ends as FAILED, never in silence."""
    message = "A step of this podcast could not be handed on."
    url = settings().dead_letters_url
    _take(event, url, lambda workflow_id: pipeline.fail(settings(), workflow_id, "event_undeliverable", message))


@functions_framework.http
def sweep(request: Request) -> Response:
    """POST: called by Cloud Scheduler every minute, drives on, and in the end fails, what has gone quiet, and has what
    was deleted removed for good."""
    from functions.orchestrator import (
        sweeper,  # not with the others: events, which somebody waits for, need nothing of it
    )

    configure_logs(settings().log_level)
    with log_context(agent="orchestrator"):
        if request.method == "GET":
            return readiness(settings(), *NEEDS)
        try:
            require_invoker(
                request,
                settings(),
                audience=settings().sweeper_url,
                allowed=(settings().scheduler_invoker,),
                target=TICKS,
            )
            return json_response(sweeper.sweep(settings()))
        except AethercastError as error:
            return problem(error)


def _get_ready() -> None:
    try:
        waking.require_waker(flask.request, settings(), url=settings().orchestrator_url)
        readiness(settings(), *NEEDS)
    except AethercastError as error:
        flask.abort(problem(error))


def _take(event: CloudEvent, url: str, step: Callable[[str], None]) -> None:
    """Take a step on behalf of Pub/Sub, whose tokens are made out to the pushed `url`."""
    configure_logs(settings().log_level)
    workflow_id = str(event["source"]).rpartition("/")[2]
    trace = tracing.work(
        settings(), str(event["type"]), workflow_id, flask.request.headers, header=tracing.EVENT_ATTRIBUTE
    )
    with log_context(agent="orchestrator", workflow_id=workflow_id), trace:
        try:
            require_invoker(
                flask.request,
                settings(),
                audience=url,
                allowed=(settings().events_invoker,),
                target=settings().events_topic,
            )
            step(workflow_id)
        except WorkflowGone:
            return  # it was deleted meanwhile: there is nothing to do, now or later
        except AethercastError as error:
            flask.abort(problem(error))
