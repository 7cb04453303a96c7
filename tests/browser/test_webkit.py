"""The same page in Safari's engine: during production, and from the file. It plays muted: there is no sound card."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.browser import webkit
from tests.browser.scripted_podcast import Podcast, Script
from tests.browser.scripted_server import ScriptedServer
from tests.browser.test_sound import CHOOSES_SHORTER, LENGTH_S, PAUSED
from tests.browser.visitor import SOUND
from tests.browser.webkit import WebKit
from tests.conftest import eventually

pytestmark = [
    pytest.mark.xdist_group("webkit"),
    pytest.mark.skipif(
        webkit.missing() != [],
        reason=f"WebKitGTK cannot be had here: {', '.join(webkit.missing())} of Debian's packages is missing",
    ),
]

WITHIN_S = 120
ASK = """(document.querySelector("audio").muted = true, document.querySelector("#wish").value = "lighthouses", 1)"""


@pytest.fixture(scope="module")
def safari() -> Iterator[WebKit]:
    with WebKit() as running:
        yield running


def position(safari: WebKit) -> float:
    return float(safari.evaluate(f"({SOUND})()")["position"])


def test_a_podcast_plays_while_it_is_made_and_is_sought_in(server: ScriptedServer, safari: WebKit) -> None:
    server.script = script = Script(seconds=9, holds_at=4)
    safari.goes_to(server.url)
    eventually(lambda: safari.evaluate("'ready' in document.body.dataset"), WITHIN_S)
    safari.evaluate(ASK)
    safari.clicks("#make")
    eventually(lambda: position(safari) > 0.2, WITHIN_S)
    script.holds_at = None
    eventually(lambda: safari.evaluate("document.querySelectorAll('.turn').length") == 3, WITHIN_S)
    eventually(lambda: safari.evaluate("!document.querySelector('#download').hidden"), WITHIN_S)
    seek = "const seek = document.querySelector('#seek'); seek.value = 6"
    safari.evaluate(f"(() => {{ {seek}; seek.dispatchEvent(new Event('change')); }})()")
    eventually(lambda: position(safari) > 6, WITHIN_S)
    eventually(lambda: safari.evaluate(f"({SOUND})()")["ended"], WITHIN_S)
    assert safari.evaluate("document.querySelector('#trouble').hidden")
    assert server.counted("decode_errors") == 0


def plays(safari: WebKit, server: ScriptedServer, podcast: Podcast) -> None:
    """Open a podcast from the library, muted, and have it play."""
    safari.goes_to(server.url)
    eventually(lambda: safari.evaluate("'ready' in document.body.dataset"), WITHIN_S)
    safari.evaluate(f"(document.querySelector('audio').muted = true, location.hash = '#/p/{podcast.workflow_id}', 1)")
    eventually(lambda: not safari.evaluate("document.querySelector('#dock').hidden"), WITHIN_S)
    if safari.evaluate("document.querySelector('audio').paused"):
        safari.clicks("#play")  # it wants a click before sound


@pytest.mark.nightly
def test_a_finished_one_plays_and_pauses(server: ScriptedServer, safari: WebKit) -> None:
    podcast = server.add(Script(seconds=20))
    plays(safari, server, podcast)
    eventually(lambda: position(safari) > 0.5, WITHIN_S)
    safari.clicks("#play")
    eventually(lambda: safari.evaluate(f"({SOUND})()")["paused"], WITHIN_S)


@pytest.mark.nightly
def test_what_was_made_of_a_stopped_one_is_heard_to_its_end(server: ScriptedServer, safari: WebKit) -> None:
    podcast = server.add(Script(seconds=30, segment_s=3, burst=3, rate=0))
    podcast.complete_at_once, podcast.cancelled_at = False, time.monotonic()
    plays(safari, server, podcast)
    eventually(lambda: safari.evaluate(f"({SOUND})()")["ended"], WITHIN_S)
    assert safari.evaluate("document.querySelector('#total').textContent") == "0:03"
    assert not safari.evaluate("document.querySelector('#trouble').hidden")
    assert safari.evaluate("document.querySelectorAll('.turn').length") == 10


@pytest.mark.nightly
def test_a_finished_one_plays_with_shorter_pauses(server: ScriptedServer, safari: WebKit) -> None:
    podcast = server.add(PAUSED)
    safari.goes_to(server.url)
    eventually(lambda: safari.evaluate("'ready' in document.body.dataset"), WITHIN_S)
    safari.evaluate(CHOOSES_SHORTER)
    plays(safari, server, podcast)
    eventually(lambda: safari.evaluate(f"({SOUND})()")["ended"], WITHIN_S)
    safari.evaluate("(localStorage.clear(), 1)")
    assert safari.evaluate(f"({SOUND})()")["duration"] == pytest.approx(LENGTH_S, abs=0.05)
