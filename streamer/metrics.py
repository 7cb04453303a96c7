"""Metrics of an instance, in the format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/).

The server's thread counts in plain numbers, at no cost worth measuring; a scrape turns them into metrics. Names are
`asf_…`, units are seconds and bytes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

TOLD: Final = frozenset({"stalls", "stalled_ms", "decode_errors", "reconnects", "dropped_messages"})
"""What players count of themselves, by its name in a client_metrics message (common/wire.py)."""

_LATENESS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5)
_LATENCY_S = (0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2, 5, 10)
_STREAM_BYTES = (10_000, 100_000, 1_000_000, 3_000_000, 10_000_000, 30_000_000, 100_000_000)
_FIRST_SOUND_S = (0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30)
_BUFFER_S = (0, 0.5, 1, 2, 5, 10, 20, 40, 120)


class Histogram:
    """Counts values by buckets with the given upper bounds."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def observe(self, value: float) -> None:
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def family(self, name: str, documentation: str) -> HistogramMetricFamily:
        buckets, total = self.buckets()
        return HistogramMetricFamily(name, documentation, buckets=buckets, sum_value=total)

    def buckets(self) -> tuple[list[tuple[str, int]], float]:
        """Tell how many values each bound is above, as Prometheus has it, and the sum of all."""
        buckets, running = [], 0
        for bound, count in zip((*map(str, self._bounds), "+Inf"), self._counts, strict=True):
            running += count
            buckets.append((bound, running))
        return buckets, self._sum


FIRST_SOUND_PARTS: Final = ("voicing", "sending")
"""Until the sound was stored, and from there to the listener."""


@dataclass
class Counts:
    """Counted since the start."""

    connects: int = 0
    disconnects: Counter[str] = field(default_factory=Counter)
    """By reason."""
    bytes_sent: int = 0
    """By connections that have ended; `Gauges` has those that have not."""
    sends: int = 0
    """Of audio: what a listener costs."""
    messages_sent: int = 0
    """Of audio; a send holds one or more."""
    messages_received: int = 0
    bytes_received: int = 0
    turned_away: Counter[str] = field(default_factory=Counter)
    """Before they had a connection, by reason."""
    send_stalls: int = 0
    segments_fetched: int = 0
    fetch_failures: int = 0
    rereads: int = 0
    told: dict[str, float] = field(default_factory=lambda: dict.fromkeys(TOLD, 0.0))
    """By players, of themselves."""
    send_lateness: Histogram = field(default_factory=lambda: Histogram(_LATENESS_S))
    ready_to_sent: Histogram = field(default_factory=lambda: Histogram(_LATENCY_S))
    first_sound: dict[str, Histogram] = field(
        default_factory=lambda: {part: Histogram(_LATENCY_S) for part in FIRST_SOUND_PARTS}
    )
    stream_bytes: Histogram = field(default_factory=lambda: Histogram(_STREAM_BYTES))
    client_first_audio: Histogram = field(default_factory=lambda: Histogram(_FIRST_SOUND_S))
    client_buffer: Histogram = field(default_factory=lambda: Histogram(_BUFFER_S))


@dataclass(frozen=True)
class Gauges:
    """As it is now."""

    connections: int
    listeners: int
    channels: int
    audio_bytes: int
    audio_evictions: int
    bytes_sent: int
    watch_restarts: int


class _Collector(Collector):
    def __init__(self, counts: Counts, gauges: Callable[[], Gauges]) -> None:
        self._counts, self._gauges = counts, gauges

    def collect(self) -> Iterator[Metric]:
        counts, now = self._counts, self._gauges()
        yield _gauge("asf_connections", "WebSockets that are open", now.connections)
        yield _gauge("asf_listeners", "WebSockets that hear a podcast", now.listeners)
        yield _gauge("asf_feeds", "Workflows that are being heard", now.channels)
        yield _gauge("asf_feed_memory_bytes", "Audio kept in memory", now.audio_bytes)
        yield _counter("asf_feed_evictions", "Segments put out of memory to make room", now.audio_evictions)
        yield _counter("asf_watch_restarts", "Listen streams that ended and were opened again", now.watch_restarts)
        yield _counter("asf_connects", "Listeners that have come", counts.connects)
        yield _counters("asf_disconnects", "Connections that have ended", "reason", counts.disconnects)
        yield _counter("asf_sent_bytes", "Bytes given to sockets", counts.bytes_sent + now.bytes_sent)
        yield _counter("asf_sends", "Sends of audio, each of one or more messages", counts.sends)
        yield _counter("asf_sent_messages", "Messages of audio sent", counts.messages_sent)
        yield _counter("asf_received_messages", "Messages of listeners", counts.messages_received)
        yield _counter("asf_received_bytes", "Bytes taken from sockets", counts.bytes_received)
        yield _counters("asf_turned_away", "Listeners that were not let in", "reason", counts.turned_away)
        yield _counter("asf_send_stalls", "Sends that a socket did not take whole", counts.send_stalls)
        yield _counter("asf_segments_fetched", "Segments fetched from storage", counts.segments_fetched)
        yield _counter("asf_fetch_failures", "Fetches that failed", counts.fetch_failures)
        yield _counter("asf_rereads", "Looks at what a starving listener waits for", counts.rereads)
        told = counts.told
        yield _counter("asf_client_stalls", "Times that players ran dry, as they say", told["stalls"])
        yield _counter("asf_client_stalled_seconds", "How long they were dry", told["stalled_ms"] / 1000)
        yield _counter("asf_client_decode_errors", "What browsers could not decode", told["decode_errors"])
        yield _counter("asf_client_reconnects", "Connections that players had to open again", told["reconnects"])
        yield _counter("asf_client_dropped_messages", "Messages that players could not use", told["dropped_messages"])
        yield counts.send_lateness.family("asf_send_lateness_seconds", "How late a send that was due by the clock was")
        yield counts.ready_to_sent.family("asf_ready_to_sent_seconds", "From a segment's commit to a waiting listener")
        yield _by_part(counts.first_sound)
        yield counts.stream_bytes.family("asf_stream_bytes", "Bytes sent over one connection")
        yield counts.client_first_audio.family("asf_client_first_audio_seconds", "From play to sound, as players say")
        yield counts.client_buffer.family("asf_client_buffer_seconds", "Sound ahead of the ear, as players say")


def registry(counts: Counts, gauges: Callable[[], Gauges]) -> CollectorRegistry:
    made = CollectorRegistry()
    made.register(_Collector(counts, gauges))
    return made


def exposition(made: CollectorRegistry) -> bytes:
    return generate_latest(made)


def _by_part(histograms: dict[str, Histogram]) -> Metric:
    """Tell where the time to the sound of a first segment went that somebody waited for."""
    family = HistogramMetricFamily(
        "asf_first_sound_part_seconds", "Parts of the wait for an awaited first segment", labels=["part"]
    )
    for part, histogram in histograms.items():
        buckets, total = histogram.buckets()
        family.add_metric([part], buckets, total)
    return family


def _gauge(name: str, documentation: str, value: float) -> Metric:
    return GaugeMetricFamily(name, documentation, value=value)


def _counter(name: str, documentation: str, value: float) -> Metric:
    return CounterMetricFamily(name, documentation, value=value)


def _counters(name: str, documentation: str, label: str, values: Mapping[str, float]) -> Metric:
    family = CounterMetricFamily(name, documentation, labels=[label])
    for key, value in list(values.items()):
        family.add_metric([key], value)
    return family
