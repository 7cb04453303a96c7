"""The listener elsewhere: on another device, in a podcast app, out of another app, and at a line that was passed on."""

from __future__ import annotations

from tests.browser.conftest import Invite
from tests.browser.scripted_podcast import Script
from tests.browser.scripted_server import ScriptedServer
from tests.browser.visitor import Visitor

COPIED = "window.copied = []; navigator.clipboard.writeText = async (text) => { window.copied.push(text); };"


def test_another_device_goes_on_where_the_listener_was(server: ScriptedServer, invite: Invite) -> None:
    podcast = server.add(Script(seconds=120, segment_s=10))
    phone = invite().comes(f"#/p/{podcast.workflow_id}")
    phone.hears()
    phone.seeks(64)
    phone.hears(beyond=64.2)
    phone.presses("k")
    phone.until(lambda: server.places.get(podcast.workflow_id, 0) >= 64_000)
    assert server.places_told <= 3, "each is a write"
    desk = invite().comes()
    desk.sees("#shelf li", "0:5")  # of 2:00 some 56 seconds are left
    desk.sees("#shelf li", "left")
    desk.page.locator("#shelf li a").first.click()
    desk.hears(beyond=64)


def test_a_podcast_app_is_given_an_address_that_can_be_taken_back(server: ScriptedServer, invite: Invite) -> None:
    server.add(Script())
    visitor = invite(before=COPIED).comes()
    visitor.page.click("#podcast-app")
    visitor.sees("#feed-dialog", "Its address is a secret")
    visitor.until(lambda: bool(visitor.page.evaluate("document.querySelector('#feed-dialog .qr')?.naturalWidth > 0")))
    url = visitor.page.get_by_label("Address of the feed").input_value()
    links = visitor.page.locator("#feed-dialog .apps a")
    assert links.first.get_attribute("href") == url.replace("https://", "podcast://")
    visitor.page.get_by_role("button", name="Copy").last.click()
    visitor.until(lambda: visitor.page.evaluate("window.copied") == [url])
    visitor.presses("Escape")
    visitor.page.click("#podcast-app")
    visitor.sees("#feed-dialog", "There is an address already, of today")
    assert len(server.feeds) == 1, "none is made unasked beside it"
    visitor.page.get_by_role("button", name="Take back").click()
    visitor.sees("#toast", "Taken back")
    assert server.feeds == []


def test_what_another_app_shares_is_what_the_next_one_is_about(invite: Invite) -> None:
    visitor = invite().comes(
        "?title=A%20page&text=Read%20this%0Ahttps%3A%2F%2Fexample.org%2Fa&url=https://example.org/a"
    )
    assert visitor.page.input_value("#wish") == "Read this\nhttps://example.org/a"
    assert "?" not in visitor.page.url, "a reload fills in nothing"
    visitor.comes("?title=&url=https://example.org/b")
    assert visitor.page.input_value("#wish") == "https://example.org/b"


def test_a_line_is_passed_on_and_heard_from_there(server: ScriptedServer, invite: Invite) -> None:
    podcast = server.add(Script(seconds=60, segment_s=10))
    owner = invite(before=COPIED).comes(f"#/p/{podcast.workflow_id}")
    owner.hears()
    owner.sees(".turn")
    owner.page.get_by_role("button", name="Share this line, 0:30").click()
    owner.sees("#share-dialog blockquote", "Each light has its own signature")
    owner.page.click("#share-make")
    owner.until(lambda: bool(owner.page.evaluate("window.copied.length")))
    line, who, link = owner.page.evaluate("window.copied")[0].split("\n")
    assert line.startswith("“Each light has its own signature")
    assert who == "Ben, in “How lighthouses work”"
    assert link.endswith("?t=30")
    server.handed_out_key = None
    friend: Visitor = invite(link).comes()
    friend.hears(beyond=30.2)
    assert friend.position < 40
    assert "?t=" not in friend.page.url, "a reload goes on where it was"
