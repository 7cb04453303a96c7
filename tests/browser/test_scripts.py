"""Scripts and titles, changed on the page: drafts before they are voiced, finished podcasts remade, more of them."""

from __future__ import annotations

from tests.browser.scripted_podcast import Script
from tests.browser.scripted_server import ScriptedServer
from tests.browser.visitor import Visitor


def test_a_draft_is_read_edited_and_approved(server: ScriptedServer, visitor: Visitor) -> None:
    server.script = Script(seconds=12, burst=12)
    visitor.page.click("#options summary")
    visitor.page.get_by_label("Show me the script first").check()
    visitor.asks_for("lighthouses")
    visitor.sees("#now", "The script is written")
    assert server.requests[-1]["draft"] is True
    lines = visitor.page.locator("#editor-lines textarea")
    assert lines.nth(1).input_value().startswith("So the lamp itself")
    assert (server.opened, visitor.page.locator("#dock").is_visible()) == (0, False)
    lines.nth(1).fill("The lamp was never the clever part.")
    visitor.page.reload()
    visitor.sees("#editor-lines li")
    visitor.page.get_by_role("button", name="Save for later").click()
    visitor.sees("#toast", "1 change saved")
    visitor.comes()
    visitor.sees("#shelf li", "a draft")
    visitor.page.locator("#shelf li a").click()
    visitor.sees("#editor")
    assert lines.nth(1).input_value() == "The lamp was never the clever part."
    visitor.page.get_by_role("button", name="Take line 3 out").click()
    visitor.page.get_by_role("button", name="Voice it").click()
    visitor.hears()
    assert server.asked == [
        ("edit", {"segments": [{"index": 1, "text": "The lamp was never the clever part."}]}),
        ("approve", {"segments": [{"index": 2, "remove": True}]}),
    ]
    visitor.sees(".turn", "The lamp was never the clever part.")
    assert not visitor.page.locator("#editor").is_visible()


def test_a_finished_podcast_is_made_again_from_its_edited_script(server: ScriptedServer, visitor: Visitor) -> None:
    finished = server.add(Script(title="A night at sea", seconds=12))
    visitor.comes(f"#/p/{finished.workflow_id}")
    visitor.hears()
    visitor.page.get_by_role("button", name="Edit script").click()
    assert not visitor.sound["paused"], "it plays on"
    visitor.page.get_by_role("button", name="Make it again").click()
    visitor.sees("#toast", "Nothing was changed")
    visitor.page.locator("#editor-lines textarea").first.fill("Good evening.")
    visitor.page.get_by_role("button", name="Make it again").click()
    visitor.sees("#episode-title", "How lighthouses work")
    visitor.hears()
    assert server.asked == [("remake", {"segments": [{"index": 0, "text": "Good evening."}]})]
    assert finished.workflow_id not in visitor.page.url


def test_a_podcast_is_renamed_and_more_is_made_about_a_chapter(server: ScriptedServer, visitor: Visitor) -> None:
    finished = server.add(Script(title="A night at sea", seconds=30))
    visitor.comes(f"#/p/{finished.workflow_id}")
    visitor.hears()
    visitor.page.get_by_role("button", name="Rename").click()
    visitor.page.get_by_label("Title").fill("A day at sea")
    visitor.presses("Enter")
    visitor.sees("#episode-title", "A day at sea")
    assert finished.script.title == "A day at sea"
    assert visitor.page.title() == "A day at sea · Aethercast"
    visitor.page.get_by_role("button", name="More about The lens").click()
    visitor.sees("#episode-title", "How lighthouses work")
    visitor.hears()
    assert server.asked == [("continue", {"chapter": 3})], "what is said before the first chapter is the first"


def test_a_voice_is_heard_before_it_is_chosen_where_there_is_a_choice(server: ScriptedServer, visitor: Visitor) -> None:
    server.engines["speech"][0]["voices"] = [{"name": "amy", "languages": ["en"]}, {"name": "joe", "languages": ["en"]}]
    visitor.page.evaluate("""() => {
      const play = HTMLMediaElement.prototype.play;
      HTMLMediaElement.prototype.play = function () {
        this.addEventListener("ended", () => (window.sounded = this.currentTime));
        return play.call(this);
      };
    }""")
    visitor.page.click("#options summary")
    visitor.sees("#voices")
    visitor.page.select_option("#voice-2", "joe")
    visitor.page.locator("#voices .voice:nth-child(2) button").click()
    visitor.until(lambda: (visitor.page.evaluate("window.sounded") or 0) > 1.5)
    ((name, choices),) = server.asked
    assert (name, choices["hosts"]) == ("sample", [{"name": "Ada", "voice": "joe"}])
    visitor.page.locator("#voices .voice:first-child button").click()
    visitor.until(lambda: len(server.asked) == 2)
    assert server.asked[1][1]["hosts"] == [{"name": "Ada", "voice": "first"}]
    visitor.page.get_by_label("Second voice").select_option("Amy")
    visitor.asks_for("tides")
    visitor.hears()
    assert server.requests[-1]["hosts"] == [{"name": "Ada"}, {"name": "Ben", "voice": "amy"}]
