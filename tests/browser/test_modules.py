"""The player's modules by themselves: their unit tests in Node, and their types."""

from __future__ import annotations

import pytest

from tests.browser import node

pytestmark = pytest.mark.xdist_group("node")


def test_unit_tests() -> None:
    node.modules()
    done = node.run("node", "--test", "--test-reporter=tap")
    print(done.stdout[-20_000:])
    assert done.returncode == 0, "see above"
    assert "# pass 0" not in done.stdout


def test_types() -> None:
    node.modules()
    done = node.run("npm", "run", "--silent", "types")
    assert done.returncode == 0, done.stdout
