"""Listen: any number of targets watched over one stream.

A target is added, its present documents follow, and CURRENT marks their end. From then on every commit that
touches a target is told as one batch, and each batch ends with a NO_CHANGE, with the version as read time and resume
token. With a token, only what has changed since is told; a token from too long ago gets a RESET first.
Documents gone from the target since are not named: an ExistenceFilter says how many documents are in it, and a client
with another number has to ask for all documents again. (Google may do so at any time, and may name them.)

Protocol: https://cloud.google.com/firestore/docs/reference/rpc/google.firestore.v1#listenresponse
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable

from emulators.firestore.names import check_database, relative
from emulators.firestore.protos import (
    DocumentChange,
    DocumentDelete,
    DocumentRemove,
    ExistenceFilter,
    ListenResponse,
    Message,
    TargetChange,
    to_micros,
    to_timestamp,
)
from emulators.firestore.store import Change, Store, TooOld
from emulators.firestore.targets import Documents, Target, WatchedDocuments, WatchedQuery, watched
from emulators.grpc_service import ApiError, Supported, invalid, require_supported, unimplemented
from emulators.meter import Meter

_SUPPORTED: Supported = {
    # An expected count asks for a bloom filter beside what a resumed target is told anyway.
    "Target": frozenset({"query", "documents", "resume_token", "read_time", "target_id", "once", "expected_count"}),
}
_NO_CHANGE, _ADD, _REMOVE, _CURRENT, _RESET = range(5)
_TOKEN_BYTES = 8


class ListenStream:
    """One Listen call. Commits and requests fill a queue, on the event loop; `responses` empties it."""

    def __init__(self, store: Store, meter: Meter, heartbeat_s: float) -> None:
        self._store = store
        self._meter = meter
        self._heartbeat_s = heartbeat_s
        self._targets: dict[int, Target] = {}
        self._outgoing: asyncio.Queue[ListenResponse | ApiError | None] = asyncio.Queue()

    async def responses(self, requests: AsyncIterator[Message]) -> AsyncGenerator[ListenResponse, None]:
        """Everything to tell the client, until it sends no more requests. Raises ApiError for an invalid request."""
        self._store.observe(self._on_commit)
        tasks = [asyncio.create_task(self._read(requests)), asyncio.create_task(self._beat())]
        try:
            while (item := await self._outgoing.get()) is not None:
                if isinstance(item, ApiError):
                    raise item
                yield item
        finally:
            self._store.forget(self._on_commit)
            for task in tasks:
                task.cancel()

    async def _read(self, requests: AsyncIterator[Message]) -> None:
        try:
            async for request in requests:
                self._handle(request)
            self._outgoing.put_nowait(None)
        except ApiError as error:
            self._outgoing.put_nowait(error)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._heartbeat_s)
            if self._targets:
                self._tell_consistent(self._store.now())

    def _handle(self, request: Message) -> None:
        database = check_database(request.database)
        match request.WhichOneof("target_change"):
            case "add_target":
                self._add(database, request.add_target)
            case "remove_target":
                if self._targets.pop(request.remove_target, None) is not None:
                    self._tell_target(_REMOVE, request.remove_target)
            case _:
                raise invalid("A listen request neither adds nor removes a target.")

    def _add(self, database: str, message: Message) -> None:
        target_id = message.target_id
        if target_id == 0:
            raise unimplemented("Target.target_id of 0 (an id assigned by the server)")
        if target_id < 0:
            raise invalid(f"The target id {target_id} is negative.")
        if target_id in self._targets:
            raise invalid(f"The target id {target_id} is in use.")
        self._tell_target(_ADD, target_id)
        try:
            require_supported(message, _SUPPORTED)
            self._begin(target_id, Target(watched(database, message), {}), message)
        except ApiError as error:
            self._tell_target(_REMOVE, target_id, cause=error)

    def _begin(self, target_id: int, target: Target, message: Message) -> None:
        """Tell the present state of a target, or the way to it from where its client was."""
        now = self._store.now()
        resumed_from = _resumed_from(message)
        resumed = False
        if resumed_from is not None:
            try:
                target.catch_up(self._store.view(resumed_from))
                resumed = True
            except TooOld:
                self._tell_target(_RESET, target_id)
        self._targets[target_id] = target
        put, _ = target.catch_up(self._store.view())
        self._tell_documents(now, [(target_id, put, set())])
        if resumed:
            digest = ExistenceFilter(target_id=target_id, count=target.size)
            self._outgoing.put_nowait(ListenResponse(filter=digest))
        else:
            self._tell_absence(now, target_id, target, put)
        self._tell_target(_CURRENT, target_id, now)
        self._tell_consistent(now)
        if message.once:
            del self._targets[target_id]
            self._tell_target(_REMOVE, target_id)

    def _on_commit(self, version: int, changes: list[Change]) -> None:
        view = self._store.view()
        updates = [(target_id, *target.advance(view, changes)) for target_id, target in self._targets.items()]
        if any(put or gone for _, put, gone in updates):
            self._tell_documents(version, updates)
            self._tell_consistent(version)

    def _tell_documents(self, version: int, updates: Iterable[tuple[int, Documents, set[str]]]) -> None:
        """Yield a message a document, for all targets of its entry, change or leave."""
        view = self._store.view()
        told: dict[tuple[str, int], DocumentChange | DocumentDelete | DocumentRemove] = {}
        for target_id, put, _ in updates:
            for name, document in put.items():
                projected = self._targets[target_id].watched.project(document)
                change = told.setdefault((name, id(projected)), DocumentChange(document=projected))
                change.target_ids.append(target_id)
                self._meter.count("firestore_reads", relative(name))
        for target_id, _, gone in updates:
            for name in gone:
                present = view.get(name)
                left = DocumentDelete if present is None else DocumentRemove
                if present is not None:  # leaving a target is billed, being deleted is not
                    self._meter.count("firestore_reads", relative(name))
                message = told.setdefault((name, id(present)), left(document=name, read_time=to_timestamp(version)))
                message.removed_target_ids.append(target_id)
        for message in told.values():
            self._tell(message)

    def _tell_absence(self, version: int, target_id: int, target: Target, documents: Documents) -> None:
        """Say which of the named documents do not exist; reads of missing documents are billed as well."""
        if isinstance(target.watched, WatchedDocuments):
            for name in target.watched.names:
                if name not in documents:
                    self._meter.count("firestore_reads", relative(name))
                    self._tell(
                        DocumentDelete(document=name, removed_target_ids=[target_id], read_time=to_timestamp(version))
                    )
        elif isinstance(target.watched, WatchedQuery) and not documents:
            self._meter.count("firestore_reads", target.watched.query.billed_to)

    def _tell(self, message: DocumentChange | DocumentDelete | DocumentRemove) -> None:
        if isinstance(message, DocumentChange):
            self._outgoing.put_nowait(ListenResponse(document_change=message))
        elif isinstance(message, DocumentDelete):
            self._outgoing.put_nowait(ListenResponse(document_delete=message))
        else:
            self._outgoing.put_nowait(ListenResponse(document_remove=message))

    def _tell_target(
        self, change: int, target_id: int, version: int | None = None, cause: ApiError | None = None
    ) -> None:
        told = TargetChange(target_change_type=change, target_ids=[target_id])
        if cause is not None:
            told.cause.code, told.cause.message = cause.code.value[0], str(cause)
        self._tell_version(told, version)

    def _tell_consistent(self, version: int) -> None:
        """Tell that every target is as of this version."""
        self._tell_version(TargetChange(target_change_type=_NO_CHANGE), version)

    def _tell_version(self, told: TargetChange, version: int | None) -> None:
        if version is not None:
            told.read_time.CopyFrom(to_timestamp(version))
            told.resume_token = version.to_bytes(_TOKEN_BYTES, "big")
        self._outgoing.put_nowait(ListenResponse(target_change=told))


def _resumed_from(target: Message) -> int | None:
    """Return the version known to the client of a target; None if it knows nothing."""
    match target.WhichOneof("resume_type"):
        case "read_time":
            return to_micros(target.read_time)
        case "resume_token" if target.resume_token:
            if len(target.resume_token) != _TOKEN_BYTES:
                raise invalid("The resume token is not one of this server.")
            return int.from_bytes(target.resume_token, "big")
    return None
