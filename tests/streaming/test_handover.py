"""Listeners go from one instance to another, miss nothing and hear nothing twice: kill -9, SIGTERM, the time limit."""

from __future__ import annotations

import random
import socket
import threading
import time
from contextlib import suppress

import pytest
from websockets.exceptions import WebSocketException

from local.listener import Heard
from tests.conftest import eventually
from tests.streaming.conftest import NewInstance
from tests.streaming.harness import Podcast, StreamerHarness
from tests.streaming.instances import Balancer, Instance
from tests.streaming.listeners import WebSocketListener, in_order, raw_socket, resume, start, text_frame

pytestmark = pytest.mark.xdist_group("streaming-handover")

LISTENERS = 50


class Follower:
    """A listener going on over any number of connections, as the player does. `codes` are how each ended."""

    def __init__(self, url: str, podcast: Podcast) -> None:
        self.heard = Heard()
        self.codes: list[int] = []
        self.fresh = 0
        """How often it came with a new stream id, its resume token having died with an instance."""
        self._url, self._podcast = url, podcast
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def join(self, within_s: float) -> None:
        self._thread.join(within_s)
        assert not self._thread.is_alive(), f"at {self.heard.next_packet} of {len(self._podcast.packets)}: {self.codes}"

    def _follow(self) -> None:
        jitter = random.Random(id(self))
        first = start(self._podcast.ticket())
        while True:
            with suppress(OSError, WebSocketException):  # nobody there just now
                listener = WebSocketListener(self._url, first, self.heard)
                listener.wait_for_end()
                self.codes.append(listener.ending()[0])
            if self.heard.ended:
                return
            told = self.heard.messages[-1] if self.heard.messages else {"type": "nothing"}
            if told["type"] == "error":
                assert told["code"] == "stream_taken" or told["retryable"], told
                self.heard.messages.pop()
            if not self.heard.resume_token or told.get("code") == "stream_taken":
                self.fresh += 1
                first = start(self._podcast.ticket(), next_packet=self.heard.next_packet)
            else:
                first = resume(self.heard)
            time.sleep(jitter.uniform(0.0, 0.2))  # as every client does, so that not all come at once


def followed(followers: list[Follower]) -> int:
    """Packets heard by all together."""
    return sum(follower.heard.next_packet for follower in followers)


def all_heard(followers: list[Follower], podcast: Podcast) -> None:
    for follower in followers:
        follower.join(40)
        assert in_order(follower.heard) == podcast.packets


def author(podcast: Podcast, segments: int) -> threading.Thread:
    """Says segment after segment, at full speed."""

    def say() -> None:
        for _ in range(segments):
            podcast.say(25)
        podcast.end()

    saying = threading.Thread(target=say, daemon=True)
    saying.start()
    return saying


def test_fifty_listeners_survive_streamers_that_are_killed(
    harness: StreamerHarness, streamer: Instance, new_streamer: NewInstance
) -> None:
    victims = [new_streamer(), new_streamer()]
    for instance in victims:
        instance.await_ready()
    podcast = harness.podcast(segments=1)
    instances = [streamer, victims[0]]
    with Balancer(instances) as balancer:
        followers = [Follower(balancer.stream, podcast) for _ in range(LISTENERS)]
        eventually(lambda: all(follower.heard.packets for follower in followers))
        saying = author(podcast, 60)
        for victim, replacement in ((victims[0], victims[1]), (victims[1], streamer)):
            moment = followed(followers) + random.randrange(LISTENERS * 500)
            eventually(lambda moment=moment: followed(followers) >= moment)  # type: ignore[misc]
            victim.child.kill()
            instances[1] = replacement
        saying.join(30)
        all_heard(followers, podcast)
    assert sum(1006 in follower.codes for follower in followers) >= LISTENERS / 2


def test_sigterm_sends_fifty_listeners_to_the_other_instance(
    harness: StreamerHarness, streamer: Instance, new_streamer: NewInstance
) -> None:
    leaving = new_streamer()
    leaving.await_ready()
    instances = [streamer, leaving]
    podcast = harness.podcast(segments=1)
    with Balancer(instances) as balancer:
        followers = [Follower(balancer.stream, podcast) for _ in range(LISTENERS)]
        eventually(lambda: all(follower.heard.packets for follower in followers))
        assert leaving.metrics()["asf_listeners"] == LISTENERS / 2
        saying = author(podcast, 60)
        eventually(lambda: followed(followers) > LISTENERS * 200)
        instances.remove(leaving)
        leaving.terminate()
        assert leaving.await_end(within_s=8) == 0
        saying.join(30)
        all_heard(followers, podcast)
    moved = [follower for follower in followers if len(follower.codes) > 1]
    assert len(moved) == LISTENERS / 2
    assert all(follower.codes == [1012, 1000] and not follower.fresh for follower in moved)


def test_nobody_who_holds_a_connection_open_delays_the_hand_over(
    harness: StreamerHarness, new_streamer: NewInstance
) -> None:
    """Browsers open connections ahead of need; an attacker opens connections, and sends half a request."""
    instance = new_streamer()
    instance.await_ready()
    podcast = harness.podcast(segments=1)
    with (
        socket.create_connection(("127.0.0.1", instance.port)),
        socket.create_connection(("127.0.0.1", instance.port)) as half,
        raw_socket(instance.stream) as deaf,
        WebSocketListener(instance.stream, start(podcast.ticket())) as listener,
    ):
        half.sendall(b"POST /asf/internal/notify_new_audio HTTP/1.1\r\nHost: here\r\n")
        deaf.sendall(text_frame(**start(podcast.ticket())))
        listener.wait_for_packets(50)
        instance.terminate()
        assert listener.wait_for_end() == 1012
        assert instance.await_end(within_s=8) == 0
    with pytest.raises(OSError, match="refused"):
        WebSocketListener(instance.stream)


def test_a_connection_is_handed_over_before_the_platform_cuts_it_off(
    harness: StreamerHarness, new_streamer: NewInstance
) -> None:
    instance = new_streamer(MAX_CONNECTION_S="2")
    instance.await_ready()
    podcast = harness.podcast(segments=1)
    with WebSocketListener(instance.stream, start(podcast.ticket())) as listener:
        assert listener.wait_for_end() == 1012
    podcast.say()
    podcast.end()
    with WebSocketListener(instance.stream, resume(listener.heard), listener.heard) as listener:
        assert listener.wait_for_end() == 1000
    assert in_order(listener.heard) == podcast.packets
    assert instance.metrics()['asf_disconnects_total{reason="expired"}'] == 1
