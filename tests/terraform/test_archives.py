"""What is uploaded for each agent: its own folder, common/, a root that names its entry points, and nothing else."""

from __future__ import annotations

import ast
import hashlib
import zipfile
from pathlib import Path

import pytest

from local.entry_points import ENTRY_POINTS, FOLDERS
from tests.terraform.extract_schema import ROOT
from tests.terraform.offline import Offline

pytestmark = pytest.mark.xdist_group("deployment")

AGENTS = sorted(path.parent.name for path in ROOT.glob("functions/*/main.py"))


def archives(deployment: Offline) -> dict[str, Path]:
    """Agent -> the file uploaded for it."""
    return {name.rpartition("-")[0]: deployment.configuration / source for name, source in uploaded(deployment)}


def uploaded(deployment: Offline) -> list[tuple[str, str]]:
    """The names of all agents' archives, as they are in the bucket, and their files here."""
    objects = deployment.cloud.of_type("google_storage_bucket_object")
    return [(one["name"].removeprefix("functions/"), one["source"]) for one in objects if "functions/" in one["name"]]


def test_there_is_one_for_each_agent(deployment: Offline) -> None:
    assert sorted(archives(deployment)) == AGENTS


def test_an_archive_holds_its_agent_and_the_common_room(deployment: Offline) -> None:
    for agent, archive in archives(deployment).items():
        folders = (f"functions/{agent}", "common")
        expected = {f"{folder}/{name}" for folder in folders for name in _files(deployment.tree / folder)}
        expected |= {"main.py", "requirements.txt", "functions/__init__.py"}
        with zipfile.ZipFile(archive) as opened:
            assert set(opened.namelist()) == expected
            assert {f"functions/{agent}/main.py", "common/settings.py"} <= expected


def test_the_root_of_an_archive_names_its_entry_points(deployment: Offline) -> None:
    """As tests/pipeline/test_agents_alone.py starts them."""
    for agent, archive in archives(deployment).items():
        with zipfile.ZipFile(archive) as opened:
            [imported] = [node for node in ast.parse(opened.read("main.py")).body if isinstance(node, ast.ImportFrom)]
        names = {entry for name, entry in ENTRY_POINTS.items() if FOLDERS.get(name, name) == agent}
        assert (imported.module, {alias.name for alias in imported.names}) == (f"functions.{agent}.main", names)


def test_the_root_of_an_archive_has_every_package_by_its_hash(deployment: Offline) -> None:
    """What the locks hold, tests/unit/test_locks.py says."""
    for agent, archive in archives(deployment).items():
        expected = (deployment.tree / "functions" / agent / "requirements.lock").read_text()
        with zipfile.ZipFile(archive) as opened:
            assert opened.read("requirements.txt").decode() == expected


def test_what_is_archived_is_text() -> None:
    """Terraform's file() takes nothing else. (The deployments of these tests hold but the names of the files.)"""
    for folder in ("common", "functions"):
        for file in (ROOT / folder).rglob("*.*"):
            if file.is_file() and "__pycache__" not in file.parts:
                file.read_text(encoding="utf-8")


def test_an_archive_is_named_after_its_content(deployment: Offline) -> None:
    sums = {hashlib.sha256(archive.read_bytes()).hexdigest() for archive in archives(deployment).values()}
    named = {name.removesuffix(".zip").rpartition("-")[2] for name, _ in uploaded(deployment)}
    assert named == sums


def _files(folder: Path) -> set[str]:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(folder)) for path in files}
