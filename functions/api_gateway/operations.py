"""Every operation of the gateway, a row each: its address, its callers, its request and answers, its count.

From this one table come the routing, the checks before a handler (main.py) and the OpenAPI document
(openapi.py). A new operation is its handler and a row here.
"""

from __future__ import annotations

import json
from functools import lru_cache
from http import HTTPStatus
from typing import Final

from flask import Request, Response

from common.readiness import readiness
from common.settings import Settings
from functions.api_gateway import (
    answers,
    changing,
    continuing,
    drafting,
    engines,
    feeds,
    following,
    generating,
    opening,
    placing,
    pronouncing,
    reading,
    remaking,
    removing,
    sampling,
    sharing,
    signing,
    usage,
)
from functions.api_gateway import requests_schema as requests
from functions.api_gateway.operation import EVERYBODY, Answer, Operation

NEEDS: Final = ("firestore", "events", "storage", "keys", "models")


def show_document(settings: Settings, request: Request) -> Response:
    """Answer with the OpenAPI document; the document is made on request, not at every start."""
    return Response(_document(settings.gateway_url, bool(settings.id_token_client)), mimetype="application/json")


@lru_cache(maxsize=1)
def _document(gateway_url: str, id_tokens: bool) -> bytes:
    """Make the document once: making takes forty milliseconds, and any caller may ask without a key."""
    from functions.api_gateway import openapi

    return json.dumps(openapi.document(OPERATIONS, gateway_url, id_tokens=id_tokens)).encode()


def show_readiness(settings: Settings, request: Request) -> Response:
    """Answer once everything slow at the first use has been done."""
    return readiness(settings, *NEEDS)


_READY = Answer(HTTPStatus.OK, "It is ready.", answers.Ready)
_BEING_MADE = Answer(HTTPStatus.ACCEPTED, "The podcast is being made.", answers.Accepted)
_PODCAST = Answer(HTTPStatus.OK, "The podcast.", answers.Podcast)
_A_FILE = Answer(HTTPStatus.FOUND, "Where it is for now.")
_PRONUNCIATIONS = Answer(HTTPStatus.OK, "All that is kept.", answers.KeptPronunciations)
_PLACE = Answer(HTTPStatus.OK, "The place that is kept.", answers.Place)
_KEPT_OF_IT = Answer(HTTPStatus.OK, "The place that is kept, and the moments.", answers.PlaceAndMoments)
_MOMENT_KEPT = Answer(HTTPStatus.NO_CONTENT, "It is kept.")
_GONE = Answer(HTTPStatus.NO_CONTENT, "It is gone.")

PODCASTS: Final = "/api/v1/podcasts"
PODCAST: Final = f"{PODCASTS}/{{workflow_id}}"
PRONUNCIATIONS: Final = "/api/v1/pronunciations"
FEEDS: Final = "/api/v1/feeds"

