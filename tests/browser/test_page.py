"""The page around the sound: asking, following, finding again, and what goes wrong, in plain words."""

from __future__ import annotations

import base64
import colorsys
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Dialog, FilePayload

from functions.mastering import cover_art
from tests.browser.conftest import Invite
from tests.browser.scripted_podcast import Script
from tests.browser.scripted_server import ScriptedServer
from tests.browser.visitor import Visitor

ALLOW_CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}
HELD_DOWN = """(key) => {
  for (let at = 0; at <= 80; at++) {
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, repeat: at > 0, bubbles: true }));
  }
}"""
"""A key that the keyboard repeats: by itself, as who tests may be slower than it."""
REFUSED = ("the server responded with a status of",)


def asked(server: ScriptedServer, visitor: Visitor) -> dict[str, Any]:
    """The body of the latest request."""
    visitor.until(lambda: server.requests != [])
    return server.requests[-1]


# Asking


def test_the_one_field_tells_what_it_was_given(server: ScriptedServer, visitor: Visitor) -> None:
    visitor.expected = REFUSED
    server.refuses = (422, "urls_invalid", "")  # of use here is what is asked for, not its sound
    for wish, understood, sent in (
        ("the tides of Fundy", "A topic", {"topic": "the tides of Fundy"}),
        (
            "https://example.org/a www.example.com/b",
            "2 links",
            {"urls": ["https://example.org/a", "https://www.example.com/b"]},
        ),
        ("tides https://example.org/a", "A topic, a link", {"topic": "tides", "urls": ["https://example.org/a"]}),
        ("word " * 100, "Your text, 100 words", {"text": ("word " * 100).strip()}),
    ):
        server.requests.clear()
        visitor.page.fill("#wish", wish)
        assert visitor.text("#wish-hint") == understood
        visitor.comes()
        assert visitor.text("#wish-hint") == understood, "what is written is not lost with the page"
        visitor.page.click("#make")
        assert asked(server, visitor) == {**sent, "minutes": 5, "style": "conversation"}
        visitor.sees("#form-error")


def test_nothing_asked_is_answered_beside_the_field(server: ScriptedServer, visitor: Visitor) -> None:
    visitor.page.click("#make")
    visitor.sees("#wish-hint", "Type a topic")
    assert server.requests == []


def test_files_come_along_and_are_dropped_anywhere(server: ScriptedServer, visitor: Visitor) -> None:
    note: FilePayload = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"Lenses bend light."}
    visitor.page.set_input_files(
        "#file-input", files=[note, FilePayload(name="more.txt", mimeType=note["mimeType"], buffer=note["buffer"])]
    )
    visitor.page.get_by_role("button", name="Remove more.txt").click()
    assert visitor.text("#wish-hint") == "A file"
    visitor.page.evaluate(
        """() => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File(["The moon pulls."], "tides.txt", { type: "text/plain" }));
          for (const type of ["dragover", "drop"]) {
            document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
          }
        }"""
    )
    visitor.sees("#files li", "tides.txt")
    visitor.page.click("#make")
    sent = asked(server, visitor)["documents"]
    assert [(one["name"], base64.b64decode(one["data"])) for one in sent] == [
        ("notes.txt", b"Lenses bend light."),
        ("tides.txt", b"The moon pulls."),
    ]


def test_what_is_too_much_together_is_told_in_mb_before_any_of_it_is_sent(
    server: ScriptedServer, visitor: Visitor, tmp_path: Path
) -> None:
    def chosen(name: str, size: int) -> None:
        (tmp_path / name).write_bytes(b"x" * size)  # Playwright hands on a name in no time
        visitor.page.set_input_files("#file-input", tmp_path / name)

    chosen("first.txt", 9_000_000)
    chosen("second.txt", 5_000_000)
    visitor.sees("#form-error", "The files have together 14.0 MB. 9.4 MB is the most.")
    assert visitor.page.locator("#files li").count() == 1
    put = "times => { document.querySelector('#wish').value = 'ab '.repeat(times); }"  # typing it takes a minute
    visitor.page.evaluate(put, 700_000)
    visitor.page.click("#make")
    visitor.sees("#form-error", "Your text has 2,099,999 characters; 2,000,000 is the most.")
    visitor.page.evaluate(put, 600_000)
    visitor.page.click("#make")
    visitor.sees("#form-error", "first.txt has 9.0 MB. 8.0 MB is the most beside your text.")
    assert server.requests == []


