"""Reading: documents by name, by query and by collection, at a moment, and the bill for each read.

https://cloud.google.com/firestore/pricing#operations
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Any

from emulators.firestore import fields as fieldpaths
from emulators.firestore.aggregation import aggregate
from emulators.firestore.indexes import Indexes, require_index
from emulators.firestore.names import check_document, check_parent, relative
from emulators.firestore.protos import Document, Message, StructuredQuery, message_class, to_micros, to_timestamp
from emulators.firestore.query import Query
from emulators.firestore.store import Store, View
from emulators.firestore.transactions import Transaction, Transactions, view_at
from emulators.grpc_service import not_found
from emulators.meter import Meter

_INDEX_ENTRIES_PER_READ = 1000
_MAX_PAGE = 300


class Reads:
    """The reading methods of the service, over a store and its transactions."""

    def __init__(
        self,
        store: Store,
        transactions: Transactions,
        meter: Meter,
        indexes: Indexes | None,
    ) -> None:
        self._store, self._transactions, self._meter, self._indexes = store, transactions, meter, indexes

    def get_document(self, request: Message) -> Document:
        view, _, transaction = self._reading(request)
        document = view.get(check_document(request.name))
        if transaction:
            transaction.documents.add(request.name)
        self._meter.count("firestore_reads", relative(request.name))
        if document is None:
            raise not_found(f'Document "{request.name}" not found.')
        return fieldpaths.project(document, mask_of(request))

    def batch_get_documents(self, request: Message) -> Iterator[Message]:
        response = message_class("BatchGetDocumentsResponse")
        names = dict.fromkeys(check_document(name, request.database) for name in request.documents)
        yield from self._begin_within(request, response)
        view, version, transaction = self._reading(request)
        mask = mask_of(request)
        for name in names:
            document = view.get(name)
            if transaction:
                transaction.documents.add(name)
            self._meter.count("firestore_reads", relative(name))
            read_time = to_timestamp(version)
            if document is None:
                yield response(missing=name, read_time=read_time)
            else:
                yield response(found=fieldpaths.project(document, mask), read_time=read_time)

    def run_query(self, request: Message) -> Iterator[Message]:
        response = message_class("RunQueryResponse")
        query = self._query(request.parent, request.structured_query)
        yield from self._begin_within(request, response)
        view, version, transaction = self._reading(request)
        if transaction:
            transaction.queries.append(query)
        documents, skipped = query.run(view)
        self._meter.count("firestore_reads", query.billed_to, max(1, len(documents) + skipped))
        read_time = to_timestamp(version)
        if not documents:
            yield response(read_time=read_time, skipped_results=skipped)
        for document in documents:
            yield response(document=query.project(document), read_time=read_time, skipped_results=skipped)
            skipped = 0

    def run_aggregation_query(self, request: Message) -> Iterator[Message]:
        response = message_class("RunAggregationQueryResponse")
        aggregation = request.structured_aggregation_query
        query = self._query(request.parent, aggregation.structured_query)
        yield from self._begin_within(request, response)
        view, version, transaction = self._reading(request)
        if transaction:
            transaction.queries.append(query)
        documents, skipped = query.run(view)
        reads = max(1, ceil((len(documents) + skipped) / _INDEX_ENTRIES_PER_READ))
        self._meter.count("firestore_reads", query.billed_to, reads)
        yield response(result=aggregate(aggregation.aggregations, documents), read_time=to_timestamp(version))

    def _query(self, parent: str, structured: StructuredQuery) -> Query:
        query = Query(check_parent(parent), structured)
        if self._indexes is not None:
            require_index(query, self._indexes)
        return query

    def list_documents(self, request: Message) -> Any:
        view, _, _ = self._reading(request)
        collection = f"{check_parent(request.parent)}/{request.collection_id}"
        present = {document.name: document for document in view.documents(lambda name: name == collection)}
        names = set(present)
        if request.show_missing:
            depth = collection.count("/") + 1
            deeper = (name for name in view.collections() if name.startswith(f"{collection}/"))
            names |= {"/".join(name.split("/")[: depth + 1]) for name in deeper}
        after = sorted(name for name in names if name > request.page_token)
        size = request.page_size or _MAX_PAGE
        mask = mask_of(request)
        self._meter.count("firestore_reads", relative(collection), max(1, len(after[:size])))
        return message_class("ListDocumentsResponse")(
            documents=[
                fieldpaths.project(present[name], mask) if name in present else Document(name=name)
                for name in after[:size]
            ],
            next_page_token=after[size - 1] if len(after) > size else "",
        )

    def list_collection_ids(self, request: Message) -> Any:
        view, _, _ = self._reading(request)
        prefix = f"{check_parent(request.parent)}/"
        inside = (name.removeprefix(prefix) for name in view.collections() if name.startswith(prefix))
        ids = sorted({name.partition("/")[0] for name in inside})
        after = [collection_id for collection_id in ids if collection_id > request.page_token]
        size = request.page_size or _MAX_PAGE
        self._meter.count("firestore_reads", relative(prefix))
        return message_class("ListCollectionIdsResponse")(
            collection_ids=after[:size], next_page_token=after[size - 1] if len(after) > size else ""
        )

    def _begin_within(self, request: Message, response: Any) -> Iterator[Message]:
        """Begin the transaction requested by a read, if any, and read within."""
        if request.HasField("new_transaction"):
            request.transaction = self._transactions.begin(request.new_transaction)
            yield response(transaction=request.transaction)

    def _reading(self, request: Message) -> tuple[View, int, Transaction | None]:
        """Return the documents in the view of a request, their version, and the reading transaction."""
        if getattr(request, "transaction", b""):
            transaction = self._transactions.get(request.transaction)
            return *self._transactions.view(transaction), transaction
        if request.HasField("read_time"):
            version = to_micros(request.read_time)
            return view_at(self._store, version), version, None
        return self._store.view(), self._store.now(), None


def mask_of(request: Message) -> list[fieldpaths.FieldPath] | None:
    """Return the fields wanted by a request, None for all."""
    return fieldpaths.parse_mask(request.mask.field_paths) if request.HasField("mask") else None
