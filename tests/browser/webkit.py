"""A third engine: Debian's WebKitGTK, spoken to in WebDriver (https://www.w3.org/TR/webdriver2/), on its own screen.

It stands in for Safari: the same engine, with other decoders (GStreamer's) behind it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

from local.sockets import free_port
from tests.browser.programs import running
from tests.conftest import eventually

ANSWER_WITHIN_S = 60
_BROWSERS = ("/usr/lib/*-linux-gnu*/webkit2gtk-4.1/MiniBrowser", "/usr/lib/*-linux-gnu*/webkit2gtk-4.0/MiniBrowser")


def missing() -> list[str]:
    """The host's missing parts: each a package of Debian's."""
    found = {
        "webkit2gtk-driver": shutil.which("WebKitWebDriver") and browser(),
        "xvfb": shutil.which("Xvfb"),
        "gstreamer1.0-plugins-good": next(Path("/usr/lib").glob("*/gstreamer-1.0/libgstmatroska.so"), None),
        "gstreamer1.0-plugins-bad": next(Path("/usr/lib").glob("*/gstreamer-1.0/libgstopusparse.so"), None),
    }
    return [package for package, there in found.items() if not there]


def browser() -> str | None:
    return next((str(path) for pattern in _BROWSERS for path in Path("/").glob(pattern[1:])), None)


class WebKit:
    """One window. Use as a context manager."""

    def __init__(self, environment: dict[str, str] | None = None) -> None:
        self._environment = environment or {}
        self._leaving = contextlib.ExitStack()

    def __enter__(self) -> WebKit:
        with contextlib.ExitStack() as leaving:
            home = leaving.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
            display = leaving.enter_context(_display())
            self._url = leaving.enter_context(_driver(home, display, self._environment))
            options = {"binary": browser(), "args": ["--automation"]}
            wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
            session = self._ask("POST", "/session", {"capabilities": wanted})["sessionId"]
            self._url += f"/session/{session}"
            leaving.callback(self._ask, "DELETE", "")
            self._leaving = leaving.pop_all()
        return self

    def __exit__(self, *exc: object) -> None:
        self._leaving.close()

    def goes_to(self, url: str) -> None:
        self._ask("POST", "/url", {"url": url})

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, carried as JSON."""
        script = f"return JSON.stringify(({expression}) ?? null)"
        return json.loads(self._ask("POST", "/execute/sync", {"script": script, "args": []}))

    def clicks(self, selector: str) -> None:
        """As a person does: what follows may sound."""
        found = self._ask("POST", "/element", {"using": "css selector", "value": selector})
        [element] = found.values()
        self._ask("POST", f"/element/{element}/click", {})

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask the driver for something. Raises RuntimeError with the driver's own message on failure."""
        answer = requests.request(method, self._url + path, json=body, timeout=ANSWER_WITHIN_S).json()["value"]
        if isinstance(answer, dict) and "error" in answer:
            raise RuntimeError(f"{method} {path}: {answer['error']}: {answer['message']}")
        return answer


@contextlib.contextmanager
def _display() -> Iterator[str]:
    """A screen of its own, of whichever number is free."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
    with running(command, {}, pass_fds=(write,)), os.fdopen(read) as told:
        os.close(write)
        yield f":{told.readline().strip()}"


@contextlib.contextmanager
def _driver(home: str, display: str, more: dict[str, str]) -> Iterator[str]:
    environment = {
        "DISPLAY": display,
        "HOME": home,
        "XDG_RUNTIME_DIR": home,
        "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",  # which needs rights that a container does not give
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "GIO_USE_VFS": "local",
        **more,
    }
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with running(["WebKitWebDriver", f"--port={port}"], environment) as process:
        eventually(lambda: process.poll() is None and _answers(url), ANSWER_WITHIN_S)
        yield url


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/status", timeout=1).ok
    except requests.RequestException:
        return False
