"""The pacer, with many listeners at once: every due packet reaches each listener once, in order."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from common.contract import PACKET_MS
from streamer.catalog.channels import Channel
from streamer.catalog.timeline import Timeline
from streamer.metrics import Counts
from streamer.net.connection import Connection
from streamer.net.peer import Peer
from streamer.playback.pacer import Pacer, Standing
from streamer.playback.scheduler import TimerWheel
from streamer.playback.send_window import SendWindow
from streamer.playback.subscription import Subscription
from streamer.tickets import Ticket
from tests.unit.streamer.clockwork import Clockwork
from tests.unit.streamer.sound import audio_of, numbers, ready_segment


class Player:
    """A listener's end: a socket that can be stopped up, and where the playhead can be at most, in ms."""

    def __init__(self, loop: Clockwork, channel: Channel[Subscription[Peer]], window_ms: int) -> None:
        self.heard = 0
        """Packets that have arrived, each after the one before."""
        self.latest: bytes | memoryview = b""
        self.stopped_up = self.drained = False
        self._loop, self._since, self._position, self._playhead_ms = loop, loop.now, 0, 0.0
        sock = cast(Any, self)
        self.connection = Connection(sock, loop.now, lambda: None, lambda: setattr(self, "drained", True))
        unused: Any = dict.fromkeys(("receiver", "on_end", "opened_at", "expires_at", "heard_at", "pinged_at"))
        self.subscription = Subscription(Peer(sock=sock, connection=self.connection, **unused))
        self.subscription.open(Ticket("stream", "workflow", "token", None), channel, 0, window_ms, loop.now)
        self.window = cast(SendWindow, self.subscription.window)

    def send(self, data: bytes | memoryview, _: int) -> int:
        self.listen()
        if self.stopped_up:
            raise BlockingIOError
        arrived = numbers(bytes(data))
        assert arrived == list(range(self.heard, self.heard + len(arrived)))
        self.heard += len(arrived)
        self.latest = data
        return len(data)

    def sendmsg(self, buffers: list[bytes | memoryview], _: object, flags: int) -> int:
        return self.send(b"".join(buffers), flags)

    def listen(self) -> None:
        """Time has passed since this was last called, and something may have been sent: never beyond the window."""
        if not self.window.paused:
            passed_ms = (self._loop.now - self._since) * 1000
            self._playhead_ms = min(self._playhead_ms + passed_ms, self._position * PACKET_MS)
        self._since = self._loop.now
        if self.window.position != self._position:
            self._position = self.window.position
            assert self._position * PACKET_MS <= self._playhead_ms + self.window.window_ms + 1

    def report(self, off_ms: float) -> None:
        """Report a position that differs by so much from the playhead's."""
        self.listen()
        self._playhead_ms = min(max(0.0, self._playhead_ms + off_ms), self._position * PACKET_MS)
        self.subscription.report(self._playhead_ms, self._loop.now)