OPERATIONS: Final = (
    Operation(
        "POST",
        f"{PODCASTS}/generate",
        generating.generate,
        _BEING_MADE,
        "generate",
        "Have a podcast made; listen to it at once over the WebSocket.",
        asks=requests.GenerateRequest,
        query={
            "opening": {
                "type": "string",
                "enum": [*generating.OPENING_FORMS],
                "default": generating.OPENING_FORMS[0],
                "description": "With `sound`, the answer brings the packets that the podcast begins with.",
            },
        },
        once=True,
        counted=True,
        counts=True,
        wakes=True,
    ),
    Operation(
        "GET",
        PODCASTS,
        reading.list_page,
        Answer(HTTPStatus.OK, "A page of them.", answers.Page),
        "list",
        "Your podcasts, newest first.",
        query={
            "limit": {
                "type": "integer",
                "minimum": 1,
                "maximum": reading.MAX_PAGE,
                "default": reading.DEFAULT_PAGE,
            },
            "page_token": {"type": "string"},
            "q": {"type": "string", "description": "Words of the title."},
        },
        counted=True,
        wakes=True,
    ),
    Operation("GET", PODCAST, reading.show, _PODCAST, "show", "How a podcast stands.", shared=True),
    Operation(
        "PATCH",
        PODCAST,
        changing.rename,
        _PODCAST,
        "rename",
        "Give a podcast another title: lists and feeds show it at once, finished files soon after.",
        asks=requests.RenameRequest,
        counted=True,
    ),
    Operation("DELETE", PODCAST, removing.delete, _GONE, "delete", "Remove a podcast and everything of it."),
    Operation(
        "POST",
        f"{PODCAST}/cancel",
        changing.cancel,
        _PODCAST,
        "cancel",
        "Stop making a podcast.",
        refusals=(HTTPStatus.CONFLICT,),
    ),
    Operation(
        "POST",
        f"{PODCAST}/continue",
        continuing.go_on,
        _BEING_MADE,
        "continue",
        "A new podcast with more about one chapter, from what its sources say and was not told yet.",
        asks=requests.ContinueRequest,
        once=True,
        counted=True,
        wakes=True,
    ),
    Operation(
        "POST",
        f"{PODCAST}/remake",
        remaking.remake,
        _BEING_MADE,
        "remake",
        "A new podcast of a finished one's edited script; only what was edited is voiced again.",
        asks=requests.RemakeRequest,
        once=True,
        counted=True,
        wakes=True,
    ),
    Operation(
        "POST",
        f"{PODCAST}/stream",
        generating.open_stream,
        Answer(HTTPStatus.CREATED, "Where to listen, and with what.", answers.Stream),
        "openStream",
        "A fresh right to hear a podcast.",
        counted=True,
        refusals=(HTTPStatus.CONFLICT,),
        shared=True,
    ),
    Operation(
        "GET",
        f"{PODCAST}/segments",
        reading.segments,
        Answer(HTTPStatus.OK, "As far as it is written.", answers.Script),
        "segments",
        "The script, turn by turn.",
        counted=True,
        shared=True,
    ),
    Operation(
        "PATCH",
        f"{PODCAST}/segments",
        drafting.edit,
        _PODCAST,
        "editScript",
        "Edit the script of a draft.",
        asks=requests.EditRequest,
        once=True,
        counted=True,
    ),
    Operation(
        "POST",
        f"{PODCAST}/approve",
        drafting.approve,
        _PODCAST,
        "approve",
        "Have a draft voiced, with its last edits.",
        asks=requests.EditRequest,
        once=True,
        counted=True,
    ),
    Operation(
        "GET",
        f"{PODCAST}/place",
        placing.show,
        _KEPT_OF_IT,
        "place",
        "Where you have come to in a podcast, and which moments of it you keep, on whichever device.",
    ),
    Operation(
        "PUT",
        f"{PODCAST}/place",
        placing.keep,
        _PLACE,
        "keepPlace",
        "Keep where you have come to: tell it when the sound stops, and about once a minute while it plays.",
        asks=requests.PlaceRequest,
    ),
    Operation(
        "PUT",
        f"{PODCAST}/moments/{{segment}}",
        placing.keep_moment,
        _MOMENT_KEPT,
        "keepMoment",
        "Keep a turn of the script, by its index, as a moment to come back to.",
    ),
    Operation(
        "DELETE",
        f"{PODCAST}/moments/{{segment}}",
        placing.forget_moment,
        _GONE,
        "forgetMoment",
        "Keep a moment no longer.",
    ),
    Operation(
        "GET",
        f"{PODCAST}/usage",
        usage.of_podcast,
        Answer(HTTPStatus.OK, "By engine, and in US dollars as far as prices are known.", answers.PodcastUsage),
        "podcastUsage",
        "What the voices of a podcast were given, and cost.",
        counted=True,
    ),
    Operation(
        "GET",
        f"{PODCAST}/events",
        following.events,
        Answer(HTTPStatus.OK, "Events whose data is the podcast, as in a list.", "text/event-stream"),
        "follow",
        "Progress as server-sent events: `progress` at first and at each change, `end` at last.",
        shared=True,
    ),
    Operation(
        "GET",
        f"{PODCAST}/audio",
        reading.audio,
        Answer(HTTPStatus.FOUND, "Where it is."),
        "audio",
        "The finished episode.",
        refusals=(HTTPStatus.CONFLICT,),
        shared=True,
    ),
    Operation(
        "GET",
        f"{PODCAST}/files/{{name}}",
        reading.file,
        _A_FILE,
        "file",
        "A file of the finished episode, under an address that stays.",
        refusals=(HTTPStatus.CONFLICT,),
        shared=True,
    ),
    Operation(
        "POST",
        f"{PODCAST}/shares",
        sharing.share,
        Answer(HTTPStatus.CREATED, "The share.", answers.Share),
        "share",
        "Let whoever has a link hear and read a podcast, for some days.",
        asks=requests.ShareRequest,
        counted=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
    Operation(
        "GET",
        f"{PODCAST}/shares",
        sharing.list_all,
        Answer(HTTPStatus.OK, "Those that are good.", answers.Shares),
        "shares",
        "The shares of a podcast.",
        counted=True,
    ),
    Operation(
        "DELETE",
        f"{PODCAST}/shares/{{share_id}}",
        sharing.revoke,
        _GONE,
        "revokeShare",
        "Take a share back: who is listening with it is cut off within a minute.",
    ),
    Operation(
        "GET",
        "/api/v1/engines",
        engines.show,
        Answer(HTTPStatus.OK, "Their voices, languages and prices.", answers.Engines),
        "engines",
        "Who may write and speak: what a request can choose from, the default engines first.",
        wakes=True,
    ),
    Operation(
        "POST",
        "/api/v1/opening",
        opening.show,
        Answer(HTTPStatus.OK, "Its packets, where it was voiced before.", answers.KeptOpening),
        "opening",
        "The greeting that a podcast of these choices would begin with, to be played before the stream is there.",
        asks=requests.OpeningRequest,
    ),
    Operation(
        "POST",
        "/api/v1/sample",
        sampling.sample,
        Answer(HTTPStatus.OK, "Its packets, kept from now on.", answers.KeptOpening),
        "sample",
        "How a host of these choices sounds: the same greeting, voiced now where it never was.",
        asks=requests.OpeningRequest,
        counted=True,
        refusals=(HTTPStatus.UNPROCESSABLE_ENTITY,),
    ),
    Operation(
        "GET",
        "/api/v1/usage",
        usage.show,
        Answer(HTTPStatus.OK, "Day by day (UTC), those with any use; and the key's quotas.", answers.Usage),
        "usage",
        "What this key asked for, used, and what it cost.",
        query={
            "days": {"type": "integer", "minimum": 1, "maximum": usage.MAX_DAYS, "default": usage.DEFAULT_DAYS},
        },
        counted=True,
    ),
    Operation(
        "GET",
        PRONUNCIATIONS,
        pronouncing.show,
        _PRONUNCIATIONS,
        "pronunciations",
        "How words are said in all your podcasts, and in those of a show.",
        counted=True,
    ),
    Operation(
        "PUT",
        PRONUNCIATIONS,
        pronouncing.keep,
        _PRONUNCIATIONS,
        "keepPronunciations",
        "Have words said so from now on, in the place of all that was kept; podcasts in the making keep to theirs.",
        asks=requests.KeptPronunciations,
        counted=True,
    ),
    Operation(
        "POST",
        FEEDS,
        feeds.create,
        Answer(
            HTTPStatus.CREATED, "Its address, which is told this once and is a secret, also as a QR code.", answers.Feed
        ),
        "createFeed",
        "A private feed of your podcasts, for any podcast app.",
        counted=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
    Operation(
        "GET",
        FEEDS,
        feeds.list_all,
        Answer(HTTPStatus.OK, "When each was made, and with which key.", answers.Feeds),
        "listFeeds",
        "Your private feeds. Their addresses are secrets, and were told once.",
        counted=True,
    ),
    Operation(
        "DELETE",
        FEEDS,
        feeds.revoke_all,
        Answer(HTTPStatus.NO_CONTENT, "They are gone."),
        "revokeFeeds",
        "Take back all your feeds.",
    ),
    Operation(
        "GET",
        f"{FEEDS}/{{token}}/rss.xml",
        feeds.show,
        Answer(HTTPStatus.OK, "The newest hundred podcasts.", "application/rss+xml"),
        "feed",
        "The feed: RSS 2.0 with the namespaces of iTunes and Podcasting 2.0. Conditional requests spare its transfer.",
        by=EVERYBODY,  # its address is the right
        weight=10,  # it reads a hundred podcasts
    ),
    Operation(
        "GET",
        f"{FEEDS}/{{token}}/{{workflow_id}}/{{name}}",
        feeds.file,
        _A_FILE,
        "feedFile",
        "A file of a podcast of the feed.",
        by=EVERYBODY,
        refusals=(HTTPStatus.CONFLICT,),
    ),
    Operation(
        "GET",
        "/api/v1/openapi.json",
        show_document,
        Answer(HTTPStatus.OK, "The OpenAPI document.", "application/json"),
        by=EVERYBODY,
    ),
    Operation("GET", "/", show_readiness, _READY, by=EVERYBODY),
    Operation("GET", "/healthz", show_readiness, _READY, by=EVERYBODY),
    Operation(
        "POST",
        "/internal/v1/signed-urls",
        signing.segment_urls,
        Answer(HTTPStatus.OK, "The links.", answers.SignedUrls),
        asks=requests.SegmentUrlsRequest,
        by="signing_callers",
    ),
    Operation(
        "POST",
        "/internal/v1/signed-url",
        signing.object_url,
        Answer(HTTPStatus.OK, "The link.", answers.SignedUrl),
        asks=requests.ObjectUrlRequest,
        by="signing_callers",
    ),
    Operation(
        "POST",
        "/internal/v1/awaited",
        signing.await_segments,
        Answer(HTTPStatus.OK, "The orchestrator will be told.", answers.Awaited),
        asks=requests.AwaitedRequest,
        by="signing_callers",
    ),
    Operation(
        "POST",
        "/internal/v1/removals",
        removing.remove_again,
        Answer(HTTPStatus.OK, "Whether there was anything to remove.", answers.Removed),
        asks=requests.RemovalRequest,
        by="removal_callers",
    ),
    Operation(
        "POST",
        "/internal/v1/leftovers",
        removing.remove_leftovers,
        Answer(HTTPStatus.OK, "Whether there was anything to remove.", answers.Removed),
        asks=requests.RemovalRequest,
        by="removal_callers",
    ),
)
