"""Calls of Firestore: the client, retries and timeouts stated once, and its errors as ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypedDict, TypeVar

from google.api_core import exceptions as google_errors
from google.api_core.retry import Retry

from common.clients import RETRY, TIMEOUT, database
from common.errors import Conflict, NotFound, ServiceBroken
from common.settings import Settings
from common.shapes import Record
from common.store.paths import Path

if TYPE_CHECKING:
    from google.cloud import firestore

R = TypeVar("R", bound=Record)
S = TypeVar("S", bound=Record)


class Patience(TypedDict):
    retry: Retry
    timeout: float


PATIENCE: Final[Patience] = {"retry": RETRY, "timeout": TIMEOUT}
"""Of every call; `timeout` is seconds for each attempt."""


class Taken(Conflict):
    """There is a document of that name already, perhaps our own: a commit whose answer was lost is sent again."""

    def __init__(self) -> None:
        super().__init__("record_taken", "This has been created before.")


class Changed(Conflict):
    """The document is not as it was read, perhaps because our own change has landed: read it again, and decide anew."""

    def __init__(self) -> None:
        super().__init__("state_changed", "This has changed meanwhile.")


class Missing(NotFound):
    """There is no document to change."""

    def __init__(self) -> None:
        super().__init__("record_missing", "This is not there any more.")


@contextmanager
def reading() -> Iterator[None]:
    """Raise ServiceBroken for whatever Firestore fails with over the block."""
    try:
        yield
    except google_errors.GoogleAPIError as error:
        raise ServiceBroken("store_unreachable", "The store cannot be reached just now; ask again.") from error


@contextmanager
def writing() -> Iterator[None]:
    """Raise Taken, Changed or Missing where a precondition refused a write of the block, else as `reading` does."""
    with reading():
        try:
            yield
        except google_errors.AlreadyExists as error:
            raise Taken from error
        except google_errors.FailedPrecondition as error:
            raise Changed from error
        except google_errors.NotFound as error:
            raise Missing from error


def document(settings: Settings, path: Path) -> firestore.DocumentReference:
    return database(settings).document(*path)


def collection(settings: Settings, path: Path) -> firestore.CollectionReference:
    return database(settings).collection(*path)


def get(settings: Settings, shape: type[R], path: Path, *, only: Sequence[str] | None = None) -> R | None:
    """The record of one document, or None where there is none. With `only` those of its fields alone are read."""
    with reading():
        snapshot = document(settings, path).get(field_paths=only, **PATIENCE)
    return record(shape, snapshot) if snapshot.exists else None


def get_both(settings: Settings, one: tuple[type[R], Path], other: tuple[type[S], Path]) -> tuple[R | None, S | None]:
    """Two records, by one call."""
    references = [document(settings, path) for _, path in (one, other)]
    with reading():
        found = {each.reference.path: each for each in database(settings).get_all(references, **PATIENCE)}
    first, second = (found[reference.path] for reference in references)
    return (
        record(one[0], first) if first.exists else None,
        record(other[0], second) if second.exists else None,
    )


def find(shape: type[R], query: Any) -> list[R]:
    """The records that a query or collection has, in its order."""
    with reading():
        return [record(shape, snapshot) for snapshot in query.stream(**PATIENCE)]


def count(query: Any) -> int:
    """How many documents a query or collection has, by an aggregation: one read for each 1,000 of them."""
    with reading():
        return int(query.count(alias="all").get(**PATIENCE)[0][0].value)


def delete(settings: Settings, path: Path) -> None:
    """Delete a document, if it is there."""
    with reading():
        document(settings, path).delete(**PATIENCE)


def ready(settings: Settings) -> None:
    """Have the client and its connection made."""
    with reading():
        document(settings, ("readiness", "none")).get(**PATIENCE)


def record(shape: type[R], snapshot: Any) -> R:
    """A document as it was read."""
    return shape.of(
        snapshot.to_dict() or {}, id=snapshot.id, version=snapshot.update_time, created=snapshot.create_time
    )