def test_choices_are_sent_and_remembered(server: ScriptedServer, visitor: Visitor) -> None:
    visitor.page.click("#options summary")
    visitor.page.get_by_text("10 min", exact=True).click()
    visitor.page.get_by_text("Debate").click()
    visitor.page.get_by_label("First", exact=True).fill("Zoe")
    visitor.page.select_option("#language", "fr")
    visitor.comes()
    assert visitor.text("#options-summary") == "10 minutes, debate, Zoe, Français"
    visitor.asks_for("tides")
    assert asked(server, visitor) == {
        "topic": "tides",
        "minutes": 10,
        "style": "debate",
        "language": "fr",
        "hosts": [{"name": "Zoe"}, {"name": "Ben"}],
    }


def test_one_to_four_hosts_are_asked_for_each_with_a_name(server: ScriptedServer, visitor: Visitor) -> None:
    visitor.page.click("#options summary")
    visitor.page.locator("#people").get_by_text("4", exact=True).click()
    visitor.page.get_by_label("Third", exact=True).fill("Mia")
    assert visitor.text("#options-summary") == "5 minutes, conversation, Ada, Ben, Mia, and Dan"
    visitor.page.locator("#people").get_by_text("1", exact=True).click()
    assert not visitor.page.get_by_label("Second", exact=True).is_visible()
    visitor.page.locator("#people").get_by_text("3", exact=True).click()
    visitor.asks_for("tides")
    assert asked(server, visitor)["hosts"] == [{"name": "Ada"}, {"name": "Ben"}, {"name": "Mia"}]


def test_engines_are_chosen_where_there_is_a_choice(server: ScriptedServer, visitor: Visitor) -> None:
    server.engines["speech"].append({"engine": "google", "voices": []})
    visitor.page.click("#options summary")
    visitor.page.get_by_label("Voices by").select_option("Google")
    assert not visitor.page.locator("#language-engines").is_visible()
    visitor.comes()
    visitor.asks_for("tides")
    assert asked(server, visitor)["speech_engine"] == "google"
    server.engines["speech"].pop()  # the operator takes it back
    visitor.comes()
    visitor.page.click("#options summary")
    visitor.until(lambda: "google" not in visitor.page.evaluate("localStorage.getItem('aethercast.choices')"))
    assert not visitor.page.get_by_label("Voices by").is_visible()


def test_who_has_no_podcast_yet_is_offered_topics(server: ScriptedServer, visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="The history of tea").click()
    assert asked(server, visitor)["topic"] == "The history of tea"
    visitor.hears()
    visitor.comes()
    visitor.sees("#library")
    assert not visitor.page.locator("#ideas").is_visible()


# While it is made


def test_the_stages_live(server: ScriptedServer, visitor: Visitor) -> None:
    server.script = script = Script(seconds=12, holds_at=2)
    visitor.page.fill("#wish", "lighthouses")
    visitor.page.dblclick("#make")
    visitor.sees("#now", "Reading example.org")
    assert len(server.requests) == 1, "who clicks twice wants one"
    script.holds_at = 5
    visitor.sees("[data-stage=harvest][data-state=DONE]")
    visitor.sees("[data-stage=forge][data-state=RUNNING]")
    visitor.sees("#sources li", "A. Keeper")
    visitor.sees("#sources li", "Left out: 31 references, 2 tables, 1 formula")
    visitor.sees("#sources li", "Not read: example.org: there is nothing here.")
    visitor.sees("#chapters li", "The lamp")
    script.holds_at = None
    visitor.sees("#download")
    visitor.sees("#now", "Finished: all of it is here")
    source = visitor.page.get_by_role("link", name="Fresnel lens", exact=True)
    assert source.get_attribute("href") == "https://example.org/fresnel"
    assert source.get_attribute("rel") == "noopener noreferrer"
    cited = visitor.page.locator(".turn .cite")
    told = "links => links.map(link => [link.closest('.turn').dataset.index, link.ariaLabel])"
    lamp, lens = "Source 1: Lighthouse", "Source 2: Fresnel lens"
    visitor.until(lambda: cited.evaluate_all(told) == [["1", lens], ["2", lamp], ["3", lens]])


