"""Keep in the store how much was asked for, made and spent with a key: by key and day (UTC).

Each number only grows, by the commit of what it counts: nothing is counted twice, whatever is repeated. What is counted
turn by turn is spread over shards, for Firestore advises about one write a second to a document.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any, Final

from google.cloud.firestore_v1 import FieldFilter, Increment

from common.records import Usage, Workflow
from common.settings import Settings
from common.states import WorkflowState
from common.store import paths, writes
from common.store.access import collection, count, find, get, get_all
from common.store.writes import How, Write
from common.styles import STYLES

KEPT: Final = timedelta(days=63)
SHARDS: Final = 10


def of_day(settings: Settings, key_hash: str, day: date) -> Usage:
    """Read what was asked for with a key in a day; what was spent is in the shards."""
    found = get(settings, Usage, paths.usage(key_hash, day.isoformat()))
    return found or Usage(key=key_hash, day=day.isoformat())


def spent_on_day(settings: Settings, key_hash: str, day: date) -> Usage:
    """Read a day of a key with all that was spent."""
    documents = [paths.usage(key_hash, day.isoformat(), shard) for shard in (None, *range(SHARDS))]
    return _together(Usage(key=key_hash, day=day.isoformat()), *get_all(settings, Usage, documents))


def since(settings: Settings, key_hash: str, first: date) -> dict[str, Usage]:
    """Read the days of a key with any use, from `first` on, by their dates (ISO 8601), the earliest first."""
    query = collection(settings, paths.USAGE).where(filter=FieldFilter("key", "==", key_hash))
    found = sorted(find(Usage, query), key=lambda usage: usage.day)
    days = groupby(found, key=lambda usage: usage.day)
    return {day: _together(*documents) for day, documents in days if day >= first.isoformat()}


def in_the_making(settings: Settings, key_hash: str) -> int:
    """Count the podcasts of a key that are in the making."""
    query = collection(settings, paths.WORKFLOWS).where(filter=FieldFilter("key", "==", key_hash))
    return count(query.where(filter=FieldFilter("state", "==", WorkflowState.GENERATING)))


def asked(key_hash: str, minutes: int) -> Write:
    """Describe the count of a podcast of so many minutes, today."""
    return _counted(key_hash, {"podcasts": Increment(1), "minutes": Increment(minutes)})


def made(workflow: Workflow, duration_ms: int) -> tuple[Write, ...]:
    """Describe the count of a finished podcast, today; of a text read aloud, the minutes beyond those counted when it
    was asked for, too."""
    if not workflow.key:
        return ()
    numbers = {"finished": Increment(1), "duration_ms": Increment(duration_ms)}
    style = STYLES.get(workflow.request.style)
    if style and style.verbatim:
        beyond = math.ceil(duration_ms / 60_000) - workflow.request.minutes
        numbers["minutes"] = Increment(max(0, beyond))
    return (_counted(workflow.key, numbers),)


def voiced(workflow: Workflow, turn: int, engine: str, characters: int) -> tuple[Write, ...]:
    """Describe the count of a turn that an engine has voiced, today, whatever becomes of the podcast."""
    if not workflow.key:
        return ()
    return (_counted(workflow.key, {"characters": {engine: Increment(characters)}}, turn % SHARDS),)


def count_writing(
    settings: Settings, workflow: Workflow, engine: str, calls: int, input_tokens: int, output_tokens: int
) -> None:
    """Count what an attempt at a script has asked of a language model, today, whatever becomes of the podcast."""
    if workflow.key:
        numbers = {"calls": calls, "input_tokens": input_tokens, "output_tokens": output_tokens}
        spent = {name: {engine: Increment(number)} for name, number in numbers.items()}
        writes.commit(settings, _counted(workflow.key, spent, int(workflow.id[-8:], 16) % SHARDS))


def _together(first: Usage, *others: Usage) -> Usage:
    """Return the documents of a day as one."""
    whole = asdict(first)
    for each in others:
        for name in ("podcasts", "minutes", "finished", "duration_ms"):
            whole[name] += getattr(each, name)
        for name in ("characters", "calls", "input_tokens", "output_tokens"):
            whole[name] = Counter(whole[name]) + Counter(getattr(each, name))
    return Usage(**whole)


def _counted(key_hash: str, numbers: dict[str, Any], shard: int | None = None) -> Write:
    now = datetime.now(UTC)
    day = now.date().isoformat()
    fields = {"key": key_hash, "day": day, "expires_at": now + KEPT, **numbers}
    return Write(How.MERGE, paths.usage(key_hash, day, shard), fields)
