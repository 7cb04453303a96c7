"""A deployment in which all goes well but for one thing: its API and its streamer, on ports of this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.request import Request, urlopen

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from common import wire
from common.ogg import write_opus
from functions.api_gateway.webhooks import signed

WORKFLOW = "0123456789abcdef0123456789abcdef"
PODCAST = f"/api/v1/podcasts/{WORKFLOW}"
SILENCE = b"\xfc\xff\xfe"
STAGES = ("harvest", "weave", "forge", "master")


class FakeDeployment:
    """Works, but for what is `broken`: the name of a case in `_broken`, `_podcast` or `_messages`; or what is wrong
    with one path, such as "500 /feed", "403 /feed" (of the platform, in HTML) or "drips /feed" (a byte at times)."""

    def __init__(self, broken: str = "") -> None:
        self.broken = broken
        self.packets = [SILENCE] * 3
        self.webhook: str | None = None
        self.secret = ""
        self.deleted = False
        self.keys: list[str] = []
        """Of each request, its header Authorization, in order."""
        self._closing = threading.Event()
        self._api = ThreadingHTTPServer(("127.0.0.1", 0), _Api)
        self._api.deployment = self  # type: ignore[attr-defined]
        self._streamer: Server = serve(self._stream, "127.0.0.1", 0)
        self._threads = [
            threading.Thread(target=self._api.serve_forever, args=(0.02,)),
            threading.Thread(target=self._streamer.serve_forever),
        ]
        self.url = f"http://127.0.0.1:{self._api.server_port}"

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._api.shutdown()
        self._api.server_close()
        self._streamer.shutdown()
        for thread in self._threads:
            thread.join()

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, str, bytes]:
        """Status, media type and body."""
        if self.wrong_with(path) == "403":
            return 403, "text/html", b"<html><title>403 Forbidden</title></html>"
        if self.wrong_with(path) == "500":
            return 500, "text/plain", b"Internal Server Error"
        return self._broken(method, path) or self._whole(method, path, body) or _problem(404, "not_found")

    def wrong_with(self, path: str) -> str:
        """What is wrong with a path; "" for nothing."""
        fault, _, where = self.broken.partition(" ")
        return fault if where and path.startswith(where) else ""

    def drip(self) -> Iterator[bytes]:
        """Bytes of an answer that never ends, and is never silent for long."""
        while not self._closing.wait(0.01):
            yield b" "

    def _broken(self, method: str, path: str) -> tuple[int, str, bytes] | None:
        match self.broken, method, path:
            case "unbound", _, _:  # as Google's front answers for a service that not everybody may call
                return 403, "text/html", b"<html><title>403 Forbidden</title></html>"
            case "moved", _, _:  # as Cloud Run and the load balancer answer who comes without TLS
                return 302, "text/html", b"<html><title>302 Moved</title></html>"
            case "key", _, "/api/v1/podcasts/generate":
                return _problem(401, "unauthenticated")
            case "feed", "POST", "/api/v1/feeds":
                return _problem(403, "forbidden")
            case "delete", "DELETE", _ if path == PODCAST:
                return _problem(404, "not_found")
            case "episode", _, "/files/audio":
                return 404, "text/plain", b"no such object"
            case "no mp3", _, "/files/mp3":
                return 200, "audio/mpeg", b"<html>"
        return None

    def _whole(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, str, bytes] | None:
        match method, path:
            case "GET", "/api/v1/openapi.json":
                return _json({"openapi": "3.1.0"})
            case "POST", "/api/v1/podcasts/generate":
                webhook = body.get("webhook") or {}
                self.webhook, self.secret = webhook.get("url"), webhook.get("secret", "")
                socket = f"ws://127.0.0.1:{self._streamer.socket.getsockname()[1]}/"
                return _json(
                    {"cpoa_workflow_id": WORKFLOW, "status_url": "", "stream_id": "s", "websocket_url": socket}
                )
            case "GET", _ if path == PODCAST:
                self._tell_webhook()
                return _json(self._podcast())
            case "GET", _ if path.endswith("/segments"):
                return _json({"segments": [self._segment()]})
            case "POST", "/api/v1/feeds":
                return _json({"url": f"{self.url}/feed"})
            case "GET", "/feed":
                episode = "" if self.broken == "empty feed" else f'<enclosure url="{self.url}/files/mp3?{WORKFLOW}"/>'
                return 200, "application/rss+xml", f"<rss><item>{episode}</item></rss>".encode()
            case "GET", "/files/audio":
                heard = self.packets[:-1] if self.broken == "short" else self.packets
                return 200, "audio/ogg", write_opus(heard, 312, serial=1)
            case "GET", _ if path.startswith("/files/mp3"):
                return 200, "audio/mpeg", b"ID3 and so on"
            case "DELETE", _:
                self.deleted = True
                return 204, "", b""
        return None

    def _podcast(self) -> dict[str, Any]:
        files = ["audio"] if self.broken == "mp3" else ["audio", "mp3"]
        going, failed = self.broken == "master", self.broken == "failed"
        return {
            "workflow_id": WORKFLOW,
            "state": "GENERATING" if going else "FAILED" if failed else "COMPLETED",
            "title": "Canary",
            "language": "en",
            "created_at": "2026-01-01T00:00:00Z",
            "stages": {},
            "sources": [],
            "error": {"code": "mastering_failed", "message": "It was too much."} if failed else None,
            "artifacts": {name: f"{self.url}/files/{name}" for name in files},
        }

    def _segment(self) -> dict[str, Any]:
        state = "FAILED" if self.broken == "apology" else "FORGED"
        said = {"kind": "dialogue", "speaker": "Ada", "text": "Hello.", "chapter": "", "state": state}
        return {"index": 0, **said, "packets": len(self.packets)}

    def _tell_webhook(self) -> None:
        if self.webhook and self.broken != "webhook":
            told = {"type": "podcast.failed" if self.broken == "wrong webhook" else "podcast.completed"}
            secret = "whsec_c29tZWJvZHkgZWxzZSdz" if self.broken == "forged webhook" else self.secret
            headers = {} if self.broken == "unsigned webhook" else signed(secret, "1", json.dumps(told).encode(), 1.0)
            with suppress(OSError):
                request = Request(self.webhook, json.dumps(told).encode(), headers, method="POST")
                urlopen(request, timeout=10).close()
            self.webhook = None

    def _stream(self, socket: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            socket.recv()
            for message in self._messages():
                socket.send(message)

    def _messages(self) -> Iterator[str | bytes]:
        told = wire.stream_metadata(workflow_id=WORKFLOW, title="Canary", pre_skip=312, resume_token="r")
        if self.broken == "streamer":
            yield json.dumps(wire.error("unauthorized", "This stream is not known"))
            return
        if self.broken == "cut":
            return
        yield json.dumps(told)
        for stage in STAGES:
            if self.broken == "events":
                break
            yield json.dumps(wire.progress(stage, "RUNNING"))
            if self.broken == stage and stage != "master":
                break
            yield json.dumps(wire.progress(stage, "DONE"))
        if self.broken == "engine":
            yield json.dumps(wire.progress("weave", "FAILED"))
            yield json.dumps(wire.error("writer_refused", "The engine refuses"))
            return
        while self.broken in {"events", *STAGES[:3]}:
            yield json.dumps(wire.keepalive())
            self._closing.wait(0.02)
        yield wire.pack_packets(0, self.packets)
        yield json.dumps(wire.stream_end(len(self.packets) + (self.broken == "packets")))


class _Api(BaseHTTPRequestHandler):
    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        deployment: FakeDeployment = self.server.deployment  # type: ignore[attr-defined]
        deployment.keys.append(self.headers.get("Authorization", ""))
        if deployment.wrong_with(self.path) == "drips":
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                for piece in deployment.drip():
                    self.wfile.write(piece)
            return
        status, kind, content = deployment.answer(self.command, self.path, body)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", f"https://{self.headers['Host']}{self.path}")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = _answer

    def log_message(self, *_: Any) -> None:
        pass


def _json(body: dict[str, Any]) -> tuple[int, str, bytes]:
    return 200, "application/json", json.dumps(body).encode()


def _problem(status: int, code: str) -> tuple[int, str, bytes]:
    told = {"type": f"urn:aethercast:problem:{code}", "code": code, "detail": "No.", "title": "No", "status": status}
    return status, "application/problem+json", json.dumps(told).encode()
