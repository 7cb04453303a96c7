"""What is heard, held against the clock: real Opus, a real decoder, and a telling tone for each second."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from playwright.sync_api import Playwright

from common.contract import REPORT_EVERY_S
from tests.browser.conftest import Invite, launch
from tests.browser.scripted_podcast import Script, frequency_hz
from tests.browser.scripted_server import ScriptedServer
from tests.browser.visitor import Heard, Visitor
from tests.conftest import eventually

LAG_S = 0.25
"""An analyser looks back over 85 ms, and the element's clock moves in steps."""
LEAD_S = 0.05
"""Words that are due within 30 ms are lit at once, and a frame takes 17."""
NEAR_HZ = 25
SOUNDING_DB = -35
"""Tones are well above it, the noise of stopping and starting is below."""
TELLS_ITS_STATE = """addEventListener("DOMContentLoaded", () => {
  const state = document.querySelector("#playing-state");
  new MutationObserver(() => console.info(state.textContent)).observe(state, { childList: true });
});"""
"""For a page that may not be looked at: whatever Playwright evaluates in it counts as a person's click."""
LITTLE_TO_DRAW = {"viewport": {"width": 320, "height": 240}, "reduced_motion": "reduce"}
"""For what takes long and is about sound: without a graphics card most of a page's work is its picture."""
NO_MEDIA_SOURCE = "delete window.MediaSource; delete window.ManagedMediaSource;"
NO_OGG = """
  const canPlayType = HTMLMediaElement.prototype.canPlayType;
  HTMLMediaElement.prototype.canPlayType = function (type) {
    return type.includes("ogg") ? "" : canPlayType.call(this, type);
  };
"""
NO_WEBM = """{
  const supported = MediaSource.isTypeSupported.bind(MediaSource);
  MediaSource.isTypeSupported = (type) => !type.includes("webm") && supported(type);
}"""


SMALL_BUFFER = """{
  const append = SourceBuffer.prototype.appendBuffer;
  window.refused = 0;
  SourceBuffer.prototype.appendBuffer = function (bytes) {
    let held = 0;
    for (let at = 0; at < this.buffered.length; at++) held += this.buffered.end(at) - this.buffered.start(at);
    if (held > 14 && ++window.refused) throw new DOMException("It is full.", "QuotaExceededError");
    append.call(this, bytes);
  };
}"""
"""Holds 14 s, and what is appended last."""


REPORTS_OFTEN = f"""{{
  const set = window.setTimeout;
  window.setTimeout = (run, ms, ...more) => set(run, ms === {1000 * REPORT_EVERY_S} ? 1000 : ms, ...more);
}}"""
"""A page's regular report comes each second."""


def while_it_moves(heard: Sequence[Heard]) -> list[Heard]:
    """Leave out what was seen right after the page had stood still, as on a busy machine: the clock is ahead of it."""
    return [after for before, after in pairwise(heard) if after.now - before.now < LAG_S / 2]


def assert_sound_is_where_the_clock_is(heard: Sequence[Heard]) -> None:
    sounding = [one for one in while_it_moves(heard) if one.playing and one.db > SOUNDING_DB and one.at > LAG_S]
    assert len(sounding) > 5, heard
    for one in sounding:
        tones = {frequency_hz(int(max(0.0, one.at + off))) for off in (-LAG_S, -LAG_S / 2, 0, LAG_S / 2)}
        assert any(abs(one.hz - tone) < NEAR_HZ for tone in tones), one


def assert_clock_never_jumps(heard: Sequence[Heard]) -> None:
    """Back it never goes, and forward no faster than time does."""
    for before, after in pairwise(one for one in heard if one.playing):
        assert 0 <= after.at - before.at < after.now - before.now + LAG_S, (before, after)


def test_a_podcast_sounds_while_it_is_made_and_then_plays_from_its_file(
    server: ScriptedServer, visitor: Visitor
) -> None:
    server.script = Script(seconds=8, rate=3, burst=2)
    visitor.asks_for("lighthouses")
    visitor.hears(beyond=0.05)
    visitor.listens_in()
    visitor.until(lambda: bool(visitor.sound["ended"]))

    assert_sound_is_where_the_clock_is(visitor.heard)
    assert_clock_never_jumps(visitor.heard)
    sound = visitor.sound
    assert len(sound["buffered"]) == 1, "one range, without a gap"
    assert sound["buffered"][0][0] == 0
    assert sound["duration"] == pytest.approx(8, abs=0.05)
    assert visitor.text("#total") == "0:08"

    visitor.sees("#download")
    visitor.page.click("#play")  # again, from the file
    visitor.until(lambda: visitor.sound["src"].endswith(".ogg") and visitor.position > 0)
    visitor.seeks(6)
    visitor.until(lambda: visitor.position > 6)


