"""The deployment as the tests meet it: applied once to a stand-in cloud, and copies that a test may spoil."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terraform.offline import AGAIN, EVERYTHING, Offline, offline

collect_ignore = (
    [] if "CHECKOV" in os.environ else ["test_policies.py"]
)  # runs where `nox -s terraform` has made it one


@pytest.fixture(scope="session")
def undeployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offline]:
    """A copy with an empty cloud, for tests of the configuration. To be left as it is."""
    with offline(tmp_path_factory.mktemp("undeployed")) as fresh:
        yield fresh


@pytest.fixture
def terraform(tmp_path: Path) -> Iterator[Offline]:
    """A fresh copy with an empty cloud."""
    with offline(tmp_path) as fresh:
        yield fresh


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offline]:
    """Everything that can be deployed, applied. Not to be changed."""
    with offline(tmp_path_factory.mktemp("deployment")) as applied:
        for folder in (
            "common",
            "functions/api_gateway",
            "web",
        ):  # as a Mac's Finder leaves them: neither text nor ours
            (applied.tree / folder / ".DS_Store").write_bytes(b"\x00\x00\x00\x01Bud1\xff")
        applied("apply", "-auto-approve", *EVERYTHING)
        yield applied


@pytest.fixture(scope="session")
def again(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offline]:
    """Everything as applied after a destroy, while names are still taken, for a company whose policies name nobody
    outside. Not to be changed, but by its own destroy, which comes last."""
    with offline(tmp_path_factory.mktemp("again")) as applied:
        applied("apply", "-auto-approve", *AGAIN)
        yield applied
