"""Audio from Cloud Storage, through URLs that the gateway signs: the streamer may read no bucket itself.

A segment's name is known before the segment is made, so URLs are asked for 16 at a time and ahead of need, the first
two by themselves; with a lookahead, no more URLs at a time than segments ahead of the listener, for a URL asked for is
a segment voiced.
Blocking; runs on the server's pool of threads.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import urllib3

from common import tracing
from common.contract import MAX_SIGNED_URLS
from common.errors import NotFound, ServiceBroken
from common.ogg import OggError, read_opus
from common.pools import fresh_pools
from common.services import service
from common.settings import Settings
from streamer.catalog.segment_audio import SegmentAudio
from streamer.catalog.timeline import Segment

BATCH: Final = MAX_SIGNED_URLS
EARLY: Final = 2
"""URLs that are asked for first, where the rest need not be voiced for it."""
MAX_OBJECT_BYTES: Final = 64 * 1024 * 1024
_MARGIN_S = 60.0
_GATEWAY_TIMEOUT_S = (2.5, 10.0)
_STORAGE_TIMEOUTS_S = (2.0, 4.0, 10.0)
"""To connect, for the answer to begin and between two pieces of it, attempt by attempt: at first the connection may be
lost, later storage slow."""
_WHOLE_WITHIN_S = 30.0
"""For an object to come to its end, in each attempt: pieces may come in time, and none be the last."""
_PIECE_BYTES = 256 * 1024
_RETRIES = urllib3.Retry(
    total=3,
    read=0,
    backoff_factor=0.1,
    backoff_jitter=0.1,
    status_forcelist=(429, 500, 502, 503, 504),
    raise_on_status=False,
)


@dataclass
class SignedUrls:
    """URLs of one workflow's segments, by index, as long as they are good."""

    urls: dict[int, str] = field(default_factory=dict)
    expires_at: float = 0.0
    asking: threading.Lock = field(default_factory=threading.Lock)

    def at_hand(self, index: int) -> str | None:
        return self.urls.get(index) if time.monotonic() <= self.expires_at else None


class Fetcher:
    """Fetches audio. Every method may be called from any thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._gateway = service(settings.gateway_url)
        self._batch = min(BATCH, settings.lookahead_segments or BATCH)
        self._early = self._batch if settings.lookahead_segments else EARLY
        self._http = fresh_pools(num_pools=4, maxsize=32, retries=_RETRIES)

    def sign_first(self, workflow_id: str, signed: SignedUrls) -> None:
        """Sign the first URLs of a workflow, then a batch more where that has nothing voiced. Raises likewise."""
        self.sign_ahead(workflow_id, signed, 0)
        if self._early < self._batch:
            self.sign_ahead(workflow_id, signed, self._early)

    def sign_ahead(self, workflow_id: str, signed: SignedUrls, first: int) -> str:
        """Sign URLs for the segments from `first` on, unless at hand; return the first. Raises the gateway's errors."""
        if (url := signed.at_hand(first)) is not None:
            return url
        with signed.asking:
            if (url := signed.at_hand(first)) is not None:
                return url
            if time.monotonic() > signed.expires_at:
                signed.urls.clear()
            # A call of many signatures takes as long as the slowest of them, and the first sound waits for it
            count = self._batch if signed.urls else self._early
            body = {"workflow_id": workflow_id, "first": first, "count": count}
            new = self._gateway.post(
                "/internal/v1/signed-urls", body, read=partial(_signed, first), timeout=_GATEWAY_TIMEOUT_S
            )
            signed.expires_at = min(signed.expires_at, new.expires_at) if signed.urls else new.expires_at
            signed.urls.update(new.urls)
            return signed.urls[first]

    def await_segments(self, workflow_id: str, segments: int) -> None:
        """Have the turns before number `segments` voiced ahead of others' later ones. Raises the gateway's errors."""
        body = {"workflow_id": workflow_id, "segments": segments}
        self._gateway.post("/internal/v1/awaited", body, read=bool, timeout=_GATEWAY_TIMEOUT_S)

    def segment(self, workflow_id: str, signed: SignedUrls, segment: Segment) -> SegmentAudio:
        """Fetch a segment and cut it into frames. Raises NotFound or ServiceBroken; asking again may help either."""
        if segment.record.sound:
            return audio_of(segment, segment.record.sound)
        with tracing.work(self._settings, "fetch", workflow_id):
            url = self.sign_ahead(workflow_id, signed, segment.index)
            try:
                data = self._get(url)
            except NotFound:
                with signed.asking:
                    signed.urls.pop(segment.index, None)
                raise
        return audio_of(segment, data)

    def object(self, uri: str) -> bytes:
        """Fetch a finished object, whatever it is."""
        body = {"uri": uri}
        url = self._gateway.post("/internal/v1/signed-url", body, read=_url, timeout=_GATEWAY_TIMEOUT_S)
        return self._get(url)

    def _get(self, url: str) -> bytes:
        for attempt, timeout_s in enumerate(_STORAGE_TIMEOUTS_S, start=1):
            try:
                with tracing.call("GET an object"):
                    response = self._http.request("GET", url, timeout=timeout_s, preload_content=False)
                    data = _whole(response)
                break
            except urllib3.exceptions.HTTPError as error:
                self._http.clear()  # what else is idle may have gone the same way
                if attempt == len(_STORAGE_TIMEOUTS_S):
                    raise ServiceBroken("storage_unreachable", "A segment's audio cannot be fetched.") from error
        if response.status in {400, 403, 404}:  # gone, or the URL has run out (400, ExpiredToken)
            raise NotFound("audio_missing", "A segment's audio is not there.")
        if response.status != 200 or len(data) > MAX_OBJECT_BYTES:
            raise ServiceBroken("storage_failed", "A segment's audio cannot be fetched.")
        return data


def _whole(response: urllib3.BaseHTTPResponse) -> bytes:
    """Return the body of an answer, or its beginning where that is more than an object may have. Raises urllib3's
    errors, TimeoutError among them, where it does not come to its end in time."""
    deadline, data = time.monotonic() + _WHOLE_WITHIN_S, bytearray()
    while len(data) <= MAX_OBJECT_BYTES and (piece := response.read1(_PIECE_BYTES)):
        data += piece
        if time.monotonic() > deadline:
            response.close()
            raise urllib3.exceptions.TimeoutError("the object does not come to its end")
    if len(data) > MAX_OBJECT_BYTES:
        response.close()
    response.release_conn()
    return bytes(data)


def audio_of(segment: Segment, data: bytes) -> SegmentAudio:
    """Cut a segment's Ogg Opus into frames. Raises ServiceBroken."""
    try:
        packets = read_opus(data).packets
    except OggError as error:
        raise ServiceBroken("audio_damaged", "A segment's audio is damaged.") from error
    if len(packets) != segment.packets:
        raise ServiceBroken("audio_damaged", "A segment's audio is not as long as it is said to be.")
    return SegmentAudio(segment.record, segment.first_packet, packets)


def _signed(first: int, answer: Any) -> SignedUrls:
    """Return the URLs that the gateway answers with, that of segment `first` among them."""
    lifetime = datetime.fromisoformat(answer["expires_at"]) - datetime.now(UTC)
    urls = {int(entry["index"]): _url(entry) for entry in answer["urls"]}
    if first not in urls:
        raise KeyError(first)
    return SignedUrls(urls, time.monotonic() + lifetime.total_seconds() - _MARGIN_S)


def _url(entry: Any) -> str:
    return str(entry["url"])
