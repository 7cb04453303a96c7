"""Transactions, with optimistic concurrency: what was read must not have changed by the time of the commit.

A transaction reads the documents as of its first read. Its commit is refused (ABORTED) when a document read by the
transaction, or in the result of its query, has changed since; the client then tries again.

https://cloud.google.com/firestore/docs/transaction-data-contention
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

import grpc

from emulators.firestore.protos import Message, to_micros
from emulators.firestore.query import Query
from emulators.firestore.store import Store, TooOld, View
from emulators.grpc_service import ApiError, invalid


@dataclass
class Transaction:
    """What one transaction has read so far."""

    read_only: bool
    version: int | None = None
    documents: set[str] = field(default_factory=set)
    queries: list[Query] = field(default_factory=list)


class Transactions:
    """The open transactions of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._open: dict[bytes, Transaction] = {}
        self._issued_here = secrets.token_bytes(8)
        self._count = 0

    def begin(self, options: Message) -> bytes:
        """Begin a transaction with these TransactionOptions; its id."""
        transaction = Transaction(read_only=options.HasField("read_only"))
        if options.read_only.HasField("read_time"):
            transaction.version = to_micros(options.read_only.read_time)
        self._count += 1
        transaction_id = self._issued_here + self._count.to_bytes(8, "big")
        self._open[transaction_id] = transaction
        return transaction_id

    def get(self, transaction_id: bytes) -> Transaction:
        """Return an open transaction. Raises ApiError if there is none."""
        if transaction_id not in self._open:
            raise invalid("The referenced transaction has expired or is no longer valid.")
        return self._open[transaction_id]

    def view(self, transaction: Transaction) -> tuple[View, int]:
        """Return the documents as the transaction sees them, and their version. Raises ApiError for a time too long
        ago."""
        if transaction.version is None:
            transaction.version = self._store.now()
        return view_at(self._store, transaction.version), transaction.version

    def finish(self, transaction_id: bytes, has_writes: bool) -> None:
        """End a transaction that commits. Raises ApiError (ABORTED) if a read document has changed."""
        transaction = self.get(transaction_id)
        if transaction.read_only:
            if has_writes:
                raise invalid("Cannot modify entities in a read-only transaction.")
        elif self._is_overtaken(transaction):
            del self._open[transaction_id]
            raise ApiError(grpc.StatusCode.ABORTED, "Too much contention on these documents. Please try again.")
        del self._open[transaction_id]

    def rollback(self, transaction_id: bytes) -> None:
        """End a transaction; one that has ended already stays so. Raises ApiError for an unknown id."""
        if not transaction_id.startswith(self._issued_here):
            raise invalid("The referenced transaction has expired or is no longer valid.")
        self._open.pop(transaction_id, None)

    def clear(self) -> None:
        self._open.clear()

    def _is_overtaken(self, transaction: Transaction) -> bool:
        if transaction.version is None:
            return False
        try:
            return any(
                change.name in transaction.documents
                or any(query.matches(change.before) or query.matches(change.after) for query in transaction.queries)
                for change in self._store.changes_since(transaction.version)
            )
        except TooOld:
            return True


def view_at(store: Store, version: int) -> View:
    """Return the documents as of a version. Raises ApiError if they are not known."""
    try:
        return store.view(version)
    except TooOld:
        if version > store.now():
            raise invalid("The read time is in the future.") from None
        raise ApiError(grpc.StatusCode.FAILED_PRECONDITION, "The requested snapshot version is too old.") from None
