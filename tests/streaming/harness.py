"""A streamer's surroundings, with tests as the podcast's authors: the embedded cloud, a signing gateway, podcasts.

A podcast's documents and objects are written with Google's own clients at the moment a test wants them there, so that
nothing here waits for an engine, and a test knows every packet that has to be heard.
"""

from __future__ import annotations

import contextlib
import json
import random
import sys
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import requests
from flask import Flask, Response, jsonify, request
from google.auth.credentials import AnonymousCredentials
from google.auth.transport.requests import Request
from google.cloud import firestore, storage
from google.oauth2 import service_account

from common.names import gs_uri, parse_gs_uri, segment_object
from common.ogg import write_opus
from common.states import SegmentState, StreamState, WorkflowState
from common.store import paths
from common.tokens import new_token, token_hash
from emulators.http_server import HttpServer
from local.processes import Child
from tests.conftest import eventually

PROJECT, BUCKET = "aethercast-tests", "aethercast-audio"
STREAMER, ORCHESTRATOR, STRANGER = (
    f"{name}@{PROJECT}.iam.gserviceaccount.com" for name in ("streamer", "orchestrator", "stranger")
)
SEGMENT = 50
"""Packets of a segment, unless a test says otherwise: 1 s."""
PACKET_BYTES = 80
"""32 kbit/s, as the product's own."""
PRE_SKIP = 312


class StreamerHarness:
    """Use as a context manager. `gateway_down` makes the gateway answer 503; `asked` counts what it was asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._scratch = contextlib.ExitStack()
        self.gateway_down = False
        self.asked: list[str] = []

    def __enter__(self) -> StreamerHarness:
        command = [sys.executable, "-m", "local.cloud"]
        env = {"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "/usr/bin:/bin"}
        self._cloud = Child("cloud", command, env=env, log=self._folder / "cloud.log")
        self._scratch.callback(self._cloud.stop)
        assert self._cloud.process.stdout
        told = self._cloud.process.stdout.readline()
        assert told, self._cloud.last_words()
        self.env: dict[str, str] = json.loads(told)
        self._admin = self.env.pop("ADMIN_URL")
        with mock.patch.dict("os.environ", self.env):  # these clients look where they are made
            self.db = firestore.Client(project=PROJECT)
            self.bucket = storage.Client(project=PROJECT, credentials=AnonymousCredentials()).create_bucket(BUCKET)
        self._signer = service_account.Credentials.from_service_account_file(self.key_file("gateway@example.com"))
        gateway = HttpServer(self._gateway())
        self.gateway_url = f"http://127.0.0.1:{gateway.start()}"
        self._scratch.callback(gateway.stop)
        return self

    def __exit__(self, *exc: object) -> None:
        self._scratch.close()

    def key_file(self, email: str) -> str:
        """A service account's key file, in the form of GOOGLE_APPLICATION_CREDENTIALS."""
        answer = requests.post(f"{self._admin}/service-accounts", json={"email": email}, timeout=10)
        return str(answer.json()["file"])

    def id_token(self, email: str, audience: str) -> str:
        """An OIDC token by which `email` calls `audience`, from the same service as in production."""
        file = self.key_file(email)
        credentials = service_account.IDTokenCredentials.from_service_account_file(file, target_audience=audience)
        credentials.refresh(Request())
        return str(credentials.token)

    def billable(self, operation: str, containing: str) -> int:
        """How many operations of a kind were counted for resources whose name contains this."""
        url = f"{self._admin}/billable/{operation}"
        return sum(requests.get(url, params={"containing": containing}, timeout=10).json().values())

    def await_asked(self, times: int) -> None:
        """Return once the gateway has been asked so often since it was started."""
        eventually(lambda: len(self.asked) >= times)

    def store(self, name: str, data: bytes) -> str:
        """Write an object; its `gs://` address."""
        self.bucket.blob(name).upload_from_string(data)
        return gs_uri(BUCKET, name)

    def podcast(self, segments: int = 0, packets: int = SEGMENT) -> Podcast:
        """A new podcast that has so many segments already, each of so many packets."""
        made = Podcast(self)
        for _ in range(segments):
            made.say(packets)
        return made

    def _gateway(self) -> Flask:
        app = Flask("gateway")

        def url(name: str) -> str:
            signed = self.bucket.blob(name).generate_signed_url(
                version="v4",
                expiration=timedelta(minutes=15),
                api_access_endpoint=self.env["STORAGE_EMULATOR_HOST"],
                credentials=self._signer,
            )
            return str(signed)

        @app.before_request
        def check() -> Response | None:
            assert request.headers["Authorization"].startswith("Bearer ")
            self.asked.append(request.path)
            return Response(status=503) if self.gateway_down else None

        @app.post("/internal/v1/signed-urls")
        def segments() -> Response:
            body = request.get_json()
            indexes = range(body["first"], body["first"] + body["count"])
            urls = [{"index": index, "url": url(segment_object(body["workflow_id"], index))} for index in indexes]
            return jsonify(urls=urls, expires_at=(datetime.now(UTC) + timedelta(minutes=15)).isoformat())

        @app.post("/internal/v1/signed-url")
        def one() -> Response:
            return jsonify(url=url(parse_gs_uri(request.get_json()["uri"])[1]))

        return app


