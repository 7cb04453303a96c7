"""The channels of this instance: the podcasts being heard, and the way of their segments to this machine.

A channel is opened by its first subscriber and kept for a while after its last. Workflows are followed through the
watch, segments fetched once for all subscribers, a little ahead of need. As a watch may fall silent, the documents of a
starving subscriber's podcast are read again now and then; if the watch has missed any, another is started. While the
watch is quiet, those of one starving subscriber are read every two seconds: a lost connection is found out so, for all
calls over it (common/grpc_channels.py).

All of this runs on the server's event loop; blocking work goes to a pool of threads. News for subscribers is emitted as
events: nothing here calls a subscriber.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import random
from collections.abc import Callable, Coroutine, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeVar, cast

from common import records
from common.beside import beside
from common.errors import AethercastError, Broken, Busy, Refused, ServiceBroken, WorkflowGone
from common.logs import fields
from common.policy import OPENING
from common.settings import Settings
from common.store import segments, targets, workflows
from streamer.catalog.attached_audio import fetch_attached, refetch_attached
from streamer.catalog.audio_cache import AudioCache
from streamer.catalog.fetch import Fetcher, SignedUrls, audio_of
from streamer.catalog.segment_audio import SegmentAudio
from streamer.catalog.timeline import Failure, Segment, Timeline
from streamer.catalog.watch import Watch
from streamer.metrics import FIRST_SOUND_PARTS, Counts

logger = logging.getLogger(__name__)

IDLE_S: Final = 30.0
FIRST_REREAD_S: Final = 3.0
LAST_REREAD_S: Final = 30.0
QUIET_S: Final = 2.0
REREAD_SEGMENTS: Final = 16
FETCH_ATTEMPTS: Final = 6
AWAITED: Final = 3
"""Segments asked for at once for a starving listener: half a minute, so that nobody else's are held up for long."""
FIRST_ASK_AGAIN_S: Final = 5.0
LAST_ASK_AGAIN_S: Final = 60.0
PREFETCH: Final = 2
"""Segments kept at hand from a listener's position on."""
_WATCH_LAGS_S = 5.0

T = TypeVar("T")
_Change: TypeAlias = records.Workflow | records.Segment | None
"""A workflow, None where it is gone, or one of its segments."""


class Subscriber(Protocol):
    """Anybody who hears a channel."""

    @property
    def starving(self) -> bool:
        """Tell whether every packet ready so far has been sent, and more is awaited."""
        ...


S = TypeVar("S", bound=Subscriber)


@dataclass(eq=False, slots=True)
class Channel(Generic[S]):
    """A timeline and its subscribers. `fetch` gets a segment's audio: blocking, with the errors of fetch.py."""

    timeline: Timeline
    fetch: Callable[[Segment], SegmentAudio]
    follows: bool
    """Whether the watch brings its documents; an attached audio object has none."""
    ending: bool = False
    """Whether what was voiced of a podcast that ends early is being read, or has been: its end is told after that."""
    subscribers: set[S] = field(default_factory=set)
    idle_since: float = 0.0
    reread_at: float = 0.0
    reread_after: float = 0.0
    awaited: int = OPENING
    """Segments from the first on that are voiced ahead of others by now: the opening by itself."""
    ask_again_at: float = 0.0
    ask_again_after: float = 0.0

    @property
    def starving(self) -> bool:
        """Tell whether a subscriber waits for a document still to come."""
        timeline = self.timeline
        return not (timeline.complete or timeline.failure) and any(each.starving for each in self.subscribers)


@dataclass(frozen=True, slots=True)
class Updated(Generic[S]):
    """A channel has more to hear, or has failed; `frames` are for all who hear it."""

    channel: Channel[S]
    frames: list[bytes]


@dataclass(frozen=True, slots=True)
class AudioMissing(Generic[S]):
    """A segment's audio cannot be had."""

    channel: Channel[S]
    segment: Segment
    failure: Failure


@dataclass(frozen=True, slots=True)
class Attached:
    """An audio object was attached to a stream under `watch_attachment`."""

    stream: str
    uri: str


CatalogEvent = Updated[S] | AudioMissing[S] | Attached


