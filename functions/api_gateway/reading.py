"""What owners may see of their podcasts: how one stands, what is said in it, its files, and the list of all."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime, timedelta
from typing import Any

from flask import Request, Response
from google.api_core import exceptions as google_errors
from google.cloud.firestore_v1 import DocumentSnapshot, FieldFilter

from common.artifacts import FILES, KINDS
from common.blobs import signed_url
from common.clients import RETRY, TIMEOUT, database
from common.documents import SegmentState, WorkflowState, count, segments_ref
from common.errors import BadRequest, Conflict, NotFound, ServiceBroken
from common.events import PODCAST_WANTED, Event, publish
from common.names import parse_gs_uri
from common.problems import json_response
from common.settings import Settings
from functions.api_gateway.ownership import owned
from functions.api_gateway.signing import signers

DEFAULT_PAGE, MAX_PAGE = 20, 100
MAX_TITLE_IN_NAME = 80
"""Characters of the title that a saved file is called by."""


def show(settings: Settings, request: Request, owner: str, workflow_id: str) -> Response:
    """How a podcast stands."""
    return json_response(described_whole(settings, owned(settings, owner, workflow_id)))


def segments(settings: Settings, request: Request, owner: str, workflow_id: str) -> Response:
    """The script as far as it is written, a segment a turn, each with when it was scripted, forging and forged."""
    owned(settings, owner, workflow_id)
    query = segments_ref(database(settings), workflow_id).order_by("index")
    try:
        found = list(query.stream(retry=RETRY, timeout=TIMEOUT))
    except google_errors.GoogleAPIError as error:
        raise ServiceBroken("store_unreachable", "The script cannot be read just now.") from error
    return json_response({"segments": [_segment(snapshot) for snapshot in found]})


def list_page(settings: Settings, request: Request, owner: str) -> Response:
    """The owner's podcasts, newest first: `?limit=20&page_token=…&q=words of the title`.

    A search reads at most so many podcasts a page: a page may be short, or empty, and still name a next one.
    """
    limit = _limit(request.args.get("limit", str(DEFAULT_PAGE)))
    words = request.args.get("q", "").lower().split()
    workflows = database(settings).collection("workflows")
    query = workflows.where(filter=FieldFilter("owner", "==", owner)).order_by("created_at", direction="DESCENDING")
    if "page_token" in request.args:
        query = query.start_after({"created_at": _read_page_token(request.args["page_token"])})
    try:
        found = list(query.limit(MAX_PAGE * 5 if words else limit + 1).stream(retry=RETRY, timeout=TIMEOUT))
    except google_errors.GoogleAPIError as error:
        raise ServiceBroken("store_unreachable", "Podcasts cannot be listed just now.") from error
    wanted = [snapshot for snapshot in found if all(word in snapshot.get("title").lower() for word in words)]
    page, last = wanted[:limit], None
    if len(wanted) > limit:
        last = page[-1]
    elif words and len(found) == MAX_PAGE * 5:
        last = found[-1]
    return json_response(
        {
            "podcasts": [described(workflow) for workflow in page],
            "next_page_token": _page_token(last.get("created_at")) if last else None,
        }
    )


def audio(settings: Settings, request: Request, owner: str, workflow_id: str) -> Response:
    """A redirect to the finished episode's file."""
    return file(settings, request, owner, workflow_id, "episode.ogg")


def file(settings: Settings, request: Request, owner: str, workflow_id: str, name: str) -> Response:
    """A redirect to one of the finished episode's files: a stable address for what signed links reach for a while."""
    return redirect_to_file(settings, request, owned(settings, owner, workflow_id), name)


