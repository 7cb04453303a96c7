"""Which worker runs which tests: tests sharing a fixture run on a single worker, so as to make the fixture once."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).resolve().parents[1]
GROUP = re.compile(r'xdist_group\("([^"]+)"\)')
LONGEST = ("chaos", "isolated")
"""Groups that take a minute and more for few tests: begun last, it would leave the other workers with nothing to do."""
QUICK = ("tests/unit/", "tests/outside/")
"""Folders of tests that take milliseconds, or wait."""
SHARED_STACK = re.compile(r"\b(api_client: ApiClient|stack: Stack)\b")
"""How tests ask for the stack of tests/conftest.py, which takes seconds of a processor to start."""
TOGETHER = 20
"""Tests, of the quick ones: a second or less."""


class ByGroup(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Scheduling of `--dist loadgroup`: groups in the order of `largest_first`.

    The plugin's own appends the groups to the tests' ids, which pytest 9.2 does not let it: there, every test is alone.
    """

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False  # by the number of tests alone
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return self._scopes[nodeid]

    @cached_property
    def _scopes(self) -> dict[str, str]:
        return scopes_of(self.collection)


def largest_first(nodeids: list[str]) -> list[str]:
    """Order tests as their groups begin: `LONGEST`, the largest, and quick tests in the gaps that they leave."""
    scopes = scopes_of(nodeids)
    tests_in = Counter(scopes.values())

    def rank(nodeid: str) -> tuple[bool, bool, int]:
        return scopes[nodeid] not in LONGEST, nodeid.startswith(QUICK), -tests_in[scopes[nodeid]]

    return sorted(nodeids, key=rank)


def scopes_of(nodeids: list[str]) -> dict[str, str]:
    """Name what each test runs together with: its module's `xdist_group`, the shared stack, or else its module.

    Of a module of quick tests, `TOGETHER` at a time: singly, what each costs the scheduler grows with their number.
    """
    found, before = {}, Counter[str]()
    for nodeid in nodeids:
        module = nodeid.partition("::")[0]
        found[nodeid] = group = group_of(module)
        if group == module and module.startswith(QUICK):
            found[nodeid] = f"{module}::{before[module] // TOGETHER}"
            before[module] += 1
    return found


@cache
def group_of(module: str) -> str:
    """Read the group of a module, by its path in the repository, without an import."""
    text = (ROOT / module).read_text(encoding="utf-8")
    if named := GROUP.search(text):
        return named[1]
    return "stack" if SHARED_STACK.search(text) else module
