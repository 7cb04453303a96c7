"""A podcast's trace in Cloud Trace: which service and which call took how long (common/tracing.py)."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from local.google_apis import Google, NotAnswered

WRITTEN_S = 30.0
"""Spans are sent in batches, and some after the last request: how long the first of them are waited for."""
ASK_EVERY_S = 3.0
ROWS = 25
_OF_ONE = re.compile(r"[0-9a-f]{16,}|\b[0-9]+\b")
"""What tells one call from another of its kind: identifiers and numbers in a path."""


@dataclass(frozen=True)
class Work:
    """All spans of one name of a service. Seconds: when the first began, after the trace's beginning; how long all and
    the longest took."""

    service: str
    name: str
    began_s: float
    took_s: float
    longest_s: float
    times: int


def trace(google: Google, workflow_id: str) -> list[Work]:
    """Sum a podcast's spans up, in the order in which they began; none where it has no trace. Raises NotAnswered and
    LoggedOut. https://cloud.google.com/trace/docs/reference/v1/rest/v1/projects.traces/get"""
    deadline = time.monotonic() + WRITTEN_S
    while True:
        try:
            answer = google.get("cloudtrace", f"v1/projects/{google.project}/traces/{workflow_id}")
            return summed(answer.get("spans", []))
        except NotAnswered as refused:
            if refused.reason == "SERVICE_DISABLED":
                return []
            if refused.status != 404:
                raise
            if time.monotonic() > deadline:
                return []
        time.sleep(ASK_EVERY_S)


def summed(spans: Iterable[dict[str, Any]]) -> list[Work]:
    """Sum spans up by service and name, in the order in which the first of each began."""
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for span in spans:
        began, ended = (datetime.fromisoformat(span[moment]).timestamp() for moment in ("startTime", "endTime"))
        kind = (str(span.get("labels", {}).get("service.name", "")), _OF_ONE.sub("…", str(span.get("name", ""))))
        found.setdefault(kind, []).append((began, ended - began))
    first = min((began for times in found.values() for began, _ in times), default=0.0)
    works = [
        Work(
            *(service, name),
            began_s=round(min(began for began, _ in times) - first, 3),
            took_s=round(sum(took for _, took in times), 3),
            longest_s=round(max(took for _, took in times), 3),
            times=len(times),
        )
        for (service, name), times in found.items()
    ]
    return sorted(works, key=lambda work: work.began_s)


def told(works: list[Work]) -> Iterator[str]:
    """Yield a line a kind of work, of those that took longest."""
    longest = sorted(works, key=lambda work: -work.took_s)[:ROWS]
    yield "  begins     took  longest  times  of the trace"
    for work in (work for work in works if work in longest):
        place = f" ({work.service})" if work.service else ""
        yield f"{work.began_s:8.2f}{work.took_s:9.2f}{work.longest_s:9.2f}{work.times:7}  {work.name}{place}"
