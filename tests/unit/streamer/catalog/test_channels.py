"""Channels: their audio when closed meanwhile, and the segments asked for ahead of others."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import permutations
from typing import Any, cast
from unittest import mock

import pytest

from common.errors import Unprocessable
from common.ogg import write_opus
from common.policy import OPENING
from common.records import Segment, Workflow
from common.settings import Settings
from common.store import targets
from streamer.catalog import channels as catalog
from streamer.catalog.audio_cache import AudioCache
from streamer.catalog.channels import AWAITED, FIRST_ASK_AGAIN_S, IDLE_S, Channels
from streamer.catalog.fetch import Fetcher
from streamer.catalog.segment_audio import SegmentAudio
from streamer.metrics import Counts
from tests.unit.streamer.sound import ready_segment

URI = "gs://bucket/attached.opus"


@contextmanager
def unwatched(
    patch: pytest.MonkeyPatch, read: list[Any], events: Callable[[Any], None] = lambda event: None
) -> Iterator[Channels[Any]]:
    """Make channels in the running loop: they find the documents `read`, and a test is their watch."""
    for target in ("client", "workflow", "voiced_segments"):
        patch.setattr(targets, target, lambda *_: None)
    patch.setattr(catalog, "Watch", lambda *_: mock.MagicMock(quiet_s=0.0))
    patch.setattr(catalog, "_read_changes", lambda *_: read)
    settings = Settings(gateway_url="http://127.0.0.1:1")
    with ThreadPoolExecutor(1) as pool:
        cache, loop = AudioCache(1_000_000), asyncio.get_running_loop()
        channels = Channels[Any](loop, pool, settings, Fetcher(settings), cache, Counts(), events)
        patch.setattr(channels, "_sign_ahead", mock.AsyncMock())
        yield channels


@pytest.mark.parametrize("outcome", ["audio", "refusal"])
def test_an_attached_object_may_arrive_after_its_channel_was_closed(
    outcome: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()

    def fetch(fetcher: Any, uri: str) -> tuple[Segment, SegmentAudio]:
        released.wait(10)
        if outcome == "refusal":
            raise Unprocessable("audio_unreadable", "The attached object is not audio that can be played.")
        return ready_segment(0, 1), SegmentAudio(ready_segment(0, 1), 0, [b"x"])

    monkeypatch.setattr(catalog, "fetch_attached", fetch)
    monkeypatch.setattr(catalog, "FETCH_ATTEMPTS", 1)
    monkeypatch.setattr(targets, "client", lambda settings: None)
    monkeypatch.setattr(catalog, "Watch", lambda *_: mock.MagicMock(quiet_s=0.0))  # nothing of Firestore is heard here
    complaints: list[dict[str, Any]] = []

    async def attach_and_leave() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: complaints.append(context))
        with ThreadPoolExecutor(1) as pool:
            cache = AudioCache(1_000_000)
            channels = Channels[Any](loop, pool, Settings(), cast(Any, None), cache, Counts(), lambda event: None)
            channels.open("workflow", URI)
            channels.sweep(loop.time() + IDLE_S + 1)
            assert len(channels) == 0
            released.set()
            done = await asyncio.gather(*channels._tasks, return_exceptions=True)
        assert done == [None]
        assert cache.size == 0

    asyncio.run(attach_and_leave())
    assert complaints == []


@pytest.mark.parametrize("index", [0, 1])
def test_sound_in_a_document_is_at_hand_with_it_and_asks_nobody_even_after_it_was_let_go(
    index: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In whichever order the documents come."""
    monkeypatch.setattr("streamer.catalog.fetch.service", lambda url: None)
    packets = [b"\xf8\x01", b"\xf8\x02"]
    facts = {"kind": "cold_open", "speaker": "Ada", "text": "Hello.", "chapter": "", "state": "FORGED", "pre_skip": 0}
    opening = [{**facts, "index": each, "packets": 2, "sound": write_opus(packets, 0, serial=1)} for each in (0, 1)]
    events: list[Any] = []

    async def hear() -> None:
        with unwatched(monkeypatch, [], events.append) as channels:
            channel = channels.open("workflow", None)
            for document in (opening[index], opening[1 - index]):
                channels._on_document(("segments", "workflow"), "", document)
            first, second = channel.timeline.segments
            assert first.audio and second.audio
            assert channels.prefetch(channel, first)
            channels.cache.drop([first, second])
            assert not channels.prefetch(channel, first)
            await asyncio.gather(*channels._tasks)
            assert first.audio.take(0, 2, 10)[1] == 2

    asyncio.run(hear())
    assert all(isinstance(event, catalog.Updated) for event in events)


def test_what_there_is_already_is_heard_before_the_watch_says_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """And once, despite a repeated report by the watch."""
    facts = {"kind": "cold_open", "speaker": "Ada", "text": "Hello.", "chapter": "", "state": "FORGED", "pre_skip": 0}
    document = {**facts, "index": 0, "packets": 1, "sound": write_opus([b"\xf8\x01"], 0, serial=1)}
    read = [Segment.of(document), Workflow.of({})]

    async def hear() -> None:
        with unwatched(monkeypatch, read) as channels:
            channel = channels.open("workflow", None)
            await asyncio.gather(*channels._tasks)
            assert channel.timeline.known
            channels._on_document(("segments", "workflow"), "", document)
            [segment] = channel.timeline.segments
            assert segment.audio

    asyncio.run(hear())


