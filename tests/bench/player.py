"""Click to sound in a real browser, over the whole system on this machine: nox -s bench -- player.

Ten podcasts, one after the other, each asked for on the page with a click. In the page's own clock:

    click_to_playing_ms       the click until the browser says that it plays
    click_to_first_packet_ms  of that, until the first audio message: what the system takes
    page_share                what is left to the page and the browser, as a share of the whole; of an opening that the
                              page has already, and plays before any packet comes, there is none

With `--network cloud` over the delays of emulators/delays.py: the page is opened 4 s before the click, and no service
has an instance then, but for those that `--warm` keeps. With `--returning` the same person comes again, with the page
and its stores in the browser. The page then plays its own opening, so the first packet may well come after the sound;
the packet has to come before the opening is over:

    silent                    in how many podcasts the sound stopped once within the first HEARD_S

Without it, then what the whole browser takes of one core over LOOK_S seconds (processor_share): at the start page, with
a finished episode playing and with it paused; and beside it on an empty page, whose audio element plays the same file
and is paused. What is left between the two is the player's: a busy machine makes both larger.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from local.network import add_network_arguments, network_of  # noqa: E402 - after the path is laid
from local.podcast import SAMPLE  # noqa: E402
from local.stack import Options, Stack  # noqa: E402
from tests.browser.conftest import MAY_SOUND, launch  # noqa: E402
from tests.browser.processor import share  # noqa: E402
from tests.browser.visitor import Visitor  # noqa: E402

TIMES = 10
PAGE_S = 4.0
HEARD_S = 16.0
"""By then the greeting is over, with the breath more of a cold start, and the first turn is being heard."""
LOOK_S, SETTLED_S = 10.0, 3.0
VIEWPORT: Any = {"width": 1280, "height": 860}
FADED_S = 12.0
"""A browser goes on mixing silence for 10 s after the last sound."""
NOTE = """
window.noted = {};
const note = (name) => { window.noted[name] ??= performance.now(); };
addEventListener("DOMContentLoaded", () => {
  document.getElementById("make").addEventListener("click", () => note("click"), { capture: true });
  const audio = document.getElementById("audio");
  audio.addEventListener("playing", () => note("playing"));
  audio.addEventListener("waiting", () => { if (window.noted.playing) note("silence"); });
});
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => { if (typeof data !== "string") note("packet"); });
  }
};
"""
STOPS = "(button => !button.hidden && (button.click(), true))(document.getElementById('cancel'))"
"""Ask to stop what is still being made, so that the next click finds an idle machine; a minute may be done by then."""


def click(context: BrowserContext, url: str, think_s: float = 0.0, heard_s: float = 0.0) -> dict[str, float]:
    """Moments after a click, in ms of the page's clock; `think_s` after the page was there. Listens to the first
    `heard_s` of it, for `silence`: where the sound stopped."""
    page = context.new_page()
    try:
        page.add_init_script(NOTE)
        visitor = Visitor(page, url).comes()
        visitor.page.wait_for_timeout(1000 * think_s)
        visitor.page.click("#options summary")
        visitor.page.get_by_text("1 min", exact=True).click()
        visitor.asks_for(SAMPLE.read_text(encoding="utf-8"))
        visitor.until(lambda: visitor.page.evaluate("'playing' in window.noted && 'packet' in window.noted"))
        visitor.until(lambda: visitor.page.evaluate(f"document.getElementById('audio').currentTime >= {heard_s}"))
        noted = visitor.page.evaluate("window.noted")
        if visitor.page.evaluate(STOPS):
            visitor.page.click("#stop-dialog [value=stop]")
        return {name: at - noted["click"] for name, at in noted.items() if name != "click"}
    finally:
        page.close()


def processor(browser: Browser, url: str) -> dict[str, float]:
    """The browser's share of a core in each state."""
    shares: dict[str, float] = {}
    with browser.new_context(viewport=VIEWPORT) as context:
        visitor = Visitor(context.new_page(), url).comes()
        visitor.sees("#shelf li")
        time.sleep(SETTLED_S)
        shares["start page"] = share(browser, LOOK_S)
        visitor.page.click("#options summary")
        visitor.page.get_by_text("1 min", exact=True).click()
        visitor.asks_for(SAMPLE.read_text(encoding="utf-8"))
        visitor.sees("#download")
        visitor.page.reload()
        visitor.hears()
        time.sleep(SETTLED_S)
        shares["finished episode"] = share(browser, LOOK_S)
        visitor.page.click("#play")
        time.sleep(FADED_S)
        shares["paused"] = share(browser, LOOK_S)
        file = visitor.sound["src"]
    with empty_page() as empty, browser.new_context(viewport=VIEWPORT) as context:
        visitor = Visitor(context.new_page(), empty)
        visitor.page.goto(empty)
        time.sleep(SETTLED_S)
        shares["empty page"] = share(browser, LOOK_S)
        visitor.page.evaluate(
            "(file) => document.body.append(Object.assign(new Audio(file), { autoplay: true }))", file
        )
        visitor.hears()
        time.sleep(SETTLED_S)
        shares["empty page, playing"] = share(browser, LOOK_S)
        visitor.page.evaluate("document.querySelector('audio').pause()")
        time.sleep(FADED_S)
        shares["empty page, paused"] = share(browser, LOOK_S)
    return {state: round(taken, 3) for state, taken in shares.items()}


@contextlib.contextmanager
def empty_page() -> Iterator[str]:
    """Serve an empty page: served, for of a page made up in the browser none of this machine's files are played, and
    with a policy of its own rather than the player's."""

    class Empty(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title></title>")

        def log_message(self, *arguments: Any) -> None:
            """Keep quiet: the figures alone are printed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Empty) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


def main() -> None:
    parser = argparse.ArgumentParser(prog="nox -s bench -- player", description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    parser.add_argument("--times", type=int, default=TIMES, help=f"podcasts (default {TIMES})")
    parser.add_argument("--returning", action="store_true", help="the same person each time, who has been there before")
    add_network_arguments(parser)
    arguments = parser.parse_args()
    network = network_of(arguments)
    with Stack(Options(network=network)) as stack, sync_playwright() as playwright:
        browser = launch(playwright, MAY_SOUND)
        url = f"{stack.endpoints.player_url}/"
        person = browser.new_context()
        # Once before it counts: everything has been loaded then, as on a machine that serves podcasts
        click(person, url, heard_s=HEARD_S if network else 0)
        clicks = []
        for _ in range(arguments.times):
            if stack.reach:
                stack.reach.scale_to_zero()
            if not arguments.returning:
                person.close()
                person = browser.new_context()
            clicks.append(click(person, url, PAGE_S, HEARD_S) if network else click(person, url))
        person.close()
        shares = {} if network else processor(browser, url)
        browser.close()
    playing = sorted(one["playing"] for one in clicks)
    packet = statistics.median(one["packet"] for one in clicks)
    figures: dict[str, Any] = {
        "podcasts": len(clicks),
        "click_to_playing_ms": {"p50": round(statistics.median(playing)), "most": round(playing[-1])},
        "each_ms": [round(one["playing"]) for one in clicks],
        "click_to_first_packet_ms": {"p50": round(packet)},
    }
    if network:
        figures["click_to_playing_ms"]["p95"] = round(statistics.quantiles(playing, n=20, method="inclusive")[-1])
        figures["silent"] = sum("silence" in one for one in clicks)
    else:
        figures["processor_share"] = shares
        if packet < statistics.median(playing):
            figures["page_share"] = round(1 - packet / statistics.median(playing), 2)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
