"""A peer's end: a single reason, the first, by the names of charts and alerts."""

from __future__ import annotations

from typing import Any

from streamer.net.ending import Ending
from streamer.net.peer import Peer


def test_the_first_reason_for_an_end_stays() -> None:
    unused: Any = dict.fromkeys(
        ("sock", "connection", "receiver", "on_end", "opened_at", "expires_at", "heard_at", "pinged_at")
    )
    peer = Peer(**unused)
    assert peer.ending is None
    assert peer.begin_ending(Ending.FINISHED)
    assert not peer.begin_ending(Ending.GONE)
    assert peer.ending is Ending.FINISHED


def test_the_reasons_are_the_labels_of_the_metric() -> None:
    assert {str(ending) for ending in Ending} == {
        *("finished", "failed", "audio_missing", "astray", "refused", "superseded", "expired", "restart", "broken"),
        *("left", "gone", "silent", "stalled", "never_started", "wire_broken", "protocol_broken"),
    }
