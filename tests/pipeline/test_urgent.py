"""Awaited segments go ahead of later ones: over the real queues, to a voice that takes its time.

Six podcasts are in the making, and the voice is busy with as many of their turns as it may be.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.cloud import tasks_v2

from common import clients
from common.policy import OPENING
from common.records import Segment, Wishes, Workflow
from common.settings import Settings
from common.states import SegmentState, WorkflowState
from common.store import segments, workflows, writes
from functions.orchestrator import pipeline
from local.cloud import Cloud
from local.provision import QUEUES
from tests.conformance.http_target import HttpTarget, Received

SIX, TURNS = [f"{number:032}" for number in range(6)], 20
SOMEBODY = "f" * 32
PLACES = QUEUES["forge"]

Turn = tuple[str, int]


class Voice:
    """Takes turns, and is done with each when it is told so."""

    def __init__(self) -> None:
        self._done: defaultdict[Turn, threading.Event] = defaultdict(threading.Event)
        self._over = threading.Event()
        self.target = HttpTarget(self._speak)

    def _speak(self, request: Received) -> int:
        self._done[_turn(request)].wait()
        return 200

    def next(self) -> Turn:
        """The next turn that it is given."""
        return _turn(self.target.next())

    def finish(self, turn: Turn) -> None:
        self._done[turn].set()

    def close(self) -> None:
        self._done.default_factory = lambda: self._over
        self._over.set()
        for each in list(self._done.values()):
            each.set()
        self.target.close()


def _turn(request: Received) -> Turn:
    said = json.loads(request.body)
    return said["workflow_id"], said["index"]


@pytest.fixture(scope="module")
def voice() -> Iterator[Voice]:
    voice = Voice()
    yield voice
    voice.close()


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, voice: Voice) -> Iterator[Settings]:
    """A cloud in which six podcasts are written and wait for the voice, whose places they have all taken."""
    cloud = Cloud(None, tmp_path_factory.mktemp("cloud"))
    with pytest.MonkeyPatch.context() as patch:
        addresses = cloud.start()
        for name, value in addresses.items():
            patch.setenv(name, value)
        clients.forget()
        settings = Settings.from_env(
            env={
                **addresses,
                "GOOGLE_CLOUD_PROJECT": "urgent",
                "VOICE_FORGE_URL": voice.target.url(),
                "TASKS_INVOKER": "tasks@urgent.iam.gserviceaccount.com",
                "AUTHENTICATOR_KEY": "the-key-of-our-services",
            }
        )
        _make_queues(settings)
        yield settings
        clients.forget()
    cloud.stop()


def _make_queues(settings: Settings) -> None:
    client = clients.tasks_client(settings.cloud_tasks_emulator_host)
    for name in ("forge", "urgent"):
        queue = client.queue_path(settings.google_cloud_project, settings.location, name)
        limits = tasks_v2.RateLimits(max_concurrent_dispatches=QUEUES[name])
        client.create_queue(parent=queue.partition("/queues/")[0], queue=tasks_v2.Queue(name=queue, rate_limits=limits))


def _write(settings: Settings, workflow_id: str) -> None:
    """Have a podcast's turns written, and told of."""
    now = datetime.now(UTC)
    podcast = Workflow(
        id=workflow_id,
        owner="ada",
        state=WorkflowState.GENERATING,
        title="Tides",
        language="en",
        request=Wishes(minutes=10, style="conversation"),
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    writes.commit(settings, workflows.creation(podcast))
    same: dict[str, Any] = {"kind": "turn", "language": "en", "speaker": "", "voice": "", "chapter": "", "text": ""}
    written = [Segment(index=index, state=SegmentState.SCRIPTED, **same) for index in range(TURNS)]
    segments.create(settings, workflow_id, written)
    for index in range(TURNS):
        pipeline.advance(settings, "script.segment_ready", workflow_id, {"index": index})


@pytest.fixture(scope="module")
def busy_with(settings: Settings, voice: Voice) -> list[Turn]:
    """The later turns that take up all places of the voice; openings are voiced."""
    for workflow_id in SIX:
        _write(settings, workflow_id)
    later = []
    for _ in range(len(SIX) * OPENING + PLACES):
        turn = voice.next()
        if turn[1] < OPENING:
            voice.finish(turn)
        else:
            later.append(turn)
    return sorted(later)


def test_the_voice_is_busy_with_no_more_than_it_may_be(busy_with: list[Turn]) -> None:
    assert busy_with == [(SIX[0], index) for index in range(OPENING, OPENING + PLACES)]


def test_nobodys_later_turns_go_before_somebodys_first(settings: Settings, voice: Voice, busy_with: list[Turn]) -> None:
    """Somebody else clicks: the voice has finished none of the others' turns, and begins with theirs."""
    _write(settings, SOMEBODY)
    begun = []
    for _ in range(OPENING):
        begun.append(voice.next())
        voice.finish(begun[-1])
    assert sorted(begun) == [(SOMEBODY, index) for index in range(OPENING)]


def test_what_a_listener_is_about_to_hear_overtakes_what_is_voiced_for_later(
    settings: Settings, voice: Voice, busy_with: list[Turn]
) -> None:
    """All but what is voiced; and a repeated message asks for nothing more."""
    listened_to, awaited = SIX[-1], OPENING + 3
    for voiced in segments.script(settings, listened_to)[: OPENING + 1]:
        segments.change(settings, listened_to, voiced, replace(voiced, state=SegmentState.FORGED))
    for _ in "12":
        pipeline.advance(settings, "podcast.awaited", listened_to, {"segments": awaited})
    begun = sorted(voice.next() for _ in range(2))
    assert begun == [(listened_to, index) for index in range(OPENING + 1, awaited)]
    for turn in begun:
        voice.finish(turn)
    assert voice.target.quiet(0.05)


def test_files_do_not_starve(voice: Voice, busy_with: list[Turn]) -> None:
    """Among urgent work, all places of the later turns go to the next, oldest first."""
    for later in range(OPENING + PLACES, OPENING + 2 * PLACES):
        voice.finish((SIX[0], later - PLACES))
        assert voice.next() == (SIX[0], later)
