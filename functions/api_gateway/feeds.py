"""Private feeds: an address for podcast apps to subscribe to, with all of an owner's finished podcasts.

Apps send no API key, so the address itself is the right: the address holds 256 random bits, stored only as a hash,
and can be taken back. https://github.com/Podcastindex-org/podcast-namespace,
https://help.apple.com/itc/podcasts_connect
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice

from flask import Request, Response, g

from common.contract import MAX_FEEDS
from common.errors import Conflict, NotFound
from common.hosts import hosts_of
from common.problems import json_response
from common.records import Feed, Workflow
from common.settings import Settings
from common.states import WorkflowState
from common.store import api_keys, feeds, workflows
from common.tokens import new_token, token_hash
from functions.api_gateway.ownership import owned
from functions.api_gateway.reading import redirect_to_file
from functions.api_gateway.rss import Item, rss

_KEY_ID = 12
"""Characters of a key's hash, by which operators list and revoke it."""
MAX_ITEMS = 100
"""The newest ones; apps keep what they have seen."""
_LOOKED_AT, _MOST_LOOKED_AT = 100, 1_000
"""Podcasts that are read at a time, and in all, to find those: of the newest many may have failed."""


def create(settings: Settings, request: Request, owner: str) -> Response:
    """Return a new private feed of the owner's podcasts. Its address is told this once. Raises Conflict where the owner
    has as many as they may."""
    if len(feeds.of_owner(settings, owner)) >= MAX_FEEDS:
        raise Conflict(
            "feeds_too_many", f"There are {MAX_FEEDS} feeds at most: take them back, and make those you use."
        )
    token = new_token()
    feeds.create(settings, Feed(id=token_hash(token), owner=owner, key=g.key, created_at=datetime.now(UTC)))
    url = _address(settings, token) + "/rss.xml"
    return json_response({"url": url, "qr": qr_code(url)}, 201)


def list_all(settings: Settings, request: Request, owner: str) -> Response:
    """Return the owner's private feeds, the oldest first: when each was made, and with which key. Addresses are told
    once."""
    made = [
        {"created_at": feed.created_at.isoformat(), "key": feed.key[:_KEY_ID] or None}
        for feed in feeds.of_owner(settings, owner)
    ]
    return json_response({"feeds": made})


def revoke_all(settings: Settings, request: Request, owner: str) -> Response:
    """Take back every private feed of the owner: their addresses lead nowhere from now on."""
    feeds.remove_all(settings, owner)
    return Response(status=204)


def show(settings: Settings, request: Request, token: str) -> Response:
    """Return the feed itself: RSS 2.0. A reader with the present feed is told so by its ETag (RFC 9110, section 13).

    No Last-Modified stands beside the ETag: a deleted podcast leaves nothing to tell the time of its deletion.
    """
    owner = _owner(settings, token)
    items = [_item(workflow) for workflow in islice(_finished(settings, owner), MAX_ITEMS)]
    response = Response(rss(_address(settings, token), items), mimetype="application/rss+xml")
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, max-age=60"
    response.make_conditional(request)
    return response


def file(settings: Settings, request: Request, token: str, workflow_id: str, name: str) -> Response:
    """Return a redirect to an episode's file, whose signed link answers to Range."""
    return redirect_to_file(settings, request, owned(settings, _owner(settings, token), workflow_id), name)


def _finished(settings: Settings, owner: str) -> Iterator[Workflow]:
    """Yield the owner's podcasts with audio files, the newest first, however many others were asked for since."""
    page = workflows.newest(settings, owner, _LOOKED_AT)
    looked_at = 0
    while page:
        for workflow in page:
            if workflow.state == WorkflowState.COMPLETED and "mp3" in (workflow.artifacts or {}):
                yield workflow
        looked_at += len(page)
        if len(page) < _LOOKED_AT or looked_at >= _MOST_LOOKED_AT:
            return
        page = workflows.newest(settings, owner, _LOOKED_AT, after=workflows.place_of(page[-1]))


def _item(workflow: Workflow) -> Item:
    return Item(
        workflow_id=workflow.id,
        title=workflow.title,
        language=workflow.language,
        published=workflow.created_at,
        changed=workflow.version or workflow.created_at,
        duration_s=round((workflow.duration_ms or 0) / 1000),
        notes=workflow.notes,
        hosts=[host["name"] for host in hosts_of(workflow.request)],
        file_bytes=workflow.artifact_bytes,
    )


def _owner(settings: Settings, token: str) -> str:
    feed = feeds.read(settings, token_hash(token))
    if feed is None or not api_keys.is_good(settings, feed.key):
        raise NotFound("feed_unknown", "There is no such feed, or no longer.")
    return feed.owner


def qr_code(url: str) -> str:
    """Draw an SVG document, which cameras read even with a part hidden or dirty (ISO/IEC 18004, level M)."""
    import segno  # by nothing else, and never at a start

    drawn = BytesIO()
    segno.make(url, error="m", micro=False).save(drawn, kind="svg", xmldecl=False, nl=False)
    return drawn.getvalue().decode()


def _address(settings: Settings, token: str) -> str:
    return f"{settings.gateway_url}/api/v1/feeds/{token}"
