"""Web Content Harvester Agent (WCHA): a topic, links, files and text become clean sources.

All sources of a request are read side by side. An unreadable source is noted on the workflow and left out; only when
nothing is left does the workflow fail, with the first reason. A page's words are data: nothing here acts on them.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import functions_framework
from flask import Request, Response

from common.agent import NEEDS as EVERY_AGENTS
from common.agent import Outcome, Task, agent_failed, run_task
from common.blobs import create_object, read_object
from common.errors import AethercastError, SourceRefused
from common.events import CONTENT_HARVESTED, Event
from common.names import sources_object
from common.readiness import load_on_start
from common.records import Material, SourceText, Workflow, account_of
from common.settings import Settings
from common.states import StageState
from common.store import workflows
from functions.content_harvester.gather import gather
from functions.content_harvester.source import Source
from functions.content_harvester.source_language import language_of

AGENT = "content_harvester"

NEEDS = (*EVERY_AGENTS, "storage")
load_on_start(*NEEDS)


@cache
def settings() -> Settings:
    return Settings.from_env(
        needs=(
            "google_cloud_project",
            "audio_bucket",
            "content_harvester_url",
            "tasks_invoker",
            "events_invoker",
            "authenticator_key",
        )
    )


@functions_framework.http
def harvest_task(request: Request) -> Response:
    """POST: harvest the sources that a task names. GET /v1/tasks/{task_id}: how that work stands."""
    return run_task(
        request,
        settings(),
        agent=AGENT,
        url=settings().content_harvester_url,
        work=harvest,
        given_up=harvest_failed,
        reads=lambda workflow_id, body: workflows.read(settings(), workflow_id),
        prepared=NEEDS,
    )


def harvest(task: Task) -> Outcome:
    """Store the sources of a workflow, and commit their titles and the language in which they are to be told."""
    workflow: Workflow = task.read()
    if not workflow.generating:
        return Outcome({"skipped": workflow.state})

    name = sources_object(task.workflow_id)
    material = _material(workflow)
    if not create_object(settings(), name, _json(material), content_type="application/json").new:
        material = json.loads(read_object(settings(), name))  # an attempt before this one got so far and then died
    sources = material["sources"]
    harvested = replace(
        workflow.at(
            harvest=StageState.DONE, weave=StageState.RUNNING
        ),  # which it leads to: news of their own cost more
        sources=[account_of(source) for source in sources],
        source_problems=material["problems"],
        language=material["language"],
        title=material["title"],
    )
    facts = {"object": name, "characters": sum(len(source["text"]) for source in sources)}
    return Outcome(
        {**facts, "sources": len(sources)},
        writes=(workflows.progress(workflow, harvested),),
        events=(Event(CONTENT_HARVESTED, task.workflow_id, facts),),
    )


def harvest_failed(task: Task, error: AethercastError) -> Outcome:
    return Outcome({"error": error.code}, events=(agent_failed(AGENT, task.workflow_id, error),), failed=True)


def _material(workflow: Workflow) -> Material:
    """Return the material to tell: language, title, sources, and the problems of inputs without a source.

    Raises the first problem when no source is left.
    """
    request = workflow.request
    gathered = gather(settings(), request, request.language or workflow.language, workflow.owner)
    if not gathered.sources:
        raise gathered.failures[0][1] if gathered.failures else SourceRefused("source_empty", "There is no source.")
    return {
        "language": language_of(gathered.sources, asked=request.language, likely=workflow.language),
        "title": request.title or request.topic or gathered.sources[0].title or workflow.title,
        "sources": [_text(source) for source in gathered.sources],
        "problems": [{"url": name, "code": error.code, "message": error.detail} for name, error in gathered.failures],
    }


def _text(source: Source) -> SourceText:
    return {
        "text": source.text,
        "title": source.title,
        "url": source.url,
        "author": source.author,
        "date": source.date,
        "blocks": [block.as_json() for block in source.blocks],
        "left_out": source.left_out,
    }


def _json(material: Material) -> bytes:
    return json.dumps(material, ensure_ascii=False).encode()
