"""Call Firestore: client, retries and timeouts in one place, and Firestore's errors as ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypedDict, TypeVar, cast

from google.api_core import exceptions as google_errors
from google.api_core.retry import Retry, if_exception_type

from common.clients import RETRY, TIMEOUT, Doubling, database
from common.errors import Conflict, NotFound, ServiceBroken
from common.settings import Settings
from common.shapes import Record
from common.store.paths import Path

if TYPE_CHECKING:
    from google.cloud import firestore

R = TypeVar("R", bound=Record)
S = TypeVar("S", bound=Record)
T = TypeVar("T")


class Patience(TypedDict):
    retry: Retry
    timeout: float


PATIENCE: Final[Patience] = {"retry": RETRY, "timeout": TIMEOUT}
"""Of every call with a single answer; `timeout` is seconds for each attempt."""
_ONCE: Final = Retry(predicate=if_exception_type())


class Taken(Conflict):
    """Refusal of a creation: the document exists. Perhaps our own commit landed, and its answer was lost."""

    def __init__(self) -> None:
        super().__init__("record_taken", "This has been created before.")


class Changed(Conflict):
    """Refusal of a fenced change: the document has changed since the read, perhaps by our own commit. Read again."""

    def __init__(self) -> None:
        super().__init__("state_changed", "This has changed meanwhile.")


class Missing(NotFound):
    """Refusal of a change: the document does not exist."""

    def __init__(self) -> None:
        super().__init__("record_missing", "This is not there any more.")


@contextmanager
def reading() -> Iterator[None]:
    """Raise ServiceBroken for any failure of Firestore over the block."""
    try:
        yield
    except google_errors.GoogleAPIError as error:
        raise ServiceBroken("store_unreachable", "The store cannot be reached just now; ask again.") from error


@contextmanager
def writing() -> Iterator[None]:
    """Raise Taken, Changed or Missing for a refused write of the block, else as `reading` does."""
    with reading():
        try:
            yield
        except google_errors.AlreadyExists as error:
            raise Taken from error
        except google_errors.FailedPrecondition as error:
            raise Changed from error
        except google_errors.NotFound as error:
            raise Missing from error


def whole(call: Callable[..., Iterator[T]], *arguments: Any) -> list[T]:
    """Read the answers to a call to their end, with the patience of a call with a single answer. Raises ServiceBroken.

    An answer that began may break off: its time runs out while this process is busy, say. The library begins a call
    again and goes on with no other; a query that broke off before its first document it cannot even repeat.
    """
    attempt = cast(Doubling, TIMEOUT)(lambda timeout: list(call(*arguments, retry=_ONCE, timeout=timeout)))
    with reading():
        read: list[T] = RETRY(attempt)()
    return read


def document(settings: Settings, path: Path) -> firestore.DocumentReference:
    return database(settings).document(*path)


def collection(settings: Settings, path: Path) -> firestore.CollectionReference:
    return database(settings).collection(*path)


def get(settings: Settings, shape: type[R], path: Path, *, only: Sequence[str] | None = None) -> R | None:
    """Read the record at a path; None where the document does not exist. `only` names the fields to read."""
    with reading():
        snapshot = document(settings, path).get(field_paths=only, **PATIENCE)
    return record(shape, snapshot) if snapshot.exists else None


def get_both(settings: Settings, one: tuple[type[R], Path], other: tuple[type[S], Path]) -> tuple[R | None, S | None]:
    """Read two records by one call; None for a document that does not exist."""
    references = [document(settings, path) for _, path in (one, other)]
    answers = whole(database(settings).get_all, references)
    found = {each.reference.path: each for each in answers}
    first, second = (found[reference.path] for reference in references)
    return (
        record(one[0], first) if first.exists else None,
        record(other[0], second) if second.exists else None,
    )


def get_all(settings: Settings, shape: type[R], paths: Sequence[Path]) -> list[R]:
    """Read records by one call; those that exist, in any order."""
    references = [document(settings, path) for path in paths]
    return [record(shape, each) for each in whole(database(settings).get_all, references) if each.exists]


def find(shape: type[R], query: Any) -> list[R]:
    """List the records of a query or collection, in the order of the query."""
    return [record(shape, snapshot) for snapshot in whole(query.stream)]


def count(query: Any) -> int:
    """Count the documents of a query or collection by an aggregation: one read per 1,000 documents."""
    return int(whole(query.count(alias="all").stream)[0][0].value)


def delete(settings: Settings, path: Path) -> None:
    """Delete a document, if present."""
    with reading():
        document(settings, path).delete(**PATIENCE)


def ready(settings: Settings) -> None:
    """Open the client and its connection."""
    with reading():
        document(settings, ("readiness", "none")).get(**PATIENCE)


def record(shape: type[R], snapshot: Any) -> R:
    """Read a record from a snapshot."""
    return shape.of(
        snapshot.to_dict() or {}, id=snapshot.id, version=snapshot.update_time, created=snapshot.create_time
    )
