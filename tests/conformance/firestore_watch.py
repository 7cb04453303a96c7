"""A client of Listen, watching many targets over one stream as the protocol defines.

No view is taken of how a server reports a change: by the changed documents, by a RESET and a full list, or by an
ExistenceFilter with another count, answered with a request for a full list.
https://cloud.google.com/firestore/docs/reference/rpc/google.firestore.v1#listenresponse
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.cloud import firestore
from google.cloud.firestore_v1.types import ListenRequest, ListenResponse, TargetChange

_DEADLINE_S = 10.0

Change = TargetChange.TargetChangeType


@dataclass
class WatchedTarget:
    """A target as its server told it: documents by id, each a dict from field name to Value."""

    documents: dict[str, Any] = field(default_factory=dict)
    current: bool = False
    removed: bool = False
    cause: int = 0

    def values(self, name: str) -> dict[str, int]:
        """An integer field of each document, by document id."""
        return {doc_id: fields[name].integer_value for doc_id, fields in self.documents.items()}


class Watch:
    """One Listen stream.

    `resume_token` and `read_time` are those of the latest consistent snapshot; `told` is every response so far.
    """

    def __init__(self, db: firestore.Client) -> None:
        self._database = db._database_string
        self._requests: queue.Queue[ListenRequest | None] = queue.Queue()
        self._changed = threading.Condition()
        self._watched: dict[int, dict[str, Any]] = {}
        self._targets: dict[int, WatchedTarget] = {}
        self._snapshot: dict[int, WatchedTarget] = {}
        self.told: list[ListenResponse] = []
        self.resume_token = b""
        self.read_time: Any = None
        self.ended: grpc.StatusCode | None = None
        self._call = db._firestore_api._transport.listen(iter(self._requests.get, None), metadata=db._rpc_metadata)
        self._thread = threading.Thread(target=self._receive)
        self._thread.start()

    def add(
        self,
        target_id: int,
        target: firestore.CollectionReference | firestore.Query | list[firestore.DocumentReference],
        **more: Any,
    ) -> None:
        """Watch a collection, a query or documents; `more` are further fields of the Target message."""
        if isinstance(target, list):
            watched: dict[str, Any] = {"documents": {"documents": [ref._document_path for ref in target]}}
        else:
            query = target._query() if isinstance(target, firestore.CollectionReference) else target
            parent, _ = query._parent._parent_info()
            watched = {"query": {"parent": parent, "structured_query": query._to_protobuf()}}
        self._watched[target_id] = watched
        self._request(target_id, **more)

    def _request(self, target_id: int, **more: Any) -> None:
        add_target = {"target_id": target_id, **self._watched[target_id], **more}
        self._requests.put(ListenRequest(database=self._database, add_target=add_target))

    def remove(self, target_id: int) -> None:
        self._requests.put(ListenRequest(database=self._database, remove_target=target_id))

    def until(self, target_id: int, condition: Callable[[WatchedTarget], bool]) -> WatchedTarget:
        """Wait for a consistent snapshot in which the target satisfies the condition."""
        with self._changed:
            met = self._changed.wait_for(lambda: condition(self._snapshot.get(target_id, WatchedTarget())), _DEADLINE_S)
            assert met, f"still {self._snapshot.get(target_id)} ({self.ended})"
            return self._snapshot[target_id]

    def until_removed(self, target_id: int) -> WatchedTarget:
        """Wait for the server's confirmation of a removed target."""
        with self._changed:
            removed = lambda: self._targets.get(target_id, WatchedTarget()).removed  # noqa: E731
            assert self._changed.wait_for(removed, _DEADLINE_S), f"not removed ({self.ended})"
            return self._targets[target_id]

    def until_ended(self) -> grpc.StatusCode:
        """Wait for the end of the stream; its status."""
        self._thread.join(_DEADLINE_S)
        assert self.ended is not None
        return self.ended

    def close(self) -> None:
        self._call.cancel()
        self._requests.put(None)
        self._thread.join(_DEADLINE_S)

    def _receive(self) -> None:
        try:
            for response in self._call:
                with self._changed:
                    self.told.append(response)
                    self._apply(response)
                    self._changed.notify_all()
        except grpc.RpcError:
            pass
        with self._changed:
            self.ended = self._call.code()
            self._changed.notify_all()

    def _apply(self, response: ListenResponse) -> None:
        told = response._pb
        match told.WhichOneof("response_type"):
            case "target_change":
                self._apply_target_change(told.target_change)
            case "document_change":
                doc_id = told.document_change.document.name.rpartition("/")[2]
                for target_id in told.document_change.target_ids:
                    self._targets[target_id].documents[doc_id] = told.document_change.document.fields
                self._drop(doc_id, told.document_change.removed_target_ids)
            case "filter":
                if told.filter.count != len(self._targets[told.filter.target_id].documents):
                    self.remove(told.filter.target_id)
                    self._targets[told.filter.target_id] = WatchedTarget()
                    self._request(told.filter.target_id)
            case "document_delete":
                self._drop(told.document_delete.document.rpartition("/")[2], told.document_delete.removed_target_ids)
            case "document_remove":
                self._drop(told.document_remove.document.rpartition("/")[2], told.document_remove.removed_target_ids)

    def _apply_target_change(self, change: Any) -> None:
        for target_id in change.target_ids or list(self._targets):
            match change.target_change_type:
                case Change.ADD:
                    self._targets.setdefault(target_id, WatchedTarget()).removed = False
                case Change.RESET:
                    self._targets[target_id] = WatchedTarget()
                case Change.CURRENT:
                    self._targets[target_id].current = True
                case Change.REMOVE:
                    self._targets[target_id].removed = True
                    self._targets[target_id].cause = change.cause.code
        if not change.target_ids and change.HasField("read_time"):
            self.resume_token, self.read_time = change.resume_token, change.read_time
            self._snapshot = {
                target_id: WatchedTarget(dict(target.documents), target.current, target.removed, target.cause)
                for target_id, target in self._targets.items()
            }

    def _drop(self, doc_id: str, target_ids: list[int]) -> None:
        for target_id in target_ids:
            self._targets[target_id].documents.pop(doc_id, None)

    def knows(self, target_id: int, documents: dict[str, Any]) -> None:
        """Resume a target from another stream's token, as a client does."""
        self._targets[target_id] = WatchedTarget(dict(documents))


@contextmanager
def watch(db: firestore.Client) -> Iterator[Watch]:
    """A Listen stream, closed at the end."""
    stream = Watch(db)
    try:
        yield stream
    finally:
        stream.close()
