"""The page works no more than there is to see: still where nothing changes, and steady before one's eyes."""

from __future__ import annotations

import re
import threading
from dataclasses import replace

import pytest
from playwright.sync_api import Route

from tests.browser.conftest import Invite
from tests.browser.scripted_podcast import Podcast, Script
from tests.browser.scripted_server import ScriptedServer

COUNT = """
window.counted = { frames: 0, positions: 0 };
const request = requestAnimationFrame;
window.requestAnimationFrame = (run) => { window.counted.frames++; return request(run); };
const tell = MediaSession.prototype.setPositionState;
MediaSession.prototype.setPositionState = function (state) {
  window.counted.positions++;
  return tell.call(this, state);
};
"""
MOVING = "document.getAnimations().filter((one) => one.effect.getComputedTiming().iterations === Infinity).length"
SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
MOST_SHIFT = 0.1
SCREENS = {"phone": (390, 844), "desktop": (1280, 860)}


def test_at_rest_nothing_is_drawn_and_the_lock_screen_counts_by_itself(server: ScriptedServer, invite: Invite) -> None:
    podcast = server.add(Script(seconds=120, segment_s=10))
    visitor = invite(before=COUNT).comes()
    visitor.sees("#shelf li")
    assert visitor.page.evaluate(MOVING) == 0
    visitor.comes(f"#/p/{podcast.workflow_id}")
    visitor.page.reload()
    visitor.hears()
    visitor.sees("#cover img")
    assert not visitor.page.locator("#making").is_visible(), "nobody saw it being made"
    told = visitor.page.evaluate("window.counted.positions")
    visitor.hears(beyond=visitor.position + 2)
    assert visitor.page.evaluate("window.counted.positions") <= told + 1
    assert visitor.page.evaluate("window.counted.frames") == 0
    assert visitor.page.evaluate(MOVING) == 0


def test_nothing_moves_by_itself_for_as_long_as_one_is_made(server: ScriptedServer, invite: Invite) -> None:
    visitor = invite(before=COUNT).comes()
    server.script = Script(seconds=600, segment_s=5, burst=10, rate=2)
    visitor.asks_for("lighthouses")
    visitor.hears()
    visitor.sees("[data-stage=forge][data-state=RUNNING]")
    visitor.sees(".turn[aria-current]")
    assert visitor.page.evaluate(MOVING) == 0
    assert visitor.page.evaluate("window.counted.frames") == 0


def test_a_cover_is_fetched_once_and_no_larger_than_it_is_shown(server: ScriptedServer, invite: Invite) -> None:
    podcast = server.add(Script(seconds=12))
    visitor = invite()
    covers: list[str] = []
    visitor.page.on("request", lambda asked: covers.append(asked.url) if "/cover" in asked.url else None)
    visitor.comes(f"#/p/{podcast.workflow_id}")
    visitor.sees("#cover img")
    artwork = "navigator.mediaSession.metadata?.artwork[0].src === document.querySelector('#cover img').src"
    visitor.until(lambda: bool(visitor.page.evaluate(artwork)))
    assert [url.rsplit("/", 1)[-1] for url in covers] == ["cover-600.jpg"]


@pytest.mark.parametrize(
    ("screen", "draft"),
    [
        pytest.param(SCREENS["phone"], False, id="phone"),
        pytest.param(SCREENS["desktop"], True, id="desktop, a draft"),
        pytest.param(SCREENS["desktop"], False, id="desktop", marks=pytest.mark.nightly),
        pytest.param(SCREENS["phone"], True, id="phone, a draft", marks=pytest.mark.nightly),
    ],
)
def test_nothing_shifts_from_the_click_until_it_is_finished(
    server: ScriptedServer, invite: Invite, screen: tuple[int, int], draft: bool
) -> None:
    visitor = invite(before=SHIFTS, viewport={"width": screen[0], "height": screen[1]}).comes()
    server.script = Script(seconds=30, first_after=0.5, burst=4, rate=6)
    server.answers = threading.Event()
    visitor.page.click("#options summary")
    visitor.page.set_checked("#draft", draft)
    visitor.asks_for("lighthouses")
    visitor.sees("#now", "Asking for it…")
    visitor.page.evaluate("document.fonts.ready.then(() => (window.shifted = 0))")  # what the click itself has changed
    server.answers.set()
    if draft:
        visitor.sees("#editor-lines li")
    else:
        visitor.sees("#download")
        visitor.sees("#now", "Finished: all of it is here")
    assert visitor.page.evaluate("window.shifted") < MOST_SHIFT


@pytest.mark.parametrize("screen", SCREENS.values(), ids=SCREENS)
def test_nothing_shifts_while_a_page_comes(server: ScriptedServer, invite: Invite, screen: tuple[int, int]) -> None:
    for number in range(5):
        podcast = server.add(Script(title=f"A title that goes on for more than a line of a phone, number {number}"))
    visitor = invite(before=SHIFTS, viewport={"width": screen[0], "height": screen[1]})
    network = visitor.page.context.new_cdp_session(visitor.page)
    network.send("Network.enable")
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})  # each time as slowly as the first
    for path, there in (("", "#shelf li"), (f"#/p/{podcast.workflow_id}", ".turn[aria-current]")):
        visitor.comes(path)
        visitor.page.reload()
        visitor.sees(there)
        visitor.page.evaluate("document.fonts.ready")
        assert visitor.page.evaluate("window.shifted") < MOST_SHIFT


@pytest.mark.parametrize("screen", SCREENS.values(), ids=SCREENS)
@pytest.mark.parametrize("state", ["finished", "in the making"])
def test_nothing_shifts_when_what_is_known_of_a_podcast_comes_later_than_the_page(
    server: ScriptedServer, invite: Invite, screen: tuple[int, int], state: str
) -> None:
    """As it does wherever the page's files are kept and the server is not next door."""
    visitor = invite(before=SHIFTS, viewport={"width": screen[0], "height": screen[1]})
    podcast = server.add(Script(title="A title that goes on for more than a line of a phone, and for another one"))
    if state != "finished":
        podcast = Podcast("0" * 32, replace(podcast.script, seconds=60, first_after=0.2, burst=4, rate=2))
        server.podcasts[podcast.workflow_id] = podcast
    visitor.comes(f"#/p/{podcast.workflow_id}")
    visitor.sees(".turn")
    held: list[Route] = []
    answered = threading.Event()
    visitor.page.route(
        re.compile("/api/v1/podcasts"), lambda route: route.continue_() if answered.is_set() else held.append(route)
    )
    visitor.page.reload()
    visitor.sees("#episode.asked")
    visitor.page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
    assert not visitor.page.locator("#cancel").is_visible(), "nobody knows yet whether there is anything to stop"
    answered.set()
    for route in held:
        route.continue_()
    visitor.sees(".turn[aria-current]")
    assert visitor.page.evaluate("window.shifted") < MOST_SHIFT


def test_of_two_tabs_one_sounds(server: ScriptedServer, invite: Invite) -> None:
    podcast = server.add(Script(seconds=120))
    first = invite().comes(f"#/p/{podcast.workflow_id}")
    first.hears()
    second = first.page.context.new_page()
    second.goto(first.page.url)
    first.until(lambda: bool(first.sound["paused"]))
    assert second.evaluate("!document.querySelector('audio').paused")
