"""The library: what there is to hear on this instance, and how it gets here.

A channel is opened by its first listener and kept for a while after its last. Workflows are followed through the watch,
segments fetched once for all listeners, a little ahead of the first who needs them. As a watch may fall silent, what a
starving listener waits for is read again now and then; when that brings something, the watch is started anew. While the
watch is quiet, one of those who starve has it read every two seconds: if the connection is lost, that finds it out for
all (common/channels.py).

All of it runs on the hub's event loop; blocking work goes to a pool of threads.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import random
from collections.abc import Callable, Coroutine, Hashable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Final, TypeVar, cast

from google.api_core import exceptions as google_errors
from google.cloud.firestore_v1 import Client, DocumentSnapshot, FieldFilter

from common.clients import RETRY, TIMEOUT
from common.documents import SegmentState, segments_ref, stream_ref, workflow_ref
from common.errors import AethercastError, Broken, Busy, Refused
from common.logs import fields
from streamer.claims import Claim
from streamer.direct import attached_audio, fetch_attached
from streamer.feed import Failure, Feed, Segment
from streamer.fetch import Fetcher, SignedUrls
from streamer.metrics import Counts
from streamer.session import Channel
from streamer.shelf import Shelf
from streamer.watch import Watch

logger = logging.getLogger(__name__)

IDLE_S: Final = 30.0
FIRST_REREAD_S: Final = 3.0
LAST_REREAD_S: Final = 30.0
QUIET_S: Final = 2.0
REREAD_SEGMENTS: Final = 16
FETCH_ATTEMPTS: Final = 6
PREFETCH: Final = 2
"""Segments kept at hand from a listener's position on."""
_WATCH_LAGS_S = 5.0

OnNews = Callable[[Channel, list[bytes]], None]
"""Called when a channel has more to tell or to hear; with frames for all who hear it."""
OnMissing = Callable[[Channel, Segment, Failure], None]
"""Called when a segment's audio cannot be had."""
OnAttached = Callable[[str, str], None]
"""Called with a stream and the address of an audio object that was attached to it."""
T = TypeVar("T")