def redirect_to_file(settings: Settings, request: Request, workflow: DocumentSnapshot, name: str) -> Response:
    """Raises NotFound for a name that no file has, Conflict while it is not there yet: it is made then."""
    if name not in KINDS:
        raise NotFound("file_unknown", f"An episode's files are {', '.join(KINDS)}.")
    artifacts = workflow.get("artifacts") or {}
    if settings.lookahead_segments and workflow.get("state") == WorkflowState.GENERATING:
        publish(settings, Event(PODCAST_WANTED, workflow.id))
    if workflow.get("state") != WorkflowState.COMPLETED or KINDS[name] not in artifacts:
        raise Conflict("podcast_unfinished", "A file is there once the podcast is COMPLETED; MP3 and M4A soon after.")
    ttl = timedelta(seconds=settings.signed_url_ttl_s)
    method = "HEAD" if request.method == "HEAD" else "GET"  # the signature is over that, too
    link = signed_url(settings, parse_gs_uri(artifacts[KINDS[name]])[1], ttl=ttl, method=method)
    return Response(status=302, headers={"Location": link})


def described(workflow: DocumentSnapshot) -> dict[str, Any]:
    """A workflow as its owner sees it, but for its files."""
    found = workflow.to_dict() or {}
    return {
        "workflow_id": workflow.id,
        "state": found["state"],
        "title": found["title"],
        "language": found["language"],
        "created_at": found["created_at"].isoformat(),
        "stages": found["stages"],
        "duration_ms": found["duration_ms"],
        "error": found["error"],
        "sources": found["sources"],
    }


def described_whole(settings: Settings, workflow: DocumentSnapshot) -> dict[str, Any]:
    """The same with how much of it is written and voiced, and with links to its files that work for a while."""
    query = segments_ref(database(settings), workflow.id)
    voiced = query.where(filter=FieldFilter("state", "==", SegmentState.FORGED))
    try:
        progress = {"written": count(query), "voiced": count(voiced), "total": workflow.get("segments_total")}
    except google_errors.GoogleAPIError as error:
        raise ServiceBroken("store_unreachable", "Podcasts cannot be read just now.") from error
    finished = workflow.get("state") == WorkflowState.COMPLETED
    artifacts = _links(settings, workflow) if finished else None
    return {**described(workflow), "segments": progress, "artifacts": artifacts}


def _segment(snapshot: DocumentSnapshot) -> dict[str, Any]:
    found = snapshot.to_dict() or {}
    shown = ("index", "kind", "speaker", "text", "chapter", "source", "state", "packets", "duration_ms")
    times = {"scripted_at": snapshot.create_time} | {name: found.get(name) for name in ("forging_at", "forged_at")}
    return {name: found.get(name) for name in shown} | {
        name: time.isoformat() if time else None for name, time in times.items()
    }


def _links(settings: Settings, workflow: DocumentSnapshot) -> dict[str, str]:
    """Signed side by side: in the cloud each signature is a remote call.

    A browser saves what such a link leads to, under the podcast's title; an <audio> or <img> plays or shows it.
    """
    found: dict[str, str] = workflow.get("artifacts") or {}
    title, ttl = workflow.get("title")[:MAX_TITLE_IN_NAME], timedelta(seconds=settings.signed_url_ttl_s)

    def link(kind: str) -> str:
        name = f"{title} {FILES[kind].name}".replace(" episode.", ".")  # Tides.mp3, Tides transcript.vtt
        return signed_url(settings, parse_gs_uri(found[kind])[1], ttl=ttl, download_as=name)

    return dict(zip(found, signers.map(link, found), strict=True))


def _page_token(created_at: datetime) -> str:
    return base64.urlsafe_b64encode(created_at.isoformat().encode()).decode()


def _read_page_token(token: str) -> datetime:
    try:
        created_at = datetime.fromisoformat(base64.b64decode(token.encode(), b"-_", validate=True).decode())
    except (ValueError, binascii.Error):
        created_at = None
    if created_at is None or created_at.tzinfo is None:
        raise BadRequest("page_token_invalid", "page_token is the next_page_token of an earlier page.")
    return created_at


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_PAGE):
        raise BadRequest("limit_invalid", f"limit is a number from 1 to {MAX_PAGE}.")
    return int(text)
