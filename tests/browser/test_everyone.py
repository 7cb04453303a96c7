"""The page for readers from right to left, by ear, by keyboard, enlarged, or on paper."""

from __future__ import annotations

from functools import partial

import pytest

from tests.browser.conftest import Invite
from tests.browser.scripted_podcast import Script
from tests.browser.scripted_server import ScriptedServer
from tests.browser.test_looks import overflow
from tests.browser.visitor import Visitor

NOTE_ANNOUNCEMENTS = """addEventListener("DOMContentLoaded", () => {
  window.announced = [];
  for (const live of document.querySelectorAll("[role=status], [aria-live]")) {
    new MutationObserver(() => live.textContent && window.announced.push(live.textContent))
      .observe(live, { childList: true, characterData: true, subtree: true });
  }
});"""
FOCUS = "document.activeElement.id || document.activeElement.className"
LONG = Script(seconds=200, segment_s=5)


@pytest.fixture
def listening(server: ScriptedServer, invite: Invite) -> Visitor:
    """Someone who hears a finished podcast of many turns."""
    podcast = server.add(LONG)
    visitor = invite().comes(f"#/p/{podcast.workflow_id}")
    visitor.hears()
    visitor.sees(".turn[aria-current]")
    return visitor


def test_a_title_from_right_to_left_begins_on_the_right(server: ScriptedServer, invite: Invite) -> None:
    script = Script(title="كيف تعمل المنارات في البحر", lines=("المنارة وعد يُحفظ كل ليلة.",))
    podcast = server.add(script)
    visitor = invite().comes()
    direction = "(one) => getComputedStyle(document.querySelector(one)).direction"
    visitor.sees("#shelf strong")
    assert visitor.page.evaluate(direction, "#shelf strong") == "rtl"
    assert visitor.page.locator("#shelf strong").get_attribute("lang") == "en"  # as the server says
    visitor.comes(f"#/p/{podcast.workflow_id}")
    visitor.page.reload()
    visitor.sees(".turn .words")
    for text in ("#episode-title", ".turn .words"):
        assert visitor.page.evaluate(direction, text) == "rtl"
    assert visitor.page.evaluate("(one) => document.querySelector(one).closest('[lang]').id", ".turn .words") == "turns"


AT_REST = """new Promise((found) => {
  let last = scrollY, since = performance.now();
  const look = () => {
    if (scrollY !== last) [last, since] = [scrollY, performance.now()];
    performance.now() - since > 500 ? found(last) : requestAnimationFrame(look);
  };
  look();
})"""
LIT = "Number(document.querySelector('.turn[aria-current]').dataset.index)"
TO_THE_END = "scrollTo(0, document.documentElement.scrollHeight)"


def test_who_scrolls_away_reads_on_in_peace(listening: Visitor) -> None:
    page = listening.page
    for how in ("keyboard", "scrollbar", "scrollbar while the page scrolls by itself"):
        assert not page.locator("#follow").is_visible()
        if how == "keyboard":
            listening.presses("End")
        elif how == "scrollbar":
            page.evaluate(TO_THE_END)
        else:
            page.evaluate(f"document.querySelector('#follow').click(), {TO_THE_END}")
        listening.sees("#follow")
        at = page.evaluate(AT_REST)  # a key's scrolling may be a smooth one
        before = page.evaluate(LIT)
        listening.seeks(listening.position + 6)  # another turn is heard
        listening.until(partial(lambda line: bool(page.evaluate(LIT) > line), before))
        assert page.evaluate("scrollY") == at, how
        page.click("#follow")
        listening.until(partial(lambda end: bool(page.evaluate("scrollY") < end), at))
        listening.until(page.locator("#follow").is_hidden)


def test_a_screen_reader_is_told_the_stages_not_every_turn(server: ScriptedServer, invite: Invite) -> None:
    visitor = invite(before=NOTE_ANNOUNCEMENTS).comes()
    server.script = Script(seconds=30, first_after=0.5, burst=4, rate=6)
    visitor.asks_for("lighthouses")
    visitor.sees("[data-stage=harvest][data-state=DONE]", "✓")
    assert "done" in visitor.page.locator("[data-stage=harvest]").inner_text()
    visitor.until(lambda: "Finished." in visitor.page.evaluate("window.announced"))
    told = visitor.page.evaluate("window.announced")
    assert len(told) < 8
    assert not [one for one in told if "turn" in one]