def test_the_drawn_cover_has_the_color_of_the_one_that_comes(server: ScriptedServer, visitor: Visitor) -> None:
    server.script = Script(title="Der Straßenbau", seconds=60, holds_at=10)
    visitor.asks_for("lighthouses")
    visitor.sees("#episode-title", server.script.title)
    corner = Image.open(io.BytesIO(cover_art.cover(server.script.title, size=100))).getpixel((2, 2))
    assert isinstance(corner, tuple)
    hue = 360 * colorsys.rgb_to_hls(*(value / 255 for value in corner[:3]))[0]
    drawn = "getComputedStyle(document.querySelector('#cover')).getPropertyValue('--hue')"
    visitor.until(lambda: abs(float(visitor.page.evaluate(drawn)) - hue) < 4)


def test_stop_making_it_hear_what_was_made_and_find_it_again(server: ScriptedServer, visitor: Visitor) -> None:
    server.script = Script(seconds=60, burst=9, rate=0)
    visitor.asks_for("lighthouses")
    visitor.hears()
    podcast = next(iter(server.podcasts.values()))
    visitor.page.get_by_role("button", name="Stop making it").click()
    visitor.page.get_by_role("button", name="Keep making it").click()
    assert not podcast.cancelled_at
    visitor.page.get_by_role("button", name="Stop making it").click()
    visitor.page.get_by_role("button", name="Stop for good").click()
    visitor.sees("#trouble", "You stopped this podcast")
    assert podcast.cancelled_at
    visitor.page.reload()
    visitor.sees("#trouble", "You stopped this podcast")
    visitor.hears(beyond=1)
    assert visitor.text("#total") == "0:09"
    turns = visitor.page.locator(".turn")
    assert [turns.nth(at).locator("button").count() for at in range(4)] == [2, 2, 2, 0]
    visitor.sees(".unvoiced", "Written, but not voiced")
    visitor.seeks(8.5)
    visitor.until(lambda: bool(visitor.sound["ended"]))
    assert visitor.page.locator(".turn[aria-current]").get_attribute("data-index") == "2"
    visitor.comes()
    visitor.sees("#shelf li", "stopped")
    visitor.page.get_by_role("link", name="How lighthouses work").click()
    visitor.sees("#trouble", "You stopped this podcast")
    visitor.sees(".turn", "A lighthouse is a promise")
    assert not visitor.page.get_by_role("button", name="Try again").is_visible()
    visitor.page.get_by_role("button", name="Ask for it anew").click()
    assert visitor.page.input_value("#wish") == "How lighthouses work"


def test_what_the_key_has_used_is_told_when_somebody_asks(server: ScriptedServer, invite: Invite) -> None:
    server.add(Script())
    day = {"podcasts": 2, "minutes": 12, "duration_ms": 600_000, "characters": {"google": 9_120, "own": 880}}
    days = [
        {**day, "date": "2026-05-03", "speech_usd": 0.27},
        {**day, "date": datetime.now(UTC).date().isoformat(), "speech_usd": None},
    ]
    server.usage = {"limits": {"minutes_a_day": 60}, "in_the_making": 0, "days": days}
    visitor = invite().comes()
    visitor.page.click("#usage summary")
    visitor.sees(
        "#usage-words", "4 podcasts asked for · 20 minutes finished · 20,000 characters voiced · $0.27 for voices"
    )
    visitor.sees("#usage-words", "48 minutes left today")


