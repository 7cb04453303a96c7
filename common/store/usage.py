"""Keep in the store how much was asked for and made with a key: a document per key and day (UTC).

Each number only grows, by the commit of what it counts: nothing is counted twice, whatever is repeated.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from google.cloud.firestore_v1 import FieldFilter, Increment

from common.records import Usage, Workflow
from common.settings import Settings
from common.states import WorkflowState
from common.store import paths
from common.store.access import collection, count, find, get
from common.store.writes import How, Write

KEPT: Final = timedelta(days=63)


def of_day(settings: Settings, key_hash: str, day: date) -> Usage:
    found = get(settings, Usage, paths.usage(key_hash, day.isoformat()))
    return found or Usage(key=key_hash, day=day.isoformat())


def since(settings: Settings, key_hash: str, first: date) -> dict[str, Usage]:
    """Read the days of a key with any use, from `first` on, by their dates (ISO 8601), the earliest first."""
    query = collection(settings, paths.USAGE).where(filter=FieldFilter("key", "==", key_hash))
    found = {usage.day: usage for usage in find(Usage, query)}
    return {day: found[day] for day in sorted(found) if day >= first.isoformat()}


def in_the_making(settings: Settings, key_hash: str) -> int:
    """Count the podcasts of a key that are in the making."""
    query = collection(settings, paths.WORKFLOWS).where(filter=FieldFilter("key", "==", key_hash))
    return count(query.where(filter=FieldFilter("state", "==", WorkflowState.GENERATING)))


def asked(key_hash: str, minutes: int) -> Write:
    """Describe the count of a podcast of so many minutes, today."""
    return _counted(key_hash, {"podcasts": Increment(1), "minutes": Increment(minutes)})


def made(workflow: Workflow, duration_ms: int, characters: dict[str, int]) -> tuple[Write, ...]:
    """Describe the count of a finished podcast, today: `characters` are those spoken, by the engine that spoke them."""
    if not workflow.key:
        return ()
    spoken = {engine: Increment(number) for engine, number in characters.items()}
    return (
        _counted(workflow.key, {"finished": Increment(1), "duration_ms": Increment(duration_ms), "characters": spoken}),
    )


def _counted(key_hash: str, numbers: dict[str, Any]) -> Write:
    now = datetime.now(UTC)
    day = now.date().isoformat()
    fields = {"key": key_hash, "day": day, "expires_at": now + KEPT, **numbers}
    return Write(How.MERGE, paths.usage(key_hash, day), fields)
