"""The access key: sources of keys, plain words for a wrong key, and going on with the right key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.conftest import Invite
from tests.browser.scripted_podcast import Script
from tests.browser.scripted_server import ScriptedServer

REFUSED = ("the server responded with a status of",)
KEY = "scripted-key"


@pytest.fixture
def locked() -> Iterator[ScriptedServer]:
    """A server that hands no key out."""
    with ScriptedServer(api_key=None) as server:
        yield server


def test_a_key_is_asked_for_checked_and_forgotten(locked: ScriptedServer, invite: Invite) -> None:
    visitor = invite(locked.url).comes()
    visitor.expected = REFUSED
    visitor.asks_for("tides")
    visitor.sees("#key-text", "Whoever runs this service gives keys out")
    visitor.page.fill("#key-input", "wrong")
    visitor.presses("Enter")
    visitor.sees("#key-problem", "That key does not work")
    assert locked.requests == []
    visitor.page.fill("#key-input", KEY)
    visitor.presses("Enter")
    visitor.hears()  # nothing has to be asked for again
    assert not visitor.page.locator("#form-error").is_visible()
    assert len(locked.requests) == 1
    visitor.comes()
    visitor.sees("#shelf li", "How lighthouses work")  # the key was remembered
    visitor.page.click("#key-button")
    visitor.page.get_by_role("button", name="Forget me on this device").click()
    visitor.page.locator("#library").wait_for(state="hidden")
    kept = "Object.keys(localStorage).concat(Object.keys(sessionStorage), await caches.keys())"
    visitor.until(lambda: visitor.page.evaluate(f"(async () => {kept})()") == [])


def test_what_came_along_with_a_copied_key_is_left_away_and_what_no_key_has_is_named(
    locked: ScriptedServer, invite: Invite
) -> None:
    locked.add(Script(title="A night at sea"))
    visitor = invite(locked.url).comes()
    page, kept = visitor.page, "localStorage.getItem('aethercast.key')"
    page.click("#key-button")
    page.fill("#key-input", "scripted\u2013key")
    visitor.presses("Enter")
    visitor.sees("#key-problem", "\u2013")
    assert page.evaluate(kept) is None
    for pasted in ("\u201cscripted-key\u201d", " 'scripted-key'\n", "\u200bscripted-key\u00a0"):
        page.fill("#key-input", pasted)
        visitor.presses("Enter")
        visitor.sees("#shelf li", "A night at sea")  # which the server has for this key alone
        page.click("#key-button")
        page.get_by_role("button", name="Forget me on this device").click()
        page.locator("#library").wait_for(state="hidden")
        visitor.until(lambda: page.evaluate(kept) is None)
        page.click("#key-button")


@pytest.mark.parametrize(
    ("problem", "words"),
    [((401, "key_wrong"), "That key does not work"), ((403, "key_revoked"), "That key is no longer good")],
)
def test_a_library_that_cannot_be_listed_says_why(
    locked: ScriptedServer, invite: Invite, problem: tuple[int, str], words: str
) -> None:
    locked.add(Script(title="A night at sea"))
    visitor = invite(locked.url, before=f"localStorage.setItem('aethercast.key', '\"{KEY}\"')")
    visitor.expected = REFUSED
    locked.key_problem = problem
    visitor.comes()
    visitor.sees("#shelf-trouble", words)
    visitor.page.get_by_role("button", name="Enter a key").click()
    visitor.sees("#key-problem", words)
    locked.key_problem = None
    visitor.page.fill("#key-input", KEY)
    visitor.presses("Enter")
    visitor.sees("#shelf li", "A night at sea")
    assert not visitor.page.locator("#shelf-trouble").is_visible()


def test_people_sign_in_where_they_may(locked: ScriptedServer, invite: Invite) -> None:
    locked.signs_in = "as asked"
    podcast = locked.add(Script(title="A night at sea", seconds=30))
    visitor = invite(locked.url).comes(f"#/p/{podcast.workflow_id}")
    visitor.page.get_by_role("button", name="Sign in with Google").click()
    visitor.sees("#episode-title", "A night at sea")  # where they were
    visitor.hears()
    [asked] = locked.sign_ins
    assert (asked["client_id"], asked["response_type"], asked["redirect_uri"]) == ("our-client", "id_token", locked.url)
    assert "id_token" not in visitor.page.url


def test_a_token_that_was_not_asked_for_is_not_taken(locked: ScriptedServer, invite: Invite) -> None:
    locked.signs_in = "otherwise"
    visitor = invite(locked.url).comes()
    visitor.page.click("#key-button")
    visitor.page.get_by_role("button", name="Sign in with Google").click()
    visitor.until(lambda: locked.sign_ins != [])
    visitor.page.locator("body[data-ready]").wait_for()
    assert visitor.page.evaluate("localStorage.getItem('aethercast.key')") is None
    visitor.comes(f"#id_token={locked.api_key}&state=forged")
    assert visitor.page.evaluate("localStorage.getItem('aethercast.key')") is None