def test_a_failed_podcast_says_why_and_offers_another_try(server: ScriptedServer, visitor: Visitor) -> None:
    server.script = Script(seconds=3, fails_with=("source_empty", "None of the links could be read."))
    visitor.asks_for("https://example.org/broken")
    visitor.sees("#trouble", "Nothing readable was found")
    assert "None of the links could be read." in visitor.text("#trouble")
    server.script = Script()
    visitor.page.get_by_role("button", name="Try again").click()
    visitor.hears()
    assert len(server.requests) == 2
    assert not visitor.page.locator("#trouble").is_visible()


def test_who_made_a_podcast_is_told_what_it_cost_and_nobody_else(server: ScriptedServer, invite: Invite) -> None:
    podcast = server.add(Script())
    owner = invite().comes(f"#/p/{podcast.workflow_id}")
    owner.page.click("#cost summary")
    owner.sees("#cost-words", "4,310 characters voiced · $0.13 for voices")
    shared = {"id": "0" * 16, "token": f"share_{'0' * 16}_1999999999_{'x' * 43}"}
    server.shares[podcast.workflow_id] = [shared]
    friend = invite().comes(f"#/s/{podcast.workflow_id}/{shared['token']}")
    friend.hears()
    assert not friend.page.locator("#cost").is_visible()


def test_the_show_is_kept_and_those_there_are_suggested(server: ScriptedServer, invite: Invite) -> None:
    server.add(Script(show="Harbour news"))
    visitor = invite().comes()
    visitor.page.click("#options summary")
    visitor.until(lambda: visitor.page.locator("#shows option").get_attribute("value") == "Harbour news")
    visitor.page.fill("#show", " Harbour news ")
    visitor.sees("#options-summary", "Harbour news")
    visitor.page.reload()
    visitor.asks_for("tides")
    visitor.hears()
    assert server.requests[-1]["show"] == "Harbour news"


def test_a_refused_request_is_told_beside_the_field(server: ScriptedServer, visitor: Visitor) -> None:
    visitor.expected = REFUSED
    for status, code, detail, words in (
        (422, "urls_invalid", "ftp://example.org is not a link of the web.", "ftp://example.org is not a link"),
        (413, "request_too_large", "A request has at most 12.6 MB.", "That is too much"),
    ):
        server.refuses = (status, code, detail)
        visitor.asks_for("tides")
        visitor.sees("#form-error", words)
        assert visitor.page.input_value("#wish") == "tides", "nothing has to be typed again"


def test_too_many_requests_can_be_tried_again(server: ScriptedServer, visitor: Visitor) -> None:
    visitor.expected = REFUSED
    server.refuses = (429, "rate_limited", "")
    visitor.asks_for("tides")
    visitor.sees("#trouble", "That was a lot at once")
    server.refuses = None
    visitor.page.get_by_role("button", name="Try again").click()
    visitor.hears()


def test_text_never_becomes_markup(server: ScriptedServer, visitor: Visitor) -> None:
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    links = (
        {"title": hostile, "url": "javascript:alert(3)", "author": hostile, "date": None},
        {
            "title": hostile,
            "url": "https://example.org/\"><img src=x onerror='alert(4)'>",
            "author": None,
            "date": None,
        },
    )
    server.script = Script(title=hostile, lines=(hostile,), sources=links, seconds=6)
    alerts: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        alerts.append(dialog.message)
        dialog.dismiss()

    visitor.page.on("dialog", dismiss)
    visitor.asks_for(hostile)
    visitor.hears()
    visitor.sees("#sources li", "onerror")
    assert visitor.text("#episode-title") == hostile
    strange = "main img:not(#cover img), main script, a[href^='javascript:']"
    assert visitor.page.locator(strange).count() == 0
    visitor.comes()
    visitor.sees("#shelf li", hostile)
    assert visitor.page.locator("main img").count() == 0
    assert alerts == []


# Hands on


