"""The runs: a crowd of the streamer, a crowd of Icecast, and how long a commit takes to be heard."""

from __future__ import annotations

import itertools
import math
import os
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from common.contract import PACKET_MS, PACKET_SAMPLES
from local.stack import Stack
from streamer.playback.send_window import pace_of
from tests.bench.streaming import machine
from tests.bench.streaming.crowd import Crowd, Member, connect
from tests.bench.streaming.figures import Latency, Load, percentile
from tests.bench.streaming.icecast import Source, Tuned, icecast
from tests.bench.streaming.machine import Usage
from tests.bench.streaming.material import SEGMENT_S, Podcasts, Sound
from tests.bench.streaming.player import WINDOW_MS, Player
from tests.bench.streaming.server import Streamer, streamer

STARTING: Final = 50
"""Players who have not heard their first sound yet, at most."""
TUNING_IN: Final = 200
"""The same for listeners of Icecast, who may have to wait for the next page."""
BEGIN_WITHIN_S: Final = 600.0
SETTLE_WITHIN_S: Final = 60.0
WARM: Final = 5
"""Listeners who come and go before the server counts as idle, so that what is loaded once has been."""
COMMITS: Final = 5
"""Segments committed of each workflow, five seconds apart."""


M = TypeVar("M", bound=Member)


@dataclass(frozen=True)
class Bench:
    """What every run needs."""

    core: int
    stack: Stack
    podcasts: Podcasts
    sound: Sound
    seconds: float


def stream_to(bench: Bench, name: str, listeners: int, workflows: Sequence[str], window_ms: int) -> Load:
    """Listeners, spread over the workflows, each with a window of so many milliseconds."""
    streams = bench.podcasts.open_streams(itertools.islice(itertools.cycle(workflows), listeners + WARM))
    crowd = Crowd()
    with streamer(bench.stack, bench.core) as server:
        _begin(bench, crowd, server, streams[:WARM], window_ms, held=False)
        crowd.close()
        time.sleep(2.0)  # for the server to notice that they have left
        idle = machine.usage(server.pid)
        crowd, began = Crowd(), time.time()
        players = _begin(bench, crowd, server, streams[WARM:], window_ms, held=True)
        begin_s = time.time() - began
        full = 0.8 * window_ms / PACKET_MS
        crowd.run(SETTLE_WITHIN_S, lambda: all(player.fault or player.next_packet >= full for player in players))
        settle_s = _piece_s(window_ms)
        for player in players:  # not all at once, for nobody does: over the time from one piece to the next
            crowd.at(time.time() + random.uniform(0.0, settle_s), player.go)
        crowd.run(settle_s + 1.0)
        since, counted = time.time(), server.counted()
        heard = sum(player.next_packet for player in players), sum(player.bytes for player in players)
        before = machine.usage(server.pid)
        crowd.run(bench.seconds)
        after, until = machine.usage(server.pid), time.time()
        late = [late for player in players for late in player.lateness(since, until)]
        load = _load(name, players, late, idle, before, after, until - since)
        load.least_ahead_s = min(map(_ahead_s, players))
        load.begin_s = begin_s
        load.packets = sum(player.next_packet for player in players) - heard[0]
        load.bytes_received = sum(player.bytes for player in players) - heard[1]
        load.counted = {key: value - counted.get(key, 0.0) for key, value in server.counted().items()}
        load.faults += [f"{sum(player.ended for player in players)} ended early"] * any(
            player.ended for player in players
        )
        crowd.close()
    return load


def stream_from_icecast(bench: Bench, name: str, listeners: int, packets_a_page: int) -> Load:
    """Listeners of one mount of Icecast, fed with pages of so many packets."""
    crowd = Crowd()
    with icecast(bench.core, listeners) as (pid, port):
        source = Source(crowd, port, bench.sound, packets_a_page)
        crowd.run(2.0)
        tuned = _come_in(crowd, WARM, lambda _: Tuned(crowd, port), _hears, at_once=TUNING_IN)
        for listener in tuned:
            crowd.remove(listener)
        crowd.run(1.0)
        idle = machine.usage(pid)
        began = time.time()
        tuned = _come_in(crowd, listeners, lambda _: Tuned(crowd, port), _hears, at_once=TUNING_IN)
        begin_s = time.time() - began
        crowd.run(2.0)
        since, before = time.time(), machine.usage(pid)
        crowd.run(bench.seconds)
        after, until = machine.usage(pid), time.time()
        pages = [[page for page in listener.pages if since <= page[0] <= until] for listener in tuned]
        late = [at - source.sent_at[granule] for heard in pages for at, granule in heard]
        load = _load(name, tuned, late, idle, before, after, until - since)
        load.begin_s = begin_s
        load.packets = len(late) * packets_a_page
        step = packets_a_page * PACKET_SAMPLES
        gaps = sum(later[1] - page[1] != step for heard in pages for page, later in itertools.pairwise(heard))
        load.faults += [f"{gaps} gaps"] * bool(gaps)
        crowd.close()
    return load


