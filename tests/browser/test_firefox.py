"""The same page in another engine. No sound card is present here, so playback is muted: its clock, buffers and decoder
run."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.browser.firefox import Firefox, program
from tests.browser.scripted_podcast import Podcast, Script
from tests.browser.scripted_server import ScriptedServer
from tests.browser.test_sound import CHOOSES_SHORTER, LENGTH_S, PAUSED
from tests.browser.visitor import SOUND
from tests.conftest import eventually

pytestmark = [
    pytest.mark.xdist_group("firefox"),
    pytest.mark.skipif(program() is None, reason="Firefox is not installed; Chromium is what the tests need"),
]

WITHIN_S = 120
"""The first sound of a new Firefox waits for the process that decodes."""
ASK = """(document.querySelector("audio").muted = true,
  document.querySelector("#wish").value = "lighthouses",
  document.querySelector("#make").click())"""


@pytest.fixture(scope="module")
def firefox() -> Iterator[Firefox]:
    with Firefox() as running:
        yield running


@pytest.mark.parametrize(
    "broken", [False, pytest.param(True, marks=pytest.mark.nightly)], ids=["as it should", "broken"]
)
def test_a_podcast_plays_from_its_first_packet_to_its_last(
    server: ScriptedServer, firefox: Firefox, broken: bool
) -> None:
    def told() -> int:
        return server.counted("reconnects")

    server.script = script = Script(seconds=6, holds_at=2)
    firefox.goes_to(server.url)
    eventually(lambda: firefox.evaluate("'ready' in document.body.dataset"), WITHIN_S)
    firefox.evaluate(ASK)
    eventually(lambda: firefox.evaluate(f"({SOUND})()")["position"] > 0.2, WITHIN_S)
    if broken:
        server.cut()
        eventually(lambda: 0 < told() == server.opened - 1, WITHIN_S)  # before the end, after which nobody listens
    script.holds_at = None
    line = "document.querySelector('.turn[aria-current]')?.dataset.index"
    eventually(lambda: firefox.evaluate(line) == "1", WITHIN_S)
    eventually(lambda: firefox.evaluate(f"({SOUND})()")["ended"], WITHIN_S)
    sound = firefox.evaluate(f"({SOUND})()")
    assert sound["buffered"] == [[0, pytest.approx(6, abs=0.05)]]
    assert sound["duration"] == pytest.approx(6, abs=0.05)
    assert firefox.evaluate("document.querySelectorAll('.turn').length") == 2
    assert firefox.evaluate("document.querySelector('#trouble').hidden")
    assert server.counted("decode_errors") == 0
    assert told() == server.opened - 1
    assert [one for one in firefox.complaints if "can’t establish a connection" not in one] == []


@pytest.mark.nightly
def test_from_a_failed_request_every_way_leads_on(server: ScriptedServer, firefox: Firefox) -> None:
    """A link to where the address is already is told to nobody here."""
    server.refuses = (429, "rate_limited", "")
    for way in ("#trouble a", ".new-link", ".brand"):
        firefox.goes_to(server.url)
        eventually(lambda: firefox.evaluate("'ready' in document.body.dataset"), WITHIN_S)
        firefox.evaluate("location.hash = '#/'")
        firefox.evaluate(ASK)
        eventually(lambda: not firefox.evaluate("document.querySelector('#trouble').hidden"), WITHIN_S)
        firefox.evaluate(f"document.querySelector('{way}').click()")
        eventually(lambda: firefox.evaluate("document.body.dataset.view") == "home", WITHIN_S)


def plays(firefox: Firefox, server: ScriptedServer, podcast: Podcast) -> None:
    """Open a podcast from the library, muted, and have it play."""
    firefox.goes_to(server.url)
    eventually(lambda: firefox.evaluate("'ready' in document.body.dataset"), WITHIN_S)
    firefox.evaluate(f"(document.querySelector('audio').muted = true, location.hash = '#/p/{podcast.workflow_id}', 1)")
    eventually(lambda: not firefox.evaluate("document.querySelector('#dock').hidden"), WITHIN_S)
    if firefox.evaluate("document.querySelector('audio').paused"):
        firefox.evaluate("(document.querySelector('#play').click(), 1)")  # it wants a click before sound


@pytest.mark.nightly
def test_what_was_made_of_a_stopped_one_is_heard_to_its_end(server: ScriptedServer, firefox: Firefox) -> None:
    podcast = server.add(Script(seconds=30, segment_s=3, burst=3, rate=0))
    podcast.complete_at_once, podcast.cancelled_at = False, time.monotonic()
    plays(firefox, server, podcast)
    eventually(lambda: firefox.evaluate(f"({SOUND})()")["ended"], WITHIN_S)
    assert firefox.evaluate("document.querySelector('#total').textContent") == "0:03"
    assert not firefox.evaluate("document.querySelector('#trouble').hidden")
    assert firefox.evaluate("document.querySelectorAll('.turn').length") == 10


@pytest.mark.nightly
def test_a_finished_one_plays_with_shorter_pauses(server: ScriptedServer, firefox: Firefox) -> None:
    podcast = server.add(PAUSED)
    firefox.goes_to(server.url)
    eventually(lambda: firefox.evaluate("'ready' in document.body.dataset"), WITHIN_S)
    firefox.evaluate(CHOOSES_SHORTER)
    plays(firefox, server, podcast)
    eventually(lambda: firefox.evaluate(f"({SOUND})()")["ended"], WITHIN_S)
    assert firefox.evaluate(f"({SOUND})()")["duration"] == pytest.approx(LENGTH_S, abs=0.05)