def test_the_server_learns_how_it_goes_and_so_does_the_listener(server: ScriptedServer, invite: Invite) -> None:
    server.script = Script(seconds=60, burst=20, holds_at=20)
    visitor = invite(before=REPORTS_OFTEN).comes()
    visitor.asks_for("lighthouses")
    visitor.until(lambda: any("first_audio_ms" in said for said in server.said_of("client_metrics")))
    assert not any(map(server.counted, ("stalls", "decode_errors", "reconnects", "dropped_messages")))
    assert server.said_of("client_metrics")[-1]["buffered_ms"] > 0
    visitor.page.click("#health summary")
    visitor.sees("#health-list", "Ahead of you")
    words = visitor.text("#health-list")
    assert "open" in words
    assert "audio/webm" in words
    visitor.seeks(4)
    visitor.until(lambda: server.said_of("client_metrics")[-1]["played_ms"] >= 4000)


def test_the_lit_line_is_the_one_that_is_heard(server: ScriptedServer, visitor: Visitor) -> None:
    server.script = Script(seconds=7, segment_s=1)
    visitor.asks_for("lighthouses")
    visitor.hears(beyond=0.05)
    visitor.listens_in()
    visitor.until(lambda: visitor.position > 5)
    looked = [(one, one.line) for one in while_it_moves(visitor.heard) if one.playing and one.line is not None]
    assert len({line for _, line in looked}) > 2
    for one, line in looked:
        assert int(max(0.0, one.at - LAG_S)) <= line <= int(one.at + LEAD_S), one


def test_running_dry_says_so_and_goes_on_by_itself(server: ScriptedServer, visitor: Visitor) -> None:
    server.script = script = Script(seconds=9, holds_at=1.6)
    visitor.asks_for("lighthouses")
    visitor.sees("#playing-state", "Buffering…")
    assert not visitor.sound["paused"], "it needs no second click"
    visitor.until(lambda: server.counted("stalls") == 1)
    dry_at = visitor.position
    script.holds_at = None
    visitor.hears(beyond=dry_at + 1)
    assert visitor.text("#playing-state") == ""


def test_a_pause_is_told_to_the_server_which_then_holds_back(server: ScriptedServer, visitor: Visitor) -> None:
    server.script = Script(seconds=60, burst=3, rate=2)
    visitor.asks_for("lighthouses")
    visitor.hears()
    visitor.page.click("#play")
    visitor.until(lambda: server.said_of("pause_request") != [])
    visitor.until(lambda: bool(visitor.sound["paused"]))
    paused_at = visitor.position
    assert visitor.stands_still()
    visitor.page.click("#play")
    visitor.until(lambda: server.said_of("resume_request") != [])
    visitor.hears(beyond=paused_at + 0.5)