class Channels(Generic[S]):
    """Own the channels, the audio they keep, and the watch they are followed by; `emit` their events."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        pool: ThreadPoolExecutor,
        settings: Settings,
        fetcher: Fetcher,
        cache: AudioCache,
        counts: Counts,
        emit: Callable[[CatalogEvent[S]], None],
    ) -> None:
        self._loop, self._pool, self._settings, self._fetcher = loop, pool, settings, fetcher
        self._counts, self._emit = counts, emit
        self._tasks: set[asyncio.Task[None]] = set()
        self._by_key: dict[str, Channel[S]] = {}
        self._probe_at = 0.0
        self.cache = cache
        self.watch = Watch(targets.client(settings), self._from_watch)

    def __len__(self) -> int:
        return len(self._by_key)

    def open(self, workflow_id: str, audio: str | None) -> Channel[S]:
        """Return the channel of a workflow, or of the audio object that is heard in its place."""
        key = audio or workflow_id
        channel = self._by_key.get(key)
        if channel is None:
            channel = self._open_object(audio) if audio else self._open_workflow(workflow_id)
            channel.idle_since = self._loop.time()  # its first subscriber is on the way
            self._by_key[key] = channel
        return channel

    def watch_attachment(self, stream: str) -> None:
        """Emit Attached when an audio object is attached to a stream."""
        self.watch.add(("stream", stream), targets.stream(self._settings, stream))

    def forget_attachment(self, stream: str) -> None:
        """Undo `watch_attachment`."""
        self.watch.remove(("stream", stream))

    def prefetch(self, channel: Channel[S], segment: Segment | None) -> bool:
        """Have the audio of a segment and its successor fetched, and return whether both are in memory already."""
        if segment is None:
            return False
        self.cache.touch(segment)
        wanted = channel.timeline.segments[segment.index : segment.index + PREFETCH]
        for each in wanted:
            if each.audio is None and not each.fetching:
                each.fetching = True
                self._spawn(self._fetch(channel, each))
        return len(wanted) == PREFETCH and all(each.audio is not None for each in wanted)

    def sweep(self, now: float) -> None:
        """Close channels without subscribers, reread for starving ones, check watch and cache; once a second."""
        probe = self.watch.quiet_s >= QUIET_S and now >= self._probe_at
        for key, channel in list(self._by_key.items()):
            if channel.subscribers:
                channel.idle_since = now
                due = now >= channel.reread_at
                if channel.follows and (due or probe) and channel.starving:
                    if due:
                        channel.reread_after = min(LAST_REREAD_S, channel.reread_after * 2)
                        channel.reread_at = now + channel.reread_after
                    probe, self._probe_at = False, now + QUIET_S
                    self._spawn(self._reread(channel))
                if channel.follows and channel.starving:
                    self._await_next(channel, now)
            elif now - channel.idle_since > IDLE_S:
                del self._by_key[key]
                for kind in ("segments", "workflow"):
                    self.watch.remove((kind, key))
                self.cache.drop(channel.timeline.segments)
        self.watch.check()
        self.cache.remeasure()

    def stop(self) -> None:
        """Give up whatever is being fetched, and the watch."""
        for task in self._tasks:
            task.cancel()
        self.watch.stop()

    def _open_workflow(self, workflow_id: str) -> Channel[S]:
        signed = SignedUrls()
        channel = Channel[S](
            Timeline(workflow_id),
            fetch=lambda segment: self._fetcher.segment(workflow_id, signed, segment),
            follows=True,
        )
        self._expect_update(channel)
        self.watch.add(("segments", workflow_id), targets.voiced_segments(self._settings, workflow_id))
        self.watch.add(("workflow", workflow_id), targets.workflow(self._settings, workflow_id))
        self._spawn(self._read_first(channel))
        self._spawn(self._sign_ahead(workflow_id, signed))
        return channel

    def _open_object(self, uri: str) -> Channel[S]:
        """Open a channel of a single segment, the attached object, whose length is known after the fetch."""
        timeline = Timeline(uri, known=True, total=1)
        channel = Channel[S](
            timeline, fetch=lambda segment: refetch_attached(self._fetcher, uri, segment.record), follows=False
        )
        self._spawn(self._fetch_attached(channel))
        return channel

    def _from_watch(
        self, key: Hashable, document_id: str, document: dict[str, Any] | None, version: datetime | None
    ) -> None:
        """Hand a document from the watch's thread to the event loop's."""
        with contextlib.suppress(RuntimeError):  # the loop has just been closed
            self._loop.call_soon_threadsafe(self._on_document, key, document_id, document, version)

    def _on_document(
        self, key: Hashable, document_id: str, document: dict[str, Any] | None, version: datetime | None = None
    ) -> None:
        """Apply a document of the watch to its channel."""
        kind, subject = cast(tuple[str, str], key)
        if kind == "stream":
            if document is not None and document.get("audio"):
                self._emit(Attached(subject, str(document["audio"])))
            return
        channel = self._by_key.get(subject)
        if channel is not None:
            self._expect_update(channel)
            if kind == "workflow":
                found = document if document is None else records.Workflow.of(document, id=document_id, version=version)
                self._apply(channel, found)
            elif document is not None:
                self._apply(channel, records.Segment.of(document, id=document_id))

    def _apply(self, channel: Channel[S], change: _Change) -> bool:
        """Apply a change to a channel's timeline, and return whether anything changed for subscribers."""
        timeline = channel.timeline
        if self._by_key.get(timeline.key) is not channel:
            return False  # read for one that was closed meanwhile: another may have been opened, whose the watch is now
        if isinstance(change, records.Segment):
            progress, had, awaited = [], len(timeline.segments), channel.starving
            changed = timeline.apply_segment(change)
            if changed:
                timeline.segments[had].awaited = awaited
                for segment in timeline.segments[had:]:
                    self._take_sound(segment)
        elif timeline.knows_later(change):
            return False
        elif not channel.ending and timeline.ends_early(change):
            channel.ending = True
            self._spawn(self._read_rest(channel, change))
            return False
        else:
            before = (timeline.known, timeline.total, timeline.failure)
            progress = timeline.apply_workflow(change)
            changed = bool(progress) or before != (timeline.known, timeline.total, timeline.failure)
        if changed:
            self._emit(Updated(channel, progress))
        if timeline.complete or timeline.failure:
            self.watch.remove(("segments", timeline.key))
        if timeline.settled:
            self.watch.remove(("workflow", timeline.key))
        return changed

    def _take_sound(self, segment: Segment) -> None:
        """Have the audio of a segment at hand whose document has it: there is nothing to fetch."""
        if not segment.record.sound:
            return
        with contextlib.suppress(ServiceBroken):  # what is damaged is told when somebody comes to it
            self.cache.put(segment, audio_of(segment, segment.record.sound))
            self._tell_age(segment)

    def _tell_age(self, segment: Segment) -> None:
        if segment.awaited:
            segment.awaited = False
            self._counts.ready_to_sent.observe(_age_s(segment.record.forged_at or datetime.now(UTC)))
            if segment.index == 0:
                self._count_first_sound(segment.record)

    def _expect_update(self, channel: Channel[S]) -> None:
        channel.reread_after = FIRST_REREAD_S
        channel.reread_at = self._loop.time() + FIRST_REREAD_S

    def _await_next(self, channel: Channel[S], now: float) -> None:
        """Have the next segments voiced ahead of others, and again where they were not written yet when asked for."""
        timeline = channel.timeline
        ready = len(timeline.segments)
        if timeline.over or ready < OPENING or (ready < channel.awaited and now < channel.ask_again_at):
            return
        channel.ask_again_after = (
            FIRST_ASK_AGAIN_S if ready >= channel.awaited else min(2 * channel.ask_again_after, LAST_ASK_AGAIN_S)
        )
        channel.awaited, channel.ask_again_at = ready + AWAITED, now + channel.ask_again_after
        self._spawn(self._ask_for(timeline.key, channel.awaited))

    async def _ask_for(self, workflow_id: str, segments: int) -> None:
        try:
            await self._blocking(self._fetcher.await_segments, workflow_id, segments)
        except AethercastError as error:
            logger.warning("the next segments of a listener cannot be asked for: %s", error)

    async def _read_first(self, channel: Channel[S]) -> None:
        """Read what there is already: that is answered sooner than the first question of a watch."""
        with contextlib.suppress(AethercastError):
            for change in await self._blocking(_read_changes, self._settings, channel.timeline.key, 0):
                self._apply(channel, change)

    async def _read_rest(self, channel: Channel[S], workflow: records.Workflow | None) -> None:
        """Read all that was voiced of a failed or cancelled podcast, then apply its workflow."""
        timeline, had = channel.timeline, -1
        with contextlib.suppress(AethercastError):  # what is known already is heard, at least
            while had < len(timeline.segments):
                had = len(timeline.segments)
                for change in await self._with_retries(_read_changes, self._settings, timeline.key, had):
                    if isinstance(change, records.Segment):
                        self._apply(channel, change)
                    else:
                        workflow = change
        self._apply(channel, workflow)

    async def _reread(self, channel: Channel[S]) -> None:
        """Read the documents of a starving subscriber's podcast; if the watch is behind, start another stream."""
        self._counts.rereads += 1
        timeline = channel.timeline
        try:
            found = await self._blocking(_read_changes, self._settings, timeline.key, len(timeline.segments))
        except AethercastError as error:
            logger.warning("a starving listener's next segment cannot be read: %s", error)
            return
        finally:
            self.watch.check()
        overdue = False
        for change in found:
            changed = self._apply(channel, change)
            overdue |= changed and change is not None and _age_s(change.version or datetime.now(UTC)) > _WATCH_LAGS_S
        if overdue:
            logger.warning("the watch has left something out: starting it anew")
            self.watch.restart()

    async def _fetch(self, channel: Channel[S], segment: Segment) -> None:
        """Fetch a segment, in several attempts, and emit the outcome."""
        try:
            audio = await self._with_retries(channel.fetch, segment)
        except AethercastError as error:
            self._emit(AudioMissing(channel, segment, Failure(error.code, error.detail, retryable=True)))
            return
        finally:
            segment.fetching = False
        self._counts.segments_fetched += 1
        if self._by_key.get(channel.timeline.key) is not channel:
            return  # nobody has heard it for a while, and it was closed
        self.cache.put(segment, audio)
        self._emit(Updated(channel, []))
        self._tell_age(segment)

    def _count_first_sound(self, first: records.Segment) -> None:
        """Count the parts of the wait for a first segment that was voiced for its podcast."""
        if first.forging_at is None or first.forged_at is None:
            return
        moments = (first.forging_at, first.forged_at, datetime.now(UTC))
        for part, (begin, end) in zip(FIRST_SOUND_PARTS, pairwise(moments), strict=True):
            self._counts.first_sound[part].observe(max(0.0, (end - begin).total_seconds()))

    async def _fetch_attached(self, channel: Channel[S]) -> None:
        """Fetch the attached object of a channel."""
        timeline = channel.timeline
        try:
            segment, audio = await self._with_retries(fetch_attached, self._fetcher, timeline.key)
        except AethercastError as error:
            timeline.failure = Failure(error.code, error.detail)
            if self._by_key.get(timeline.key) is channel:
                del self._by_key[timeline.key]  # so that whoever comes next has it tried again
        else:
            if self._by_key.get(timeline.key) is not channel:
                return  # nobody has heard it for a while, and it was closed
            timeline.apply_segment(segment)
            self.cache.put(timeline.segments[0], audio)
        self._emit(Updated(channel, []))

    async def _sign_ahead(self, workflow_id: str, signed: SignedUrls) -> None:
        """Have the first URLs before the first segment; where that fails, the first fetch asks again."""
        with contextlib.suppress(AethercastError):
            await self._blocking(self._fetcher.sign_first, workflow_id, signed)

    async def _with_retries(self, call: Callable[..., T], *args: Any) -> T:
        for attempt in itertools.count(1):
            try:
                return await self._blocking(call, *args)
            except (Refused, Busy, Broken) as error:
                self._counts.fetch_failures += 1
                logger.warning("it was not fetched: %s", error, extra=fields(attempt=attempt))
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


def _read_changes(settings: Settings, workflow_id: str, first: int) -> list[_Change]:
    """Read a workflow, None where it is gone, and the segments that follow on the known ones."""
    read = beside(workflows.read, settings, workflow_id)
    voiced = segments.following(settings, workflow_id, first, REREAD_SEGMENTS)
    try:
        return [*voiced, read.result()]
    except WorkflowGone:
        return [*voiced, None]


def _age_s(moment: datetime) -> float:
    return (datetime.now(UTC) - moment).total_seconds()