def test_the_player_is_one_tab_away_and_the_transcript_is_one_stop(listening: Visitor) -> None:
    page = listening.page
    assert page.evaluate(FOCUS) == "episode-title"
    listening.presses("Tab")
    assert page.evaluate(FOCUS) == "to-player"
    listening.presses("Enter")
    assert page.evaluate(FOCUS) == "play"
    assert page.locator("#turns [tabindex='0']").count() <= 3  # of one turn: its time, its share, its source
    page.locator(".turn .from[tabindex='0']").focus()
    focused = "document.activeElement.closest('.turn').dataset.index"
    began = int(page.evaluate(focused))
    listening.presses("ArrowDown")
    listening.presses("ArrowDown")
    at = int(page.evaluate(focused))
    listening.presses("Home")
    assert (at, page.evaluate(focused)) == (began + 2, "0")
    listening.presses("End")
    assert page.evaluate(focused) == "39"
    assert page.locator("#turns [tabindex='0']").count() <= 3


def test_on_paper_there_is_the_text_and_in_colors_of_their_own_what_is_heard(listening: Visitor) -> None:
    page = listening.page
    page.emulate_media(forced_colors="active")
    painted = "(one) => getComputedStyle(document.querySelector(one))"
    assert page.evaluate(f"({painted})('.turn[aria-current]').outlineStyle") == "solid"
    saying, around = (page.evaluate(f"({painted})({one!r}).backgroundColor") for one in (".saying", "body"))
    assert saying != around
    page.emulate_media(media="print", forced_colors="none")
    for gone in ("#dock", ".top", "#actions", ".turn .from"):
        assert not page.locator(gone).first.is_visible()
    assert page.locator(".turn .words").last.is_visible()


def test_enlarged_or_small_all_of_it_can_be_reached(listening: Visitor) -> None:
    page = listening.page
    for width, height in ((640, 430), (360, 740)):  # zoomed twice, and a small phone
        page.set_viewport_size({"width": width, "height": height})
        assert overflow(listening) == [], width
        page.locator(".turn .from").first.focus()
        page.locator(".turn .from").last.focus()
        box = page.locator(".turn .from").last.bounding_box()
        dock = page.locator("#dock").bounding_box()
        assert box and dock
        assert box["y"] + box["height"] <= dock["y"], width
        assert dock["height"] < height / 3


def test_on_a_phone_on_its_side_the_line_that_is_heard_is_above_the_player(listening: Visitor) -> None:
    listening.page.set_viewport_size({"width": 667, "height": 320})
    listening.seeks(listening.position + 12)  # another turn is heard
    bottom, top = (
        f"document.querySelector('{one}').getBoundingClientRect().{edge}"
        for one, edge in ((".turn[aria-current]", "bottom"), ("#dock", "top"))
    )
    listening.sees(".turn[aria-current]:not([data-index='0'])")
    listening.until(lambda: bool(listening.page.evaluate(f"{bottom} <= {top}")))


def test_who_is_on_the_timeline_is_told_where_they_went_not_that_time_goes_by(listening: Visitor) -> None:
    """Screen readers say each change of what has the focus."""
    slider = listening.page.locator("#seek")
    slider.focus()
    told = slider.get_attribute("aria-valuetext")
    listening.hears(beyond=listening.position + 2.2)
    assert slider.get_attribute("aria-valuetext") == told
    listening.presses("ArrowRight")
    listening.until(lambda: slider.get_attribute("aria-valuetext") != told)
    listening.page.locator("#play").focus()
    told = slider.get_attribute("aria-valuetext")
    listening.until(lambda: slider.get_attribute("aria-valuetext") != told)  # whoever comes to it then hears how it is


def test_who_deletes_by_keyboard_stays_in_the_list_and_undoes_by_keyboard(
    server: ScriptedServer, invite: Invite
) -> None:
    for title in ("Tides", "Bicycles", "Whales"):
        server.add(Script(title=title))
    visitor = invite().comes()
    page, titles = visitor.page, visitor.page.locator("#shelf strong")
    page.get_by_role("button", name="Delete Bicycles").focus()
    visitor.presses("Enter")
    visitor.until(lambda: titles.all_inner_texts() == ["Whales", "Tides"])
    assert page.evaluate("document.activeElement.innerText").startswith("Tides")
    visitor.presses("Control+z")
    visitor.until(lambda: titles.all_inner_texts() == ["Whales", "Bicycles", "Tides"])
    assert page.evaluate("document.activeElement.innerText").startswith("Tides")
    assert page.locator("#toast button").count() == 0, "nobody comes to a button that is not seen"
    assert len(server.podcasts) == 3
