"""The opening in the click: heard before there is an answer, and gone on from by the stream without a seam."""

from __future__ import annotations

import threading

import pytest

from tests.browser.scripted_podcast import Script
from tests.browser.scripted_server import ScriptedServer
from tests.browser.test_playback import assert_clock_never_jumps, assert_sound_is_where_the_clock_is
from tests.browser.visitor import Visitor

OPENING_S = 3.0


@pytest.fixture
def held(server: ScriptedServer) -> threading.Event:
    """A server with an opening, whose answers to requests for a podcast wait for this."""
    server.opening_s, server.answers = OPENING_S, threading.Event()
    server.script = Script(seconds=9)
    return server.answers


def await_opening(server: ScriptedServer, visitor: Visitor) -> None:
    """Wait until the page has its opening: told by the server, and taken in by the page."""
    visitor.until(lambda: server.openings > 0)
    visitor.page.wait_for_load_state("networkidle")


def test_an_opening_sounds_before_the_answer_and_the_stream_goes_on_after_it(
    server: ScriptedServer, held: threading.Event, visitor: Visitor
) -> None:
    await_opening(server, visitor)
    visitor.listens_in()
    visitor.asks_for("lighthouses")
    visitor.hears(beyond=0.3)
    assert server.said == [], "nothing was asked of the stream yet"
    assert visitor.page.locator(".turn").count() == 1
    held.set()
    visitor.hears(beyond=OPENING_S + 1)
    [start] = server.said_of("start")
    assert start["next_packet"] == OPENING_S * 50
    assert_sound_is_where_the_clock_is(visitor.heard)
    assert_clock_never_jumps(visitor.heard)
    lines = visitor.page.locator(".turn").all_inner_texts()
    assert len(lines) == len(set(lines)) >= 2, "each turn is shown once"


def test_who_comes_again_hears_it_though_nothing_has_an_instance(
    server: ScriptedServer, held: threading.Event, visitor: Visitor
) -> None:
    await_opening(server, visitor)
    server.opening_away, visitor.expected = True, ("503",)
    visitor.comes()
    visitor.asks_for("lighthouses")
    visitor.hears(beyond=0.3)
    assert server.said == []
    held.set()
    visitor.until(lambda: bool(server.said_of("start")))
    assert server.said_of("start")[0]["next_packet"] == OPENING_S * 50


def test_an_opening_that_comes_with_the_answer_is_gone_on_from(
    server: ScriptedServer, held: threading.Event, visitor: Visitor
) -> None:
    server.opening_away, visitor.expected = True, ("503",)
    visitor.page.evaluate("localStorage.removeItem('aethercast.openings')")
    visitor.comes()
    visitor.listens_in()
    visitor.asks_for("lighthouses")
    held.set()
    visitor.hears(beyond=OPENING_S + 1)
    assert server.said_of("start")[0]["next_packet"] == OPENING_S * 50
    assert_sound_is_where_the_clock_is(visitor.heard)
    assert_clock_never_jumps(visitor.heard)
    lines = visitor.page.locator(".turn").all_inner_texts()
    assert len(lines) == len(set(lines)) >= 2, "each turn is shown once"


def test_a_podcast_that_begins_otherwise_is_heard_from_its_first_packet(
    server: ScriptedServer, held: threading.Event, visitor: Visitor
) -> None:
    server.other_opening = True
    await_opening(server, visitor)
    visitor.asks_for("lighthouses")
    visitor.hears(beyond=0.3)
    held.set()
    visitor.until(lambda: bool(server.said_of("start")))
    assert server.said_of("start")[0]["next_packet"] == 0
    visitor.hears(beyond=1.0)
    visitor.until(lambda: visitor.page.locator(".turn").count() >= 2)


def test_an_opening_of_a_podcast_that_is_refused_falls_silent(
    server: ScriptedServer, held: threading.Event, visitor: Visitor
) -> None:
    server.refuses = (400, "request_invalid", "topic: this cannot be told.")
    visitor.expected = ("400",)
    await_opening(server, visitor)
    visitor.asks_for("lighthouses")
    visitor.hears(beyond=0.2)
    held.set()
    visitor.sees("#form-error", "cannot be told")
    assert visitor.sound["src"] == "" or visitor.sound["paused"]
