"""A second engine: Debian's Firefox, spoken to in WebDriver BiDi (https://w3c.github.io/webdriver-bidi/).

Firefox speaks BiDi itself, so a WebSocket suffices: no driver, and no browser built for testing.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import websocket

from tests.browser.programs import running

LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
ANSWER_WITHIN_S = 60

# Sound without a click, and nothing that a browser does over the network of its own accord.
PREFERENCES: dict[str, bool | int | str] = {
    "media.autoplay.default": 0,
    "app.update.disabledForTesting": True,
    "browser.region.update.enabled": False,
    "browser.safebrowsing.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.server": "data:,",
}


def program() -> str | None:
    return shutil.which("firefox-esr") or shutil.which("firefox")


class Firefox:
    """One tab. Use as a context manager."""

    def __init__(self, environment: dict[str, str] | None = None) -> None:
        self._environment = environment or {}
        self._numbers = itertools.count(1)
        self._leaving = contextlib.ExitStack()
        self.complaints: list[str] = []
        """What the console said as an error, as far as it has been listened to."""

    def __enter__(self) -> Firefox:
        with contextlib.ExitStack() as leaving:
            profile = Path(leaving.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
            lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
            (profile / "user.js").write_text("\n".join(lines))
            process = leaving.enter_context(_firefox(profile, self._environment))
            self._socket = websocket.create_connection(
                f"{_address(process)}/session", timeout=ANSWER_WITHIN_S, suppress_origin=True
            )
            leaving.callback(self._socket.close)
            self.command("session.new", capabilities={})
            self.command("session.subscribe", events=["log.entryAdded"])
            self._tab = self.command("browsingContext.getTree")["contexts"][0]["context"]
            self._leaving = leaving.pop_all()
        return self

    def __exit__(self, *exc: object) -> None:
        self._leaving.close()

    def command(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask Firefox for something. Raises RuntimeError with Firefox's own message on failure."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("method") == "log.entryAdded" and answer["params"]["level"] == "error":
                self.complaints.append(answer["params"]["text"] or "")
            if answer.get("id") == number:
                break
        if answer["type"] == "error":
            raise RuntimeError(f"{method}: {answer['error']}: {answer['message']}")
        return dict(answer["result"])

    def goes_to(self, url: str) -> None:
        self.command("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, carried as JSON."""
        result = self.command(
            "script.evaluate",
            expression=f"Promise.resolve({expression}).then((value) => JSON.stringify(value ?? null))",
            target={"context": self._tab},
            awaitPromise=True,
            userActivation=True,
        )
        if result["type"] != "success":
            raise RuntimeError(result["exceptionDetails"]["text"])
        return json.loads(result["result"]["value"])

    def clicks(self, selector: str) -> None:
        """Click as a person does: what follows may sound."""
        self.evaluate(f"(document.querySelector({json.dumps(selector)}).click(), 1)")


def _firefox(profile: Path, environment: dict[str, str]) -> contextlib.AbstractContextManager[subprocess.Popen[str]]:
    command = [program() or "firefox", "--headless", "--no-remote", f"--profile={profile}", "--remote-debugging-port=0"]
    return running(command, {"HOME": str(profile), **environment}, stderr=subprocess.PIPE, text=True)


def _address(process: subprocess.Popen[str]) -> str:
    """Where it listens, which it prints."""
    assert process.stderr
    for line in process.stderr:
        if found := LISTENING.search(line):
            return found[1]
    raise RuntimeError(f"Firefox ended with {process.wait()} before it listened.")