class Library:
    """Owns channels, the audio they keep, and the watch they are followed by."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        pool: ThreadPoolExecutor,
        db: Client,
        fetcher: Fetcher,
        counts: Counts,
        shelf: Shelf,
        on_news: OnNews,
        on_missing: OnMissing,
        on_attached: OnAttached,
    ) -> None:
        self._loop, self._pool, self._db, self._fetcher = loop, pool, db, fetcher
        self._counts, self._on_news, self._on_missing, self._on_attached = counts, on_news, on_missing, on_attached
        self._tasks: set[asyncio.Task[None]] = set()
        self._probe_at = 0.0
        self.shelf = shelf
        self.channels: dict[str, Channel] = {}
        self.watch = Watch(db, self._hand_on)

    def open(self, claim: Claim) -> Channel:
        """The channel of what a claim is for."""
        key = claim.audio or claim.workflow_id
        channel = self.channels.get(key)
        if channel is None:
            channel = self._object(claim.audio) if claim.audio else self._workflow(claim.workflow_id)
            self.channels[key] = channel
        return channel

    def await_attachment(self, stream: str) -> None:
        """Tell when an audio object is attached to a stream."""
        self.watch.add(("stream", stream), stream_ref(self._db, stream))

    def forget_attachment(self, stream: str) -> None:
        self.watch.remove(("stream", stream))

    def want(self, channel: Channel, segment: Segment | None) -> bool:
        """Have a segment at hand, and what follows on it. Whether all that is there already."""
        if segment is None:
            return False
        self.shelf.heard(segment)
        wanted = channel.feed.segments[segment.index : segment.index + PREFETCH]
        for each in wanted:
            if each.audio is None and not each.fetching:
                each.fetching = True
                self._spawn(self._fetch(channel, each))
        return len(wanted) == PREFETCH and all(each.audio is not None for each in wanted)

    def sweep(self, now: float) -> None:
        """Once a second: close what nobody hears, look again at what somebody waits for, mind watch and shelf."""
        probe = self.watch.quiet_s >= QUIET_S and now >= self._probe_at
        for key, channel in list(self.channels.items()):
            if channel.sessions:
                channel.idle_since = now
                due = now >= channel.reread_at
                if channel.follows and (due or probe) and channel.starving:
                    if due:
                        channel.reread_after = min(LAST_REREAD_S, channel.reread_after * 2)
                        channel.reread_at = now + channel.reread_after
                    probe, self._probe_at = False, now + QUIET_S
                    self._spawn(self._reread(channel))
            elif now - channel.idle_since > IDLE_S:
                del self.channels[key]
                for kind in ("segments", "workflow"):
                    self.watch.remove((kind, key))
                self.shelf.drop(channel.feed.segments)
        self.watch.check()
        self.shelf.settle()

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        self.watch.stop()

    def _workflow(self, workflow_id: str) -> Channel:
        signed = SignedUrls()
        channel = Channel(
            Feed(workflow_id), fetch=lambda segment: self._fetcher.segment(workflow_id, signed, segment), follows=True
        )
        self._expect_news(channel)
        forged = segments_ref(self._db, workflow_id).where(filter=FieldFilter("state", "==", SegmentState.FORGED))
        self.watch.add(("segments", workflow_id), forged)
        self.watch.add(("workflow", workflow_id), workflow_ref(self._db, workflow_id))
        self._spawn(self._sign_ahead(workflow_id, signed))
        return channel

    def _object(self, uri: str) -> Channel:
        """A channel of one segment, the attached object; how long it is, is known once it has been fetched."""
        feed = Feed(uri, known=True, total=1)
        channel = Channel(
            feed, fetch=lambda segment: attached_audio(self._fetcher, uri, segment.document), follows=False
        )
        self._spawn(self._fetch_attached(channel))
        return channel

    def _hand_on(self, key: Hashable, document_id: str, document: dict[str, Any] | None) -> None:
        """From the watch's thread to the hub's."""
        with contextlib.suppress(RuntimeError):  # the loop has just been closed
            self._loop.call_soon_threadsafe(self._told, key, document_id, document)

    def _told(self, key: Hashable, document_id: str, document: dict[str, Any] | None) -> None:
        """News from the watch."""
        kind, subject = cast(tuple[str, str], key)
        if kind == "stream":
            if document is not None and document.get("audio"):
                self._on_attached(subject, str(document["audio"]))
            return
        channel = self.channels.get(subject)
        if channel is not None:
            self._expect_news(channel)
            self._take(channel, kind, document)

    def _take(self, channel: Channel, kind: str, document: dict[str, Any] | None) -> bool:
        """Take a document in; whether it was news."""
        feed = channel.feed
        if kind == "workflow":
            before = (feed.known, feed.total, feed.failure)
            told = feed.take_workflow(document)
            news = bool(told) or before != (feed.known, feed.total, feed.failure)
        else:
            told, had, awaited = [], len(feed.segments), channel.starving
            news = document is not None and feed.take_segment(document)
            if news:
                feed.segments[had].awaited = awaited
        if news:
            self._on_news(channel, told)
        if feed.complete or feed.failure:
            self.watch.remove(("segments", feed.key))
        if feed.settled:
            self.watch.remove(("workflow", feed.key))
        return news

    def _expect_news(self, channel: Channel) -> None:
        channel.reread_after = FIRST_REREAD_S
        channel.reread_at = self._loop.time() + FIRST_REREAD_S

    async def _reread(self, channel: Channel) -> None:
        """Read what a starving listener waits for; if the watch should have told it, start the watch anew."""
        self._counts.rereads += 1
        feed = channel.feed
        try:
            found = await self._blocking(_read_news, self._db, feed.key, len(feed.segments))
        except google_errors.GoogleAPIError as error:
            logger.warning("a starving listener's next segment cannot be read: %s", error)
            return
        finally:
            self.watch.check()
        overdue = False
        for kind, snapshot in found:
            news = self._take(channel, kind, snapshot.to_dict())
            overdue |= news and snapshot.exists and _age_s(snapshot.update_time) > _WATCH_LAGS_S
        if overdue:
            logger.warning("the watch has left something out: starting it anew")
            self.watch.restart()

    async def _fetch(self, channel: Channel, segment: Segment) -> None:
        """Fetch a segment, trying several times; then whoever waits for it is told."""
        try:
            audio = await self._patiently(channel.fetch, segment)
        except AethercastError as error:
            self._on_missing(channel, segment, Failure(error.code, error.detail, retryable=True))
            return
        finally:
            segment.fetching = False
        self._counts.segments_fetched += 1
        if self.channels.get(channel.feed.key) is not channel:
            return  # nobody has heard it for a while, and it was closed
        self.shelf.put(segment, audio)
        self._on_news(channel, [])
        if segment.awaited:
            segment.awaited = False
            self._counts.ready_to_sent.observe(_age_s(segment.document.get("forged_at") or datetime.now(UTC)))

    async def _fetch_attached(self, channel: Channel) -> None:
        try:
            document, audio = await self._patiently(fetch_attached, self._fetcher, channel.feed.key)
        except AethercastError as error:
            channel.feed.failure = Failure(error.code, error.detail)
            del self.channels[channel.feed.key]  # so that whoever comes next has it tried again
        else:
            channel.feed.take_segment(document)
            self.shelf.put(channel.feed.segments[0], audio)
        self._on_news(channel, [])

    async def _sign_ahead(self, workflow_id: str, signed: SignedUrls) -> None:
        """Have the first URLs before the first segment; where that fails, the first fetch asks again."""
        with contextlib.suppress(AethercastError):
            await self._blocking(self._fetcher.sign_ahead, workflow_id, signed, 0)

    async def _patiently(self, call: Callable[..., T], *args: Any) -> T:
        for attempt in itertools.count(1):
            try:
                return await self._blocking(call, *args)
            except (Refused, Busy, Broken) as error:
                self._counts.fetch_failures += 1
                logger.warning("audio was not fetched: %s", error, extra=fields(attempt=attempt))
                if attempt == FETCH_ATTEMPTS:
                    raise
            await asyncio.sleep(0.2 * 2 ** (attempt - 1) * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
        raise AssertionError  # itertools.count does not end

    def _blocking(self, call: Callable[..., T], *args: Any) -> asyncio.Future[T]:
        return self._loop.run_in_executor(self._pool, call, *args)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _read_news(db: Client, workflow_id: str, first: int) -> list[tuple[str, DocumentSnapshot]]:
    """A workflow, and the segments that follow on what is known of it."""
    following = segments_ref(db, workflow_id).where(filter=FieldFilter("index", ">=", first))
    following = following.order_by("index").limit(REREAD_SEGMENTS)
    return [
        *(("segments", snapshot) for snapshot in following.stream(retry=RETRY, timeout=TIMEOUT)),
        ("workflow", workflow_ref(db, workflow_id).get(retry=RETRY, timeout=TIMEOUT)),
    ]


def _age_s(moment: datetime) -> float:
    return (datetime.now(UTC) - moment).total_seconds()
