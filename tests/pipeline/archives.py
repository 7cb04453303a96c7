"""An agent as it is deployed: its folder, common/ and a root, with its own requirements and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable
from functools import cache
from importlib.metadata import Distribution, distribution
from pathlib import Path, PurePath

from packaging.requirements import Requirement

from local.entry_points import ENTRY_POINTS, FOLDERS

ROOT = Path(__file__).resolve().parents[2]


def unpack(agent: str, folder: Path) -> Path:
    """Lay an agent out in `folder` as its archive would be unpacked."""
    for part in (f"functions/{agent}", "common"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "functions" / "__init__.py", folder / "functions")
    requirements = sorted((ROOT / "functions" / agent).rglob("requirements.txt"))
    (folder / "requirements.txt").write_text("".join(path.read_text() for path in requirements))
    names = ", ".join(entry for name, entry in ENTRY_POINTS.items() if FOLDERS.get(name, name) == agent)
    (folder / "main.py").write_text(f"from functions.{agent}.main import {names}\n")
    return folder


def linked(requirements: Path, folder: Path) -> Path:
    """A virtual environment with those requirements and what they need in turn, and nothing else; its Python.

    Everything is a link to what this environment was installed with, which is what all requirements together came to
    and so fulfills each of them, too: to install it anew takes a minute of the processor for the seven agents.
    """
    python = _empty(folder)
    [packages] = folder.glob("[Ll]ib/**/site-packages")
    for package in _needed(requirements):
        root = Path(str(package.locate_file("")))
        # Scripts, which are outside, name the interpreter that they were installed for
        for part in {_whole(root, file) for file in package.files or () if ".." not in file.parts}:
            link = packages / part
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(root / part)
    return python


def _whole(root: Path, file: PurePath) -> Path:
    """Return the first folder on the way to a file that is of one package alone, or the file.

    Thousands of links, one a file, take seconds.
    """
    for depth in range(1, len(file.parts)):
        folder = Path(*file.parts[:depth])
        if folder.suffix == ".dist-info" or _is_regular_package(root / folder):
            return folder
    return Path(file)


@cache
def _is_regular_package(folder: Path) -> bool:
    """Tell whether a folder is of one distribution: several share only those without this file (PEP 420)."""
    return (folder / "__init__.py").exists()


def _needed(requirements: Path) -> Iterable[Distribution]:
    """The named requirements, and all their dependencies."""
    lines = (line.partition("#")[0].strip() for line in requirements.read_text(encoding="utf-8").splitlines())
    wanted = [Requirement(line) for line in lines if line]
    found: dict[tuple[str, str], Distribution] = {}
    for requirement in wanted:  # which grows meanwhile
        needed = distribution(requirement.name)
        assert needed.version in requirement.specifier, f"{needed.name} {needed.version} is not {requirement}"
        for extra in ("", *requirement.extras):
            if (needed.name, extra) not in found:
                found[needed.name, extra] = needed
                further = map(Requirement, needed.requires or ())
                wanted += (one for one in further if not one.marker or one.marker.evaluate({"extra": extra}))
    return {one.name: one for one in found.values()}.values()


def installed(requirements: Path, folder: Path) -> Path:
    """A fresh virtual environment into which those requirements alone were installed and compiled; its Python."""
    python = _empty(folder)
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "install", "--quiet", "--compile", "-r", requirements], check=True, capture_output=True, text=True
    )
    return python


def _empty(folder: Path) -> Path:
    """A virtual environment without anything, pip included; its Python."""
    venv.create(folder, with_pip=False, symlinks=True)
    return folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