def test_the_keyboard_does_it_all(server: ScriptedServer, visitor: Visitor) -> None:
    server.script = Script(seconds=300, burst=300, segment_s=10)
    visitor.asks_for("lighthouses")
    visitor.hears()
    visitor.presses("k")
    visitor.until(lambda: bool(visitor.sound["paused"]))
    began = visitor.position
    for key, at in (("l", began + 30), ("ArrowLeft", began + 15), ("n", 30), ("p", 10)):
        visitor.presses(key)
        visitor.is_at(at)
    for button, at in (("#forward", 40), ("#back", 25)):
        visitor.page.click(button)
        visitor.is_at(at)
    visitor.page.locator("body").click(position={"x": 5, "y": 5})
    visitor.presses(" ")
    visitor.until(lambda: not visitor.sound["paused"])
    reports = len(server.said_of("client_metrics"))
    visitor.page.evaluate(HELD_DOWN, "j")
    visitor.until(lambda: len(server.said_of("client_metrics")) > reports)
    assert len(server.said_of("client_metrics")) < reports + 20, "or the server would take it for abuse"
    visitor.presses(">")
    assert visitor.sound["rate"] == 1.1
    visitor.presses("<")
    visitor.presses("<")
    assert visitor.sound["rate"] == 0.9
    visitor.presses("?")
    visitor.sees("#shortcuts-dialog", "Keyboard shortcuts")
    visitor.presses("k")  # a dialog is open: the player is left alone
    assert not visitor.sound["paused"]
    visitor.presses("Escape")
    visitor.presses("/")
    visitor.sees("#wish")
    visitor.presses("k")  # into the field it goes


def test_the_slider_is_a_slider(server: ScriptedServer, visitor: Visitor) -> None:
    server.script = Script(seconds=60, burst=60)
    visitor.asks_for("lighthouses")
    visitor.hears()
    slider = visitor.page.get_by_role("slider", name="Position")
    slider.focus()
    visitor.until(lambda: "of 1 minute" in (slider.get_attribute("aria-valuetext") or ""))

    def half() -> tuple[float, float]:
        box = slider.bounding_box()
        assert box is not None
        return box["x"] + box["width"] * 0.5, box["y"] + 10

    def tells_half() -> bool:
        visitor.page.mouse.move(*half())
        return "0:30" in visitor.text("#bubble")

    visitor.until(tells_half)
    visitor.page.mouse.click(*half())
    visitor.hears(beyond=29)


def test_share_and_copy(server: ScriptedServer, invite: Invite) -> None:
    visitor = invite(**ALLOW_CLIPBOARD, before="delete Navigator.prototype.share").comes()
    visitor.asks_for("lighthouses")
    visitor.hears()

    def clipboard() -> str:
        return str(visitor.page.evaluate("navigator.clipboard.readText()"))

    visitor.page.click("#copy")
    visitor.sees("#toast", "Transcript copied")
    assert "[0:03] Ben: So the lamp itself was never the clever part." in clipboard()
    visitor.page.click("#share")
    visitor.page.click("#share-make")
    visitor.sees("#toast", "Link copied")
    other = invite(url=clipboard()).comes()
    other.hears()
    assert other.text("#episode-title") == "How lighthouses work"


def test_what_is_finished_can_be_kept(server: ScriptedServer, visitor: Visitor) -> None:
    server.editions = False
    server.script = Script(seconds=4)
    visitor.asks_for("lighthouses")
    visitor.hears()
    visitor.page.click("#download")
    visitor.sees("#downloads li", "Ogg Opus")
    visitor.sees("#downloads li", "Is being made")
    assert visitor.page.locator("#downloads a[href]").count() == 6
    server.editions = True  # the list is open, and learns of it
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("link", name="MP3").click()
    assert download.value.suggested_filename == "scripted episode.mp3"
    kept = {link.get_attribute("href") for link in visitor.page.locator("#downloads a").all()}
    assert {url.rsplit("/", 1)[-1] for url in kept if url} == {
        *("episode.mp3", "episode.m4a", "episode.ogg", "transcript.vtt", "transcript.srt", "notes.html", "notes.md"),
        "cover.jpg",
    }


