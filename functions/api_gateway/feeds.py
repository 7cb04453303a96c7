"""Private feeds: an address that a podcast app can subscribe to, with all of an owner's finished podcasts.

Apps send no API key, so the address itself is the right: it holds 256 random bits, of which only the hash is stored,
and can be taken back. https://github.com/Podcastindex-org/podcast-namespace, https://help.apple.com/itc/podcasts_connect
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from flask import Request, Response
from google.api_core import exceptions as google_errors
from google.cloud.firestore_v1 import DocumentSnapshot, FieldFilter

from common.clients import RETRY, TIMEOUT, database
from common.documents import WorkflowState
from common.errors import NotFound, ServiceBroken
from common.hosts import hosts_of
from common.problems import json_response
from common.settings import Settings
from common.tokens import new_token, token_hash
from functions.api_gateway.ownership import owned
from functions.api_gateway.reading import redirect_to_file
from functions.api_gateway.rss import Item, rss

MAX_ITEMS = 100
"""The newest ones; apps keep what they have seen."""


def create(settings: Settings, request: Request, owner: str) -> Response:
    """A new private feed of the owner's podcasts. Its address is told this once."""
    token = new_token()
    feed = {"owner": owner, "created_at": datetime.now(UTC)}
    try:
        _feeds(settings).document(token_hash(token)).create(feed, retry=RETRY, timeout=TIMEOUT)
    except google_errors.GoogleAPIError as error:
        raise ServiceBroken("store_unreachable", "No feed could be made; ask again.") from error
    return json_response({"url": _address(settings, token) + "/rss.xml"}, 201)


def revoke_all(settings: Settings, request: Request, owner: str) -> Response:
    """Take back every private feed of the owner: their addresses lead nowhere from now on."""
    try:
        for feed in (
            _feeds(settings).where(filter=FieldFilter("owner", "==", owner)).stream(retry=RETRY, timeout=TIMEOUT)
        ):
            feed.reference.delete(retry=RETRY, timeout=TIMEOUT)
    except google_errors.GoogleAPIError as error:
        raise ServiceBroken("store_unreachable", "Not every feed could be taken back; ask again.") from error
    return Response(status=204)


def show(settings: Settings, request: Request, token: str) -> Response:
    """The feed itself: RSS 2.0. A reader that has it already is told so by its ETag (RFC 9110, section 13).

    There is no Last-Modified beside that: a podcast that is deleted leaves nothing that could say when.
    """
    owner = _owner(settings, token)
    workflows = database(settings).collection("workflows")
    query = workflows.where(filter=FieldFilter("owner", "==", owner)).order_by("created_at", direction="DESCENDING")
    try:
        found = list(query.limit(MAX_ITEMS).stream(retry=RETRY, timeout=TIMEOUT))
    except google_errors.GoogleAPIError as error:
        raise ServiceBroken("store_unreachable", "The feed cannot be read just now.") from error
    finished = [workflow for workflow in found if "mp3" in (workflow.get("artifacts") or {})]
    items = [_item(workflow) for workflow in finished if workflow.get("state") == WorkflowState.COMPLETED]
    response = Response(rss(_address(settings, token), items), mimetype="application/rss+xml")
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, max-age=60"
    response.make_conditional(request)
    return response


def file(settings: Settings, request: Request, token: str, workflow_id: str, name: str) -> Response:
    """A redirect to an episode's file, whose signed link answers to Range."""
    return redirect_to_file(settings, request, owned(settings, _owner(settings, token), workflow_id), name)


def _item(workflow: DocumentSnapshot) -> Item:
    found = workflow.to_dict() or {}
    return Item(
        workflow_id=workflow.id,
        title=found["title"],
        language=found["language"],
        published=found["created_at"],
        changed=workflow.update_time,
        duration_s=round(found["duration_ms"] / 1000),
        notes=found["notes"],
        hosts=[host["name"] for host in hosts_of(found)],
        file_bytes=found["artifact_bytes"],
    )


def _owner(settings: Settings, token: str) -> str:
    try:
        feed = _feeds(settings).document(token_hash(token)).get(retry=RETRY, timeout=TIMEOUT).to_dict()
    except google_errors.GoogleAPIError as error:
        raise ServiceBroken("store_unreachable", "The feed cannot be read just now.") from error
    if feed is None:
        raise NotFound("feed_unknown", "There is no such feed, or no longer.")
    return str(feed["owner"])


def _feeds(settings: Settings):  # type: ignore[no-untyped-def]  # the library's own types are generic in its stubs alone
    return database(settings).collection("feeds")


def _address(settings: Settings, token: str) -> str:
    return f"{settings.gateway_url}/api/v1/feeds/{token}"
