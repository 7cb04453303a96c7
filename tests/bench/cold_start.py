"""How long a cold instance takes to its first answer: nox -s bench -- cold_start [--times N] [--json FILE].

Each agent is unpacked from its archive into an environment of its own and started as the platform starts it, the
streamer from its image's files by its image's command. The clock runs from the start of the process to the first
answer, over emulators on this machine; the platform's part before the process (fetching the image) is not included.
Processor time is told as well: on a busy machine it says more than the clock.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from local.entry_points import ENTRY_POINTS, FOLDERS  # noqa: E402 - after the path is laid
from local.stack import Options, Stack  # noqa: E402
from tests.pipeline.archives import installed, unpack  # noqa: E402
from tests.pipeline.test_agents_alone import ask  # noqa: E402
from tests.terraform.image import Image  # noqa: E402

GIVEN_UP_AFTER_S = 60


@dataclass(frozen=True)
class Start:
    """From the start of a process to its first answer, in seconds; and the processor's, down to its end."""

    seconds: float
    cpu_seconds: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5, help="how often each is started (default 5)")
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    options = parser.parse_args()
    figures: dict[str, list[Start]] = {}
    with tempfile.TemporaryDirectory(prefix="aethercast-cold-") as folder, Stack(Options(streamer=False)) as stack:
        for service in (name for name in ENTRY_POINTS if name not in FOLDERS):
            start, answers = _agent(service, stack, Path(folder) / service)
            figures[service] = [_timed(start, answers) for _ in range(options.times)]
            _report(service, figures[service])
        start, answers = _streamer(stack, Path(folder) / "streamer")
        figures["streamer"] = [_timed(start, answers) for _ in range(options.times)]
        _report("streamer", figures["streamer"])
    if options.json:
        options.json.write_text(
            json.dumps({name: list(map(asdict, starts)) for name, starts in figures.items()}, indent=2) + "\n",
            encoding="utf-8",
        )
    return 0


def _agent(service: str, stack: Stack, folder: Path) -> tuple[Callable[[int], subprocess.Popen[bytes]], Callable]:
    archive = unpack(service, folder / "archive")
    python = installed(archive / "requirements.txt", folder / "venv")
    given = {**stack.environment_of(service), "PYTHONPATH": ""}

    def start(port: int) -> subprocess.Popen[bytes]:
        command = [str(python.with_name("functions-framework")), "--target", ENTRY_POINTS[service], "--port", str(port)]
        with (folder / "log").open("wb") as log:
            return subprocess.Popen(command, cwd=archive, env=given, stdout=log, stderr=log)

    return start, lambda port: ask(service, port).status_code == 401


def _streamer(stack: Stack, folder: Path) -> tuple[Callable[[int], subprocess.Popen[bytes]], Callable]:
    folder.mkdir(mode=0o755)
    folder.parent.chmod(0o755)
    image = Image(folder.resolve())
    image.build()
    given = {**stack.environment_of("streamer"), "PYTHONPATH": ""}
    del given["PATH"]

    def start(port: int) -> subprocess.Popen[bytes]:
        return image.start({**given, "PORT": str(port)}, folder / "log")

    return start, lambda port: requests.get(f"http://127.0.0.1:{port}/readyz", timeout=30).ok


def _timed(start: Callable[[int], subprocess.Popen[bytes]], answers: Callable[[int], bool]) -> Start:
    """Start a process, wait for its first answer, and end it."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    began = time.perf_counter()
    process = start(port)
    try:
        while not _answered(answers, port):
            if time.perf_counter() - began > GIVEN_UP_AFTER_S:
                raise SystemExit(f"no answer from {process.args!r}")
            time.sleep(0.005)
        took = time.perf_counter() - began
    finally:
        process.terminate()
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0  # so that nobody waits for it again
    return Start(took, used.ru_utime + used.ru_stime)


def _answered(answers: Callable[[int], bool], port: int) -> bool:
    try:
        return answers(port)
    except requests.ConnectionError:
        return False


def _report(service: str, starts: list[Start]) -> None:
    seconds, used = [start.seconds for start in starts], statistics.median(start.cpu_seconds for start in starts)
    print(
        f"{service:18} {statistics.median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f}), "
        f"{used:.2f} s of processor time, load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
