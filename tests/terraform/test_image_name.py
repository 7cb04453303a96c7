"""The streamer's image is built anew when what it holds has changed, and only then: its name is made of that."""

from __future__ import annotations

import hashlib

import pytest

from tests.terraform.image import context
from tests.terraform.offline import Offline

pytestmark = pytest.mark.xdist_group("deployment")


def test_the_image_is_named_after_what_it_holds(deployment: Offline) -> None:
    """Terraform takes exactly the files sent to the engine into account: no more, no fewer."""
    [build] = deployment.builds()
    sums = "\n".join(f"{name} {_sha256((deployment.tree / name).read_bytes())}" for name in context(deployment.tree))
    assert build["images"][0].endswith(f"/streamer:{_sha256(sums.encode())[:16]}")
    assert f"--tag={build['images'][0]}" in build["steps"][1]["args"]


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