NOTE_MEDIA_KEYS = """{
  const session = navigator.mediaSession;
  const set = session.setActionHandler.bind(session);
  window.presses = {};
  session.setActionHandler = (action, act) => set(action, (window.presses[action] = act));
}"""


def test_the_lock_screen_knows_what_plays_and_has_its_controls(server: ScriptedServer, invite: Invite) -> None:
    visitor = invite(before=NOTE_MEDIA_KEYS).comes()

    def told() -> list[str]:
        return list(
            visitor.page.evaluate(
                """() => {
                  const { metadata, playbackState } = navigator.mediaSession;
                  const picture = metadata.artwork[0].src;
                  const name = picture.startsWith("blob:") ? "the cover" : picture.split("/").pop();
                  return [metadata.title, playbackState, name];
                }"""
            )
        )

    server.script = script = Script(seconds=60, burst=60, segment_s=10, completes=False)
    visitor.asks_for("lighthouses")
    visitor.hears()
    assert told() == ["How lighthouses work", "playing", "icon.svg"]
    visitor.page.evaluate("presses.play({})")
    assert told()[1] == "playing", "it does already"
    visitor.page.evaluate("presses.pause({})")
    visitor.until(lambda: told()[1] == "paused")
    for press, at in (("nexttrack({})", 10), ("seekto({ seekTime: 40 })", 40), ("seekbackward({})", 25)):
        visitor.page.evaluate(f"presses.{press}")
        visitor.is_at(at)
    script.completes = True
    visitor.sees("#cover img")
    visitor.until(lambda: told() == ["How lighthouses work", "paused", "the cover"])
    visitor.page.evaluate("presses.play({})")
    visitor.hears(beyond=25)


# Finding again


def test_the_library_is_searched_opened_and_tidied(server: ScriptedServer, invite: Invite) -> None:
    for title in ("How tides are made", "The history of the bicycle", "A night at sea"):
        server.add(Script(title=title, seconds=60))
    visitor = invite().comes()
    visitor.sees("#shelf li", "The history of the bicycle")
    assert "1:00" in visitor.text("#shelf li >> nth=0")
    visitor.presses("/")
    visitor.page.keyboard.type("tides")
    visitor.until(lambda: visitor.page.locator("#shelf li").count() == 1)
    visitor.page.fill("#search", "zebra")
    visitor.sees("#shelf-empty", "zebra")
    visitor.page.fill("#search", "")
    visitor.until(lambda: visitor.page.locator("#shelf li").count() == 3)

    visitor.page.get_by_role("button", name="Delete A night at sea").click()
    visitor.until(lambda: visitor.page.locator("#shelf li").count() == 2)
    visitor.page.get_by_role("button", name="Undo").click()
    visitor.until(lambda: visitor.page.locator("#shelf li").count() == 3)
    assert len(server.podcasts) == 3
    visitor.page.get_by_role("button", name="Delete A night at sea").click()
    visitor.until(lambda: visitor.page.locator("#shelf li").count() == 2)

    visitor.page.get_by_role("link", name="How tides are made").click()
    visitor.hears()
    assert visitor.page.locator(".turn").count() == 20
    visitor.seeks(50)  # freely: it is a file
    visitor.hears(beyond=50)
    visitor.page.go_back()
    visitor.sees("#shelf li")
    assert not visitor.sound["paused"], "the sound stays"
    visitor.comes()  # whoever leaves the page does not want it back
    visitor.until(lambda: len(server.podcasts) == 2)
    visitor.page.get_by_role("link", name="How tides are made").click()
    visitor.until(lambda: visitor.position > 45)  # where it was left


def test_an_unknown_podcast(server: ScriptedServer, invite: Invite) -> None:
    visitor = invite()
    visitor.expected = REFUSED
    visitor.comes("#/p/" + "0" * 32)
    visitor.sees("#trouble", "This podcast does not exist")
