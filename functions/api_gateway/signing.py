"""Signed URLs for the streamer, which may read no bucket itself: links to audio, made ahead of need.

In the cloud each signature is a remote call, so a whole lookahead is asked for at once and signed side by side.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from flask import Request, Response

from common.blobs import signed_url
from common.errors import BadRequest, Forbidden
from common.events import PODCAST_WANTED, Event, publish
from common.names import parse_gs_uri, segment_object
from common.problems import json_response
from common.settings import Settings
from functions.api_gateway.bodies import json_object

MAX_URLS = 16
signers = ThreadPoolExecutor(MAX_URLS, thread_name_prefix="signer")


def segment_urls(settings: Settings, request: Request) -> Response:
    """`{workflow_id, first, count}` -> `{urls: [{index, url}], expires_at}`. The objects need not exist yet."""
    body = json_object(request)
    workflow_id, first, count = body.get("workflow_id"), body.get("first"), body.get("count")
    if not isinstance(workflow_id, str) or not re.fullmatch(r"[0-9a-f]{32}", workflow_id):
        raise BadRequest("request_invalid", "workflow_id is 32 hexadecimal digits.")
    if type(first) is not int or type(count) is not int or first < 0 or not 1 <= count <= MAX_URLS:
        raise BadRequest("request_invalid", f"first is a number from 0, count one from 1 to {MAX_URLS}.")
    ttl = timedelta(seconds=settings.signed_url_ttl_s)
    expires_at = datetime.now(UTC) + ttl
    indexes = range(first, first + count)
    urls = signers.map(lambda index: signed_url(settings, segment_object(workflow_id, index), ttl=ttl), indexes)
    if settings.lookahead_segments:  # the streamer asks this far when somebody is about to come this far
        told = {"segments": first + count}
        publish(settings, Event(PODCAST_WANTED, workflow_id, told, subject=str(first + count)))
    return json_response(
        {
            "urls": [{"index": index, "url": url} for index, url in zip(indexes, urls, strict=True)],
            "expires_at": expires_at.isoformat(),
        }
    )


def object_url(settings: Settings, request: Request) -> Response:
    """`{uri}` -> `{url}`, for one finished object of the audio bucket."""
    try:
        bucket, name = parse_gs_uri(str(json_object(request).get("uri")))
    except ValueError:
        raise BadRequest("request_invalid", "uri is a gs:// address of an object.") from None
    if bucket != settings.audio_bucket:
        raise Forbidden("bucket_foreign", "Only objects of the audio bucket are signed.")
    return json_response({"url": signed_url(settings, name, ttl=timedelta(seconds=settings.signed_url_ttl_s))})
