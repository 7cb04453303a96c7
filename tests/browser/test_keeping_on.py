"""It plays on wherever the listener goes, and the place is never lost."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from tests.browser.conftest import Invite
from tests.browser.scripted_podcast import Script
from tests.browser.scripted_server import ScriptedServer
from tests.browser.visitor import Visitor

LONG: Final[dict[str, Any]] = {"seconds": 300, "burst": 300, "segment_s": 10}


def test_a_reload_comes_back_to_the_same_place_while_it_is_made(server: ScriptedServer, visitor: Visitor) -> None:
    server.script = Script(seconds=2400, burst=200, rate=1, segment_s=10)
    visitor.page.click("#options summary")
    visitor.page.get_by_text("40 min", exact=True).click()
    visitor.asks_for("lighthouses")
    visitor.hears()
    assert visitor.text("#total") == "about 40:00"
    visitor.until(lambda: visitor.page.locator(".turn").count() > 6)
    visitor.seeks(64)
    visitor.hears(beyond=64)
    visitor.page.reload()
    visitor.listens_in()
    visitor.hears(beyond=65)
    assert min(heard.at for heard in visitor.heard if heard.playing) > 60, "it begins where it was"
    assert visitor.text("#total") == "about 40:00"
    assert visitor.page.locator(".turn").count() > 6, "the script is there from its beginning"
    visitor.page.click("#play")
    visitor.until(lambda: bool(visitor.sound["paused"]))
    elapsed = visitor.text("#elapsed")
    visitor.page.reload()
    visitor.sees("#elapsed", elapsed)
    visitor.until(lambda: server.opened == 3 and visitor.position > 60)
    assert visitor.stands_still() and visitor.sound["paused"], "who had paused it is not surprised by its sound"
    visitor.page.click("#play")
    visitor.hears(beyond=65)


def test_the_place_far_into_one_is_found_though_a_window_at_a_time_is_sent(
    server: ScriptedServer, invite: Invite
) -> None:
    podcast = server.add(Script(seconds=2400, burst=400, rate=1, segment_s=10))
    podcast.complete_at_once = False
    visitor = invite(before=f"localStorage.setItem('aethercast.positions', '{{\"{podcast.workflow_id}\": 300}}')")
    visitor.comes(f"#/p/{podcast.workflow_id}")
    visitor.hears(beyond=300.3)


def test_no_way_through_the_page_stops_the_sound(server: ScriptedServer, visitor: Visitor) -> None:
    server.script = Script(**LONG)
    visitor.asks_for("lighthouses")
    visitor.hears()
    page = visitor.page
    for way in ("skip", "back", "new", "logo", "slash"):
        before = visitor.position
        match way:
            case "skip":
                page.locator("#skip-link").focus()
                visitor.presses("Enter")
                assert page.evaluate("document.activeElement.id") == "main"
                assert page.locator("#episode").is_visible()
            case "new":
                page.click(".new-link")
            case "logo":
                page.click(".brand")
            case "back":
                page.go_back()
            case _:
                page.locator("body").click(position={"x": 5, "y": 5})
                visitor.presses("/")
        if way != "skip":
            visitor.sees("#wish")
            visitor.sees("#now-playing", "How lighthouses work")
        visitor.hears(beyond=before + 1)
        assert server.opened == 1, f"it is the same sound after {way}"
        if way != "skip":
            page.click("#now-playing")
            visitor.sees("#episode-title", "How lighthouses work")
            visitor.hears(beyond=before + 1.5)


def test_from_a_failed_request_every_way_leads_on(server: ScriptedServer, visitor: Visitor) -> None:
    visitor.expected = ("the server responded with a status of",)
    server.refuses = (429, "rate_limited", "")
    visitor.page.evaluate("location.hash = '#/'")
    # Chromium tells of a step to where one is already, Firefox does not
    visitor.page.evaluate("window.addEventListener('popstate', (event) => event.stopImmediatePropagation(), true)")
    for link in ("Something else", "New podcast", "Aethercast, new podcast"):
        visitor.asks_for("tides")
        visitor.sees("#trouble", "That was a lot at once")
        visitor.page.get_by_role("link", name=link, exact=True).click()
        visitor.sees("#wish")


def test_after_the_timeline_and_after_the_speed_the_keys_still_pause(server: ScriptedServer, visitor: Visitor) -> None:
    server.script = Script(**LONG)
    visitor.asks_for("lighthouses")
    visitor.hears()
    visitor.page.locator("#seek").click(position={"x": 30, "y": 10})
    for key, paused in ((" ", True), (" ", False), ("k", True), ("k", False)):
        visitor.presses(key)
        visitor.until(partial(lambda expected: visitor.sound["paused"] == expected, paused))
    visitor.page.get_by_label("Speed").focus()
    visitor.page.get_by_label("Speed").select_option("1.5")
    visitor.presses("k")
    visitor.until(lambda: bool(visitor.sound["paused"]))
    visitor.presses("2")  # the first letter of a choice is for the list
    assert visitor.sound["rate"] == 2


def test_who_listens_faster_than_it_is_made_is_slowed_down_not_stopped(
    server: ScriptedServer, visitor: Visitor
) -> None:
    server.script = Script(seconds=300, burst=6, rate=1.3)
    visitor.asks_for("lighthouses")
    visitor.hears()
    visitor.page.get_by_label("Speed").select_option("2")
    visitor.sees("#playing-state", "as fast as it is made")
    visitor.hears(beyond=visitor.position + 4)
    assert visitor.page.input_value("#speed") == "2"
    visitor.page.click("#health summary")
    visitor.sees("#health-list", "Stalls")
    assert visitor.page.locator("#health-list div", has_text="Stalls").inner_text().split() == ["Stalls", "0"]


def test_a_file_may_be_cast_to_another_device(server: ScriptedServer, visitor: Visitor) -> None:
    server.script = Script(seconds=20, burst=20)
    cast = "!document.querySelector('audio').disableRemotePlayback"
    visitor.asks_for("lighthouses")
    visitor.hears()
    assert not visitor.page.evaluate(cast), "ManagedMediaSource wants it so"
    server.add(Script(title="A night at sea", seconds=60))
    visitor.page.click(".brand")
    visitor.page.get_by_role("link", name="A night at sea").click()
    visitor.until(lambda: "episode.ogg" in visitor.sound["src"])
    assert visitor.page.evaluate(cast)


# Up next


def test_what_is_up_next_is_ordered_taken_out_and_played(server: ScriptedServer, visitor: Visitor) -> None:
    titles = ("Tides", "Gone", "Bicycles", "Whales")
    _, gone, _, _ = (server.add(Script(title=title, seconds=4)) for title in titles)
    server.script = Script(seconds=30, burst=30)
    visitor.asks_for("lighthouses")
    visitor.hears()
    visitor.page.click(".brand")
    for title in titles:
        visitor.page.get_by_role("button", name=f"Play {title} next").click()
    visitor.sees("#up-next-button", "Up next: Tides")
    visitor.page.click("#up-next-button")
    visitor.page.get_by_role("button", name="Earlier: Whales").click()
    visitor.page.get_by_role("button", name="Take out: Tides").click()
    waiting = visitor.page.locator("#up-next li .up-next-title")
    assert waiting.all_inner_texts() == ["Gone", "Whales", "Bicycles"]
    visitor.presses("Escape")
    button = visitor.page.locator("#up-next-button")
    assert button.inner_text().split() == ["Up", "next:", "Gone", "+2"]
    visitor.page.set_viewport_size({"width": 390, "height": 844})
    assert button.inner_text() == "3", "without a name beside it the number is of all"
    del server.podcasts[gone.workflow_id]  # on another device
    visitor.expected = ("404",)
    visitor.seeks(29.5)
    visitor.sees("#now-playing", "Whales")
    visitor.hears()
    assert visitor.page.locator("#wish").is_visible(), "the page stays where it is"
    visitor.sees("#now-playing", "Bicycles")
    visitor.until(lambda: not visitor.page.locator("#up-next-button").is_visible())


def test_one_can_be_made_to_follow_what_plays(server: ScriptedServer, visitor: Visitor) -> None:
    server.script = Script(seconds=300, burst=300)
    assert not visitor.page.locator("#make-later").is_visible()
    visitor.asks_for("lighthouses")
    visitor.hears()
    visitor.page.click(".brand")
    server.script = Script(title="Tides come twice a day")
    visitor.page.fill("#wish", "Tides come twice a day.\nThe moon pulls them.")
    visitor.page.click("#make-later")
    visitor.sees("#up-next-button", "Up next: Tides come")  # the list knows what it is called
    assert [asked.get("topic") for asked in server.requests] == ["lighthouses", None]
    assert server.opened == 1
    assert visitor.page.input_value("#wish") == ""
    other = visitor.page.context.new_page()
    other.goto(server.url)
    other.evaluate("localStorage.setItem('aethercast.up_next', '[]')")  # taken out there
    visitor.page.locator("#up-next-button").wait_for(state="hidden")


def test_the_episodes_of_a_show_follow_each_other(server: ScriptedServer, invite: Invite) -> None:
    first, _, second = (
        server.add(Script(title=title, show=show, seconds=4))
        for title, show in (("Tides", "Harbour"), ("Bicycles", "Streets"), ("Whales", "Harbour"))
    )
    visitor = invite().comes(f"#/p/{first.workflow_id}")
    visitor.hears()
    visitor.seeks(3.5)
    visitor.sees("#episode-title", "Whales")
    visitor.hears()
    assert second.workflow_id in visitor.page.url
    visitor.seeks(3.5)
    visitor.until(lambda: bool(visitor.sound["ended"]))
    assert visitor.stands_still(), "it was the last"
    assert visitor.text("#episode-title") == "Whales"
