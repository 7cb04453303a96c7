"""Without the net: the page starts, what was kept plays, and an upgrade is never kept from anybody."""

from __future__ import annotations

from tests.browser.conftest import Invite
from tests.browser.scripted_podcast import Script
from tests.browser.scripted_server import ScriptedServer
from tests.browser.visitor import Visitor

CUT_OFF = ("ERR_INTERNET_DISCONNECTED", "Failed to fetch", "net::ERR")
ALL_STORED = """async () => {
  const stored = (await (await caches.open("aethercast.player")).keys()).map(({ url }) => url);
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  const own = loaded.filter((name) => name.startsWith(location.origin) && !/\\/(api|files|kept)\\//.test(name));
  return stored.includes(location.origin + "/") && own.every((name) => stored.includes(name));
}"""


HAS_THE_REST = """async () => {
  const stored = (await (await caches.open("aethercast.player")).keys()).map(({ url }) => new URL(url).pathname);
  return ["/page/listening.js", "/page/transcript.js", "/styles/dock.css"].every((name) => stored.includes(name));
}"""


def has_moved_in(visitor: Visitor) -> None:
    """Waits until the worker holds the page's files."""
    visitor.until(lambda: bool(visitor.page.evaluate(ALL_STORED)))


def test_what_is_kept_is_heard_without_the_net(server: ScriptedServer, invite: Invite) -> None:
    podcast = server.add(Script(seconds=40, segment_s=4))
    visitor = invite(service_workers="allow").comes(f"#/p/{podcast.workflow_id}")
    visitor.expected = CUT_OFF
    visitor.hears()
    visitor.page.click("#keep")
    visitor.sees("#keep", "Kept offline")
    has_moved_in(visitor)
    visitor.page.context.set_offline(True)
    visitor.comes()
    visitor.sees("#shelf li", "How lighthouses work")
    visitor.sees("#kept", "1 podcast on this device")
    visitor.page.locator("#shelf li a").first.click()
    visitor.hears()
    visitor.sees(".turn[aria-current]")
    visitor.seeks(30)
    visitor.hears(beyond=30.1)
    visitor.page.click("#keep")
    visitor.sees("#toast", "freed")
    assert (
        visitor.page.evaluate("caches.open('aethercast.kept').then((cache) => cache.keys()).then((k) => k.length)") == 0
    )


def test_an_upgrade_is_seen_at_once(server: ScriptedServer, invite: Invite) -> None:
    visitor = invite(service_workers="allow").comes()
    has_moved_in(visitor)
    server.page_says = "<!-- another version -->"
    visitor.comes()
    assert "another version" in visitor.page.content()


def test_what_nobody_has_opened_yet_is_there_without_the_net(server: ScriptedServer, invite: Invite) -> None:
    visitor = invite(service_workers="allow").comes()
    visitor.until(lambda: bool(visitor.page.evaluate(HAS_THE_REST)))
    visitor.expected = CUT_OFF
    visitor.page.context.set_offline(True)
    for _ in range(2):  # the worker lets go of nothing meanwhile
        visitor.comes()
        visitor.page.fill("#wish", "lighthouses")
        visitor.page.click("#make")
        visitor.sees("#trouble", "No connection")
