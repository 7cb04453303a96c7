"""Findings of the doctor, and the plan looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from local.google_apis import Google

GOOD, LOOK, WRONG, UNKNOWN = "good", "look", "wrong", "unknown"


@dataclass(frozen=True)
class Finding:
    """One check: its state (GOOD, LOOK, WRONG or UNKNOWN), its result, and how to mend a fault."""

    level: str
    about: str
    found: str
    mend: str = ""


class Unread(Exception):
    """A variable has no known value."""


@dataclass(frozen=True)
class Plan:
    """What is to be deployed where: `told` are the variables that are known, by name."""

    told: dict[str, Any]

    def variable(self, name: str) -> Any:
        """Return a variable's value. Raises Unread."""
        if name not in self.told:
            raise Unread(name)
        return self.told[name]

    @property
    def project(self) -> str:
        return str(self.variable("project"))

    @property
    def region(self) -> str:
        return str(self.variable("region"))


Check = Callable[[Google, Plan], Iterator[Finding]]
