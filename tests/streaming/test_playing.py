"""What a listener hears: every packet once and in order, whenever they come, and what they are told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import timedelta

import pytest

from common.contract import PACKET_MS
from tests.conftest import eventually
from tests.streaming.harness import PRE_SKIP, SEGMENT, StreamerHarness, some_packets
from tests.streaming.instances import Instance
from tests.streaming.listeners import WebSocketListener, in_order, resume, start

pytestmark = pytest.mark.xdist_group("streaming")


def test_a_finished_podcast_is_heard_whole(harness: StreamerHarness, streamer: Instance) -> None:
    podcast = harness.podcast(segments=3, packets=217)
    podcast.end()
    with WebSocketListener(streamer.stream, start(podcast.ticket())) as listener:
        assert listener.wait_for_end() == 1000
    assert in_order(listener.heard) == podcast.packets
    assert listener.told("stream_end") == [{"type": "stream_end", "packets": 3 * 217}]
    assert listener.heard.messages[-1]["type"] == "stream_end"


def test_what_is_to_be_heard_is_described_first(harness: StreamerHarness, streamer: Instance) -> None:
    podcast = harness.podcast(segments=2)
    podcast.end()
    with WebSocketListener(streamer.stream, start(podcast.ticket())) as listener:
        listener.wait_for_end()
    metadata = listener.heard.messages[0]
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
    assert listener.told("progress") == [{"type": "progress", "stage": "harvest", "state": "RUNNING"}]
    assert [
        (said["index"], said["firstPacket"], said["packets"], said["text"]) for said in listener.told("segment")
    ] == [
        (0, 0, 50, "This is sentence 0."),
        (1, 50, 50, "This is sentence 1."),
    ]


def test_one_who_comes_back_is_sent_no_more_than_there_is_room_for(
    harness: StreamerHarness, streamer: Instance
) -> None:
    """Where the ears are, and that they rest, is said before anything comes: buffered audio need not be sent again."""
    podcast = harness.podcast(segments=3, packets=500)
    podcast.end()
    with WebSocketListener(streamer.stream, start(podcast.ticket(), window_ms=4_000)) as listener:
        listener.wait_for_packets(200)
        listener.say(type="pause_request")
    had = listener.heard.next_packet
    with WebSocketListener(streamer.stream, {**resume(listener.heard), "window_ms": 4_000}, listener.heard) as back:
        back.say(type="client_metrics", played_ms=had * PACKET_MS - 4_000)
        back.say(type="pause_request")
        back.say(type="client_metrics", played_ms=had * PACKET_MS - 3_000)
        back.wait_for_packets(had + 50)
        assert back.heard.next_packet < had + 60


def test_one_who_comes_before_the_first_segment_hears_each_as_it_is_made(
    harness: StreamerHarness, streamer: Instance
) -> None:
    podcast = harness.podcast()
    with WebSocketListener(streamer.stream, start(podcast.ticket())) as listener:
        listener.wait_for_told("stream_metadata")
        for _ in range(4):
            podcast.say()
            listener.wait_for_packets(len(podcast.packets))
        podcast.end()
        assert listener.wait_for_end() == 1000
    assert in_order(listener.heard) == podcast.packets


def test_segments_that_are_ready_out_of_order_are_heard_in_order(harness: StreamerHarness, streamer: Instance) -> None:
    podcast = harness.podcast()
    with WebSocketListener(streamer.stream, start(podcast.ticket())) as listener:
        listener.wait_for_told("stream_metadata")
        for index in (2, 1, 0):
            assert not listener.heard.packets
            podcast.segments = index
            podcast.say()
        podcast.segments = 3
        podcast.end()
        listener.wait_for_end()
    podcast.packets = [packet for index in range(3) for packet in some_packets(index, SEGMENT)]
    assert in_order(listener.heard) == podcast.packets


def test_one_who_comes_in_the_middle_hears_it_from_the_beginning(harness: StreamerHarness, streamer: Instance) -> None:
    podcast = harness.podcast(segments=2)
    with WebSocketListener(streamer.stream, start(podcast.ticket())) as early:
        early.wait_for_packets(100)
        with WebSocketListener(streamer.stream, start(podcast.ticket())) as late:
            late.wait_for_packets(100)
            podcast.say()
            podcast.end()
            for listener in (early, late):
                assert listener.wait_for_end() == 1000
                assert in_order(listener.heard) == podcast.packets


def test_one_who_comes_in_the_last_second_hears_all_of_it(harness: StreamerHarness, streamer: Instance) -> None:
    podcast = harness.podcast(segments=3)
    ticket = podcast.ticket()
    with WebSocketListener(
        streamer.stream
    ) as listener:  # the door is open, and the podcast ends while the listener steps through it
        listener.say(**start(ticket))
        podcast.end()
        assert listener.wait_for_end() == 1000
    assert in_order(listener.heard) == podcast.packets


def test_all_listeners_share_one_fetch(harness: StreamerHarness, streamer: Instance) -> None:
    podcast = harness.podcast(segments=4)
    podcast.end()
    listeners = [WebSocketListener(streamer.stream, start(podcast.ticket())) for _ in range(5)]
    for listener in listeners:
        with listener:
            assert listener.wait_for_end() == 1000
        assert in_order(listener.heard) == podcast.packets
    assert harness.billable("storage_reads", f"{podcast.workflow_id}/segments/") == 4


# The clock


def test_no_more_is_sent_than_the_window_holds(harness: StreamerHarness, streamer: Instance) -> None:
    podcast = harness.podcast(segments=2, packets=500)
    podcast.end()
    with WebSocketListener(streamer.stream, start(podcast.ticket(), window_ms=2_000)) as listener:
        listener.say(type="pause_request")  # the clock stands from the beginning: 2 s is all that there will be
        listener.wait_for_packets(90)
        listener.say(type="client_metrics", played_ms=0)
        reached = len(listener.heard.packets)
        assert reached <= 2_000 // PACKET_MS
        listener.say(type="client_metrics", played_ms=reached * PACKET_MS)  # now there is room for as much again
        listener.wait_for_packets(2 * reached - 20)
        assert len(listener.heard.packets) <= 2 * reached + 10
        while not listener.heard.ended:
            had = len(listener.heard.packets)
            listener.say(type="client_metrics", played_ms=had * PACKET_MS)
            listener.wait_for(lambda had=had: len(listener.heard.packets) > had or listener.heard.ended)  # type: ignore[misc]
        listener.wait_for_end()
    assert in_order(listener.heard) == podcast.packets


def test_a_pause_holds_the_clock_and_a_resume_lets_it_go_on(harness: StreamerHarness, streamer: Instance) -> None:
    podcast = harness.podcast(segments=2, packets=300)
    with WebSocketListener(streamer.stream, start(podcast.ticket(), window_ms=2_000)) as listener:
        listener.say(type="pause_request")
        listener.wait_for_packets(80)
        with WebSocketListener(streamer.stream, start(podcast.ticket(), window_ms=2_000)) as neighbour:
            neighbour.wait_for_packets(150)  # over a second of the server's clock has gone by
        assert len(listener.heard.packets) <= 2_000 // PACKET_MS + 10
        listener.say(type="resume_request")
        listener.wait_for_packets(150)
    in_order(listener.heard)


def test_what_a_player_says_before_it_is_answered_counts(harness: StreamerHarness, streamer: Instance) -> None:
    podcast = harness.podcast(segments=2, packets=300)
    with WebSocketListener(streamer.stream) as listener:
        listener.say(**start(podcast.ticket(), window_ms=2_000))
        listener.say(type="client_metrics", played_ms=0)
        listener.say(type="pause_request")
        listener.wait_for_packets(80)
        with WebSocketListener(streamer.stream, start(podcast.ticket(), window_ms=2_000)) as neighbour:
            neighbour.wait_for_packets(150)
        assert len(listener.heard.packets) <= 2_000 // PACKET_MS


# Who may hear


def test_a_stream_id_is_good_for_one_at_a_time(harness: StreamerHarness, streamer: Instance) -> None:
    podcast = harness.podcast(segments=1)
    ticket = podcast.ticket()
    with WebSocketListener(streamer.stream, start(ticket)) as first:
        first.wait_for_packets(50)
        with WebSocketListener(streamer.stream, start(ticket)) as second:
            assert first.wait_for_end() == 1008
            second.wait_for_packets(50)
            with WebSocketListener(streamer.stream, resume(second.heard)) as third:
                third.wait_for_told("stream_metadata")
            with WebSocketListener(streamer.stream, start(ticket)) as fourth:
                assert fourth.wait_for_end() == 1008
    assert fourth.told("error")[0]["code"] == "stream_taken"
    assert not fourth.told("error")[0]["retryable"]
    assert not fourth.heard.packets


def test_of_two_who_come_at_once_one_is_heard(harness: StreamerHarness, streamer: Instance) -> None:
    podcast = harness.podcast(segments=1)
    ticket = podcast.ticket()
    listeners = [WebSocketListener(streamer.stream) for _ in range(4)]
    for listener in listeners:
        listener.say(**start(ticket))
    with ThreadPoolExecutor(len(listeners)) as waiting:
        ends = as_completed([waiting.submit(listener.wait_for_end) for listener in listeners])
        assert [next(ends).result() for _ in range(3)] == [1008] * 3
        podcast.end()
        assert next(ends).result() == 1000


def test_a_resume_token_goes_on_where_the_listener_was(harness: StreamerHarness, streamer: Instance) -> None:
    podcast = harness.podcast(segments=3)
    with WebSocketListener(streamer.stream, start(podcast.ticket())) as first:
        first.wait_for_packets(150)
    spent = first.heard.resume_token
    podcast.say()
    podcast.end()
    with WebSocketListener(streamer.stream, resume(first.heard), first.heard) as second:
        assert second.wait_for_end() == 1000
    assert in_order(second.heard) == podcast.packets
    assert second.heard.resume_token != spent


@pytest.mark.parametrize("position", [1, 49, 50, 51, 73, 149])
def test_a_resumption_may_begin_at_any_packet(harness: StreamerHarness, streamer: Instance, position: int) -> None:
    podcast = harness.podcast(segments=3)
    podcast.end()
    with WebSocketListener(streamer.stream, start(podcast.ticket(), next_packet=position)) as listener:
        assert listener.wait_for_end() == 1000
    assert sorted(listener.heard.packets) == list(range(position, 150))
    assert [listener.heard.packets[number] for number in range(position, 150)] == podcast.packets[position:]
    assert listener.told("segment")[0]["index"] == position // 50


def test_a_spent_resume_token_is_refused(harness: StreamerHarness, streamer: Instance) -> None:
    podcast = harness.podcast(segments=1)
    with WebSocketListener(streamer.stream, start(podcast.ticket())) as first:
        first.wait_for_packets(50)
    spent = resume(first.heard)
    with WebSocketListener(streamer.stream, spent) as second:
        second.wait_for_told("stream_metadata")
        with WebSocketListener(streamer.stream, resume(second.heard)) as third:
            third.wait_for_told("stream_metadata")
            with WebSocketListener(streamer.stream, spent) as fourth:
                assert fourth.wait_for_end() == 1008
    assert fourth.told("error")[0]["code"] == "stream_taken"
    assert not fourth.told("error")[0]["retryable"]


def test_resuming_takes_the_place_of_a_connection_that_is_still_there(
    harness: StreamerHarness, streamer: Instance
) -> None:
    podcast = harness.podcast(segments=1)
    with WebSocketListener(streamer.stream, start(podcast.ticket())) as first:
        first.wait_for_packets(50)
        with WebSocketListener(streamer.stream, resume(first.heard)) as second:
            second.wait_for_told("stream_metadata")
            assert first.wait_for_end() == 1008


def test_a_stream_that_was_heard_to_its_end_is_closed(harness: StreamerHarness, streamer: Instance) -> None:
    podcast = harness.podcast(segments=1)
    podcast.end()
    with WebSocketListener(streamer.stream, start(podcast.ticket())) as listener:
        assert listener.wait_for_end() == 1000

    def refused() -> bool:
        with WebSocketListener(
            streamer.stream, {**resume(listener.heard), "resume_token": listener.heard.resume_token[:-1]}
        ) as again:
            again.wait_for_end()
        return bool(again.told("error")[0]["code"] == "stream_unknown")

    eventually(refused)


@pytest.mark.parametrize("position", [51, 2**32 - 1])
def test_a_position_beyond_the_end_is_refused(harness: StreamerHarness, streamer: Instance, position: int) -> None:
    podcast = harness.podcast(segments=1)
    podcast.end()
    with WebSocketListener(streamer.stream, start(podcast.ticket(), next_packet=position)) as listener:
        assert listener.wait_for_end() == 1008
    assert listener.told("error")[0]["code"] == "position_unknown"


def test_an_unknown_and_an_expired_stream_are_refused(harness: StreamerHarness, streamer: Instance) -> None:
    expired = harness.podcast().ticket(expires_in=timedelta(seconds=-1))
    for first in (start(expired), start("x" * 43), {"type": "resume", "resume_token": "x.y", "next_packet": 0}):
        with WebSocketListener(streamer.stream, first) as listener:
            assert listener.wait_for_end() == 1008
        assert listener.told("error")[0]["code"] == "stream_unknown"
