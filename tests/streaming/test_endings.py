"""The endings of a podcast, and the message to each listener: finished, failed, cancelled, deleted; early or late."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.streaming.backstage import Backstage, Podcast
from tests.streaming.ears import Ear, in_order, resume, start
from tests.streaming.instances import Instance

pytestmark = pytest.mark.xdist_group("streaming")

BAD_ENDS: list[tuple[Callable[[Podcast], None], str]] = [
    (Podcast.fail, "source_empty"),
    (Podcast.cancel, "podcast_cancelled"),
    (Podcast.delete, "podcast_unknown"),
]
each_bad_end = pytest.mark.parametrize(("end", "code"), BAD_ENDS, ids=["failed", "cancelled", "deleted"])


@each_bad_end
def test_an_end_before_the_first_sound_is_told(
    backstage: Backstage, streamer: Instance, end: Callable[[Podcast], None], code: str
) -> None:
    podcast = backstage.podcast()
    with Ear(streamer.stream, start(podcast.ticket())) as ear:
        ear.wait_for_told("stream_metadata")
        end(podcast)
        assert ear.wait_for_end() == 1000
    assert ear.heard.messages[-1]["code"] == code
    assert not ear.heard.messages[-1]["retryable"]


@each_bad_end
def test_an_end_in_the_middle_is_told_after_what_there_is(
    backstage: Backstage, streamer: Instance, end: Callable[[Podcast], None], code: str
) -> None:
    podcast = backstage.podcast(segments=2, packets=200)
    with Ear(streamer.stream, start(podcast.ticket(), window_ms=2_000)) as ear:
        ear.wait_for_packets(50)  # with all 400 ready, and more of them than the window holds still to be sent
        end(podcast)
        ear.say(type="client_metrics", played_ms=2_000)
        for played_ms in range(2_000, 9_000, 1_000):
            ear.say(type="client_metrics", played_ms=played_ms)
            ear.wait_for_packets(min(400, played_ms // 20))
        assert ear.wait_for_end() == 1000
    assert in_order(ear.heard) == podcast.packets
    assert ear.heard.messages[-1]["code"] == code


@each_bad_end
def test_one_who_comes_afterwards_is_told(
    backstage: Backstage, streamer: Instance, end: Callable[[Podcast], None], code: str
) -> None:
    podcast = backstage.podcast()
    ticket = podcast.ticket()
    end(podcast)
    with Ear(streamer.stream, start(ticket)) as ear:
        assert ear.wait_for_end() in {1000, 1008}
    assert ear.heard.messages[-1]["code"] == code


@each_bad_end
def test_what_happens_after_the_last_segment_harms_nobody(
    backstage: Backstage, streamer: Instance, end: Callable[[Podcast], None], code: str
) -> None:
    podcast = backstage.podcast(segments=2, packets=200)
    podcast.document.update({"segments_total": 2})  # the writer has finished; mastering goes on, and goes wrong
    with Ear(streamer.stream, start(podcast.ticket(), window_ms=2_000)) as ear:
        ear.wait_for_packets(50)
        end(podcast)
        for played_ms in range(0, 9_000, 1_000):
            ear.say(type="client_metrics", played_ms=played_ms)
            ear.wait_for_packets(min(400, played_ms // 20))
        assert ear.wait_for_end() == 1000
    assert in_order(ear.heard) == podcast.packets
    assert ear.told("stream_end")
    assert code not in {message["code"] for message in ear.told("error")}


def test_a_failure_that_is_taken_back_is_no_end(backstage: Backstage, streamer: Instance) -> None:
    """A redelivered event may set a workflow to work again; one who comes then hears it."""
    podcast = backstage.podcast(segments=1)
    podcast.fail()
    podcast.document.update({"state": "GENERATING"})
    podcast.say()
    podcast.end()
    with Ear(streamer.stream, start(podcast.ticket())) as ear:
        assert ear.wait_for_end() == 1000
    assert in_order(ear.heard) == podcast.packets


@pytest.mark.parametrize(("end", "code"), BAD_ENDS[:2], ids=["failed", "cancelled"])
@pytest.mark.parametrize("comes_back", [False, True], ids=["a fresh stream", "a resume token"])
def test_one_who_comes_afterwards_hears_what_there_is_and_is_told(
    backstage: Backstage, streamer: Instance, end: Callable[[Podcast], None], code: str, comes_back: bool
) -> None:
    """All voiced turns, however many, up to the first unvoiced turn."""
    podcast = backstage.podcast(segments=20, packets=20)
    podcast.tell(21, 20)
    heard = 0
    ticket = start(podcast.ticket())
    if comes_back:
        with Ear(streamer.stream, start(podcast.ticket(), window_ms=2_000)) as ear:
            ear.wait_for_packets(100)
        heard, ticket = len(ear.heard.packets), resume(ear.heard)
    end(podcast)
    with Ear(streamer.stream, ticket) as late:
        assert late.wait_for_end() == 1000
    assert late.heard.packets == dict(enumerate(podcast.packets[heard:], heard))
    assert late.heard.repeated == 0
    assert late.heard.messages[-1]["code"] == code


@pytest.mark.parametrize("comes_back", [False, True], ids=["a fresh stream", "a resume token"])
def test_what_was_deleted_is_opened_to_nobody(backstage: Backstage, streamer: Instance, comes_back: bool) -> None:
    podcast = backstage.podcast(segments=2)
    ticket = start(podcast.ticket())
    with Ear(streamer.stream, start(podcast.ticket())) as ear:
        ear.wait_for_packets(100)
    podcast.delete()
    with Ear(streamer.stream, resume(ear.heard) if comes_back else ticket) as late:
        assert late.wait_for_end() == 1000
    assert late.heard.messages[-1]["code"] == "podcast_unknown"
    assert not late.heard.packets


def test_every_listener_is_told_of_a_failure(backstage: Backstage, streamer: Instance) -> None:
    podcast = backstage.podcast(segments=1)
    ears = [Ear(streamer.stream, start(podcast.ticket())) for _ in range(5)]
    for ear in ears:
        ear.wait_for_packets(50)
    podcast.fail("speech_refused")
    for ear in ears:
        with ear:
            assert ear.wait_for_end() == 1000
        assert ear.heard.messages[-1]["code"] == "speech_refused"
        assert in_order(ear.heard) == podcast.packets


def test_progress_is_told_as_it_is_made(backstage: Backstage, streamer: Instance) -> None:
    podcast = backstage.podcast()
    with Ear(streamer.stream, start(podcast.ticket())) as ear:
        ear.wait_for_told("progress")
        for stage, state in (("harvest", "DONE"), ("weave", "RUNNING"), ("weave", "DONE")):
            podcast.document.update({f"stages.{stage}": state})
            ear.wait_for(lambda told=(stage, state): told in stages(ear))  # type: ignore[misc]
    assert stages(ear) == [("harvest", "RUNNING"), ("harvest", "DONE"), ("weave", "RUNNING"), ("weave", "DONE")]


def stages(ear: Ear) -> list[tuple[str, str]]:
    return [(said["stage"], said["state"]) for said in ear.told("progress")]


def test_audio_that_cannot_be_had_ends_in_an_error_that_invites_to_come_back(
    backstage: Backstage, streamer: Instance
) -> None:
    missing, damaged = backstage.podcast(), backstage.podcast(segments=1)
    missing.tell(0, 50)
    damaged.tell(0, 49)  # were it played, every packet that follows would have a wrong number
    ears = {
        code: Ear(streamer.stream, start(podcast.ticket()))
        for code, podcast in (("audio_missing", missing), ("audio_damaged", damaged))
    }
    for code, ear in ears.items():
        with ear:
            assert ear.wait_for_end() == 1013
        assert (ear.heard.messages[-1]["code"], ear.heard.messages[-1]["retryable"]) == (code, True)
        assert not ear.heard.packets


def test_a_gateway_that_comes_back_is_asked_again(backstage: Backstage, streamer: Instance) -> None:
    podcast = backstage.podcast(segments=1)
    backstage.gateway_down = True
    try:
        with Ear(streamer.stream, start(podcast.ticket())) as ear:
            ear.wait_for_told("stream_metadata")
            asked = len(backstage.asked)
            backstage.await_asked(asked + 2)
            backstage.gateway_down = False
            podcast.end()
            assert ear.wait_for_end() == 1000
    finally:
        backstage.gateway_down = False
    assert in_order(ear.heard) == podcast.packets
