"""The endings of a podcast, and the message to each listener: finished, failed, cancelled, deleted; early or late."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.streaming.harness import Podcast, StreamerHarness
from tests.streaming.instances import Instance
from tests.streaming.listeners import WebSocketListener, in_order, resume, start

pytestmark = pytest.mark.xdist_group("streaming")

BAD_ENDS: list[tuple[Callable[[Podcast], None], str]] = [
    (Podcast.fail, "source_empty"),
    (Podcast.cancel, "podcast_cancelled"),
    (Podcast.delete, "podcast_unknown"),
]
each_bad_end = pytest.mark.parametrize(("end", "code"), BAD_ENDS, ids=["failed", "cancelled", "deleted"])


@each_bad_end
def test_an_end_before_the_first_sound_is_told(
    harness: StreamerHarness, streamer: Instance, end: Callable[[Podcast], None], code: str
) -> None:
    podcast = harness.podcast()
    with WebSocketListener(streamer.stream, start(podcast.ticket())) as listener:
        listener.wait_for_told("stream_metadata")
        end(podcast)
        assert listener.wait_for_end() == 1000
    assert listener.heard.messages[-1]["code"] == code
    assert not listener.heard.messages[-1]["retryable"]


@each_bad_end
def test_an_end_in_the_middle_is_told_after_what_there_is(
    harness: StreamerHarness, streamer: Instance, end: Callable[[Podcast], None], code: str
) -> None:
    podcast = harness.podcast(segments=2, packets=200)
    with WebSocketListener(streamer.stream, start(podcast.ticket(), window_ms=2_000)) as listener:
        listener.wait_for_packets(50)  # with all 400 ready, and more of them than the window holds still to be sent
        end(podcast)
        listener.say(type="client_metrics", played_ms=2_000)
        for played_ms in range(2_000, 9_000, 1_000):
            listener.say(type="client_metrics", played_ms=played_ms)
            listener.wait_for_packets(min(400, played_ms // 20))
        assert listener.wait_for_end() == 1000
    assert in_order(listener.heard) == podcast.packets
    assert listener.heard.messages[-1]["code"] == code


@each_bad_end
def test_one_who_comes_afterwards_is_told(
    harness: StreamerHarness, streamer: Instance, end: Callable[[Podcast], None], code: str
) -> None:
    podcast = harness.podcast()
    ticket = podcast.ticket()
    end(podcast)
    with WebSocketListener(streamer.stream, start(ticket)) as listener:
        assert listener.wait_for_end() in {1000, 1008}
    assert listener.heard.messages[-1]["code"] == code


@each_bad_end
def test_what_happens_after_the_last_segment_harms_nobody(
    harness: StreamerHarness, streamer: Instance, end: Callable[[Podcast], None], code: str
) -> None:
    podcast = harness.podcast(segments=2, packets=200)
    podcast.document.update({"segments_total": 2})  # the writer has finished; mastering goes on, and goes wrong
    with WebSocketListener(streamer.stream, start(podcast.ticket(), window_ms=2_000)) as listener:
        listener.wait_for_packets(50)
        end(podcast)
        for played_ms in range(0, 9_000, 1_000):
            listener.say(type="client_metrics", played_ms=played_ms)
            listener.wait_for_packets(min(400, played_ms // 20))
        assert listener.wait_for_end() == 1000
    assert in_order(listener.heard) == podcast.packets
    assert listener.told("stream_end")
    assert code not in {message["code"] for message in listener.told("error")}


def test_a_failure_that_is_taken_back_is_no_end(harness: StreamerHarness, streamer: Instance) -> None:
    """A redelivered event may set a workflow to work again; one who comes then hears it."""
    podcast = harness.podcast(segments=1)
    podcast.fail()
    podcast.document.update({"state": "GENERATING"})
    podcast.say()
    podcast.end()
    with WebSocketListener(streamer.stream, start(podcast.ticket())) as listener:
        assert listener.wait_for_end() == 1000
    assert in_order(listener.heard) == podcast.packets


@pytest.mark.parametrize(("end", "code"), BAD_ENDS[:2], ids=["failed", "cancelled"])
@pytest.mark.parametrize("comes_back", [False, True], ids=["a fresh stream", "a resume token"])
def test_one_who_comes_afterwards_hears_what_there_is_and_is_told(
    harness: StreamerHarness, streamer: Instance, end: Callable[[Podcast], None], code: str, comes_back: bool
) -> None:
    """All voiced turns, however many, up to the first unvoiced turn."""
    podcast = harness.podcast(segments=20, packets=20)
    podcast.tell(21, 20)
    heard = 0
    ticket = start(podcast.ticket())
    if comes_back:
        with WebSocketListener(streamer.stream, start(podcast.ticket(), window_ms=2_000)) as listener:
            listener.wait_for_packets(100)
        heard, ticket = len(listener.heard.packets), resume(listener.heard)
    end(podcast)
    with WebSocketListener(streamer.stream, ticket) as late:
        assert late.wait_for_end() == 1000
    assert late.heard.packets == dict(enumerate(podcast.packets[heard:], heard))
    assert late.heard.repeated == 0
    assert late.heard.messages[-1]["code"] == code


@pytest.mark.parametrize("comes_back", [False, True], ids=["a fresh stream", "a resume token"])
def test_what_was_deleted_is_opened_to_nobody(harness: StreamerHarness, streamer: Instance, comes_back: bool) -> None:
    podcast = harness.podcast(segments=2)
    ticket = start(podcast.ticket())
    with WebSocketListener(streamer.stream, start(podcast.ticket())) as listener:
        listener.wait_for_packets(100)
    podcast.delete()
    with WebSocketListener(streamer.stream, resume(listener.heard) if comes_back else ticket) as late:
        assert late.wait_for_end() == 1000
    assert late.heard.messages[-1]["code"] == "podcast_unknown"
    assert not late.heard.packets


def test_every_listener_is_told_of_a_failure(harness: StreamerHarness, streamer: Instance) -> None:
    podcast = harness.podcast(segments=1)
    listeners = [WebSocketListener(streamer.stream, start(podcast.ticket())) for _ in range(5)]
    for listener in listeners:
        listener.wait_for_packets(50)
    podcast.fail("speech_refused")
    for listener in listeners:
        with listener:
            assert listener.wait_for_end() == 1000
        assert listener.heard.messages[-1]["code"] == "speech_refused"
        assert in_order(listener.heard) == podcast.packets


def test_progress_is_told_as_it_is_made(harness: StreamerHarness, streamer: Instance) -> None:
    podcast = harness.podcast()
    with WebSocketListener(streamer.stream, start(podcast.ticket())) as listener:
        listener.wait_for_told("progress")
        for stage, state in (("harvest", "DONE"), ("weave", "RUNNING"), ("weave", "DONE")):
            podcast.document.update({f"stages.{stage}": state})
            listener.wait_for(lambda told=(stage, state): told in stages(listener))  # type: ignore[misc]
    assert stages(listener) == [("harvest", "RUNNING"), ("harvest", "DONE"), ("weave", "RUNNING"), ("weave", "DONE")]


def stages(listener: WebSocketListener) -> list[tuple[str, str]]:
    return [(said["stage"], said["state"]) for said in listener.told("progress")]


def test_audio_that_cannot_be_had_ends_in_an_error_that_invites_to_come_back(
    harness: StreamerHarness, streamer: Instance
) -> None:
    missing, damaged = harness.podcast(), harness.podcast(segments=1)
    missing.tell(0, 50)
    damaged.tell(0, 49)  # were it played, every packet that follows would have a wrong number
    listeners = {
        code: WebSocketListener(streamer.stream, start(podcast.ticket()))
        for code, podcast in (("audio_missing", missing), ("audio_damaged", damaged))
    }
    for code, listener in listeners.items():
        with listener:
            assert listener.wait_for_end() == 1013
        assert (listener.heard.messages[-1]["code"], listener.heard.messages[-1]["retryable"]) == (code, True)
        assert not listener.heard.packets


def test_a_gateway_that_comes_back_is_asked_again(harness: StreamerHarness, streamer: Instance) -> None:
    podcast = harness.podcast(segments=1)
    harness.gateway_down = True
    try:
        with WebSocketListener(streamer.stream, start(podcast.ticket())) as listener:
            listener.wait_for_told("stream_metadata")
            asked = len(harness.asked)
            harness.await_asked(asked + 2)
            harness.gateway_down = False
            podcast.end()
            assert listener.wait_for_end() == 1000
    finally:
        harness.gateway_down = False
    assert in_order(listener.heard) == podcast.packets
