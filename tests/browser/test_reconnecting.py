"""Every way a connection breaks in mid-play: the sound goes on without a click, a gap or a repeat."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.scripted_podcast import Script
from tests.browser.scripted_server import ScriptedServer
from tests.browser.test_playback import assert_clock_never_jumps, assert_sound_is_where_the_clock_is
from tests.browser.visitor import Visitor

REFUSED = ("WebSocket connection to", "503", "ERR_INTERNET_DISCONNECTED")
"""The browser prints what is refused to it."""


def dies(server: ScriptedServer) -> None:
    server.cut()


def restarts(server: ScriptedServer) -> None:
    server.restart()


def dies_and_forgets(server: ScriptedServer) -> None:
    server.forget_tokens()
    server.cut()


@pytest.mark.parametrize("breaks", [dies, restarts, dies_and_forgets])
def test_a_broken_connection_is_not_heard(
    server: ScriptedServer, visitor: Visitor, breaks: Callable[[ScriptedServer], None]
) -> None:
    visitor.expected = REFUSED
    server.script = script = Script(seconds=5, holds_at=2.5)
    visitor.asks_for("lighthouses")
    visitor.hears(beyond=0.1)
    visitor.listens_in()
    breaks(server)
    visitor.until(lambda: server.opened == 2)
    script.holds_at = None
    visitor.until(lambda: bool(visitor.sound["ended"]))

    assert_sound_is_where_the_clock_is(visitor.heard)
    assert_clock_never_jumps(visitor.heard)
    assert visitor.sound["buffered"] == [[0, pytest.approx(5, abs=0.05)]]
    assert visitor.page.locator(".turn").count() == 2, "no line is told twice"
    back = server.said_of("start" if breaks is dies_and_forgets else "resume")[-1]
    assert back["next_packet"] > 0, "what has arrived is not asked for again"


def test_a_long_break_is_told_and_ends_by_itself(server: ScriptedServer, visitor: Visitor) -> None:
    visitor.expected = REFUSED
    server.script = script = Script(seconds=30, holds_at=4)
    visitor.asks_for("lighthouses")
    visitor.hears(beyond=0.3)
    server.down = True
    server.cut()
    visitor.sees("#playing-state", "Reconnecting")
    broke_at = visitor.position
    script.holds_at = None
    server.down = False
    visitor.hears(beyond=broke_at + 3)
    assert visitor.text("#playing-state") == ""
    assert visitor.text("#trouble") == ""


@pytest.mark.parametrize("seconds", [2, pytest.param(10, marks=pytest.mark.nightly)])
def test_seconds_offline_are_not_heard(server: ScriptedServer, visitor: Visitor, seconds: int) -> None:
    visitor.expected = REFUSED
    script = Script(seconds=seconds + 9, burst=seconds + 9, holds_at=seconds + 6)
    server.script = script
    visitor.asks_for("lighthouses")
    visitor.hears(beyond=0.1)
    visitor.listens_in()
    visitor.hears(beyond=1)
    visitor.page.context.set_offline(True)
    server.cut()
    left_at = visitor.position
    visitor.sees("#playing-state", "Reconnecting")
    visitor.hears(beyond=left_at + seconds)
    assert server.opened == 1
    script.holds_at = None
    visitor.page.context.set_offline(False)
    visitor.until(lambda: server.opened == 2)
    visitor.until(lambda: visitor.text("#playing-state") == "")
    visitor.until(lambda: bool(visitor.sound["ended"]))

    assert_sound_is_where_the_clock_is(visitor.heard)
    assert_clock_never_jumps(visitor.heard)
    assert visitor.sound["buffered"] == [[0, pytest.approx(script.seconds, abs=0.05)]]
    assert visitor.text("#trouble") == ""


def test_a_pause_outlasts_a_broken_connection(server: ScriptedServer, visitor: Visitor) -> None:
    visitor.expected = REFUSED
    server.script = Script(seconds=30, holds_at=10)
    visitor.asks_for("lighthouses")
    visitor.hears(beyond=0.3)
    visitor.page.click("#play")
    visitor.until(lambda: len(server.said_of("pause_request")) == 1)
    server.cut()
    visitor.until(lambda: len(server.said_of("pause_request")) == 2)
    assert visitor.stands_still()
    visitor.page.click("#play")
    visitor.hears(beyond=visitor.position + 1)


def test_after_a_reload_the_podcast_is_there_again(server: ScriptedServer, visitor: Visitor) -> None:
    server.script = Script(seconds=30, holds_at=10)
    visitor.asks_for("lighthouses")
    visitor.hears()
    visitor.page.reload()
    visitor.hears()
    assert len(server.podcasts) == 1
