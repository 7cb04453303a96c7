"""What players report of themselves is counted."""

from __future__ import annotations

import pytest

from tests.conftest import eventually
from tests.streaming.harness import StreamerHarness
from tests.streaming.instances import Instance
from tests.streaming.listeners import WebSocketListener, start

pytestmark = pytest.mark.xdist_group("streaming")


def test_counts_are_added_up_over_reports(harness: StreamerHarness, streamer: Instance) -> None:
    podcast = harness.podcast(segments=1, packets=50)
    before = streamer.metrics()

    def added() -> dict[str, float]:
        now = streamer.metrics()
        return {name: now[name] - before[name] for name in before if name.startswith("asf_client_")}

    with WebSocketListener(streamer.stream, start(podcast.ticket())) as listener:
        listener.wait_for_packets(50)
        listener.say(type="client_metrics", stalls=1, stalled_ms=500, first_audio_ms=1_200)
        listener.say(type="client_metrics", stalls=2, stalled_ms=2_000, decode_errors=1)
        eventually(lambda: added()["asf_client_decode_errors_total"] == 1, 10, lambda: str(added()))

    assert added()["asf_client_stalls_total"] == 3
    assert added()["asf_client_stalled_seconds_total"] == 2.5
    assert added()["asf_client_first_audio_seconds_count"] == 1
    assert added()["asf_client_first_audio_seconds_sum"] == 1.2
