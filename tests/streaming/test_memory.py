"""How much audio an instance keeps: a stated bound, which is filled here; what was put out is fetched again."""

from __future__ import annotations

import pytest

from tests.conftest import eventually
from tests.streaming.conftest import NewInstance
from tests.streaming.harness import StreamerHarness
from tests.streaming.listeners import WebSocketListener, in_order, start

pytestmark = pytest.mark.xdist_group("streaming")

BOUND = 100_000
"""Bytes: about half of what the podcast here has."""
SEGMENTS = 20


def test_the_bound_is_filled_and_held(harness: StreamerHarness, new_streamer: NewInstance) -> None:
    instance = new_streamer(FEED_MEMORY_BYTES=str(BOUND))
    instance.await_ready()
    podcast = harness.podcast(segments=SEGMENTS, packets=100)
    kept = []
    with WebSocketListener(instance.stream, start(podcast.ticket(), window_ms=4_000)) as listener:
        for position in range(0, SEGMENTS * 100, 100):
            listener.say(type="client_metrics", played_ms=position * 20)
            listener.wait_for_packets(min(SEGMENTS * 100, position + 150))
            kept.append(instance.metrics()["asf_feed_memory_bytes"])
        assert max(kept) <= BOUND
        assert max(kept) > BOUND * 0.7
        full = instance.metrics()
        assert full["asf_segments_fetched_total"] == SEGMENTS
        assert full["asf_feed_evictions_total"] > SEGMENTS / 3
        podcast.end()
        # One who comes now begins with what was put out long ago
        with WebSocketListener(instance.stream, start(podcast.ticket(), window_ms=120_000)) as late:
            assert late.wait_for_end() == 1000
        assert in_order(late.heard) == podcast.packets
        assert instance.metrics()["asf_segments_fetched_total"] >= SEGMENTS + full["asf_feed_evictions_total"]
        assert instance.metrics()["asf_feed_memory_bytes"] <= BOUND
    assert in_order(listener.heard) == podcast.packets


def test_a_segment_larger_than_the_bound_is_heard_nevertheless(
    harness: StreamerHarness, new_streamer: NewInstance
) -> None:
    instance = new_streamer(FEED_MEMORY_BYTES="1")
    instance.await_ready()
    podcast = harness.podcast(segments=3)
    podcast.end()
    listeners = [WebSocketListener(instance.stream, start(podcast.ticket())) for _ in range(3)]
    for listener in listeners:
        with listener:
            assert listener.wait_for_end() == 1000
        assert in_order(listener.heard) == podcast.packets
    eventually(lambda: instance.metrics()["asf_connections"] == 0)
