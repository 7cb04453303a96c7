"""Requests of the streamer, which may read no bucket and tell nobody anything itself: links to audio, made ahead of
need, and word that a listener waits.

In the cloud each signature is a remote call, so a whole lookahead is asked for at once and signed side by side.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from flask import Request, Response

from common import tracing
from common.blobs import signed_url
from common.contract import MAX_SIGNED_URLS
from common.errors import Forbidden
from common.events import PODCAST_AWAITED, PODCAST_WANTED, Event, publish
from common.names import parse_gs_uri, segment_object
from common.problems import json_response
from common.settings import Settings
from functions.api_gateway.requests_schema import AwaitedRequest, ObjectUrlRequest, SegmentUrlsRequest

signers = ThreadPoolExecutor(MAX_SIGNED_URLS, thread_name_prefix="signer")


def segment_urls(settings: Settings, request: Request, asked: SegmentUrlsRequest) -> Response:
    """Link to segments; the objects need not exist yet."""
    ttl = timedelta(seconds=settings.signed_url_ttl_s)
    expires_at = datetime.now(UTC) + ttl
    end = asked.first + asked.count
    indexes = range(asked.first, end)

    def sign(index: int) -> str:
        return signed_url(settings, segment_object(asked.workflow_id, index), ttl=ttl)

    with tracing.work(settings, "sign", asked.workflow_id, request.headers):
        urls = list(signers.map(sign, indexes))
    if settings.lookahead_segments:  # the streamer asks this far when somebody is about to come this far
        publish(settings, Event(PODCAST_WANTED, asked.workflow_id, {"segments": end}, subject=str(end)))
    return json_response(
        {
            "urls": [{"index": index, "url": url} for index, url in zip(indexes, urls, strict=True)],
            "expires_at": expires_at.isoformat(),
        }
    )


def await_segments(settings: Settings, request: Request, asked: AwaitedRequest) -> Response:
    """Have the next turns of a podcast voiced ahead of what is voiced for later: a listener has little left to hear."""
    event = Event(PODCAST_AWAITED, asked.workflow_id, {"segments": asked.segments}, subject=str(asked.segments))
    publish(settings, event)
    return json_response({"awaited": asked.segments})


def object_url(settings: Settings, request: Request, asked: ObjectUrlRequest) -> Response:
    """Return a link to one finished object of the audio bucket."""
    bucket, name = parse_gs_uri(asked.uri)
    if bucket != settings.audio_bucket:
        raise Forbidden("bucket_foreign", "Only objects of the audio bucket are signed.")
    return json_response({"url": signed_url(settings, name, ttl=timedelta(seconds=settings.signed_url_ttl_s))})
