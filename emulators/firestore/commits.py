"""Writing: commits, transactions, writes of single documents, and the bill for each write.

https://cloud.google.com/firestore/pricing#operations
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterable
from typing import Any

from google.protobuf.empty_pb2 import Empty
from grpc import StatusCode

from emulators.firestore import fields as fieldpaths
from emulators.firestore.names import check_database, check_document, check_id, check_parent, relative
from emulators.firestore.protos import Document, Message, Write, message_class, to_timestamp
from emulators.firestore.reads import mask_of
from emulators.firestore.store import Store
from emulators.firestore.transactions import Transactions
from emulators.firestore.writes import Staging
from emulators.grpc_service import ApiError, invalid
from emulators.journal import NotKept
from emulators.meter import Meter

_ID_ALPHABET = string.ascii_letters + string.digits

_MAX_REQUEST_BYTES = 10 * 1024 * 1024
"""Of a request, and of a transaction, however many writes it has: https://cloud.google.com/firestore/quotas."""


class Commits:
    """The writing methods of the service, over a store and its transactions."""

    def __init__(self, store: Store, transactions: Transactions, meter: Meter) -> None:
        self._store, self._transactions, self._meter = store, transactions, meter

    def commit(self, request: Message) -> Any:
        check_database(request.database)
        if request.ByteSize() > _MAX_REQUEST_BYTES:
            raise invalid(f"Request payload size exceeds the limit: {_MAX_REQUEST_BYTES} bytes.")
        if request.transaction:
            self._transactions.finish(request.transaction, bool(request.writes))
        version, results = self._write(request.database, request.writes)
        return message_class("CommitResponse")(write_results=results, commit_time=to_timestamp(version))

    def batch_write(self, request: Message) -> Any:
        check_database(request.database)
        names = [write.update.name or write.delete or write.transform.document for write in request.writes]
        if len(set(names)) < len(names):
            raise invalid("the same document cannot be written more than once in a single request")
        response = message_class("BatchWriteResponse")()
        for write in request.writes:
            result, status = response.write_results.add(), response.status.add()
            try:
                result.CopyFrom(self._write(request.database, [write])[1][0])
            except ApiError as error:
                status.code, status.message = error.code.value[0], str(error)
            except NotKept as error:
                status.code, status.message = StatusCode.UNAVAILABLE.value[0], str(error)
        return response

    def create_document(self, request: Message) -> Document:
        document_id = request.document_id or "".join(secrets.choice(_ID_ALPHABET) for _ in range(20))
        collection = f"{check_parent(request.parent)}/{check_id(request.collection_id)}"
        request.document.name = f"{collection}/{check_id(document_id)}"
        write = Write(update=request.document)
        write.current_document.exists = False
        return self._write_document(write, request)

    def update_document(self, request: Message) -> Document:
        write = Write(update=request.document)
        if request.HasField("update_mask"):
            write.update_mask.CopyFrom(request.update_mask)
        if request.HasField("current_document"):
            write.current_document.CopyFrom(request.current_document)
        return self._write_document(write, request)

    def _write_document(self, write: Write, request: Message) -> Document:
        name = check_document(write.update.name)
        self._write(_database_of(name), [write])
        return fieldpaths.project(self._store.view().get(name) or Document(), mask_of(request))

    def delete_document(self, request: Message) -> Empty:
        write = Write(delete=check_document(request.name))
        if request.HasField("current_document"):
            write.current_document.CopyFrom(request.current_document)
        self._write(_database_of(request.name), [write])
        return Empty()

    def _write(self, database: str, writes: Iterable[Write]) -> tuple[int, list[Any]]:
        """Apply writes as one; the version and a result for each. Raises ApiError, and then nothing is changed."""
        version = self._store.next_version()
        staged, results = Staging(self._store.view().get, database, version).apply(writes)
        self._store.commit(version, staged)
        for write in writes:
            if write.delete:
                self._meter.count("firestore_deletes", relative(write.delete))
            else:
                self._meter.count("firestore_writes", relative(write.update.name or write.transform.document))
        return version, results

    def begin_transaction(self, request: Message) -> Any:
        check_database(request.database)
        return message_class("BeginTransactionResponse")(transaction=self._transactions.begin(request.options))

    def rollback(self, request: Message) -> Empty:
        self._transactions.rollback(request.transaction)
        return Empty()


def _database_of(name: str) -> str:
    return name.partition("/documents/")[0]
