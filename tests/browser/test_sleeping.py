"""Sound that stops by itself, speeds a tenth apart, and chapters on the lock screen."""

from __future__ import annotations

from tests.browser.conftest import Invite
from tests.browser.scripted_podcast import Script
from tests.browser.scripted_server import ScriptedServer
from tests.browser.visitor import Visitor

SHORT_MINUTES = """{
  const set = window.setTimeout;
  window.setTimeout = (run, ms, ...more) => set(run, ms >= 60_000 ? ms / 2_000 : ms, ...more);
}"""
"""A timer of minutes lasts half a second for each."""


def listening(server: ScriptedServer, visitor: Visitor) -> Visitor:
    podcast = server.add(Script(seconds=60, segment_s=6))
    visitor.comes(f"#/p/{podcast.workflow_id}")
    visitor.hears()
    visitor.sees("#chapters li")
    return visitor


def test_it_stops_after_some_minutes(server: ScriptedServer, invite: Invite) -> None:
    visitor = listening(server, invite(before=SHORT_MINUTES))
    visitor.page.select_option("#sleep", "15")
    visitor.until(lambda: bool(visitor.sound["paused"]))
    assert visitor.page.input_value("#sleep") == ""


def test_it_stops_with_the_chapter_and_the_lock_screen_knows_the_next(server: ScriptedServer, invite: Invite) -> None:
    visitor = listening(server, invite())
    visitor.presses(">")
    assert visitor.page.input_value("#speed") == "1.1", "speeds are a tenth apart"
    assert visitor.sound["rate"] == 1.1
    visitor.presses("<")
    visitor.seeks(16)  # a chapter ends at 18
    visitor.page.select_option("#sleep", "chapter")
    visitor.until(lambda: bool(visitor.sound["paused"]))
    assert 17 < visitor.position < 18.2
    visitor.page.click("#play")
    visitor.hears(beyond=18.5)
    visitor.until(lambda: visitor.page.evaluate("navigator.mediaSession.metadata.album") == "The lens")
