"""The same page in Safari's engine: during production, and from the file."""

from __future__ import annotations

import pytest

from tests.browser.engines import WEBKIT, asks, comes, hears, hears_the_end, plays, until
from tests.browser.scripted_podcast import Script
from tests.browser.scripted_server import ScriptedServer
from tests.browser.webkit import WebKit

pytestmark = WEBKIT


def test_a_podcast_plays_while_it_is_made_and_is_sought_in(server: ScriptedServer, safari: WebKit) -> None:
    server.script = script = Script(seconds=9, holds_at=4)
    comes(safari, server)
    asks(safari)
    hears(safari, beyond=0.2)
    script.holds_at = None
    until(safari, "document.querySelectorAll('.turn').length === 3")
    until(safari, "!document.querySelector('#download').hidden")
    seek = "const seek = document.querySelector('#seek'); seek.value = 6"
    safari.evaluate(f"(() => {{ {seek}; seek.dispatchEvent(new Event('change')); }})()")
    hears(safari, beyond=6)
    hears_the_end(safari)
    assert safari.evaluate("document.querySelector('#trouble').hidden")
    assert server.counted("decode_errors") == 0


@pytest.mark.nightly
def test_a_finished_one_plays_and_pauses(server: ScriptedServer, safari: WebKit) -> None:
    podcast = server.add(Script(seconds=20))
    plays(safari, server, podcast)
    hears(safari, beyond=0.5)
    safari.clicks("#play")
    until(safari, "document.querySelector('audio').paused")
