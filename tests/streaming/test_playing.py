"""What a listener hears: every packet once and in order, whenever they come, and what they are told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import timedelta

import pytest

from common.contract import PACKET_MS
from tests.conftest import eventually
from tests.streaming.backstage import PRE_SKIP, SEGMENT, Backstage, some_packets
from tests.streaming.ears import Ear, in_order, resume, start
from tests.streaming.instances import Instance

pytestmark = pytest.mark.xdist_group("streaming")


def test_a_finished_podcast_is_heard_whole(backstage: Backstage, streamer: Instance) -> None:
    podcast = backstage.podcast(segments=3, packets=217)
    podcast.end()
    with Ear(streamer.stream, start(podcast.ticket())) as ear:
        assert ear.wait_for_end() == 1000
    assert in_order(ear.heard) == podcast.packets
    assert ear.told("stream_end") == [{"type": "stream_end", "packets": 3 * 217}]
    assert ear.heard.messages[-1]["type"] == "stream_end"


def test_what_is_to_be_heard_is_described_first(backstage: Backstage, streamer: Instance) -> None:
    podcast = backstage.podcast(segments=2)
    podcast.end()
    with Ear(streamer.stream, start(podcast.ticket())) as ear:
        ear.wait_for_end()
    metadata = ear.heard.messages[0]
    token = metadata.pop("resumeToken")
    assert len(token) > 64
    assert metadata == {
        "type": "stream_metadata",
        "codec": "opus",
        "sampleRate": 48_000,
        "channels": 1,
        "frameMs": PACKET_MS,
        "preSkip": PRE_SKIP,
        "framing": "aethercast-1",
        "workflowId": podcast.workflow_id,
        "title": "Tides",
    }
    assert ear.told("progress") == [{"type": "progress", "stage": "harvest", "state": "RUNNING"}]
    assert [(said["index"], said["firstPacket"], said["packets"], said["text"]) for said in ear.told("segment")] == [
        (0, 0, 50, "This is sentence 0."),
        (1, 50, 50, "This is sentence 1."),
    ]


def test_one_who_comes_back_is_sent_no_more_than_there_is_room_for(backstage: Backstage, streamer: Instance) -> None:
    """Where the ears are, and that they rest, is said before anything comes: buffered audio need not be sent again."""
    podcast = backstage.podcast(segments=3, packets=500)
    podcast.end()
    with Ear(streamer.stream, start(podcast.ticket(), window_ms=4_000)) as ear:
        ear.wait_for_packets(200)
        ear.say(type="pause_request")
    had = ear.heard.next_packet
    with Ear(streamer.stream, {**resume(ear.heard), "window_ms": 4_000}, ear.heard) as back:
        back.say(type="client_metrics", played_ms=had * PACKET_MS - 4_000)
        back.say(type="pause_request")
        back.say(type="client_metrics", played_ms=had * PACKET_MS - 3_000)
        back.wait_for_packets(had + 50)
        assert back.heard.next_packet < had + 60


def test_one_who_comes_before_the_first_segment_hears_each_as_it_is_made(
    backstage: Backstage, streamer: Instance
) -> None:
    podcast = backstage.podcast()
    with Ear(streamer.stream, start(podcast.ticket())) as ear:
        ear.wait_for_told("stream_metadata")
        for _ in range(4):
            podcast.say()
            ear.wait_for_packets(len(podcast.packets))
        podcast.end()
        assert ear.wait_for_end() == 1000
    assert in_order(ear.heard) == podcast.packets


def test_segments_that_are_ready_out_of_order_are_heard_in_order(backstage: Backstage, streamer: Instance) -> None:
    podcast = backstage.podcast()
    with Ear(streamer.stream, start(podcast.ticket())) as ear:
        ear.wait_for_told("stream_metadata")
        for index in (2, 1, 0):
            assert not ear.heard.packets
            podcast.segments = index
            podcast.say()
        podcast.segments = 3
        podcast.end()
        ear.wait_for_end()
    podcast.packets = [packet for index in range(3) for packet in some_packets(index, SEGMENT)]
    assert in_order(ear.heard) == podcast.packets


def test_one_who_comes_in_the_middle_hears_it_from_the_beginning(backstage: Backstage, streamer: Instance) -> None:
    podcast = backstage.podcast(segments=2)
    with Ear(streamer.stream, start(podcast.ticket())) as early:
        early.wait_for_packets(100)
        with Ear(streamer.stream, start(podcast.ticket())) as late:
            late.wait_for_packets(100)
            podcast.say()
            podcast.end()
            for ear in (early, late):
                assert ear.wait_for_end() == 1000
                assert in_order(ear.heard) == podcast.packets


def test_one_who_comes_in_the_last_second_hears_all_of_it(backstage: Backstage, streamer: Instance) -> None:
    podcast = backstage.podcast(segments=3)
    ticket = podcast.ticket()
    with Ear(streamer.stream) as ear:  # the door is open, and the podcast ends while the listener steps through it
        ear.say(**start(ticket))
        podcast.end()
        assert ear.wait_for_end() == 1000
    assert in_order(ear.heard) == podcast.packets


def test_all_listeners_share_one_fetch(backstage: Backstage, streamer: Instance) -> None:
    podcast = backstage.podcast(segments=4)
    podcast.end()
    ears = [Ear(streamer.stream, start(podcast.ticket())) for _ in range(5)]
    for ear in ears:
        with ear:
            assert ear.wait_for_end() == 1000
        assert in_order(ear.heard) == podcast.packets
    assert backstage.billable("storage_reads", f"{podcast.workflow_id}/segments/") == 4


# The clock


def test_no_more_is_sent_than_the_window_holds(backstage: Backstage, streamer: Instance) -> None:
    podcast = backstage.podcast(segments=2, packets=500)
    podcast.end()
    with Ear(streamer.stream, start(podcast.ticket(), window_ms=2_000)) as ear:
        ear.say(type="pause_request")  # the clock stands from the beginning: 2 s is all that there will be
        ear.wait_for_packets(90)
        ear.say(type="client_metrics", played_ms=0)
        reached = len(ear.heard.packets)
        assert reached <= 2_000 // PACKET_MS
        ear.say(type="client_metrics", played_ms=reached * PACKET_MS)  # now there is room for as much again
        ear.wait_for_packets(2 * reached - 20)
        assert len(ear.heard.packets) <= 2 * reached + 10
        while not ear.heard.ended:
            had = len(ear.heard.packets)
            ear.say(type="client_metrics", played_ms=had * PACKET_MS)
            ear.wait_for(lambda had=had: len(ear.heard.packets) > had or ear.heard.ended)  # type: ignore[misc]
        ear.wait_for_end()
    assert in_order(ear.heard) == podcast.packets


def test_a_pause_holds_the_clock_and_a_resume_lets_it_go_on(backstage: Backstage, streamer: Instance) -> None:
    podcast = backstage.podcast(segments=2, packets=300)
    with Ear(streamer.stream, start(podcast.ticket(), window_ms=2_000)) as ear:
        ear.say(type="pause_request")
        ear.wait_for_packets(80)
        with Ear(streamer.stream, start(podcast.ticket(), window_ms=2_000)) as neighbour:
            neighbour.wait_for_packets(150)  # over a second of the server's clock has gone by
        assert len(ear.heard.packets) <= 2_000 // PACKET_MS + 10
        ear.say(type="resume_request")
        ear.wait_for_packets(150)
    in_order(ear.heard)


def test_what_a_player_says_before_it_is_answered_counts(backstage: Backstage, streamer: Instance) -> None:
    podcast = backstage.podcast(segments=2, packets=300)
    with Ear(streamer.stream) as ear:
        ear.say(**start(podcast.ticket(), window_ms=2_000))
        ear.say(type="client_metrics", played_ms=0)
        ear.say(type="pause_request")
        ear.wait_for_packets(80)
        with Ear(streamer.stream, start(podcast.ticket(), window_ms=2_000)) as neighbour:
            neighbour.wait_for_packets(150)
        assert len(ear.heard.packets) <= 2_000 // PACKET_MS


# Who may hear


def test_a_stream_id_is_good_for_one_at_a_time(backstage: Backstage, streamer: Instance) -> None:
    podcast = backstage.podcast(segments=1)
    ticket = podcast.ticket()
    with Ear(streamer.stream, start(ticket)) as first:
        first.wait_for_packets(50)
        with Ear(streamer.stream, start(ticket)) as second:
            assert first.wait_for_end() == 1008
            second.wait_for_packets(50)
            with Ear(streamer.stream, resume(second.heard)) as third:
                third.wait_for_told("stream_metadata")
            with Ear(streamer.stream, start(ticket)) as fourth:
                assert fourth.wait_for_end() == 1008
    assert fourth.told("error")[0]["code"] == "stream_taken"
    assert not fourth.told("error")[0]["retryable"]
    assert not fourth.heard.packets


def test_of_two_who_come_at_once_one_is_heard(backstage: Backstage, streamer: Instance) -> None:
    podcast = backstage.podcast(segments=1)
    ticket = podcast.ticket()
    ears = [Ear(streamer.stream) for _ in range(4)]
    for ear in ears:
        ear.say(**start(ticket))
    with ThreadPoolExecutor(len(ears)) as waiting:
        ends = as_completed([waiting.submit(ear.wait_for_end) for ear in ears])
        assert [next(ends).result() for _ in range(3)] == [1008] * 3
        podcast.end()
        assert next(ends).result() == 1000


def test_a_resume_token_goes_on_where_the_listener_was(backstage: Backstage, streamer: Instance) -> None:
    podcast = backstage.podcast(segments=3)
    with Ear(streamer.stream, start(podcast.ticket())) as first:
        first.wait_for_packets(150)
    spent = first.heard.resume_token
    podcast.say()
    podcast.end()
    with Ear(streamer.stream, resume(first.heard), first.heard) as second:
        assert second.wait_for_end() == 1000
    assert in_order(second.heard) == podcast.packets
    assert second.heard.resume_token != spent


@pytest.mark.parametrize("position", [1, 49, 50, 51, 73, 149])
def test_a_resumption_may_begin_at_any_packet(backstage: Backstage, streamer: Instance, position: int) -> None:
    podcast = backstage.podcast(segments=3)
    podcast.end()
    with Ear(streamer.stream, start(podcast.ticket(), next_packet=position)) as ear:
        assert ear.wait_for_end() == 1000
    assert sorted(ear.heard.packets) == list(range(position, 150))
    assert [ear.heard.packets[number] for number in range(position, 150)] == podcast.packets[position:]
    assert ear.told("segment")[0]["index"] == position // 50


def test_a_spent_resume_token_is_refused(backstage: Backstage, streamer: Instance) -> None:
    podcast = backstage.podcast(segments=1)
    with Ear(streamer.stream, start(podcast.ticket())) as first:
        first.wait_for_packets(50)
    spent = resume(first.heard)
    with Ear(streamer.stream, spent) as second:
        second.wait_for_told("stream_metadata")
        with Ear(streamer.stream, resume(second.heard)) as third:
            third.wait_for_told("stream_metadata")
            with Ear(streamer.stream, spent) as fourth:
                assert fourth.wait_for_end() == 1008
    assert fourth.told("error")[0]["code"] == "stream_taken"
    assert not fourth.told("error")[0]["retryable"]


def test_resuming_takes_the_place_of_a_connection_that_is_still_there(backstage: Backstage, streamer: Instance) -> None:
    podcast = backstage.podcast(segments=1)
    with Ear(streamer.stream, start(podcast.ticket())) as first:
        first.wait_for_packets(50)
        with Ear(streamer.stream, resume(first.heard)) as second:
            second.wait_for_told("stream_metadata")
            assert first.wait_for_end() == 1008


def test_a_stream_that_was_heard_to_its_end_is_closed(backstage: Backstage, streamer: Instance) -> None:
    podcast = backstage.podcast(segments=1)
    podcast.end()
    with Ear(streamer.stream, start(podcast.ticket())) as ear:
        assert ear.wait_for_end() == 1000

    def refused() -> bool:
        with Ear(streamer.stream, {**resume(ear.heard), "resume_token": ear.heard.resume_token[:-1]}) as again:
            again.wait_for_end()
        return bool(again.told("error")[0]["code"] == "stream_unknown")

    eventually(refused)


@pytest.mark.parametrize("position", [51, 2**32 - 1])
def test_a_position_beyond_the_end_is_refused(backstage: Backstage, streamer: Instance, position: int) -> None:
    podcast = backstage.podcast(segments=1)
    podcast.end()
    with Ear(streamer.stream, start(podcast.ticket(), next_packet=position)) as ear:
        assert ear.wait_for_end() == 1008
    assert ear.told("error")[0]["code"] == "position_unknown"


def test_an_unknown_and_an_expired_stream_are_refused(backstage: Backstage, streamer: Instance) -> None:
    expired = backstage.podcast().ticket(expires_in=timedelta(seconds=-1))
    for first in (start(expired), start("x" * 43), {"type": "resume", "resume_token": "x.y", "next_packet": 0}):
        with Ear(streamer.stream, first) as ear:
            assert ear.wait_for_end() == 1008
        assert ear.told("error")[0]["code"] == "stream_unknown"
