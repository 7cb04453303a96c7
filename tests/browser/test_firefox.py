"""The same page in Firefox: from the first packet to the last, and from what failed on."""

from __future__ import annotations

import pytest

from tests.browser.engines import FIREFOX, WITHIN_S, asks, comes, hears, hears_the_end, sound, until
from tests.browser.firefox import Firefox
from tests.browser.scripted_podcast import Script
from tests.browser.scripted_server import ScriptedServer
from tests.conftest import eventually

pytestmark = FIREFOX


@pytest.mark.parametrize(
    "broken", [False, pytest.param(True, marks=pytest.mark.nightly)], ids=["as it should", "broken"]
)
def test_a_podcast_plays_from_its_first_packet_to_its_last(
    server: ScriptedServer, firefox: Firefox, broken: bool
) -> None:
    def told() -> int:
        return server.counted("reconnects")

    server.script = script = Script(seconds=6, holds_at=2)
    comes(firefox, server)
    asks(firefox)
    hears(firefox, beyond=0.2)
    if broken:
        server.cut()
        eventually(lambda: 0 < told() == server.opened - 1, WITHIN_S)  # before the end, after which nobody listens
    script.holds_at = None
    until(firefox, "document.querySelector('.turn[aria-current]')?.dataset.index === '1'")
    hears_the_end(firefox)
    heard = sound(firefox)
    assert heard["buffered"] == [[0, pytest.approx(6, abs=0.05)]]
    assert heard["duration"] == pytest.approx(6, abs=0.05)
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
        comes(firefox, server)
        firefox.evaluate("location.hash = '#/'")
        asks(firefox)
        until(firefox, "!document.querySelector('#trouble').hidden")
        firefox.clicks(way)
        until(firefox, "document.body.dataset.view === 'home'")
