"""What players report of themselves is counted, once, however often they say it."""

from __future__ import annotations

import pytest

from tests.conftest import eventually
from tests.streaming.backstage import Backstage
from tests.streaming.ears import Ear, start
from tests.streaming.instances import Instance

pytestmark = pytest.mark.xdist_group("streaming")


def test_counts_are_added_up_over_reports(backstage: Backstage, streamer: Instance) -> None:
    podcast = backstage.podcast(segments=1, packets=50)
    before = streamer.metrics()

    def added() -> dict[str, float]:
        now = streamer.metrics()
        return {name: now[name] - before[name] for name in before if name.startswith("asf_client_")}

    with Ear(streamer.stream, start(podcast.ticket())) as ear:
        ear.wait_for_packets(50)
        ear.say(type="client_metrics", stalls=1, stalled_ms=500, decode_errors=0, first_audio_ms=1_200)
        ear.say(type="client_metrics", stalls=3, stalled_ms=2_500, decode_errors=1, first_audio_ms=1_200)
        eventually(lambda: added()["asf_client_decode_errors_total"] == 1, 10, lambda: str(added()))

    assert added()["asf_client_stalls_total"] == 3
    assert added()["asf_client_stalled_seconds_total"] == 2.5
    assert added()["asf_client_first_audio_seconds_count"] == 1
    assert added()["asf_client_first_audio_seconds_sum"] == 1.2


def test_one_who_comes_back_has_heard_the_first_sound_before(backstage: Backstage, streamer: Instance) -> None:
    podcast = backstage.podcast(segments=1, packets=50)
    before = streamer.metrics()["asf_client_first_audio_seconds_count"]
    reconnects = streamer.metrics()["asf_client_reconnects_total"]

    with Ear(streamer.stream, start(podcast.ticket())) as ear:
        ear.wait_for_packets(50)
        ear.say(type="client_metrics", reconnects=1, first_audio_ms=800)
        eventually(lambda: streamer.metrics()["asf_client_reconnects_total"] == reconnects + 1, 10)

    assert streamer.metrics()["asf_client_first_audio_seconds_count"] == before