def test_speed_changes_the_pace_and_not_the_pitch(server: ScriptedServer, visitor: Visitor) -> None:
    server.script = Script(seconds=30, burst=30)
    visitor.asks_for("lighthouses")
    visitor.hears()
    visitor.page.select_option("#speed", "2")
    visitor.listens_in()
    begin = visitor.position
    visitor.hears(beyond=begin + 4)
    assert visitor.sound["rate"] == 2
    assert visitor.sound["keeps_pitch"]
    sounding = [one for one in visitor.heard if one.playing and one.db > SOUNDING_DB]
    tones = [min(abs(one.hz - frequency_hz(int(one.at + off))) for off in (-0.5, -0.25, 0)) for one in sounding]
    assert sorted(tones)[len(tones) // 2] < NEAR_HZ, "half of what was heard is at its own pitch, or nearer"
    # The next visit begins at the speed that was chosen
    visitor.comes()
    visitor.asks_for("lighthouses")
    visitor.hears()
    assert visitor.sound["rate"] == 2


def test_going_back_is_free_and_going_on_stops_where_the_sound_does(server: ScriptedServer, visitor: Visitor) -> None:
    server.script = Script(seconds=60, burst=20, rate=1)
    visitor.asks_for("lighthouses")
    visitor.hears()
    visitor.seeks(15)
    visitor.hears(beyond=15)
    visitor.seeks(2)
    visitor.until(lambda: 2 <= visitor.position < 15)
    visitor.seeks(59)  # not there yet: to where it is being made
    visitor.sees("#toast", "Made up to 0:")
    assert int(visitor.text("#toast").partition("Made up to 0:")[2][:2]) >= 20, "which is told"
    visitor.until(lambda: 18 < visitor.position < 45)
    assert not visitor.sound["paused"]
    assert server.opened == 1, "going back never asks the network"


def test_what_was_played_long_ago_is_let_go_and_the_rest_stays_one_range(
    server: ScriptedServer, invite: Invite
) -> None:
    server.script = Script(seconds=400, burst=400, segment_s=20, completes=False)
    visitor = invite(**LITTLE_TO_DRAW).comes()
    visitor.asks_for("lighthouses")
    visitor.hears()
    held: list[list[list[float]]] = []

    def at_the_end() -> bool:
        sound = visitor.sound
        held.append(sound["buffered"])
        if not sound["ended"] and (len(held) < 2 or held[-1] != held[-2]):
            visitor.seeks(held[-1][-1][1] - 2)  # as who goes on and on, by no more than there is
        return bool(sound["ended"])

    visitor.until(at_the_end)
    assert all(len(ranges) == 1 for ranges in held), "one range all the time"
    [[begin, end]] = held[-1]
    assert begin > 30, "the first of it has been let go"
    assert end == pytest.approx(400, abs=0.05)
    visitor.seeks(5)
    visitor.page.click("#play")
    visitor.until(lambda: 5 < visitor.position < 60)
    visitor.listens_in()
    visitor.hears(beyond=visitor.position + 1.5)
    assert_sound_is_where_the_clock_is(visitor.heard)


@pytest.mark.nightly
def test_ten_minutes_at_speed_stay_one_range_while_what_was_played_long_ago_is_let_go(
    server: ScriptedServer, invite: Invite
) -> None:
    server.script = Script(seconds=600, burst=600, segment_s=20, completes=False)
    visitor = invite(**LITTLE_TO_DRAW).comes()
    visitor.asks_for("lighthouses")
    visitor.hears()
    speed = visitor.page.locator("#speed")
    speed.evaluate("(select) => select.append(new Option('8', '8'))")  # the page's own end at 2: five minutes of it
    speed.select_option("8")
    held: list[list[list[float]]] = []

    def at_the_end() -> bool:
        visitor.page.wait_for_timeout(200)
        held.append(visitor.sound["buffered"])
        return bool(visitor.sound["ended"])

    eventually(at_the_end, 150, lambda: str(visitor.sound))
    assert all(len(ranges) == 1 for ranges in held), "one range all the time"
    [[begin, end]] = held[-1]
    assert begin > 200, "the first minutes have been let go"
    assert end == pytest.approx(600, abs=0.05)
    assert server.counted("stalls") == 0, "the server sends a minute ahead of the listener"
    speed.select_option("1")
    visitor.seeks(5)
    visitor.page.click("#play")
    visitor.until(lambda: 5 < visitor.position < 200)
    visitor.listens_in()
    visitor.hears(beyond=visitor.position + 1.5)
    assert_sound_is_where_the_clock_is(visitor.heard)


def test_a_browser_that_will_not_hold_more_is_given_room(server: ScriptedServer, invite: Invite) -> None:
    server.script = Script(seconds=120, burst=120)
    visitor = invite(before=SMALL_BUFFER).comes()
    visitor.asks_for("lighthouses")
    visitor.hears()
    visitor.seeks(25)
    visitor.hears(beyond=25)
    visitor.seeks(50)
    visitor.hears(beyond=50)
    refused = visitor.page.evaluate("window.refused")
    assert refused > 0
    visitor.seeks(2)  # what is far ahead goes, too
    visitor.until(lambda: 2 < visitor.position < 25)
    assert visitor.page.evaluate("window.refused") > refused


def test_a_line_of_the_transcript_is_a_place_to_listen_from(server: ScriptedServer, visitor: Visitor) -> None:
    server.script = Script(seconds=30, burst=30)
    visitor.asks_for("lighthouses")
    visitor.hears()
    visitor.page.get_by_role("button", name="Play from 0:15, Ben").click()
    visitor.hears(beyond=15)
    visitor.page.locator(".turn[data-index='2'] .words span").first.click()
    visitor.until(lambda: 6 <= visitor.position < 15)


@pytest.mark.parametrize("before", [NO_WEBM], ids=["mp4"])
def test_the_other_container_sounds_the_same(server: ScriptedServer, invite: Invite, before: str) -> None:
    server.script = Script(seconds=5)
    visitor = invite(before=before).comes()
    visitor.asks_for("lighthouses")
    visitor.hears(beyond=0.05)
    visitor.listens_in()
    visitor.page.click("#health summary")
    visitor.until(lambda: bool(visitor.sound["ended"]))
    assert "audio/mp4" in visitor.text("#health-list")
    assert_sound_is_where_the_clock_is(visitor.heard)
    assert len(visitor.sound["buffered"]) == 1


def test_without_media_source_the_finished_file_plays_and_the_page_says_so(
    server: ScriptedServer, invite: Invite
) -> None:
    server.script = Script(seconds=6, burst=1, rate=2.5)
    visitor = invite(before=NO_MEDIA_SOURCE).comes()
    visitor.asks_for("lighthouses")
    visitor.sees("#now", "This browser cannot play while it is being made")
    visitor.hears()
    assert visitor.sound["src"].endswith(".ogg")
    visitor.sees(".turn", "A lighthouse is a promise")


@pytest.mark.parametrize("made_here", [True, False], ids=["while it is made", "finished"])
def test_without_media_source_and_ogg_the_file_that_plays_is_waited_for(
    server: ScriptedServer, invite: Invite, made_here: bool
) -> None:
    server.editions = False
    server.script = Script(seconds=2)
    visitor = invite(before=NO_MEDIA_SOURCE + NO_OGG)
    if made_here:
        visitor.comes().asks_for("lighthouses")
    else:
        visitor.comes(f"#/p/{server.add(server.script).workflow_id}")
    visitor.sees("#now", "the file that this browser plays is being put together")
    assert visitor.sound["src"] == "", "what it cannot play is not tried"
    server.editions = True
    visitor.until(lambda: visitor.sound["src"].endswith((".mp3", ".m4a")))


def test_a_browser_that_wants_a_click_first_gets_a_button(
    playwright: Playwright, server: ScriptedServer, invite: Invite
) -> None:
    strict = launch(playwright, "--autoplay-policy=document-user-activation-required")
    try:
        podcast = server.add(Script(seconds=30))
        visitor = invite(with_browser=strict, before=TELLS_ITS_STATE)
        with visitor.page.expect_console_message(lambda said: said.text == "Press play to listen"):
            visitor.page.goto(f"{server.url}#/p/{podcast.workflow_id}")
        visitor.page.click("#play")
        visitor.hears()
    finally:
        strict.close()


def test_a_link_to_the_file_that_has_expired_is_replaced(server: ScriptedServer, invite: Invite) -> None:
    podcast = server.add(Script(seconds=30))
    server.dead_links = 1
    visitor = invite()
    visitor.expected = ("400",)
    visitor.comes(f"#/p/{podcast.workflow_id}")
    visitor.hears()
    assert visitor.text("#trouble") == ""


def test_a_broken_packet_is_stepped_over(server: ScriptedServer, visitor: Visitor) -> None:
    server.script = Script(seconds=8, broken=(100, 101))
    visitor.asks_for("lighthouses")
    visitor.hears(beyond=4)
    visitor.until(lambda: bool(visitor.sound["ended"]))
    assert visitor.text("#trouble") == ""


def test_one_podcast_after_the_other(server: ScriptedServer, visitor: Visitor) -> None:
    server.script = Script(title="The first", seconds=60, burst=60)
    visitor.asks_for("one")
    visitor.hears(beyond=0.5)
    visitor.seeks(30)
    visitor.hears(beyond=30)
    visitor.page.click(".new-link")
    server.script = Script(title="The second", seconds=6)
    visitor.asks_for("two")
    visitor.sees("#episode-title", "The second")
    visitor.until(lambda: 0.1 < visitor.position < 7)
    visitor.listens_in()
    visitor.until(lambda: bool(visitor.sound["ended"]))
    assert_sound_is_where_the_clock_is(visitor.heard)
    assert visitor.page.locator(".turn").count() == 2