class PacerMachine(RuleBasedStateMachine):
    """Many listeners of a timeline, side by side, through every kind of divergence."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = Clockwork()
        self.timers: TimerWheel[Subscription[Peer]] = self.loop.wheel(self.on_due)
        channels = SimpleNamespace(prefetch=lambda channel, segment: True)
        self.pacer = Pacer[Peer](self.loop.time, self.timers, cast(Any, channels), Counts())
        self.channel = Channel[Subscription[Peer]](
            Timeline("workflow", known=True), fetch=cast(Any, None), follows=True
        )
        self.players: list[Player] = []
        self.grow(500)
        self.come(3, 2_000)

    def one(self, which: int) -> Player:
        return self.players[which % len(self.players)]

    def on_due(self, subscription: Subscription[Peer], due_at: float) -> None:
        assert self.pacer.serve_due(subscription, due_at) is Standing.GOES_ON

    def serve(self, subscription: Subscription[Peer]) -> None:
        assert self.pacer.serve(subscription, self.loop.now) is Standing.GOES_ON

    def update(self) -> None:
        """Serve those without a time, as the server does when a channel has been updated."""
        for player in self.players:
            if player.subscription.due_at is None:
                self.serve(player.subscription)

    @rule(count=st.integers(1, 4), window_ms=st.sampled_from([2_000, 3_000, 60_000]))
    def come(self, count: int, window_ms: int) -> None:
        for _ in range(count):
            self.players.append(Player(self.loop, self.channel, window_ms))
            self.serve(self.players[-1].subscription)

    @rule(packets=st.integers(1, 150) | st.integers(1_000, 6_000))
    def grow(self, packets: int) -> None:
        timeline = self.channel.timeline
        timeline.apply_segment(ready_segment(len(timeline.segments), packets))
        timeline.segments[-1].audio = audio_of(timeline.segments[-1].first_packet, packets)
        self.update()

    @rule(which=st.integers(0, 3), there=st.booleans())
    def evict(self, which: int, there: bool) -> None:
        segment = self.channel.timeline.segments[which % len(self.channel.timeline.segments)]
        segment.audio = audio_of(segment.first_packet, segment.packets) if there else None
        self.update()

    @rule(seconds=st.floats(0.0, 8.0))
    def wait(self, seconds: float) -> None:
        self.loop.run_until(self.loop.now + seconds)

    @rule(which=st.integers(0, 30))
    def pause_or_go_on(self, which: int) -> None:
        player = self.one(which)
        player.listen()
        if player.window.paused:
            player.subscription.resume(self.loop.now)
            self.serve(player.subscription)
        else:
            player.subscription.pause(self.loop.now)
            self.pacer.retime(player.subscription)

    @rule(which=st.integers(0, 30), off_ms=st.sampled_from([0, 0, -100, 200]) | st.floats(-60_000, 60_000))
    def report(self, which: int, off_ms: float) -> None:
        player = self.one(which)
        player.report(off_ms)
        self.pacer.retime(player.subscription)

    @rule(which=st.integers(0, 30))
    def stop_up(self, which: int) -> None:
        self.one(which).stopped_up = True

    @rule()
    def free(self) -> None:
        for player in self.players:
            player.stopped_up = False
            if player.connection.full:
                player.connection.flush(self.loop.now)
                assert player.drained
                player.drained = False
                self.serve(player.subscription)

    @rule()
    def everybody_hears_on(self) -> None:
        """Nobody is forgotten: who neither waits nor is stopped up hears on."""
        self.free()
        for which, segment in enumerate(self.channel.timeline.segments):
            if segment.audio is None:
                self.evict(which, there=True)
        had = {player: player.window.position for player in self.players}
        self.wait(61.0)
        for player, position in had.items():
            at_end = player.window.position == self.channel.timeline.packets
            assert player.window.paused or at_end or player.window.position > position

    @invariant()
    def all_of_it_arrives(self) -> None:
        for player in self.players:
            player.listen()
            assert player.heard == player.window.position or player.connection.full


TestPacer = PacerMachine.TestCase
TestPacer.settings = settings(max_examples=40, stateful_step_count=25)


@pytest.mark.parametrize("off_ms", [-200, 0, 200])
def test_who_leaves_the_others_and_comes_back_hears_nothing_twice(off_ms: float) -> None:
    machine = PacerMachine()
    for wait_s in (4.05, 0.1, 0.25, 0.1):
        machine.wait(wait_s)
        machine.report(0, off_ms)
        machine.wait(0.01)
        machine.report(0, 0)
        machine.wait(0.21)
        machine.all_of_it_arrives()


def test_one_piece_of_memory_serves_all_who_hear_the_same() -> None:
    machine = PacerMachine()
    machine.come(20, 2_000)
    machine.wait(4.0)
    machine.pause_or_go_on(0)
    machine.wait(2.0)
    paused, *others = machine.players
    assert len({id(cast(memoryview, player.latest).obj) for player in others}) == 1
    assert {player.window.position - paused.window.position for player in others} == {100}
