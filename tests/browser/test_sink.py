"""What comes out of the loudspeaker in each engine: every second once and in order, though the connection breaks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright

from tests.browser import engines, sink
from tests.browser.conftest import MAY_SOUND, launch
from tests.browser.engines import Engine
from tests.browser.firefox import Firefox
from tests.browser.scripted_podcast import Script
from tests.browser.scripted_server import ScriptedServer
from tests.browser.webkit import WebKit
from tests.conftest import eventually

pytestmark = [
    pytest.mark.nightly,
    pytest.mark.skipif(
        sink.missing() != [],
        reason=f"No sound can be recorded here: {', '.join(sink.missing())} of Debian's is missing",
    ),
]
SECONDS = 8


class Tab:
    """Chromium as one of the engines."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def goes_to(self, url: str) -> None:
        self.page.goto(url)

    def evaluate(self, expression: str) -> Any:
        return json.loads(self.page.evaluate(f"JSON.stringify(({expression}) ?? null)"))

    def clicks(self, selector: str) -> None:
        self.page.click(selector)


@contextmanager
def opened(name: str, playwright: Playwright, environment: dict[str, str]) -> Iterator[Engine]:
    if name == "firefox":
        with Firefox(environment) as firefox:
            yield firefox
    elif name == "webkit":
        with WebKit(environment) as webkit:
            yield webkit
    else:
        browser = launch(playwright, MAY_SOUND, sounds_with=environment)
        yield Tab(browser.new_page())
        browser.close()


@pytest.mark.parametrize(
    "name",
    ["chromium", pytest.param("firefox", marks=engines.FIREFOX), pytest.param("webkit", marks=engines.WEBKIT)],
)
def test_every_second_is_heard_once_and_in_its_order(server: ScriptedServer, playwright: Playwright, name: str) -> None:
    server.script = Script(seconds=SECONDS, segment_s=2, burst=3, rate=1.2)
    with sink.recorded() as heard, opened(name, playwright, heard.environment) as engine:
        engines.comes(engine, server)
        engines.asks(engine, muted=False)
        engines.hears(engine, beyond=2)
        server.cut()
        engines.hears_the_end(engine)
        eventually(lambda: sink.in_order(heard.played())[-1:] == [SECONDS - 1], engines.WITHIN_S)
        played = heard.played()
    assert sink.in_order(played) == list(range(SECONDS))
    assert sink.gaps(played) < 0.1
    assert sum(length for _, length in played) == pytest.approx(SECONDS, abs=0.2)
