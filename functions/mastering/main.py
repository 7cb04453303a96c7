"""Mastering: the forged segments become a finished episode, without the engine being heard again.

First what a podcast is COMPLETED by: its packets joined unchanged, so the live stream and the file hold the same
bytes; transcript, chapters, notes and cover beside it. Then, as separate work without a
waiting caller, the editions for players without Opus.

Every file is made from stored data and is the same in every attempt. A stored file is not made again, so an attempt
goes on where the last attempt died. A podcast that is given another title gets files of that beside the old ones,
which nothing leads to from then on: the sweeper has them removed an hour later.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import functions_framework
from flask import Request, Response

from common.agent import Outcome, Task, agent_failed, run_task
from common.artifacts import FILES
from common.blob_writer import Writer, compose_object, object_writer
from common.blobs import create_object, object_size
from common.errors import AethercastError, ServiceBroken
from common.events import PODCAST_MASTERED, Event
from common.names import episode_file, episode_object, gs_uri
from common.records import Workflow
from common.settings import Settings
from common.store import usage, workflows
from functions.mastering import chapter_marks, cover_art, show_notes, transcripts
from functions.mastering.editions import write_m4a, write_mp3
from functions.mastering.episode import Episode, as_of_now, read_episode
from functions.mastering.mp4_stream import Mp4Stream
from functions.mastering.ogg_episode import write_ogg

AGENT = "mastering"
EDITIONS = "editions"


@cache
def settings() -> Settings:
    return Settings.from_env(
        needs=(
            "google_cloud_project",
            "audio_bucket",
            "mastering_url",
            "editions_url",
            "tasks_invoker",
            "events_invoker",
            "authenticator_key",
        )
    )


@functions_framework.http
def master_task(request: Request) -> Response:
    """POST: master the episode that a task names. GET /v1/tasks/{task_id}: how that work stands."""
    url = settings().mastering_url
    return run_task(request, settings(), agent=AGENT, url=url, work=master, given_up=mastering_failed)


@functions_framework.http
def make_editions_task(request: Request) -> Response:
    """POST: make the editions of a task's episode. GET /v1/tasks/{task_id}: how that work stands."""
    url = settings().editions_url
    return run_task(request, settings(), agent=EDITIONS, url=url, work=make_editions, given_up=editions_failed)


def master(task: Task) -> Outcome:
    """Store the joined episode, all texts and the picture, and commit their addresses and the duration."""
    workflow, episode = read_episode(settings(), task.workflow_id)
    if episode is None:
        return Outcome({"skipped": workflow.state})
    mastered = Event(PODCAST_MASTERED, task.workflow_id, {"renames": episode.renames}, str(episode.renames))
    if (workflow.artifacts or {}).get("audio") == _address(episode, "audio"):
        return Outcome({"skipped": "mastered"}, events=(mastered,))  # of several new titles the last is made once
    notes = show_notes.html_notes(episode)
    small_files = {
        "cover": cover_art.cover(episode.title),
        "cover_small": cover_art.cover(episode.title, size=cover_art.SMALL),
        "transcript_vtt": transcripts.webvtt(episode).encode(),
        "transcript_srt": transcripts.subrip(episode).encode(),
        "transcript_json": transcripts.podcast_json(episode).encode(),
        "chapters": chapter_marks.podcast_chapters(episode).encode(),
        "notes_html": notes.encode(),
        "notes_md": show_notes.markdown_notes(episode).encode(),
    }
    with ThreadPoolExecutor(len(small_files), thread_name_prefix="files") as pool:
        storing = {kind: pool.submit(_store, episode, kind, data) for kind, data in small_files.items()}
        sizes = {"audio": _store_as_made(episode, workflow, "audio", write_ogg)}
        sizes |= {kind: stored.result() for kind, stored in storing.items()}
    workflow = as_of_now(settings(), workflow)
    due = datetime.now(UTC) + timedelta(seconds=settings().removed_again_after_s)
    whole = replace(_with_files(workflow, episode, sizes), duration_ms=episode.duration_ms, notes=notes, files_due=due)
    first = not workflow.artifacts
    used = usage.made(workflow, episode.duration_ms) if first else ()
    return Outcome(
        {"duration_ms": episode.duration_ms},
        writes=(workflows.fenced_change(workflow, whole), *used),
        events=(mastered,),
    )


