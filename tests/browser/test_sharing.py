"""A podcast handed on by a link: the holder needs no key, and can only hear and read."""

from __future__ import annotations

from tests.browser.conftest import Invite
from tests.browser.scripted_podcast import Script
from tests.browser.scripted_server import ScriptedServer
from tests.browser.visitor import Visitor

REFUSED = ("the server responded with a status of",)


def shared_link(owner: Visitor) -> str:
    """The link that the owner makes in the dialog."""
    owner.page.click("#share")
    owner.page.click("#share-make")
    owner.sees("#shares li", "Until")
    return owner.page.locator("#shares input").last.input_value()


def test_a_friend_hears_it_without_a_key_while_it_is_made_and_after(server: ScriptedServer, invite: Invite) -> None:
    server.script = script = Script(seconds=30, segment_s=3, holds_at=6)
    owner = invite().comes()
    owner.asks_for("lighthouses")
    owner.hears()
    link = shared_link(owner)
    server.handed_out_key = None
    friend = invite(link).comes()
    friend.hears()
    friend.sees(".turn[aria-current]")
    assert not friend.page.locator("#key-dialog").is_visible()
    assert not friend.page.locator("#cancel").is_visible()
    script.holds_at = None
    friend.sees("#download")
    friend.page.reload()
    friend.hears()
    assert "episode.ogg" in friend.sound["src"]


def test_a_link_that_was_taken_back_says_so(server: ScriptedServer, invite: Invite) -> None:
    podcast = server.add(Script())
    owner = invite().comes(f"#/p/{podcast.workflow_id}")
    owner.hears()
    link = shared_link(owner)
    owner.page.get_by_role("button", name="Take back").click()
    owner.until(lambda: owner.page.locator("#shares li").count() == 0)
    server.handed_out_key = None
    friend = invite(link)
    friend.expected = REFUSED
    friend.comes()
    friend.sees("#trouble", "This link was taken back")
    assert not friend.page.locator("#key-dialog").is_visible()
