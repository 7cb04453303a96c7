"""Resource names, and how long a task's name stays taken after the task."""

from __future__ import annotations

import re
import time

from emulators.grpc_service import invalid
from emulators.journal import Journal

LOCATION = r"projects/[A-Za-z0-9\-:.]+/locations/[a-z0-9\-]+"
QUEUE = rf"{LOCATION}/queues/[A-Za-z0-9\-]{{1,100}}"
TASK = rf"{QUEUE}/tasks/[A-Za-z0-9_\-]{{1,500}}"


def require_name(pattern: str, name: str) -> None:
    """Raise ApiError (INVALID_ARGUMENT) unless the whole name matches."""
    if not re.fullmatch(pattern, name):
        raise invalid(f"Invalid resource name: {name[:200]!r}")


def parent(name: str) -> str:
    """projects/p/locations/l/queues/q/tasks/t -> projects/p/locations/l/queues/q"""
    return "/".join(name.split("/")[:-2])


class Graveyard:
    """The names of done tasks, each taken for `rest_s` more: what makes a repeated create harmless."""

    def __init__(self, journal: Journal, rest_s: float) -> None:
        self._journal, self._rest_s = journal, rest_s
        self._until: dict[str, float] = {}

    def load(self, entries: dict[str, bytes]) -> None:
        ends = sorted((float(value), name) for name, value in entries.items())
        self._until = {name: until for until, name in ends}

    def clear(self) -> None:
        self._until.clear()

    def holds(self, name: str) -> bool:
        return self._until.get(name, 0) > time.time()

    def release(self, name: str) -> None:
        """Let go of an expired name in use again."""
        self._until.pop(name, None)

    def bury(self, name: str) -> None:
        """Replace a task by the memory of its name, and forget the names whose time is over."""
        now = time.time()
        self._until[name] = now + self._rest_s
        over = []
        for oldest, until in self._until.items():  # in the order in which they end
            if until > now:
                break
            over.append(oldest)
        for oldest in over:
            del self._until[oldest]
        puts = [(f"buried/{name}", repr(self._until[name]).encode())] if name in self._until else []
        self._journal.write_if_possible(puts, [f"task/{name}", *(f"buried/{oldest}" for oldest in over)])

    def keys_of(self, queue: str) -> list[str]:
        """Return the journal's keys of a queue's names."""
        return [f"buried/{name}" for name in self._until if parent(name) == queue]

    def forget(self, queue: str) -> None:
        """Forget the names of a queue."""
        self._until = {name: until for name, until in self._until.items() if parent(name) != queue}
