"""The right to listen outlives its first connection, and stays a single listener's."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from common.errors import Conflict, Forbidden, NotFound
from common.settings import Settings
from common.tokens import token_hash
from local.listener import Heard, listen_through
from streamer import tickets
from streamer.tickets import Ticket
from tests.conftest import eventually
from tests.streaming.conftest import NewInstance
from tests.streaming.harness import PROJECT, Podcast, StreamerHarness
from tests.streaming.instances import Instance
from tests.streaming.listeners import WebSocketListener, in_order, resume, start

CUTS_MS = [0, 2, 20, 200, *(pytest.param(after_ms, marks=pytest.mark.nightly) for after_ms in (1, 5, 10, 50, 100))]


def later(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def cut(streamer: Instance, first: dict[str, Any], after_ms: int) -> None:
    """Show a token, and go away without a word, having read nothing that was answered."""
    with WebSocketListener(streamer.stream, first) as listener:
        threading.Event().wait(after_ms / 1000)
        listener.socket.socket.close()


@pytest.mark.parametrize("after_ms", CUTS_MS)
def test_a_stream_id_is_good_again_after_a_cut(harness: StreamerHarness, streamer: Instance, after_ms: int) -> None:
    podcast = harness.podcast(segments=1)
    first = start(podcast.ticket())
    for _ in range(3):
        cut(streamer, first, after_ms)
    podcast.end()
    with WebSocketListener(streamer.stream, first) as listener:
        assert listener.wait_for_end() == 1000
    assert in_order(listener.heard) == podcast.packets


@pytest.mark.parametrize("after_ms", CUTS_MS)
def test_a_resume_token_is_good_again_after_a_cut(harness: StreamerHarness, streamer: Instance, after_ms: int) -> None:
    podcast = harness.podcast(segments=3)
    with WebSocketListener(streamer.stream, start(podcast.ticket())) as listener:
        listener.wait_for_packets(100)
    first = resume(listener.heard)
    for _ in range(3):
        cut(streamer, first, after_ms)
    podcast.end()
    with WebSocketListener(streamer.stream, first, listener.heard) as again:
        assert again.wait_for_end() == 1000
    assert in_order(again.heard) == podcast.packets


def test_who_listens_through_comes_through_cuts_before_the_first_word(
    harness: StreamerHarness, streamer: Instance
) -> None:
    podcast = harness.podcast(segments=2)
    podcast.end()
    ticket, heard = podcast.ticket(), Heard()
    cut(streamer, start(ticket), 5)
    for _ in listen_through(streamer.stream, ticket, heard):
        pass
    assert in_order(heard) == podcast.packets


def test_of_two_with_one_token_the_later_goes_on_even_on_another_instance(
    harness: StreamerHarness, new_streamer: NewInstance
) -> None:
    podcast = harness.podcast(segments=1)
    here, there = new_streamer(RESUME_GRACE_S="3"), new_streamer(RESUME_GRACE_S="3")
    for instance in (here, there):
        instance.await_ready()
    first = start(podcast.ticket())
    with WebSocketListener(here.stream, first) as earlier:
        earlier.wait_for_packets(50)
        with WebSocketListener(there.stream, first) as later_one:
            later_one.wait_for_packets(50)
            assert earlier.wait_for_end() == 1008
            podcast.end()
            assert later_one.wait_for_end() == 1000


def test_whoever_goes_on_much_later_on_another_instance_takes_the_place_as_well(
    harness: StreamerHarness, new_streamer: NewInstance
) -> None:
    """Else a listener could hand each next token on, and all of them would go on hearing."""
    podcast = harness.podcast(segments=1)
    here, there = new_streamer(RESUME_GRACE_S="1"), new_streamer(RESUME_GRACE_S="1")
    for instance in (here, there):
        instance.await_ready()
    ticket = podcast.ticket()

    def looked_at() -> int:
        return harness.billable("firestore_reads", token_hash(ticket))

    with WebSocketListener(here.stream, start(ticket)) as earlier:
        earlier.wait_for_packets(50)
        redeemed_with = looked_at()
        eventually(lambda: looked_at() > redeemed_with)
        with WebSocketListener(there.stream, resume(earlier.heard)) as later_one:
            assert earlier.wait_for_end() == 1008
            podcast.end()
            assert later_one.wait_for_end() == 1000


@pytest.fixture
def settings(harness: StreamerHarness, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a streamer in this process, behind the same emulators."""
    for name, value in harness.env.items():
        monkeypatch.setenv(name, value)
    return Settings(google_cloud_project=PROJECT)


def redeemed(settings: Settings, podcast: Podcast) -> tuple[str, Ticket]:
    stream_id = podcast.ticket()
    return stream_id, tickets.start(settings, stream_id, later(0))


def test_the_same_token_gives_the_same_next(harness: StreamerHarness, settings: Settings) -> None:
    stream_id, first = redeemed(settings, harness.podcast())
    again = tickets.start(settings, stream_id, later(1))
    assert again == replace(first, generation=first.generation + 1)
    assert tickets.superseded(settings, first)
    assert not tickets.superseded(settings, again)


