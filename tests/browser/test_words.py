"""The page in its reader's language: all of it, at once, on a small screen, and without the net."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Route

from tests.browser.conftest import PICTURES, Invite
from tests.browser.node import WEB
from tests.browser.scripted_podcast import Script
from tests.browser.scripted_server import ScriptedServer
from tests.browser.test_looks import overflow
from tests.browser.test_offline import CUT_OFF, has_moved_in
from tests.browser.visitor import Visitor

ASKS = {"en": "What shall we talk about?", "es": "¿De qué hablamos?", "fr": "De quoi parle-t-on\u202f?"}
SMALL = {"width": 360, "height": 780}
# What is written on the page, shown or not, but for what comes from the server, is a name, or is the same everywhere.
UNMARKED = """() => {
  const theirs = "[translate=no], [lang]:not(html), script, svg, .speaker, .files, #turns .words, #sources, .cite, " +
    "#now-playing, .chapters span, .chapter-title, #up-next, .up-next-title, time, .from";
  const names = /^(Aethercast|Ada|Ben|MP3|M4A|Ogg Opus|SRT|Markdown|espeak-ng|audio\\/\\w+)$/;
  const ofTheBrowser = /^(heute( · .*)?|[\\d.,]+\\s(s|kB|MB|min))$/;
  const found = [];
  const look = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.closest(theirs)) continue;
      const texts = [...element.childNodes].filter((one) => one.nodeType === Node.TEXT_NODE).map((one) => one.data);
      for (const name of ["alt", "aria-label", "placeholder", "title"]) texts.push(element.getAttribute(name) ?? "");
      for (const text of texts.map((one) => one.trim())) {
        const isOwn = /\\p{L}{2}/u.test(text) && !names.test(text) && !ofTheBrowser.test(text);
        if (isOwn && !text.includes("⟦")) found.push(text);
      }
      if (element instanceof HTMLTemplateElement) look(element.content);
    }
  };
  look(document.body);
  return [...new Set(found)];
}"""
WAITING = """localStorage.setItem("aethercast.up_next", '[{"id": "0", "title": "How tides are made, and why"}]')"""
DIALOGS = """() => [...document.querySelectorAll("dialog")].map(({ id }) => id)"""
SHOW = """(id) => {
  for (const other of document.querySelectorAll("dialog[open]")) other.close();
  document.getElementById(id)?.showModal();
}"""


def marked(route: Route) -> None:
    """Answer a catalogue in which every word is itself, marked."""
    entry = re.compile(r'^  ("(?:[^"\\]|\\.)*"): "', re.MULTILINE)
    english = [json.loads(key) for key in entry.findall((WEB / "words" / "de.js").read_text(encoding="utf-8"))]
    words = {one: "|".join(f"⟦{form}⟧" for form in one.split("|")) for one in english}
    route.fulfill(content_type="text/javascript", body=f"export default {json.dumps(words)};")


def unmarked(visitor: Visitor) -> list[str]:
    return list(visitor.page.evaluate(UNMARKED))


def test_no_word_of_the_page_stays_english(server: ScriptedServer, invite: Invite) -> None:
    server.engines["speech"] = [
        {"engine": "espeak", "voices": [{"name": "ada"}, {"name": "ben"}]},
        {"engine": "hibari", "voices": []},
    ]
    finished = server.add(Script(seconds=60, segment_s=5))
    visitor = invite(locale="de-DE")
    visitor.page.route("**/words/de.js", marked)
    visitor.comes()
    visitor.page.click("#options summary")
    visitor.page.fill("#wish", "tides https://example.org")
    visitor.sees("#shelf li")
    visitor.page.click("#podcast-app")
    visitor.sees("#feed-dialog .apps")
    assert unmarked(visitor) == []
    visitor.presses("Escape")

    server.script = Script(seconds=40, first_after=0.2, burst=8, holds_at=8)
    visitor.page.click("#make")
    visitor.hears()
    visitor.sees("#sources li")
    assert unmarked(visitor) == []

    visitor.comes(f"#/p/{finished.workflow_id}")
    visitor.hears()
    visitor.page.click("#health summary")
    visitor.sees("#health dd")
    visitor.page.click("#share")
    visitor.page.click("#share-make")
    visitor.sees("#shares li")
    assert unmarked(visitor) == []


@pytest.mark.parametrize("language", ["de", pytest.param("fr", marks=pytest.mark.nightly)])
def test_the_longest_words_fit_on_a_small_screen(server: ScriptedServer, invite: Invite, language: str) -> None:
    finished = server.add(Script(title="A night at sea", seconds=60, segment_s=5))
    visitor = invite(viewport=SMALL, locale=language).comes()
    page = visitor.page

    def fits(state: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{state}-{language}.png")
        assert overflow(visitor) == [], state

    visitor.sees("#shelf li")
    fits("words-home")
    page.click("#podcast-app")
    visitor.sees("#feed-dialog .apps")
    fits("words-podcast-app")
    visitor.presses("Escape")
    page.click("#options summary")
    page.fill("#wish", "tides https://example.org https://example.com")
    page.evaluate("scrollTo(0, 300)")
    fits("words-options")
    page.fill("#wish", "tides")
    server.script = Script(seconds=40, first_after=0.2, burst=8, holds_at=8)
    page.click("#make")
    visitor.sees("#sources li")
    fits("words-making")
    page.evaluate(WAITING)
    visitor.comes(f"#/p/{finished.workflow_id}")
    page.reload()
    visitor.hears()
    visitor.sees("#chapters li")
    visitor.sees("#up-next-button")
    fits("words-finished")
    for dialog in page.evaluate(DIALOGS):
        page.evaluate(SHOW, dialog)
        fits(f"words-{dialog}")
    page.evaluate(SHOW, "")
    page.click("#edit-script")
    visitor.sees("#editor")
    fits("words-editor")


def test_the_language_is_the_browsers_until_another_is_chosen(server: ScriptedServer, invite: Invite) -> None:
    podcast = server.add(Script(seconds=60, segment_s=5))
    visitor = invite(locale="pt-BR").comes(f"#/p/{podcast.workflow_id}")
    visitor.hears()
    visitor.page.click(".brand")
    for language in ("fr", "en"):
        visitor.page.select_option("#page-language", language)
        visitor.page.locator(f"html[lang={language}] body[data-ready]").wait_for()
        visitor.hears()  # what plays goes on
        assert visitor.page.locator("#ask-title").text_content() == ASKS[language]
        assert visitor.page.input_value("#page-language") == language
    visitor.comes()
    assert visitor.page.evaluate("document.documentElement.lang") == "en", "it is kept"


def test_where_its_words_cannot_be_had_the_page_speaks_english(invite: Invite) -> None:
    visitor = invite(locale="it-IT")
    visitor.expected = ("ERR_FAILED", "words/it.js")
    visitor.page.route("**/words/it.js", lambda route: route.abort())
    visitor.comes()
    visitor.sees("h1", ASKS["en"])
    assert visitor.page.evaluate("document.documentElement.lang") == "en"


def test_its_words_are_there_without_the_net(invite: Invite) -> None:
    visitor = invite(service_workers="allow", locale="es-MX").comes()
    visitor.expected = CUT_OFF
    has_moved_in(visitor)
    visitor.page.context.set_offline(True)
    visitor.comes()
    visitor.sees("h1", ASKS["es"])
