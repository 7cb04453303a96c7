"""A customer who does not give up: asks again while nothing answers, and reconnects whenever a stream breaks off."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from socket import SHUT_RDWR
from typing import Any

import requests
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from common.problems import read_problem
from local.endpoints import Endpoints
from local.listener import Heard, StreamBroken, listen, resume
from local.listener import start as start_message

TITLE = "Of the sea and the sky"
CUT, RENAMED, ASKED_AGAIN = 0.3, 0.5, 0.15
"""How likely a connection is cut at first, and a podcast is renamed or deleted and asked for again."""


@dataclass
class Podcast:
    """A podcast as its customer has it: audio heard, answers of the API, and failures."""

    workflow_id: str = ""
    state: str = ""
    error: Any = None
    segments: list[dict[str, Any]] = field(default_factory=list)
    heard: Heard = field(default_factory=Heard)
    episode: bytes = b""
    reconnections: int = 0
    fresh_streams: int = 0
    cuts: int = 0
    renames: int = 0
    asked_again: int = 0
    trouble: str = ""


class GivenUp(Exception):
    """It took longer than a customer waits."""


class Gone(GivenUp):
    """There is no such podcast."""


class Customer:
    """Uses the public API of a stack, and has its ends told to `webhook_url`. Gives a podcast up after `patience_s`."""

    def __init__(self, endpoints: Endpoints, patience_s: float, webhook_url: str) -> None:
        self._api = f"{endpoints.api_url}/api/v1/podcasts"
        self._headers = {"Authorization": f"Bearer {endpoints.api_key}"}
        self._websocket_url = endpoints.websocket_url
        self._patience_s = patience_s
        self.unruly: Random | None = None
        """What is done besides is drawn from it: cut connections, rename, delete and ask again. None: nothing is."""
        self._webhook = {"url": webhook_url, "secret": "whsec_" + base64.b64encode(bytes(24)).decode()}

    def podcast(self, source: dict[str, Any], key: str) -> Podcast:
        """Have a podcast made of a `text`, `urls` or a `script`, hear the whole, and fetch every file. A `draft` is
        approved as soon as it is whole."""
        podcast = Podcast()
        deadline = time.monotonic() + self._patience_s
        try:
            asked = {**source, "minutes": 1, "language": "en", "title": TITLE, "webhook": self._webhook}
            once = {"X-Idempotency-Key": key}
            accepted = self._ask("POST", "/generate", deadline, "cpoa_workflow_id", json=asked, headers=once)
            podcast.workflow_id = accepted["cpoa_workflow_id"]
            if self._does(ASKED_AGAIN):
                self.delete(podcast)
                podcast.asked_again += 1
                accepted = self._ask("POST", "/generate", deadline, "cpoa_workflow_id", json=asked, headers=once)
                podcast.workflow_id = accepted["cpoa_workflow_id"]
            if source.get("draft"):
                approval = {"json": {"segments": []}, "headers": {"X-Idempotency-Key": f"{key} approved"}}
                self._ask("POST", f"/{podcast.workflow_id}/approve", deadline, "workflow_id", **approval)
            with self._renaming(podcast, deadline):
                self._hear(podcast, accepted["stream_id"], deadline)
                self._await_end(podcast, deadline)
            self._look(podcast, deadline)
        except GivenUp as given_up:
            podcast.trouble = f"hangs: {given_up}"
        except StreamBroken as broken:
            podcast.trouble = f"could not be heard: {broken}"
            self._look(podcast, time.monotonic() + self._patience_s)
        return podcast

    def delete(self, podcast: Podcast) -> None:
        """Delete it. Asked again for want of an answer, it may be gone already."""
        if podcast.workflow_id:
            with suppress(Gone):
                self._ask("DELETE", f"/{podcast.workflow_id}", time.monotonic() + self._patience_s)

    def tidy(self, podcast: Podcast) -> str:
        """Delete it in the end. Returns a description of the trouble, or an empty text."""
        try:
            self.delete(podcast)
        except GivenUp as given_up:
            return f"{podcast.workflow_id} could not be deleted: {given_up}"
        return ""

    def _does(self, odds: float) -> bool:
        return self.unruly is not None and self.unruly.random() < odds

    @contextmanager
    def _renaming(self, podcast: Podcast, deadline: float) -> Iterator[None]:
        """Rename the podcast now and then while the block runs: always to its own title, for its words have it."""
        over = threading.Event()

        def rename() -> None:
            while not over.wait(self.unruly.uniform(0.5, 20.0) if self.unruly else 1.0):
                with suppress(GivenUp):
                    self._ask("PATCH", f"/{podcast.workflow_id}", deadline, "workflow_id", json={"title": TITLE})
                    podcast.renames += 1

        renaming = threading.Thread(target=rename, daemon=True)
        if self._does(RENAMED):
            renaming.start()
        try:
            yield
        finally:
            over.set()
            if renaming.ident is not None:
                renaming.join()

    def _cut(self, podcast: Podcast, first: dict[str, Any]) -> None:
        """Use a token, and lose the connection within 200 ms of that: whatever was said, nobody has heard it."""
        with (
            suppress(OSError, WebSocketException, TimeoutError),
            connect(self._websocket_url, open_timeout=10, ping_interval=None) as socket,
        ):
            socket.send(json.dumps(first))
            time.sleep(self.unruly.uniform(0.0, 0.2) if self.unruly else 0.0)
            socket.socket.shutdown(SHUT_RDWR)
        podcast.cuts += 1

    def _hear(self, podcast: Podcast, stream_id: str, deadline: float) -> None:
        """Listen over any number of connections; where the way back is lost, over a fresh stream."""
        heard, first = podcast.heard, start_message(stream_id)
        while True:
            if time.monotonic() > deadline:
                raise GivenUp(f"{len(heard.packets)} packets heard")
            if self._does(CUT):
                self._cut(podcast, first)
            try:
                for _ in listen(self._websocket_url, heard, first):
                    if time.monotonic() > deadline:
                        raise GivenUp(f"{len(heard.packets)} packets heard")
            except StreamBroken as broken:
                podcast.reconnections += 1
                time.sleep(0.2)  # as players do: a server that has just been killed is not called in a tight loop
                first = self._way_back(podcast, broken, deadline)
            else:
                return

    def _way_back(self, podcast: Podcast, broken: StreamBroken, deadline: float) -> dict[str, Any]:
        """How to go on: with the resume token, or where that is spent or was never received, with a fresh stream."""
        heard = podcast.heard
        if heard.resume_token and broken.resumable:
            return resume(heard)
        self._look(podcast, deadline)
        if podcast.state not in {"GENERATING", "COMPLETED"}:
            raise broken
        fresh = self._ask("POST", f"/{podcast.workflow_id}/stream", deadline, "stream_id")
        podcast.fresh_streams += 1
        heard.resume_token = ""
        return {**start_message(fresh["stream_id"]), "next_packet": heard.next_packet}

    def _await_end(self, podcast: Podcast, deadline: float) -> None:
        while podcast.state in {"", "GENERATING"}:
            self._look(podcast, deadline)
            time.sleep(0.2)

    def _look(self, podcast: Podcast, deadline: float) -> None:
        shown = self._ask("GET", f"/{podcast.workflow_id}", deadline, "workflow_id")
        podcast.state, podcast.error = shown["state"], shown["error"]
        podcast.segments = self._ask("GET", f"/{podcast.workflow_id}/segments", deadline, "segments")["segments"]
        if podcast.state == "COMPLETED":
            podcast.episode = self._fetch(shown["artifacts"]["audio"], deadline)

    def _ask(self, method: str, path: str, deadline: float, fact: str | None = None, **more: Any) -> Any:
        """The JSON of the API's answer, which has that `fact`; None for an empty one.

        Asked again while there is none: a killed gateway comes back, and a substitute answer is not the gateway's.
        """
        headers = {**self._headers, **more.pop("headers", {})}
        while True:
            try:
                answer = requests.request(method, self._api + path, headers=headers, timeout=30, **more)
                reason = answer.text
                if fact is None and answer.status_code == 204:
                    return None
                if fact is not None and answer.ok and fact in answer.json():
                    return answer.json()
                if read_problem(answer.headers.get("Content-Type", ""), answer.content):
                    if answer.status_code == 404:
                        raise Gone(f"{method} {path}: {reason}")
                    if answer.status_code < 500 and answer.status_code not in {409, 429}:
                        raise GivenUp(f"{method} {path}: {reason}")
            except requests.RequestException as error:
                reason = str(error)
            if time.monotonic() > deadline:
                raise GivenUp(f"{method} {path}: {reason}")
            time.sleep(0.3)

    def _fetch(self, url: str, deadline: float) -> bytes:
        while True:
            try:
                answer = requests.get(url, timeout=30)
                if answer.ok:
                    return answer.content
            except requests.RequestException:
                pass
            if time.monotonic() > deadline:
                raise GivenUp("the episode's file cannot be fetched")
            time.sleep(0.3)
