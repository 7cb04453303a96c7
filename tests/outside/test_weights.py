"""Weights of voices, fetched from a real server on this machine: whole, once, and the right ones, whatever happens."""

from __future__ import annotations

import hashlib
import multiprocessing
import re
import resource
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from common.errors import EngineBroken
from common.settings import Settings
from functions.model_serving.tts import weights
from functions.model_serving.tts.weights import Bucket, File, Web, Weights, folder_of, source_of
from tests.conftest import ROOT

CONTENT = hashlib.sha256(b"weights").digest() * 8_000
FILE = File("de/voice/voice.onnx", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
ELSEWHERE = Web("https://voices.example/at/1")


class Server:
    """Serves CONTENT at every path, one `answers` a request, in order: whole, cut, ranges, other, long, short, 404, 503
    or 416."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.ranges: list[str | None] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server.respond(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def respond(self, asked: BaseHTTPRequestHandler) -> None:
        wanted = asked.headers.get("Range")
        self.ranges.append(wanted)
        answer = self.answers.pop(0) if self.answers else "ranges"
        if answer.isdigit():
            asked.send_error(int(answer))
            return
        content = {"other": CONTENT[::-1], "long": CONTENT * 2, "short": CONTENT[:100]}.get(answer, CONTENT)
        offset = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and answer in {"ranges", "cut"} else 0
        asked.send_response(206 if offset else 200)
        if offset:
            asked.send_header("Content-Range", f"bytes {offset}-{len(content) - 1}/{len(content)}")
        asked.send_header("Content-Length", str(len(content) - offset))
        asked.end_headers()
        rest = content[offset:]
        asked.wfile.write(rest[: len(rest) // 2] if answer == "cut" else rest)
        asked.close_connection = True

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(weights, "_LONGEST_WAIT_S", 0.0)
    server = Server()
    yield server
    server.close()


def kept(folder: Path, base: str | None) -> Weights:
    source = Web(base) if base is not None else None
    return Weights(folder, source, published=ELSEWHERE, otherwise="set SPEECH_ENGINE=espeak")


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {f"{FILE.name}.lock"}


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ([], 1),
        (["cut", "ranges"], 2),
        (["cut", "cut", "cut", "cut", "ranges"], 5),
        (["cut", "whole"], 2),  # a server without ranges begins anew
        (["503", "ranges"], 2),
        (["other", "ranges"], 2),  # of the right length, with another sum
        (["long", "ranges"], 2),
        (["short", "ranges", "ranges"], 3),  # what it began with was of something else
        (["short", "416", "ranges"], 3),
    ],
)
def test_a_file_is_whole_and_right_whatever_happened_on_the_way(
    server: Server, tmp_path: Path, answers: list[str], asked: int
) -> None:
    server.answers = answers[:]
    told: list[tuple[int, int]] = []
    path = kept(tmp_path / "voices", server.url).path(FILE, lambda done, whole: told.append((done, whole)))
    assert path.read_bytes() == CONTENT
    assert left(path.parent) == {FILE.name}
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert len(server.ranges) <= asked + 1


def test_what_came_before_a_connection_broke_is_not_asked_for_again(server: Server, tmp_path: Path) -> None:
    server.answers = ["cut", "cut"]
    kept(tmp_path, server.url).path(FILE)
    offsets = [int(wanted.removeprefix("bytes=").removesuffix("-")) for wanted in server.ranges if wanted]
    assert server.ranges[0] is None
    assert len(CONTENT) // 4 < offsets[0] < offsets[1]


def test_a_line_that_breaks_often_brings_the_file_in_the_end_and_one_that_brings_nothing_is_given_up(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "_PIECE", 500)
    monkeypatch.setattr(weights, "_PROGRESS", 0.001)
    server.answers = ["cut"] * (weights.TRIES + 2)  # each brings half of the rest
    assert kept(tmp_path, server.url).path(FILE).read_bytes() == CONTENT
    assert len(server.ranges) == weights.TRIES + 3
    (tmp_path / FILE.name).unlink()
    server.ranges.clear()
    monkeypatch.setattr(weights, "_PROGRESS", 1.0)
    server.answers = ["cut"] * 3 * weights.TRIES
    with pytest.raises(EngineBroken):
        kept(tmp_path, server.url).path(FILE)
    assert len(server.ranges) == weights.TRIES


def test_a_file_that_is_here_is_not_fetched_again(server: Server, tmp_path: Path) -> None:
    first = kept(tmp_path, server.url).path(FILE)
    assert kept(tmp_path, server.url).path(FILE) == kept(tmp_path, None).path(FILE) == first
    assert len(server.ranges) == 1


@pytest.mark.parametrize("answers", [["404"], ["403"], ["other"] * 9, ["503"] * 9])
def test_what_cannot_be_had_is_told_with_the_way_back_and_nothing_is_left(
    server: Server, tmp_path: Path, answers: list[str]
) -> None:
    server.answers = answers[:]
    with pytest.raises(EngineBroken) as raised:
        kept(tmp_path, server.url).path(FILE)
    assert raised.value.code == "engine_weights_missing"
    for told in (f"{server.url}/{FILE.path}", str(tmp_path), "SPEECH_ENGINE=espeak", FILE.name):
        assert told in raised.value.detail
    assert not left(tmp_path)
    assert len(server.ranges) == {"503": weights.TRIES, "other": weights._WRONG_SUMS}.get(answers[0], 1)


@pytest.mark.parametrize("base", [None, "http://127.0.0.1:1"])
def test_offline_the_address_the_folder_and_the_way_back_are_named(
    tmp_path: Path, base: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "_LONGEST_WAIT_S", 0.0)
    with pytest.raises(EngineBroken) as raised:
        kept(tmp_path, base).path(FILE)
    address = ELSEWHERE if base is None else Web(base)
    assert re.search(rf"{re.escape(address.address(FILE))} into {re.escape(str(tmp_path))}", raised.value.detail)


def test_a_full_disk_is_told_and_emptied_of_what_came(server: Server, tmp_path: Path) -> None:
    """The limit on a file's size stands in for the disk: writing fails in the middle, with the system's own error."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def fetch() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))
        try:
            kept(tmp_path, server.url).path(FILE)
        except EngineBroken as error:
            sender.send(error.detail)

    process = context.Process(target=fetch)
    process.start()
    assert receiver.poll(10)
    assert "could not be written" in receiver.recv()
    process.join(10)
    assert not left(tmp_path)


def test_processes_that_need_the_same_file_fetch_it_once(server: Server, tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    fetching = [context.Process(target=kept(tmp_path, server.url).path, args=(FILE,)) for _ in range(3)]
    for process in fetching:
        process.start()
    for process in fetching:
        process.join(20)
    assert [process.exitcode for process in fetching] == [0, 0, 0]
    assert len(server.ranges) == 1
    assert (tmp_path / FILE.name).read_bytes() == CONTENT


def test_the_settings_say_where_weights_come_from_and_where_they_are_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert source_of(Settings(), ELSEWHERE) is ELSEWHERE
    assert source_of(Settings(voice_weights="none"), ELSEWHERE) is None
    bucket = source_of(Settings(voice_weights="bucket", audio_bucket="heard"), ELSEWHERE)
    assert isinstance(bucket, Bucket)
    assert bucket.address(FILE) == f"gs://heard/voices/{FILE.name}"
    copied = source_of(Settings(voice_weights="https://copy.example/voices/"), ELSEWHERE)
    assert copied
    assert copied.address(FILE) == f"https://copy.example/voices/{FILE.path}"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert folder_of(Settings()) == tmp_path / "aethercast" / "voices"
    assert folder_of(Settings(voice_weights_folder="/kept")) == Path("/kept")


def test_in_the_cloud_weights_come_from_the_audio_bucket_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = {f"voices/{FILE.name}": CONTENT}
    monkeypatch.setattr("common.blobs.read_object", lambda _settings, name: there[name])
    source = Bucket(Settings(audio_bucket="heard"))
    found = Weights(tmp_path, source, published=ELSEWHERE, otherwise="").path(FILE)
    assert found.read_bytes() == CONTENT
    assert 'VOICE_WEIGHTS         = "bucket"' in (ROOT / "terraform" / "services.tf").read_text()