def some_packets(seed: int, count: int) -> list[bytes]:
    """Opus packets of 20 ms by their first byte (RFC 6716, section 3.1), of noise otherwise: nobody decodes them."""
    noise = random.Random(seed)
    return [b"\xf8" + noise.randbytes(PACKET_BYTES - 1) for _ in range(count)]


@dataclass(eq=False)
class Podcast:
    """One podcast, written by a test. `packets` is what has to be heard."""

    harness: StreamerHarness
    title: str = "Tides"
    workflow_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    packets: list[bytes] = field(default_factory=list)
    segments: int = 0

    def __post_init__(self) -> None:
        self.document = self.harness.db.document(*paths.workflow(self.workflow_id))
        self.document.create({"title": self.title, "state": WorkflowState.GENERATING, "stages": {"harvest": "RUNNING"}})

    def ticket(self, *, expires_in: timedelta = timedelta(hours=1)) -> str:
        """A stream id: a listener's right to hear this podcast."""
        stream_id = new_token()
        document = {
            "workflow_id": self.workflow_id,
            "state": StreamState.OPEN,
            "generation": 0,
            "expires_at": datetime.now(UTC) + expires_in,
        }
        self.harness.db.document(*paths.stream(token_hash(stream_id))).create(document)
        return stream_id

    def say(self, packets: int = SEGMENT) -> None:
        """One more segment is ready."""
        index = self.segments
        said = some_packets(index, packets)
        self.store_audio(index, said)
        self.tell(index, packets)
        self.packets += said
        self.segments += 1

    def store_audio(self, index: int, packets: list[bytes]) -> None:
        name = segment_object(self.workflow_id, index)
        self.harness.store(name, write_opus(packets, PRE_SKIP, serial=index))

    def tell(self, index: int, packets: int) -> None:
        """Write a segment's document as forged, whether its audio is there or not."""
        self.harness.db.document(*paths.segment(self.workflow_id, index)).set(
            {
                "index": index,
                "kind": "turn",
                "speaker": "Ada",
                "text": f"This is sentence {index}.",
                "chapter": "Tides",
                "state": SegmentState.FORGED,
                "packets": packets,
                "pre_skip": PRE_SKIP,
                "forged_at": datetime.now(UTC),
            }
        )

    def end(self) -> None:
        """Everything has been said."""
        self.document.update({"segments_total": self.segments, "state": WorkflowState.COMPLETED})

    def fail(self, code: str = "source_empty") -> None:
        self.document.update({"state": WorkflowState.FAILED, "error": {"code": code, "message": "It was empty."}})

    def cancel(self) -> None:
        self.document.update({"state": WorkflowState.CANCELLED})

    def delete(self) -> None:
        self.document.delete()
