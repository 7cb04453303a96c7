"""The emulator's life and served methods.

API: https://cloud.google.com/firestore/docs/reference/rpc/google.firestore.v1
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from typing import Any

import grpc

from emulators.delays import Delays
from emulators.firestore.commits import Commits
from emulators.firestore.expiry import Expiry
from emulators.firestore.handlers import bidirectional, streaming, unary
from emulators.firestore.indexes import Indexes
from emulators.firestore.listen import ListenStream
from emulators.firestore.protos import Message, message_class
from emulators.firestore.reads import Reads
from emulators.firestore.store import Store
from emulators.firestore.transactions import Transactions
from emulators.grpc_service import GrpcEmulator
from emulators.journal import Journal
from emulators.meter import Meter


class FirestoreEmulator(GrpcEmulator):
    """Firestore over the documents that `journal` keeps. `clock` tells seconds since 1970.

    `ttl_fields` maps a collection id to the field whose time ends its documents, as a TTL policy does; expired ones
    are deleted every `sweep_s` seconds. A query that needs another index than `indexes`
    is refused, as in production. Without `indexes` every query is answered, as Google's emulator does.
    """

    def __init__(
        self,
        meter: Meter,
        journal: Journal,
        clock: Callable[[], float] = time.time,
        *,
        heartbeat_s: float = 30.0,
        ttl_fields: Mapping[str, str] | None = None,
        sweep_s: float = 60.0,
        indexes: Indexes | None = None,
        delays: Delays | None = None,
    ) -> None:
        super().__init__(delays)
        self._meter = meter
        self._store = Store(journal, clock)
        self._transactions = Transactions(self._store)
        self._heartbeat_s = heartbeat_s
        self._indexes = indexes
        self._expiry, self._sweep_s = Expiry(self._store, ttl_fields or {}, clock), sweep_s
        self._sweeper: asyncio.Task[None]

    def _methods(self) -> Mapping[str, grpc.RpcMethodHandler[Any, Any]]:
        reads = Reads(self._store, self._transactions, self._meter, self._indexes)
        commits = Commits(self._store, self._transactions, self._meter)
        one_answer: dict[str, Callable[[Any], Any]] = {
            "GetDocument": reads.get_document,
            "ListDocuments": reads.list_documents,
            "ListCollectionIds": reads.list_collection_ids,
            "CreateDocument": commits.create_document,
            "UpdateDocument": commits.update_document,
            "DeleteDocument": commits.delete_document,
            "BeginTransaction": commits.begin_transaction,
            "Commit": commits.commit,
            "Rollback": commits.rollback,
            "BatchWrite": commits.batch_write,
        }
        several = {
            "BatchGetDocuments": reads.batch_get_documents,
            "RunQuery": reads.run_query,
            "RunAggregationQuery": reads.run_aggregation_query,
        }
        handlers = {name: unary(handler, message_class(f"{name}Request")) for name, handler in one_answer.items()}
        handlers |= {name: streaming(handler, message_class(f"{name}Request")) for name, handler in several.items()}
        handlers["Listen"] = bidirectional(self._listen, message_class("ListenRequest"))
        return {f"/google.firestore.v1.Firestore/{name}": handler for name, handler in handlers.items()}

    def _open(self) -> None:
        self._store.load()
        self._sweeper = asyncio.create_task(self._expiry.sweep(self._sweep_s))

    async def _close(self) -> None:
        self._transactions.clear()
        self._sweeper.cancel()

    def _clear(self) -> None:
        self._transactions.clear()
        self._store.clear()

    def _listen(self, requests: AsyncIterator[Message]) -> AsyncGenerator[Message, None]:
        return ListenStream(self._store, self._meter, self._heartbeat_s).responses(requests)
