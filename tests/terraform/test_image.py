"""The streamer's image: made by its own Dockerfile without a container engine, and heard."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from local.listener import Heard, listen, start
from local.stack import READY_TIMEOUT_S, Stack
from tests.conftest import ApiClient, eventually
from tests.terraform.extract_schema import ROOT
from tests.terraform.image import DOCKERFILE, Image, context, stages

STREAM_PATH = "/api/v1/podcasts/stream"
MEMORY_BYTES = 512 * 1024 * 1024
"""var.streamer's default."""


@pytest.fixture(scope="module", params=["linked", pytest.param("installed", marks=pytest.mark.nightly)])
def image(request: pytest.FixtureRequest) -> Iterator[Image]:
    """By day its packages are links; by night they are installed as the Dockerfile says, all by hash."""
    with tempfile.TemporaryDirectory(prefix="aethercast-image-") as folder:
        made = Image(Path(folder).resolve(), linked=request.param == "linked")
        made.folder.chmod(0o755)
        made.build()
        yield made


@dataclass(frozen=True)
class Server:
    url: str
    pid: int


@pytest.fixture(scope="module")
def server(image: Image, stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The image's server, running beside a stack's own; the process must end well on SIGTERM."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    environment = stack.environment_of("streamer") | {"PORT": str(port), "PYTHONPATH": ""}
    del environment["PATH"]
    log = tmp_path_factory.mktemp("image") / "log"
    process = image.start(environment, log)

    def ready() -> bool:
        assert process.poll() is None, log.read_text()
        try:  # once the port is bound, the answer comes as soon as the worker has loaded everything
            return requests.get(f"http://127.0.0.1:{port}/readyz", timeout=READY_TIMEOUT_S).ok
        except requests.RequestException:
            return False

    try:
        eventually(ready, READY_TIMEOUT_S, log.read_text)
        yield Server(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        assert process.wait(60) == 0, log.read_text()


def test_people_who_read_dockerfiles_find_nothing() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    if not hadolint.exists():
        pytest.skip("hadolint comes as a package for Linux on x86-64 alone")
    found = subprocess.run([hadolint, "--no-color", DOCKERFILE], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


def test_it_is_run_by_nobody_in_particular() -> None:
    [user] = stages(DOCKERFILE.read_text(encoding="utf-8"))[-1].all("USER")
    assert re.fullmatch(r"[1-9]\d{4}:[1-9]\d{4}", user)


def test_every_package_is_pinned_by_hash() -> None:
    lock = (ROOT / "streamer" / "requirements.lock").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([\w.-]+)==([^ ]+) \\\n    --hash=sha256:", lock, re.MULTILINE))
    assert len(pinned) == len(re.findall(r"^[\w.-]+==", lock, re.MULTILINE))
    for line in (ROOT / "streamer" / "requirements.txt").read_text(encoding="utf-8").splitlines():
        name, version = re.findall(r"^([\w.-]+)(?:\[\w+\])?==(\S+)", line)[0]
        assert pinned[name.lower().replace("_", "-")] == version, "run: nox -s lock"


def test_only_what_is_copied_is_sent_to_the_engine() -> None:
    copied = tuple(
        source
        for stage in stages(DOCKERFILE.read_text(encoding="utf-8"))
        for arguments in stage.all("COPY")
        if not arguments.startswith("--from=")
        for source in arguments.split()[:-1]
    )
    sent = context()
    assert [name for name in sent if not name.startswith(copied)] == []
    assert [source for source in copied if not any(name.startswith(source) for name in sent)] == []
    assert not [name for name in sent if "node_modules" in name or name.startswith("web/tests")]


def test_a_podcast_is_heard_from_it(server: Server, api_client: ApiClient) -> None:
    """Under its own command and user, with its own packages, in the memory it is given."""
    assert "<title>" in requests.get(server.url, timeout=30).text
    accepted = api_client.generate(text="Tides rise and fall. The moon pulls the sea. " * 20, minutes=1)

    heard = Heard()
    for _ in listen(server.url.replace("http", "ws") + STREAM_PATH, heard, start(accepted["stream_id"])):
        pass

    assert heard.packets
    assert _memory_bytes(server.pid) < MEMORY_BYTES


def test_its_numbers_are_for_the_collector_beside_it(server: Server) -> None:
    """Cloud Run appends who called to this header of every request from outside."""
    assert "asf_listeners" in requests.get(f"{server.url}/metrics", timeout=30).text
    outside = requests.get(f"{server.url}/metrics", headers={"X-Forwarded-For": "203.0.113.9"}, timeout=30)
    assert outside.status_code == 404


def _memory_bytes(pid: int) -> int:
    """The peak memory of a process and its children, shared pages counted twice."""
    peaks = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except OSError:
            continue  # it has ended
        if re.search(rf"^(Pid|PPid):\s+{pid}$", text, re.MULTILINE):
            peaks += [int(kib) * 1024 for kib in re.findall(r"^VmHWM:\s+(\d+)", text, re.MULTILINE)]
    assert peaks
    return sum(peaks)
