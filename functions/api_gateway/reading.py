"""Owners' view of their podcasts: state, words, files, and the list of all."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Request, Response

from common.artifacts import FILES, KINDS
from common.blobs import signed_url
from common.errors import BadRequest, Conflict, NotFound
from common.events import PODCAST_WANTED, Event, publish
from common.names import parse_gs_uri
from common.problems import json_response
from common.records import Segment, Workflow
from common.settings import Settings
from common.states import WorkflowState
from common.store import places, workflows
from common.store import segments as scripts
from functions.api_gateway.ownership import owned
from functions.api_gateway.signing import signers

DEFAULT_PAGE, MAX_PAGE = 20, 100
MAX_TITLE_IN_NAME = 80
"""Characters of the title that a saved file is called by."""


def show(settings: Settings, request: Request, owner: str, workflow_id: str) -> Response:
    """Tell how a podcast stands."""
    return json_response(described_whole(settings, owned(settings, owner, workflow_id)))


def segments(settings: Settings, request: Request, owner: str, workflow_id: str) -> Response:
    """Return the script as far as written, a segment a turn, each with the times at which it was scripted, forging and
    forged."""
    owned(settings, owner, workflow_id)
    return json_response({"segments": [_segment(segment) for segment in scripts.script(settings, workflow_id)]})


def list_page(settings: Settings, request: Request, owner: str) -> Response:
    """Return the owner's podcasts, newest first: `?limit=20&page_token=…&q=words of the title`.

    A search reads a bounded number of podcasts a page: a page may be short, or empty, and still name a next page.
    """
    limit = _limit(request.args.get("limit", str(DEFAULT_PAGE)))
    words = request.args.get("q", "").lower().split()
    after = _read_page_token(request.args["page_token"]) if "page_token" in request.args else None
    found = workflows.newest(settings, owner, MAX_PAGE * 5 if words else limit + 1, after=after)
    wanted = [workflow for workflow in found if all(word in workflow.title.lower() for word in words)]
    page, last = wanted[:limit], None
    if len(wanted) > limit:
        last = page[-1]
    elif words and len(found) == MAX_PAGE * 5:
        last = found[-1]
    return json_response(
        {
            "podcasts": [described(workflow) for workflow in page],
            "places": places.read(settings, [workflow.id for workflow in page]) if page else {},
            "next_page_token": _page_token(workflows.place_of(last)) if last else None,
        }
    )


def audio(settings: Settings, request: Request, owner: str, workflow_id: str) -> Response:
    """Return a redirect to the finished episode's file."""
    return file(settings, request, owner, workflow_id, "episode.ogg")


def file(settings: Settings, request: Request, owner: str, workflow_id: str, name: str) -> Response:
    """Return a redirect to one of the finished episode's files: a stable address, as signed links work only for a
    while."""
    return redirect_to_file(settings, request, owned(settings, owner, workflow_id), name)


def redirect_to_file(settings: Settings, request: Request, workflow: Workflow, name: str) -> Response:
    """Raises NotFound for a name of no file, Conflict while the file is still missing: the file is made then."""
    if name not in KINDS:
        raise NotFound("file_unknown", f"An episode's files are {', '.join(KINDS)}.")
    artifacts = workflow.artifacts or {}
    if settings.lookahead_segments and workflow.generating:
        publish(settings, Event(PODCAST_WANTED, workflow.id))
    if workflow.state != WorkflowState.COMPLETED or KINDS[name] not in artifacts:
        raise Conflict("podcast_unfinished", "A file is there once the podcast is COMPLETED; MP3 and M4A soon after.")
    ttl = timedelta(seconds=settings.signed_url_ttl_s)
    method = "HEAD" if request.method == "HEAD" else "GET"  # the signature is over that, too
    link = signed_url(settings, parse_gs_uri(artifacts[KINDS[name]])[1], ttl=ttl, method=method)
    return Response(status=302, headers={"Location": link})


def described(workflow: Workflow) -> dict[str, Any]:
    """Return a workflow as its owner sees it, but for its files."""
    return {
        "workflow_id": workflow.id,
        "state": workflow.state,
        "draft": workflow.draft,
        "title": workflow.title,
        "language": workflow.language,
        "created_at": workflow.created_at.isoformat(),
        "minutes": workflow.request.minutes,
        "show": workflow.request.show,
        "stages": workflow.stages,
        "duration_ms": workflow.duration_ms,
        "error": workflow.error,
        "sources": [{"left_out": {}, **source} for source in workflow.sources],
        "source_problems": workflow.source_problems or [],
    }


def described_whole(settings: Settings, workflow: Workflow) -> dict[str, Any]:
    """Return the same with the numbers of turns written and voiced, and with links of limited life to its files."""
    written, voiced = scripts.written(settings, workflow.id), scripts.voiced(settings, workflow.id)
    progress = {"written": written, "voiced": voiced, "total": workflow.segments_total}
    finished = workflow.state == WorkflowState.COMPLETED
    artifacts = _links(settings, workflow) if finished else None
    return {**described(workflow), "segments": progress, "artifacts": artifacts}


def _segment(segment: Segment) -> dict[str, Any]:
    times = {"scripted_at": segment.created, "forging_at": segment.forging_at, "forged_at": segment.forged_at}
    return {
        "index": segment.index,
        "kind": segment.kind,
        "speaker": segment.speaker,
        "text": segment.text,
        "chapter": segment.chapter,
        "source": segment.source,
        "state": segment.state,
        "packets": segment.packets if segment.voiced else None,
        "duration_ms": segment.duration_ms if segment.voiced else None,
        "engine_calls": segment.calls,
        **{name: time.isoformat() if time else None for name, time in times.items()},
    }


def _links(settings: Settings, workflow: Workflow) -> dict[str, str]:
    """Link to files, signed side by side: in the cloud each signature is a remote call.

    A browser saves the linked file under the podcast's title; an <audio> or <img> plays or shows the file.
    """
    found = workflow.artifacts or {}
    title, ttl = workflow.title[:MAX_TITLE_IN_NAME], timedelta(seconds=settings.signed_url_ttl_s)

    def link(kind: str) -> str:
        name = f"{title} {FILES[kind].name}".replace(" episode.", ".")  # Tides.mp3, Tides transcript.vtt
        return signed_url(settings, parse_gs_uri(found[kind])[1], ttl=ttl, download_as=name)

    return dict(zip(found, signers.map(link, found), strict=True))


def _page_token(place: workflows.Place) -> str:
    created_at, workflow_id = place
    return base64.urlsafe_b64encode(f"{created_at.isoformat()} {workflow_id}".encode()).decode()


def _read_page_token(token: str) -> workflows.Place:
    try:
        moment, _, workflow_id = base64.b64decode(token.encode(), b"-_", validate=True).decode().partition(" ")
        created_at = datetime.fromisoformat(moment)
        if created_at.tzinfo:
            created_at = created_at.astimezone(UTC)
    except (ValueError, binascii.Error, OverflowError):  # the last, at the ends of what years there are
        created_at, workflow_id = None, ""
    if created_at is None or created_at.tzinfo is None or not re.fullmatch("[0-9a-f]{32}|", workflow_id):
        raise BadRequest("page_token_invalid", "page_token is the next_page_token of an earlier page.")
    return created_at, workflow_id or "0" * 32  # tokens of the version before hold the moment alone


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_PAGE):
        raise BadRequest("limit_invalid", f"limit is a number from 1 to {MAX_PAGE}.")
    return int(text)