def commit_to_first_byte(bench: Bench, workflows: int) -> Latency:
    """Commit segments of many workflows in turn, each to a waiting listener."""
    made = bench.podcasts.make(workflows, segments=COMMITS + 2, forged=1)
    streams = bench.podcasts.open_streams(made)
    crowd = Crowd()
    with streamer(bench.stack, bench.core) as server:
        players = _begin(bench, crowd, server, streams, WINDOW_MS, held=False)
        crowd.run(SETTLE_WITHIN_S, lambda: all(player.next_packet >= 500 for player in players))
        crowd.run(2.0)
        before, since = machine.usage(server.pid), time.time()
        committed: dict[tuple[int, int], float] = {}
        committing = threading.Thread(target=_commit_all, args=(bench.podcasts, made, committed))
        committing.start()
        crowd.run(120.0, lambda: not committing.is_alive())
        crowd.run(10.0, lambda: all(len(player.starts) > COMMITS for player in players))
        after, until = machine.usage(server.pid), time.time()
        crowd.close()
    took = [
        players[number].starts[index] - at
        for (number, index), at in committed.items()
        if index < len(players[number].starts)
    ]
    return Latency(
        workflows=workflows,
        segments=len(committed),
        missing=len(committed) - len(took),
        p50_s=percentile(took, 0.5),
        p99_s=percentile(took, 0.99),
        max_s=max(took, default=math.nan),
        cpu=(after.cpu_s - before.cpu_s) / (until - since),
        faults=_faults(players),
        load_average=os.getloadavg()[0],
    )


def segments_needed(seconds: float, window_ms: int) -> int:
    """How many segments a podcast must have not to be at its end before the measurement is."""
    return math.ceil((2 * _piece_s(window_ms) + seconds + window_ms / 1000) / SEGMENT_S) + 1


def _piece_s(window_ms: int) -> float:
    return pace_of(window_ms).piece * PACKET_MS / 1000


def _commit_all(podcasts: Podcasts, workflows: Sequence[str], committed: dict[tuple[int, int], float]) -> None:
    """One segment of each workflow every five seconds, evenly spread."""
    every_s = 5.0 / len(workflows)
    due = time.monotonic()
    for index, (number, workflow) in itertools.product(range(1, COMMITS + 1), enumerate(workflows)):
        time.sleep(max(0.0, due - time.monotonic()))  # this is the pace at which segments come
        due += every_s
        committed[number, index] = podcasts.forge(workflow, index)


def _begin(
    bench: Bench, crowd: Crowd, server: Streamer, streams: Sequence[str], window_ms: int, *, held: bool
) -> list[Player]:
    def come(number: int) -> Player:
        return Player(crowd, connect("127.0.0.1", server.port), streams[number], bench.sound, window_ms, held=held)

    return _come_in(crowd, len(streams), come, lambda player: bool(player.began_at or player.fault), at_once=STARTING)


def _come_in(
    crowd: Crowd, count: int, come: Callable[[int], M], has_begun: Callable[[M], bool], *, at_once: int
) -> list[M]:
    """Have so many come, a few at a time, until all have begun to hear."""
    members: list[M] = []
    waiting: list[M] = []
    deadline = time.time() + BEGIN_WITHIN_S

    def room() -> bool:
        waiting[:] = [member for member in waiting if not has_begun(member)]
        return len(waiting) < at_once

    for number in range(count):
        crowd.run(deadline - time.time(), room)
        member = come(number)
        members.append(member)
        waiting.append(member)
    crowd.run(deadline - time.time(), lambda: room() and not waiting)
    return members


def _hears(listener: Tuned) -> bool:
    return bool(listener.pages or listener.fault)


def _ahead_s(player: Player) -> float:
    """How much sound a player has ahead of the ear."""
    return player.next_packet * PACKET_MS / 1000 - (time.time() - player.began_at) if player.began_at else 0.0


def _load(
    name: str,
    members: Sequence[Player] | Sequence[Tuned],
    late: Sequence[float],
    idle: Usage,
    before: Usage,
    after: Usage,
    seconds: float,
) -> Load:
    return Load(
        name=name,
        listeners=len(members),
        seconds=seconds,
        cpu=(after.cpu_s - before.cpu_s) / seconds,
        cpu_system=(after.system_s - before.system_s) / seconds,
        threads=after.threads,
        idle_threads=idle.threads,
        idle_resident=idle.resident,
        resident=after.resident,
        resident_a_listener=round((after.resident - idle.resident) / len(members)),
        lateness_p50_s=percentile(late, 0.5),
        lateness_p99_s=percentile(late, 0.99),
        lateness_max_s=max(late, default=math.nan),
        sends=len(late),
        packets=0,
        bytes_received=0,
        faults=_faults(members),
        load_average=os.getloadavg()[0],
    )


def _faults(members: Sequence[Player] | Sequence[Tuned]) -> list[str]:
    return [member.fault for member in members if member.fault]