@pytest.mark.parametrize("again", [False, True])
def test_what_is_read_for_a_channel_that_was_closed_meanwhile_changes_nothing(
    again: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its sound would stay in memory, unheard; and its end would end the successor's watch."""
    for target in ("client", "workflow", "voiced_segments"):
        monkeypatch.setattr(targets, target, lambda *_: None)
    watch = mock.MagicMock(quiet_s=0.0)
    monkeypatch.setattr(catalog, "Watch", lambda *_: watch)
    facts = {"kind": "cold_open", "speaker": "Ada", "text": "Hello.", "chapter": "", "state": "FORGED", "pre_skip": 0}
    document = {**facts, "index": 0, "packets": 1, "sound": write_opus([b"\xf8\x01"], 0, serial=1)}
    read = [Segment.of(document), Workflow.of({"state": "COMPLETED", "segments_total": 1})]
    released, asked = threading.Event(), iter((read, []))

    def late(*_: Any) -> Any:
        found = next(asked)
        released.wait(10)
        return found

    monkeypatch.setattr(catalog, "_read_changes", late)
    events: list[Any] = []

    async def leave() -> None:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(2) as pool:
            cache = AudioCache(1_000_000)
            channels = Channels[Any](loop, pool, Settings(), cast(Any, None), cache, Counts(), events.append)
            monkeypatch.setattr(channels, "_sign_ahead", mock.AsyncMock())
            channels.open("workflow", None)
            await asyncio.sleep(0)  # the first read has begun
            channels.sweep(loop.time() + IDLE_S + 1)
            watch.remove.reset_mock()
            if again:
                channels.open("workflow", None)
            released.set()
            await asyncio.gather(*channels._tasks)
            assert cache.size == 0

    asyncio.run(leave())
    assert events == []
    assert not watch.remove.called


def test_for_a_listener_with_little_left_to_hear_the_next_turns_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once for each few of them; again where they did not come; and never for an opening, or a finished podcast."""
    monkeypatch.setattr(targets, "client", lambda settings: None)
    monkeypatch.setattr(targets, "voiced_segments", lambda *_: None)
    monkeypatch.setattr(targets, "workflow", lambda *_: None)
    monkeypatch.setattr(catalog, "Watch", lambda *_: mock.MagicMock(quiet_s=0.0))
    monkeypatch.setattr(catalog, "_read_changes", lambda *_: [])
    fetcher = mock.MagicMock()
    asked = fetcher.await_segments

    async def listen() -> None:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1) as pool:
            channels = Channels[Any](
                loop, pool, Settings(), fetcher, AudioCache(1_000_000), Counts(), lambda event: None
            )
            channel = channels.open("workflow", None)
            listener = mock.MagicMock(starving=True)
            channel.subscribers.add(listener)
            now = loop.time()

            async def sweep_at(seconds: float, ready: int) -> list[int]:
                """Which turns are asked for before, by a sweep that finds so many ready."""
                while len(channel.timeline.segments) < ready:
                    index = len(channel.timeline.segments)
                    channel.timeline.apply_segment(ready_segment(index, 1))
                asked.reset_mock()
                channel.reread_at = math.inf
                channels.sweep(now + seconds)
                await asyncio.gather(*channels._tasks)
                return [call.args[1] for call in asked.call_args_list]

            assert await sweep_at(0, OPENING - 1) == []
            assert await sweep_at(1, OPENING) == [OPENING + AWAITED]
            assert await sweep_at(2, OPENING + 1) == []
            assert await sweep_at(3, OPENING + AWAITED) == [OPENING + 2 * AWAITED]
            assert await sweep_at(4, OPENING + AWAITED) == []
            again = 3 + FIRST_ASK_AGAIN_S
            assert await sweep_at(again, OPENING + AWAITED) == [OPENING + 2 * AWAITED]
            assert await sweep_at(again + FIRST_ASK_AGAIN_S, OPENING + AWAITED) == []  # each time later
            assert await sweep_at(again + 2 * FIRST_ASK_AGAIN_S, OPENING + AWAITED) == [OPENING + 2 * AWAITED]
            listener.starving = False
            assert await sweep_at(60, OPENING + 2 * AWAITED) == []
            listener.starving, channel.timeline.over = True, True
            assert await sweep_at(61, OPENING + 2 * AWAITED) == []

    asyncio.run(listen())


@pytest.mark.parametrize("order", list(permutations(["PENDING", "RUNNING", "DONE"])), ids="-".join)
def test_progress_never_goes_back_however_reads_and_the_watch_overtake_each_other(
    order: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    states = ["PENDING", "RUNNING", "DONE"]
    written = {state: datetime(2026, 1, 1, microsecond=at + 1, tzinfo=UTC) for at, state in enumerate(states)}
    read = [Workflow.of({"stages": {"harvest": order[0]}}, version=written[order[0]])]

    async def hear() -> None:
        with unwatched(monkeypatch, read) as channels:
            channel = channels.open("workflow", None)
            await asyncio.gather(*channels._tasks)
            told = [channel.timeline.stages["harvest"]]
            for state in order[1:]:
                channels._on_document(("workflow", "workflow"), "", {"stages": {"harvest": state}}, written[state])
                told.append(channel.timeline.stages["harvest"])
            assert told == sorted(told, key=states.index)
            assert told[-1] == "DONE"

    asyncio.run(hear())
