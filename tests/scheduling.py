"""Which worker runs which tests: those that share something run on one, so that it is made once."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).resolve().parents[1]
GROUP = re.compile(r'xdist_group\("([^"]+)"\)')


class ByGroup(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Scheduling of `--dist loadgroup`: the largest groups first, single tests in the gaps that they leave.

    The plugin's own appends the groups to the tests' ids, which pytest 9.2 does not let it: there, every test is alone.
    """

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def scope_of(nodeid: str) -> str:
    """Name what a test runs together with: its module's `xdist_group`, or else its module; a unit test runs alone."""
    module = nodeid.partition("::")[0]
    return nodeid if module.startswith("tests/unit/") else group_of(module)


@cache
def group_of(module: str) -> str:
    """Read the group of a module, by its path in the repository, without importing what it tests."""
    named = GROUP.search((ROOT / module).read_text(encoding="utf-8"))
    return named[1] if named else module
