"""The processor time of a browser: all of its processes, as the browser itself counts them."""

from __future__ import annotations

import time

from playwright.sync_api import Browser


def share(browser: Browser, for_s: float) -> float:
    """The browser's share of a core over the next `for_s` seconds: 1.0 is all of it.

    https://chromedevtools.github.io/devtools-protocol/tot/SystemInfo/#method-getProcessInfo
    """
    session = browser.new_browser_cdp_session()
    try:
        before, began = _spent(session.send("SystemInfo.getProcessInfo")), time.monotonic()
        time.sleep(for_s)
        after, ended = _spent(session.send("SystemInfo.getProcessInfo")), time.monotonic()
    finally:
        session.detach()
    return (after - before) / (ended - began)


def _spent(answer: dict[str, list[dict[str, float]]]) -> float:
    return sum(process["cpuTime"] for process in answer["processInfo"])
