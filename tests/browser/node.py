"""Node and npm for the player's own tests, from the wheel in tests/requirements.txt: no system package is needed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from filelock import FileLock

WEB = Path(__file__).resolve().parents[2] / "web"
PATH = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))


def program(name: str) -> str:
    """Where node or npm is."""
    found = shutil.which(name, path=PATH)
    assert found, f"{name} is missing: pip install -r tests/requirements.txt"
    return found


def run(*command: str, within_s: float = 240) -> subprocess.CompletedProcess[str]:
    """Run a command of Node's in web/."""
    return subprocess.run(
        [program(command[0]), *command[1:]],
        cwd=WEB,
        env={**os.environ, "PATH": PATH, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=within_s,
        check=False,
    )


def modules() -> Path:
    """The development dependencies of web/package-lock.json, which one worker installs where they are not yet."""
    folder = WEB / "node_modules"
    installed, wanted = folder / ".package-lock.json", WEB / "package-lock.json"
    with FileLock(Path(tempfile.gettempdir()) / f"aethercast-npm-{os.getuid()}.lock"):
        if not installed.exists() or installed.stat().st_mtime < wanted.stat().st_mtime:
            done = run("npm", "ci", "--no-audit", "--no-fund")
            assert done.returncode == 0, done.stderr
    return folder
