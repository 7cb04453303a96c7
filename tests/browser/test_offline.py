"""Without the net: the page starts, what was kept plays, and an upgrade is never kept from anybody."""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from common.settings import Settings
from streamer.player_files import player_files
from tests.browser.conftest import Invite
from tests.browser.scripted_podcast import Script
from tests.browser.scripted_server import ScriptedServer
from tests.browser.visitor import Visitor
from tests.browser.web_files import WEB, Quiet

CUT_OFF = ("ERR_INTERNET_DISCONNECTED", "Failed to fetch", "net::ERR")
ALL_STORED = """async () => {
  const stored = (await (await caches.open("aethercast.player")).keys()).map(({ url }) => url);
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  const answers = /\\/(api|files|kept)\\/|\\/opening\\.json$/;
  const own = loaded.filter((name) => name.startsWith(location.origin) && !answers.test(name));
  return stored.includes(location.origin + "/") && own.every((name) => stored.includes(name));
}"""


HAS_THE_REST = """async () => {
  const stored = (await (await caches.open("aethercast.player")).keys()).map(({ url }) => new URL(url).pathname);
  return ["/page/listening.js", "/page/transcript.js", "/styles/dock.css"].every((name) => stored.includes(name));
}"""


def has_moved_in(visitor: Visitor) -> None:
    """Waits until the worker holds the page's files."""
    visitor.until(lambda: bool(visitor.page.evaluate(ALL_STORED)))


def test_what_is_kept_is_heard_without_the_net(server: ScriptedServer, invite: Invite) -> None:
    podcast = server.add(Script(seconds=40, segment_s=4))
    visitor = invite(service_workers="allow").comes(f"#/p/{podcast.workflow_id}")
    visitor.expected = CUT_OFF
    visitor.hears()
    visitor.page.click("#keep")
    visitor.sees("#keep", "Kept offline")
    has_moved_in(visitor)
    visitor.page.context.set_offline(True)
    visitor.comes()
    visitor.sees("#shelf li", "How lighthouses work")
    visitor.sees("#kept", "1 podcast on this device")
    visitor.page.locator("#shelf li a").first.click()
    visitor.hears()
    visitor.sees(".turn[aria-current]")
    visitor.seeks(30)
    visitor.hears(beyond=30.1)
    visitor.page.click("#keep")
    visitor.sees("#toast", "freed")
    assert (
        visitor.page.evaluate("caches.open('aethercast.kept').then((cache) => cache.keys()).then((k) => k.length)") == 0
    )


class Deployment:
    """The player as the streamer serves it, of two versions: "old" and "new"."""

    def __init__(self, folder: Path) -> None:
        self.page = self.files = "old"
        """Which version answers: where they differ, one is just being put in the other's place."""
        self.asked = Counter[str]()
        self._versions: dict[str, Any] = {}
        for version in ("old", "new"):
            shutil.copytree(WEB, folder / version, ignore=shutil.ignore_patterns("node_modules", "tests"))
            with (folder / version / "app.js").open("a") as app:
                app.write(f'document.body.dataset.version = "{version}";\n')
            made = Flask(version, static_folder=None)
            made.register_blueprint(player_files(Settings(web_root=str(folder / version))))
            self._versions[version] = made.wsgi_app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.asked[environ["PATH_INFO"].rpartition("/")[2]] += 1
        return self._versions[self.page if environ["PATH_INFO"] == "/" else self.files](environ, start_response)


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[tuple[Deployment, str]]:
    """Such a player, and its address."""
    deployed = Deployment(tmp_path)
    served = make_server("127.0.0.1", 0, deployed, threaded=True, request_handler=Quiet)
    threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield deployed, f"http://127.0.0.1:{served.server_port}/"
    served.shutdown()
    served.server_close()


def test_an_upgrade_is_seen_at_once_and_nothing_of_it_is_older(
    deployment: tuple[Deployment, str], invite: Invite
) -> None:
    deployed, url = deployment
    visitor = invite(url, service_workers="allow").comes()
    version = "document.body.dataset.version"
    has_moved_in(visitor)
    old = visitor.page.locator("script[type=module]").get_attribute("src") or ""
    deployed.page, asked = "new", deployed.asked["app.js"]
    visitor.comes()
    assert visitor.page.evaluate(version) == "old", "whoever still answers for the files is of the old version"
    visitor.until(lambda: deployed.asked["app.js"] >= asked + 2)  # the worker wants to keep it
    deployed.files = "new"
    visitor.comes()
    assert visitor.page.evaluate(version) == "new"
    has_moved_in(visitor)
    stored = "caches.open('aethercast.player').then((cache) => cache.keys()).then((all) => all.map(({ url }) => url))"
    assert old not in str(visitor.page.evaluate(stored))


def test_what_nobody_has_opened_yet_is_there_without_the_net(server: ScriptedServer, invite: Invite) -> None:
    visitor = invite(service_workers="allow").comes()
    visitor.until(lambda: bool(visitor.page.evaluate(HAS_THE_REST)))
    visitor.expected = CUT_OFF
    visitor.page.context.set_offline(True)
    for _ in range(2):  # the worker lets go of nothing meanwhile
        visitor.comes()
        visitor.sees("#shelf-trouble", "No connection")  # rather than that there are no podcasts
        visitor.page.fill("#wish", "lighthouses")
        visitor.page.click("#make")
        visitor.sees("#trouble", "No connection")
