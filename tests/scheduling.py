"""Which worker runs which tests: tests sharing a fixture run on a single worker, so as to make the fixture once."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).resolve().parents[1]
GROUP = re.compile(r'xdist_group\("([^"]+)"\)')
LONGEST = ("chaos", "isolated")
"""Groups of a single test that takes minutes: begun last, it would leave the other workers with nothing to do."""


class ByGroup(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Scheduling of `--dist loadgroup`: groups in the order of `largest_first`.

    The plugin's own appends the groups to the tests' ids, which pytest 9.2 does not let it: there, every test is alone.
    """

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False  # by the number of tests alone
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def largest_first(nodeids: list[str]) -> list[str]:
    """Order tests as their groups begin: `LONGEST`, the largest, and single tests in the gaps that they leave."""
    tests_in = Counter(map(scope_of, nodeids))
    return sorted(nodeids, key=lambda nodeid: (scope_of(nodeid) not in LONGEST, -tests_in[scope_of(nodeid)]))


def scope_of(nodeid: str) -> str:
    """Name what a test runs together with: its module's `xdist_group`, or else its module; a unit test, nothing."""
    module = nodeid.partition("::")[0]
    group = group_of(module)
    return nodeid if group == module and module.startswith("tests/unit/") else group


@cache
def group_of(module: str) -> str:
    """Read the group of a module, by its path in the repository, without an import."""
    named = GROUP.search((ROOT / module).read_text(encoding="utf-8"))
    return named[1] if named else module
