"""Ctrl-C, at whatever moment it comes, ends a command without a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

COMMANDS = ("canary", "doctor", "keys", "launch", "podcast", "voices")


@pytest.mark.parametrize("command", COMMANDS)
def test_while_a_command_is_loaded(command: str, tmp_path: Path) -> None:
    """That takes a second or two: longer, on a busy machine, than it takes to notice a slip of the pen."""
    (tmp_path / "argparse.py").write_text("import signal\nsignal.raise_signal(signal.SIGINT)\n")  # for the library's
    path = os.pathsep.join((str(tmp_path), str(ROOT)))
    done = subprocess.run(
        [sys.executable, "-m", f"local.{command}"],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert done.returncode == -signal.SIGINT  # which shells tell as 130
    assert (done.stdout, done.stderr) == ("", "\nStopped.\n")