def mastering_failed(task: Task, error: AethercastError) -> Outcome:
    return Outcome({"error": error.code}, events=(agent_failed(AGENT, task.workflow_id, error),), failed=True)


def make_editions(task: Task) -> Outcome:
    """Store the MP3 and the M4A, as far as they are not there, and commit where they are."""
    workflow, episode = read_episode(settings(), task.workflow_id)
    if episode is None:
        return Outcome({"skipped": workflow.state})
    sizes = {
        "mp3": _store_as_made(episode, workflow, "mp3", write_mp3),
        "m4a": _store_m4a(episode, workflow, f"{task.key}-{task.attempt}"),
    }
    workflow = as_of_now(settings(), workflow)
    return Outcome({"bytes": sizes}, writes=(workflows.fenced_change(workflow, _with_files(workflow, episode, sizes)),))


def editions_failed(task: Task, error: AethercastError) -> Outcome:
    """Leave the podcast COMPLETED, whole without MP3 and M4A."""
    return Outcome({"error": error.code}, failed=True)


def _with_files(workflow: Workflow, episode: Episode, sizes: dict[str, int]) -> Workflow:
    """Return the workflow with some of its files, by their sizes; the others stay as they are."""
    addresses = {kind: _address(episode, kind) for kind in sizes}
    return replace(
        workflow,
        artifacts={**(workflow.artifacts or {}), **addresses},
        artifact_bytes={**workflow.artifact_bytes, **sizes},
    )


def _store(episode: Episode, kind: str, data: bytes) -> int:
    """Return the size in bytes of what is stored then, which an earlier attempt may have made."""
    return create_object(settings(), _name(episode, kind), data, content_type=FILES[kind].content_type).size


def _store_as_made(
    episode: Episode, workflow: Workflow, kind: str, write: Callable[[Settings, Episode, Writer], None]
) -> int:
    """Store a long file while `write` makes it, unless an earlier attempt has; its size in bytes.

    Once more the workflow is looked up before the upload ends: what is deleted meanwhile is to leave nothing behind.
    """
    size = object_size(settings(), _name(episode, kind))
    if size is not None:
        return size
    with object_writer(settings(), _name(episode, kind), content_type=FILES[kind].content_type) as out:
        write(settings(), episode, out)
        as_of_now(settings(), workflow)
    return _size(episode, kind)


def _store_m4a(episode: Episode, workflow: Workflow, attempt: str) -> int:
    """Store the M4A; return its size in bytes.

    No agent may delete: the bucket's own rule does. The two parts bear their attempt's name, so that none meets
    another's.
    """
    size = object_size(settings(), _name(episode, "m4a"))
    if size is not None:
        return size
    content_type = FILES["m4a"].content_type
    head, body = (episode_object(episode.workflow_id, f"{attempt}.{part}") for part in ("head", "body"))
    with object_writer(settings(), body, content_type=content_type) as out:
        m4a = Mp4Stream(out)
        write_m4a(settings(), episode, m4a)
        first = m4a.finish()
        as_of_now(settings(), workflow)
    create_object(settings(), head, first, content_type=content_type)
    compose_object(settings(), _name(episode, "m4a"), (head, body), content_type=content_type)
    return _size(episode, "m4a")


def _size(episode: Episode, kind: str) -> int:
    size = object_size(settings(), _name(episode, kind))
    if size is None:
        raise ServiceBroken("object_missing", "A file that was just stored is not there.")
    return size


def _address(episode: Episode, kind: str) -> str:
    return gs_uri(settings().audio_bucket, _name(episode, kind))


def _name(episode: Episode, kind: str) -> str:
    return episode_file(episode.workflow_id, episode.renames, FILES[kind].name)
