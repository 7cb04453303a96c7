"""One browser of each kind a worker; for each test a scripted server and a fresh visitor, who has seen no error."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.browser.firefox import Firefox
from tests.browser.scripted_server import ScriptedServer
from tests.browser.visitor import WITHIN_S, Visitor
from tests.browser.webkit import WebKit

# No sandbox as root, no graphics card, and nothing that a browser does over the network of its own accord.
CLOSED = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MAY_SOUND = "--autoplay-policy=no-user-gesture-required"
PICTURES = Path(os.environ.get("PICTURES", "artifacts/player"))
"""Where the screenshots of each state go."""


def launch(playwright: Playwright, *flags: str, sounds_with: dict[str, str] | None = None) -> Browser:
    """The system's Chromium; or else the Chromium of `playwright install chromium`.

    Each without windows: a whole one loads an address bar for every visitor, which takes longer than the player. Muted,
    unless `sounds_with` gives the environment of a sound card.
    """
    return playwright.chromium.launch(
        executable_path=shutil.which("chromium-headless-shell"),
        args=[*CLOSED, *flags],
        env={**os.environ, **sounds_with} if sounds_with else None,
        ignore_default_args=["--mute-audio"] if sounds_with else None,
    )


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    running = launch(playwright, MAY_SOUND)
    yield running
    running.close()


@pytest.fixture(scope="session")
def firefox() -> Iterator[Firefox]:
    with Firefox() as running:
        yield running


@pytest.fixture(scope="session")
def safari() -> Iterator[WebKit]:
    with WebKit() as running:
        yield running


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


Invite = Callable[..., Visitor]
PLAIN = {"service_workers": "block", "reduced_motion": "reduce"}
"""A worker fetches all of the page again, and what moves is drawn anew all the time: of use to tests about them."""


@pytest.fixture
def invite(browser: Browser, server: ScriptedServer) -> Iterator[Invite]:
    """Brings a visitor: `invite(url=…, browser=…, before=script, **context)`; by default to the scripted server."""
    contexts: list[BrowserContext] = []
    visitors: list[Visitor] = []

    def bring(url: str = "", with_browser: Browser | None = None, before: str = "", **context: Any) -> Visitor:
        contexts.append((with_browser or browser).new_context(**{**PLAIN, **context}))
        contexts[-1].set_default_timeout(1000 * WITHIN_S)
        if before:
            contexts[-1].add_init_script(before)
        visitors.append(Visitor(contexts[-1].new_page(), url or server.url))
        return visitors[-1]

    yield bring
    unexpected = [complaint for visitor in visitors for complaint in visitor.unexpected]
    for context in contexts:
        context.close()
    assert unexpected == []


@pytest.fixture
def visitor(invite: Invite) -> Visitor:
    return invite().comes()
