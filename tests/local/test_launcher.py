"""`nox -s local` as met by a person: messages of a failed start, and no process left behind.

Without a chance to clean up it leaves nothing either: https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import psutil
import pytest
import requests

from local import launch as launcher
from local import podcast
from local.sockets import free_port, listen
from tests.conftest import PATIENCE_S, ROOT, eventually

Launch = Callable[..., "Launched"]


class Launched:
    """The launcher as a process of its own, in a process group of its own, as a terminal starts it."""

    def __init__(self, state_file: Path, port: int, *arguments: str) -> None:
        command = [sys.executable, "-m", "local.launch", "--port", str(port), *arguments]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "AETHERCAST_STATE_FILE": str(state_file)},
            stdout=pipe,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            # A shell that runs this in the background has it ignore Ctrl-C, and that would be inherited
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no thread is alive
        )
        self.url = f"http://127.0.0.1:{port}"
        self.family: dict[int, psutil.Process] = {}
        self.said = ""

    def read_until(self, text: str) -> None:
        """Wait for a line that holds `text`. Raises AssertionError when the output ends before."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.said += line
            if text in line:
                self.family = {child.pid: child for child in self._children()}
                return
        raise AssertionError(f"never said {text!r}:\n{self.said}")

    def end(self, within_s: float = PATIENCE_S) -> int:
        """Wait for its end; the exit status."""
        said, _ = self.process.communicate(timeout=within_s)
        self.said += said
        return self.process.returncode

    def survivors(self) -> list[str]:
        """The launcher's descendants, and the survivors among these."""
        return [what for child in self.family.values() if (what := _command(child))]

    def child(self, what: str) -> psutil.Process:
        """The first of its processes with these words in its command line."""
        return next(child for child in self.family.values() if what in _command(child))

    def _children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


@pytest.fixture
def state_file(tmp_path: Path) -> Path:
    """Where these launchers announce themselves; a launcher started by a person stays untouched."""
    return tmp_path / "stack.json"


@pytest.fixture
def launch(state_file: Path) -> Iterator[Launch]:
    started: list[Launched] = []

    def launch(port: int | None = None, *arguments: str) -> Launched:
        started.append(Launched(state_file, port or _two_free_ports(), *arguments))
        return started[-1]

    yield launch
    for one in started:
        for left in one.family.values():
            with contextlib.suppress(psutil.NoSuchProcess):
                left.kill()
        one.process.kill()
        one.process.wait()


def nothing_stays(launched: Launched) -> None:
    """No process is left once the end has reached every process: the kernel ends children unknown to the launcher, and
    a helper ends when its pipe is closed."""
    eventually(lambda: not launched.survivors(), PATIENCE_S, lambda: f"left behind: {launched.survivors()}")


def _command(process: psutil.Process) -> str:
    """The command line of a process, empty once it is gone or waits for its parent to notice that."""
    with contextlib.suppress(psutil.NoSuchProcess):  # a zombie is one, too
        return " ".join(process.cmdline())
    return ""


def _two_free_ports() -> int:
    """A free port with a free successor."""
    port = free_port()
    while (following := free_port()) != port + 1:
        port = following
    return port


@pytest.mark.parametrize("held", ["player", "api"])
def test_a_port_in_use_is_named(launch: Launch, held: str) -> None:
    port = _two_free_ports()
    taken = port if held == "player" else port + 1
    with listen(taken):
        refused = launch(port)
        assert refused.end() == 1
    assert f"port {taken} is in use" in refused.said
    assert "--port" in refused.said
    assert "Traceback" not in refused.said


def ends_and_leaves_nothing(launched: Launched, state_file: Path, by: signal.Signals) -> None:
    assert len(launched.family) >= 3
    assert state_file.exists()
    launched.process.send_signal(by)
    assert launched.end() == 0
    assert launched.said.strip().endswith("Stopped.")
    nothing_stays(launched)
    assert not state_file.exists()


@pytest.mark.parametrize("by", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.nightly)])
def test_it_starts_again_where_it_was_killed_and_ends_when_told_to(
    by: signal.Signals, launch: Launch, state_file: Path, tmp_path: Path
) -> None:
    first = launch(None, "--data-dir", str(tmp_path / "data"))
    first.read_until("Ctrl-C stops everything")
    port = int(first.url.rpartition(":")[2])
    first.process.kill()
    first.end()
    nothing_stays(first)
    second = launch(port, "--data-dir", str(tmp_path / "data"))
    second.read_until("Ctrl-C stops everything")
    assert json.loads(state_file.read_text())["player_url"] == second.url
    third = launch()
    assert third.end() == 1
    assert f"runs already, at {second.url}" in third.said
    assert requests.get(f"{second.url}/readyz", timeout=10).ok, "the one that runs is left alone"
    ends_and_leaves_nothing(second, state_file, by)


def test_ctrl_c_while_it_starts_stops_it(launch: Launch) -> None:
    launched = launch()
    launched.read_until("Starting")
    eventually(lambda: bool(launched._children()), PATIENCE_S)
    launched.family = {child.pid: child for child in launched._children()}
    launched.process.send_signal(signal.SIGINT)
    assert launched.end() == 0
    nothing_stays(launched)
    assert "Traceback" not in launched.said


@pytest.mark.parametrize("name", [pytest.param("cloud", marks=pytest.mark.nightly), "streamer"])
def test_a_dead_child_ends_it_with_a_word(launch: Launch, name: str) -> None:
    launched = launch()
    launched.read_until("Ctrl-C stops everything")
    launched.child({"cloud": "local.cloud", "streamer": "local.front:streamer_app"}[name]).kill()
    assert launched.end() == 1
    assert re.search(rf"^Aethercast: {name} ended with status -9", launched.said, re.MULTILINE)
    nothing_stays(launched)


def test_a_folder_that_is_none_is_named(launch: Launch) -> None:
    refused = launch(None, "--data-dir", __file__)
    assert refused.end() == 1
    assert refused.said == f"Starting …\nAethercast: nothing can be kept in {__file__}: Not a directory\n"


@pytest.mark.parametrize(
    ("command", "arguments", "told"),
    [
        (launcher, ["--port", "eighty"], "eighty is not a port from 0 to 65534"),
        (podcast, ["--minutes", "0"], "0 is not a number from 1 to 180"),
        (podcast, ["--text-file", "/nowhere"], "/nowhere cannot be read: No such file or directory"),
        (podcast, ["--text-file", "/dev/null"], "there is nothing in /dev/null"),
        (podcast, ["--out", "/"], "/ cannot be written to"),
        (podcast, ["--language", "tlh"], "invalid choice: 'tlh'"),
    ],
)
def test_what_makes_no_sense_is_told_before_anything_starts(
    command: ModuleType,
    arguments: list[str],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["", *arguments])
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert told in said.err
    assert "Starting" not in said.out + said.err


def test_help_names_every_option(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["", "--help"])
    with pytest.raises(SystemExit) as ended:
        launcher.main()
    assert ended.value.code == 0
    told = capsys.readouterr().out
    for option in ("--port", "--data-dir", "--isolate", "--allow-private"):
        assert option in told
    assert "nox -s local" in told
