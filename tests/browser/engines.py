"""Other engines than Chromium, to a test: the abilities of each, and reasons for its absence.

Most play muted, for want of a sound card: clock, buffers and decoder run. What is heard is in test_sink.py.
"""

from __future__ import annotations

from typing import Any, Protocol

import pytest

from tests.browser import firefox, webkit
from tests.browser.scripted_podcast import Podcast
from tests.browser.scripted_server import ScriptedServer
from tests.browser.visitor import SOUND
from tests.conftest import eventually

WITHIN_S = 120
"""The first sound of a new Firefox waits for the process that decodes."""
MUTE = "document.querySelector('audio').muted = true"
FIREFOX = [
    pytest.mark.xdist_group("firefox"),
    pytest.mark.skipif(firefox.program() is None, reason="Firefox is not installed; Chromium is what the tests need"),
]
WEBKIT = [
    pytest.mark.xdist_group("webkit"),
    pytest.mark.skipif(
        webkit.missing() != [],
        reason=f"WebKitGTK cannot be had here: {', '.join(webkit.missing())} of Debian's packages is missing",
    ),
]


class Engine(Protocol):
    """One tab of a browser."""

    def goes_to(self, url: str) -> None: ...

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, carried as JSON."""

    def clicks(self, selector: str) -> None:
        """Click as a person does: what follows may sound."""


def comes(engine: Engine, server: ScriptedServer) -> None:
    engine.goes_to(server.url)
    until(engine, "'ready' in document.body.dataset")


def asks(engine: Engine, muted: bool = True) -> None:
    """Ask for a podcast."""
    if muted:
        engine.evaluate(f"({MUTE}, 1)")
    engine.evaluate("(document.querySelector('#wish').value = 'lighthouses', 1)")
    engine.clicks("#make")


def plays(engine: Engine, server: ScriptedServer, podcast: Podcast) -> None:
    """Open a podcast by its address, muted, and have it play."""
    comes(engine, server)
    engine.evaluate(f"({MUTE}, location.hash = '#/p/{podcast.workflow_id}', 1)")
    until(engine, "!document.querySelector('#dock').hidden")
    if engine.evaluate("document.querySelector('audio').paused"):
        engine.clicks("#play")  # it wants a click before sound


def sound(engine: Engine) -> dict[str, Any]:
    return dict(engine.evaluate(f"({SOUND})()"))


def until(engine: Engine, expression: str) -> None:
    """Wait for a JavaScript expression to be true."""
    eventually(lambda: bool(engine.evaluate(expression)), WITHIN_S)


def hears(engine: Engine, beyond: float) -> None:
    """Wait for the sound to have come past a position, in seconds."""
    eventually(lambda: sound(engine)["position"] > beyond, WITHIN_S)


def hears_the_end(engine: Engine) -> None:
    eventually(lambda: bool(sound(engine)["ended"]), WITHIN_S)
