"""An agent as it is deployed: its folder's content and common/, with its own requirements and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def unpack(agent: str, folder: Path) -> Path:
    """Lay an agent out in `folder` as its archive would be unpacked."""
    shutil.copytree(ROOT / "functions" / agent, folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "common", folder / "common", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def environment(requirements: Path, folder: Path, *, compiled: bool = False) -> Path:
    """A fresh virtual environment with those requirements alone; its Python.

    Installed by this one's pip and, unless it is wanted `compiled`, compiled as far as it is imported: that takes a
    third of the time.
    """
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "install", "--quiet", "--compile" if compiled else "--no-compile", "-r", requirements],
        check=True,
        capture_output=True,
        text=True,
    )
    return python
