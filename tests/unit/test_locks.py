"""The locks: the cloud installs exactly the requirements, all by hash."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = [*sorted(path.parent for path in ROOT.glob("functions/*/main.py")), ROOT / "streamer"]


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_lock_holds_what_is_required_and_every_package_by_hash(room: Path) -> None:
    required = "\n".join(path.read_text(encoding="utf-8") for path in room.rglob("requirements.txt"))
    wanted = {_normal(name): version for name, version in re.findall(r"^([\w.-]+)(?:\[\w+\])?==(\S+)", required, re.M)}
    lock = (room / "requirements.lock").read_text(encoding="utf-8")
    packages = re.findall(
        r"^([\w.-]+)(?:\[\w+\])?==(\S+) \\((?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?)+)$", lock, re.M
    )
    locked = {_normal(name): version for name, version, _ in packages}
    assert wanted.items() <= locked.items(), "run: nox -s lock"
    assert len(packages) == len(re.findall(r"^\w", lock, re.M)), "and nothing without a hash"


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
