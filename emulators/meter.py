"""Counts a cloud's billable operations, per resource, for the cost of a run."""

from __future__ import annotations

from collections import Counter
from threading import Lock

OPERATIONS = (
    "firestore_reads",
    "firestore_writes",
    "firestore_deletes",
    "tasks",
    "pubsub_messages",
    "storage_reads",
    "storage_writes",
)
"""Every operation that is counted. Names are those of the `billable` object that `nox -s podcast` prints."""


class Meter:
    """A thread-safe count of operations by the resource they touched (a document, task, message or object name)."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._lock = Lock()

    def count(self, operation: str, resource: str, times: int = 1) -> None:
        """Add `times` to `operation` for `resource`. Raises ValueError for an operation that is not in OPERATIONS."""
        if operation not in OPERATIONS:
            raise ValueError(f"unknown billable operation {operation!r}")
        with self._lock:
            self._counts[operation, resource] += times

    def totals(self, containing: str = "") -> dict[str, int]:
        """Operation -> count over all resources with `containing` (a workflow id, say) in their name."""
        totals = dict.fromkeys(OPERATIONS, 0)
        with self._lock:
            for (operation, resource), times in self._counts.items():
                if containing in resource:
                    totals[operation] += times
        return totals

    def by_resource(self, operation: str, containing: str = "") -> dict[str, int]:
        """Resource -> count of one operation, for resources with `containing` in their name."""
        with self._lock:
            return {
                resource: times
                for (counted, resource), times in self._counts.items()
                if counted == operation and containing in resource
            }

    def reset(self) -> None:
        with self._lock:
            self._counts.clear()
