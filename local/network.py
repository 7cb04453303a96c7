"""Google Cloud's delays on this machine: `--network cloud` of `nox -s local`, `podcast` and `bench`.

The emulators' delays are their own (emulators/delays.py, with the table). Here are the delays before a service: the way
between our services, and the start of an instance. Every service begins at zero instances, and returns to zero after
IDLE_S idle, but for Terraform's kept warm by `warm`. The way from a listener to the cloud is the listener's own: a
browser can narrow the line, and benchmarks add the delay.

All processes of a stack know one folder, as for local/front_faults.py:

    {folder}/network.json   seed, stretch, and the services that are kept
    {folder}/zero           touched at the moment in which every service that is not kept was left without an instance
    {folder}/delays.jsonl   each delay, in the moment in which it began
    {folder}/busy.jsonl     each stretch of time in which a service had requests, in the moment in which it ended
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from werkzeug.wsgi import ClosingIterator

from common import waking
from emulators.delays import Delays
from local.entry_points import ROOT

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FOLDER_VARIABLE: Final = "NETWORK_DIR"
IDLE_S: Final = 15 * 60.0
"""How long Cloud Run keeps an idle instance at most. https://cloud.google.com/run/docs/about-instance-autoscaling"""
STARTS_WITHIN_S: Final = 10.0
_PLATFORM: Final = ("Google-Cloud-Tasks", "CloudPubSub-Google", "Google-Cloud-Scheduler")
"""User agents whose way is in the delay of their delivery."""


@dataclass(frozen=True)
class Network:
    """How far away the cloud is: `stretch` multiplies every delay, `warm` keeps the instances that Terraform's does."""

    seed: int = 0
    stretch: float = 1.0
    warm: bool = False

    @property
    def starts_within_s(self) -> float:
        """How long nearly every service takes to start, as a deployment is told (terraform/services.tf)."""
        return 0.0 if self.warm else STARTS_WITHIN_S * self.stretch


class Reach:
    """A stack's side of the folder."""

    def __init__(self, folder: Path, network: Network) -> None:
        self.folder, self.network = folder, network
        (folder / "delays.jsonl").touch()
        (folder / "busy.jsonl").touch()
        self.keep(kept_warm() if network.warm else (), network)

    def keep(self, services: Iterable[str], network: Network) -> None:
        """Have these services always have an instance, from the next request on."""
        kept = {"seed": network.seed, "stretch": network.stretch, "kept": sorted(services)}
        written = self.folder / "network.json.new"
        written.write_text(json.dumps(kept))
        written.replace(self.folder / "network.json")

    def scale_to_zero(self) -> None:
        """Leave every service that is not kept without an instance."""
        (self.folder / "zero").touch()

    def delays(self) -> list[dict[str, Any]]:
        """List every delay so far, by its begin: kind, about, at (seconds since 1970) and s."""
        with (self.folder / "delays.jsonl").open() as lines:
            return sorted(map(json.loads, lines), key=lambda delay: float(delay["at"]))

    def busy_s(self, since: float) -> dict[str, float]:
        """Service -> the seconds for which one instance of it is paid from then on (in seconds since 1970): those with
        a request or with the start for one, each stretch of them rounded up to 100 ms.
        https://cloud.google.com/run/pricing, as billed by request"""
        billed: dict[str, float] = {}
        with (self.folder / "busy.jsonl").open() as lines:
            for one in map(json.loads, lines):
                if one["at"] >= since:
                    billed[one["service"]] = billed.get(one["service"], 0.0) + math.ceil(one["s"] * 10) / 10
        return billed


def kept_warm() -> set[str]:
    """List the services kept by `warm`, as terraform/services.tf does, and the streamer."""
    text = (ROOT / "terraform" / "services.tf").read_text(encoding="utf-8")
    return {"streamer", *re.findall(r"^    (\w+) = \{\n[^}]*?\bhot = true$", text, re.MULTILINE)}


def add_network_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--network", choices=("local", "cloud"), help="cloud: have everything take as long as in Google Cloud"
    )
    parser.add_argument("--warm", action="store_true", help="with --network cloud: as with Terraform's `warm`")
    parser.add_argument("--seed", type=int, default=0, help="of the delays")


def network_of(given: argparse.Namespace) -> Network | None:
    return Network(given.seed, warm=given.warm) if given.network == "cloud" else None


def delays_of(folder: Path, process: str) -> Delays:
    """Return the delays of a process."""
    told = json.loads((folder / "network.json").read_text())
    return Delays(f"{told['seed']} {process}", stretch=told["stretch"], log=folder / "delays.jsonl")


def behind_network(app: WSGIApplication, service: str) -> WSGIApplication:
    """Return the application of a service as it is reached in the cloud, where this process knows of a folder."""
    folder = os.environ.get(FOLDER_VARIABLE)
    return Reached(app, service, Path(folder)) if folder else app


class Reached:
    """WSGI middleware: the way to a service, and the start of its instance."""

    def __init__(self, app: WSGIApplication, service: str, folder: Path) -> None:
        self._app, self._service, self._folder = app, service, folder
        self._lock = threading.Lock()
        self._began, self._ready_at, self._used_at = 0.0, 0.0, time.time()
        self._busy, self._busy_since = 0, 0.0
        self._log = os.open(folder / "busy.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    @cached_property
    def _delays(self) -> Delays:
        return delays_of(self._folder, self._service)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        way_s = self._delays.draw("service_hop", f"{self._service} {path}") if _is_ours(environ) else 0.0
        with self._lock:
            self._busy += 1
            if self._busy == 1:
                self._busy_since = time.time()
            ready_at = self._instance(path)
        try:
            if (wait_s := max(way_s, ready_at - time.time())) > 0:
                time.sleep(wait_s)
            return ClosingIterator(self._app(environ, start_response), self._done)
        except BaseException:  # StopIteration, too: so ends a WebSocket
            self._done()
            raise

    def _done(self) -> None:
        with self._lock:
            self._busy -= 1
            self._used_at = time.time()
            if not self._busy:  # one write each: lines of several processes do not mix
                line = {"service": self._service, "at": self._busy_since, "s": self._used_at - self._busy_since}
                os.write(self._log, (json.dumps(line) + "\n").encode())

    def _instance(self, path: str) -> float:
        """Tell when the instance can answer: this request may be what starts it."""
        zero_at = self._zero_at()
        if zero_at and self._service not in self._kept():
            idle = self._busy == 1 and time.time() - self._used_at > IDLE_S
            if self._began < zero_at or idle:
                kind = "start_container" if self._service == "streamer" else "start_function"
                self._began = time.time()
                if self._service in {"api_gateway", "streamer"}:
                    waking.waker = waking.Waker()  # a new instance has woken nobody yet
                self._ready_at = self._began + self._delays.draw(kind, f"{self._service} {path}")
        return self._ready_at

    def _zero_at(self) -> float:
        """Tell when every service was left without an instance; 0: never, as long as a stack is being started."""
        try:
            return (self._folder / "zero").stat().st_mtime
        except FileNotFoundError:
            return 0.0

    def _kept(self) -> list[str]:
        return list(json.loads((self._folder / "network.json").read_bytes())["kept"])


def _is_ours(environ: WSGIEnvironment) -> bool:
    """Tell whether a service of ours calls: with an identity of its own, and not by way of a queue or a topic."""
    token = environ.get("HTTP_X_SERVERLESS_AUTHORIZATION") or environ.get("HTTP_AUTHORIZATION", "")
    return token.count(".") == 2 and not environ.get("HTTP_USER_AGENT", "").startswith(_PLATFORM)
