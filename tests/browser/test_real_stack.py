"""The player on the whole system: asked on the page, written, voiced, streamed, heard, finished."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from local.entry_points import ROOT
from local.stack import Stack
from tests.browser.conftest import Invite
from tests.browser.test_playback import assert_clock_never_jumps
from tests.browser.visitor import Visitor
from tests.conftest import LONG_WORD, editions, eventually

pytestmark = pytest.mark.xdist_group("stack")

TEXT = (Path(ROOT) / "local" / "sample.txt").read_text(encoding="utf-8")
SCRIPT = "\n".join(
    f"{speaker}: {LONG_WORD}, {LONG_WORD}, {number}." for number in range(12) for speaker in ("Ada", "Ben")
)
"""A script of two minutes and more however brief the voice is: longer than what is sent ahead of a listener."""
FINISHED_WITHIN_S = 180
MOST_BYTES = 160_000
WINDOW_S = 60
SPEECH_DB = -70


@pytest.fixture
def visitor(stack: Stack, invite: Invite) -> Visitor:
    """A listener with the service worker of a second visit: everything goes through it."""
    visitor = invite(f"{stack.endpoints.player_url}/", service_workers="allow").comes()
    visitor.until(lambda: bool(visitor.page.evaluate("!!navigator.serviceWorker.controller")))
    visitor.page.click("#options summary")
    visitor.page.get_by_text("1 min", exact=True).click()
    return visitor


def test_asked_heard_read_and_kept(stack: Stack, visitor: Visitor) -> None:
    with editions(stack):
        workflow_id = asked_heard_and_kept(visitor)
    script = requests.get(
        f"{stack.endpoints.api_url}/api/v1/podcasts/{workflow_id}/segments",
        headers={"Authorization": f"Bearer {stack.endpoints.api_key}"},
        timeout=30,
    ).json()["segments"]
    lines = len(script)
    assert lines > 3
    visitor.until(lambda: visitor.page.locator(".turn").count() == lines)

    visitor.comes()
    visitor.page.locator("#shelf li a").first.click()
    visitor.hears()
    assert "episode.ogg" in visitor.sound["src"]
    visitor.until(lambda: visitor.page.locator(".turn").count() == lines)


def asked_heard_and_kept(visitor: Visitor) -> str:
    """Ask for a podcast, hear it whole and save it; its id."""
    visitor.asks_for(TEXT)
    visitor.hears(beyond=0.05)
    visitor.listens_in()
    visitor.sees(".turn[aria-current]")
    visitor.hears(beyond=3)
    assert max(one.db for one in visitor.heard) > SPEECH_DB, "it is silent"
    assert_clock_never_jumps(visitor.heard)

    eventually(lambda: visitor.page.locator("#download").is_visible(), FINISHED_WITHIN_S)
    visitor.sees("#now", "Finished: all of it is here")
    visitor.until(lambda: bool(visitor.page.evaluate("document.querySelector('#cover img')?.naturalWidth === 600")))
    visitor.page.click("#download")
    with visitor.page.expect_download(
        timeout=FINISHED_WITHIN_S * 1000
    ) as download:  # of another origin, and not there yet
        visitor.page.get_by_role("link", name="MP3").click(timeout=FINISHED_WITHIN_S * 1000)
    assert download.value.suggested_filename == f"{visitor.text('#episode-title')}.mp3"
    assert download.value.path().read_bytes().startswith(b"ID3")
    visitor.presses("Escape")
    length = visitor.page.locator("#seek").get_attribute("max")
    visitor.seeks(float(length or 0) - 1.5)  # near its end, which may be in the file alone
    if visitor.sound["paused"]:  # being brief, it was over before
        visitor.page.click("#play")
    visitor.until(lambda: bool(visitor.sound["ended"]))
    assert visitor.sound["duration"] == pytest.approx(float(length or 0), abs=0.1)
    return visitor.page.url.rpartition("/")[2]


def asks_for_a_script(visitor: Visitor) -> None:
    visitor.page.check("#as-script")
    visitor.asks_for(SCRIPT)


def test_a_killed_streamer_is_not_heard_and_after_a_pause_it_goes_on_where_it_was(
    stack: Stack, visitor: Visitor
) -> None:
    visitor.expected = ("WebSocket connection to", "ERR_CONNECTION_REFUSED", "502")
    asks_for_a_script(visitor)
    visitor.hears(beyond=2)
    visitor.listens_in()
    stack.children["streamer"].kill()
    stack.children["streamer"].restart()
    visitor.page.click("#health summary")
    visitor.until(lambda: reconnections(visitor) >= 1)
    broke_at = visitor.position
    visitor.hears(beyond=broke_at + 6)
    assert_clock_never_jumps(visitor.heard)
    assert visitor.text("#trouble") == ""
    goes_on_after_a_pause(visitor, pause_s=3)


@pytest.mark.nightly
def test_after_a_long_pause_it_goes_on_where_it_was(visitor: Visitor) -> None:
    asks_for_a_script(visitor)
    visitor.hears(beyond=1)
    visitor.listens_in()
    visitor.page.click("#health summary")
    goes_on_after_a_pause(visitor, pause_s=60)
    assert reconnections(visitor) == 0


def goes_on_after_a_pause(visitor: Visitor, pause_s: int) -> None:
    """Hold what is heard and sent around a pause against its length, before one who listens in and sees the health."""
    broken = reconnections(visitor)
    visitor.page.click("#play")
    visitor.until(lambda: bool(visitor.sound["paused"]))
    paused_at = visitor.position
    visitor.page.wait_for_timeout(1000 * pause_s)
    [[begin, end]] = visitor.sound["buffered"]
    assert (begin, visitor.position) == (0, paused_at)
    assert end < paused_at + WINDOW_S + 1, "more was sent than a listener who has paused can use"
    visitor.page.click("#play")
    visitor.hears(beyond=paused_at + 3)
    assert_clock_never_jumps(visitor.heard)
    assert reconnections(visitor) == broken


def reconnections(visitor: Visitor) -> int:
    """Read how often the connection came back, of the health that is open."""
    visitor.sees("#health-list div", "Reconnections")
    return int(visitor.page.locator("#health-list div", has_text="Reconnections").inner_text().split()[-1])


def test_a_cold_visit_weighs_little(stack: Stack, invite: Invite) -> None:
    visitor = invite(f"{stack.endpoints.player_url}/")
    network = visitor.page.context.new_cdp_session(visitor.page)
    network.send("Network.enable")
    urls: dict[str, str] = {}
    sizes: dict[str, float] = {}
    network.on("Network.requestWillBeSent", lambda sent: urls.update({sent["requestId"]: sent["request"]["url"]}))
    network.on("Network.loadingFinished", lambda done: sizes.update({done["requestId"]: done["encodedDataLength"]}))
    hosts: set[str] = set()
    visitor.page.on("request", lambda asked: hosts.add(urlsplit(asked.url).netloc))
    visitor.comes()
    visitor.page.evaluate("document.fonts.ready")
    ours = {request for request in sizes if urls[request].startswith(stack.endpoints.player_url)}
    files = [sizes[request] for request in ours if not urls[request].endswith("/opening.json")]  # a podcast's own sound
    assert len(files) > 20
    assert sum(files) < MOST_BYTES, sum(files)
    assert hosts <= {urlsplit(stack.endpoints.player_url).netloc, urlsplit(stack.endpoints.api_url).netloc}