def test_a_token_is_void_once_the_next_is_shown(harness: StreamerHarness, settings: Settings) -> None:
    stream_id, first = redeemed(settings, harness.podcast())
    second = tickets.resume(settings, first.resume_token, later(1))
    third = tickets.resume(settings, second.resume_token, later(2))
    for spent in (
        lambda: tickets.start(settings, stream_id, later(3)),
        lambda: tickets.resume(settings, first.resume_token, later(3)),
    ):
        with pytest.raises(Conflict):
            spent()
    assert tickets.resume(settings, third.resume_token, later(4)).generation == 4


def test_a_token_is_void_when_it_was_not_shown_for_long(harness: StreamerHarness, settings: Settings) -> None:
    stream_id, _ = redeemed(settings, harness.podcast())
    tickets.start(settings, stream_id, later(119))
    with pytest.raises(Conflict):
        tickets.start(settings, stream_id, later(119 + 122))


def test_who_came_earlier_and_is_served_later_takes_nothing_over(harness: StreamerHarness, settings: Settings) -> None:
    stream_id, first = redeemed(settings, harness.podcast())
    with pytest.raises(Conflict):
        tickets.start(settings, stream_id, later(-10))
    assert not tickets.superseded(settings, first)


@pytest.mark.parametrize("state", ["revoked", "deleted", "good"])
def test_a_stream_is_good_for_as_long_as_the_key_it_was_had_with(
    harness: StreamerHarness, settings: Settings, state: str
) -> None:
    podcast, key = harness.podcast(), f"key-{state}"
    stream_id = podcast.ticket()
    harness.db.document("streams", token_hash(stream_id)).update({"key": key})
    if state != "deleted":
        revoked = {"revoked_at": later(0)} if state == "revoked" else {}
        harness.db.document("api_keys", key).set({"owner": "ada", "created_at": later(0), **revoked})
    ticket = tickets.start(settings, stream_id, later(1))  # just given out, so the key was looked at just then
    if state == "good":
        assert tickets.resume(settings, ticket.resume_token, later(40)).generation == 2
        return
    for redeem in (
        lambda: tickets.start(settings, stream_id, later(2)),  # trusted once, for the first sound's sake
        lambda: tickets.resume(settings, ticket.resume_token, later(2)),
        lambda: tickets.resume(settings, ticket.resume_token, later(40)),
        lambda: tickets.start(settings, stream_id, later(41)),
    ):
        with pytest.raises(Forbidden):
            redeem()


@pytest.mark.parametrize("state", ["taken back", "expired", "without its key", "good"])
def test_who_listens_by_a_share_is_cut_off_when_it_is_over(
    harness: StreamerHarness, settings: Settings, state: str
) -> None:
    podcast, share, key = harness.podcast(), uuid.uuid4().hex[:16], uuid.uuid4().hex
    stream_id = podcast.ticket()
    harness.db.document("streams", token_hash(stream_id)).update({"key": f"share:{share}"})
    document = harness.db.document("shares", share)
    document.set({"workflow_id": podcast.workflow_id, "owner": "ada", "key": key, "expires_at": later(600)})
    harness.db.document("api_keys", key).set({"owner": "ada", "created_at": later(0)})
    ticket = tickets.start(settings, stream_id, later(1))
    assert not tickets.superseded(settings, ticket)
    match state:
        case "taken back":
            document.delete()
        case "expired":
            document.update({"expires_at": later(-1)})
        case "without its key":
            harness.db.document("api_keys", key).update({"revoked_at": later(0)})
    assert tickets.superseded(settings, ticket) is (state != "good")
    if state != "good":
        with pytest.raises(Forbidden, match="share_revoked"):
            tickets.resume(settings, ticket.resume_token, later(2))


@pytest.mark.parametrize("shown_in_place", ["shown", "other"])
def test_of_a_closed_stream_nothing_is_good(harness: StreamerHarness, settings: Settings, shown_in_place: str) -> None:
    stream_id, first = redeemed(settings, harness.podcast())
    tickets.close(settings, first)
    with pytest.raises(NotFound):
        if shown_in_place == "shown":
            tickets.start(settings, stream_id, later(1))
        else:
            tickets.resume(settings, first.resume_token, later(1))


def test_tokens_shown_by_many_at_once_are_one_right(harness: StreamerHarness, settings: Settings) -> None:
    stream_id = harness.podcast().ticket()
    given: list[Ticket] = []

    def show(at: datetime) -> None:
        try:
            given.append(tickets.start(settings, stream_id, at))
        except Conflict:
            given.append(Ticket("", "", "", None))

    threads = [threading.Thread(target=show, args=(later(number / 1000),)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tokens = {ticket.resume_token for ticket in given} - {""}
    assert len(tokens) == 1
    latest = max(given, key=lambda ticket: ticket.generation)
    eventually(lambda: not tickets.superseded(settings, latest))
