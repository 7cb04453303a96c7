"""A send window: no packet is lost, repeated or sent too early, and none is forgotten."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from common.contract import PACKET_MS
from common.wire import unpack_packets
from streamer.catalog.segment_audio import LARGE, SMALL
from streamer.catalog.timeline import Timeline
from streamer.playback.send_window import FAST_START, SendWindow
from tests.streaming.listeners import frames_of
from tests.unit.streamer.sound import audio_of, numbers, ready_segment


class WindowMachine(RuleBasedStateMachine):
    """A window through everything that can happen, in every order: time, pauses, reports, growth, eviction."""

    def __init__(self) -> None:
        super().__init__()
        self.timeline = Timeline("workflow")
        self.now = 1000.0
        self.heard: list[int] = []
        self.playhead_ms = 0.0
        """Where the playhead can be at most: what was played, or reported."""

    @initialize(window_ms=st.sampled_from([3_000, 60_000]))
    def come(self, window_ms: int) -> None:
        self.window_ms = window_ms
        self.window = SendWindow(self.timeline, 0, window_ms)

    @rule(packets=st.integers(1, 150) | st.integers(1_000, 4_000))
    def grow(self, packets: int) -> None:
        self.timeline.apply_segment(ready_segment(len(self.timeline.segments), packets))

    @rule(which=st.integers(0, 20))
    def fetch(self, which: int) -> None:
        if which < len(self.timeline.segments):
            segment = self.timeline.segments[which]
            segment.audio = audio_of(segment.first_packet, segment.packets)

    @rule(which=st.integers(0, 20))
    def evict(self, which: int) -> None:
        if which < len(self.timeline.segments):
            self.timeline.segments[which].audio = None

    @rule(seconds=st.floats(0.0, 10.0))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        if not self.window.paused:
            self.playhead_ms = min(self.playhead_ms + seconds * 1000, len(self.heard) * PACKET_MS)

    @rule()
    def pause(self) -> None:
        self.window.pause(self.now)

    @rule()
    def go_on(self) -> None:
        self.window.resume(self.now)

    @rule(position_ms=st.floats(0, 100_000))
    def report(self, position_ms: float) -> None:
        self.window.report(position_ms, self.now)
        self.playhead_ms = min(position_ms, len(self.heard) * PACKET_MS)

    @rule()
    def take(self) -> None:
        taken = numbers(b"".join(self.window.take(self.now)))
        self.heard += taken
        if taken:  # a player that goes back may find itself with more than its window
            assert len(self.heard) * PACKET_MS <= self.playhead_ms + self.window_ms + 1

    @rule()
    def due_now_is_served_now(self) -> None:
        """A listener given a time gets packets then: no listener is forgotten, and none spins."""
        self.take()
        due = self.window.due(self.now)
        while due is not None and due <= self.now:
            had = len(self.heard)
            self.take()
            assert len(self.heard) > had
            due = self.window.due(self.now)

    @precondition(lambda self: self.timeline.segments and not self.window.paused)
    @rule()
    def wait_until_due(self) -> None:
        self.fetch_all()
        self.due_now_is_served_now()
        due = self.window.due(self.now)
        if due is None:
            assert len(self.heard) == self.timeline.packets
            return
        self.wait(due - self.now + 0.001)
        had = len(self.heard)
        self.take()
        assert len(self.heard) > had

    def fetch_all(self) -> None:
        for which in range(len(self.timeline.segments)):
            if self.timeline.segments[which].audio is None:
                segment = self.timeline.segments[which]
                segment.audio = audio_of(segment.first_packet, segment.packets)

    @invariant()
    def nothing_is_lost_or_repeated(self) -> None:
        assert self.heard == list(range(len(self.heard)))
        assert self.window.position == len(self.heard)


TestSendWindow = WindowMachine.TestCase
TestSendWindow.settings = settings(max_examples=40, stateful_step_count=25)


def test_a_fast_start_is_in_small_messages() -> None:
    timeline = Timeline("workflow")
    timeline.apply_segment(ready_segment(0, 1000))
    timeline.segments[0].audio = audio_of(0, 1000)
    window = SendWindow(timeline, 0, None)
    sent = [len(unpack_packets(payload)[1]) for opcode, payload in frames_of(b"".join(window.take(0.0))) if opcode == 2]
    assert sent[: FAST_START // SMALL] == [SMALL] * (FAST_START // SMALL)
    assert max(sent) == LARGE


def test_a_full_window_is_kept_full_in_few_large_pieces() -> None:
    """What a listener costs: a send every 20 s of a browser's window, which never holds less than 39 s of sound."""
    timeline = Timeline("workflow")
    for index in range(60):
        timeline.apply_segment(ready_segment(index, 317))
        timeline.segments[index].audio = audio_of(timeline.segments[index].first_packet, 317)
    window, now, sends = SendWindow(timeline, 0, 60_000), 0.0, 0
    while window.take(now):
        pass
    while now < 240:
        due = window.due(now)
        assert due is not None
        now = due
        assert window.position * PACKET_MS - window.heard(now) * PACKET_MS > 39_000
        assert window.take(now)
        assert window.position * PACKET_MS - window.heard(now) * PACKET_MS <= 60_000
        sends += 1
    assert sends <= 240 / 18


@pytest.mark.parametrize("window_ms", [2_000, 5_000, 40_000, 120_000])
def test_a_window_is_filled_to_its_end(window_ms: int) -> None:
    timeline = Timeline("workflow")
    timeline.apply_segment(ready_segment(0, 10_000))
    timeline.segments[0].audio = audio_of(0, 10_000)
    window = SendWindow(timeline, 0, window_ms)
    while window.take(0.0):
        pass
    assert window_ms - 4_000 < window.position * PACKET_MS <= window_ms
