"""Documents as they change: one Listen stream on Firestore and one thread, however many targets.

https://cloud.google.com/firestore/docs/reference/rpc/google.firestore.v1#listenrequest. The client library's own
watcher is a stream and several threads for each target, and is known to fall silent; so this speaks the protocol
itself. A broken stream is opened again and goes on from its resume token. `check`, to be called now and then, cancels a
stream silent for longer than a server ever is, and gives up its channel; likewise one whose channel others found lost.

Documents are told at least once and in no order to be relied on. What left a target while nothing was heard, the
server does not always name: it may say only how many documents are in it (an existence filter). Where that is not how
many were told, the target is asked for anew, and what is not told again by then is gone.
"""

from __future__ import annotations

import itertools
import logging
import queue
import random
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, cast

import grpc
from google.api_core import exceptions as google_errors
from google.cloud.firestore_v1 import Client, CollectionReference, DocumentReference, Query
from google.cloud.firestore_v1._helpers import decode_dict
from google.cloud.firestore_v1.types import ListenRequest, TargetChange

from common.clients import channel_of

logger = logging.getLogger(__name__)

SILENCE_S: Final = 45.0
"""The server says something about every 30 s."""
LOST_AFTER_S: Final = 180.0
"""Told nothing for so long over several channels, though Firestore answers other calls: then this process is ill."""
OUT_AFTER_S: Final = 900.0
"""Where it answers nobody here, it is more likely to be out for all, which no new process would mend."""
_LONGEST_PAUSE_S = 10.0
_Change = TargetChange.TargetChangeType

OnDocument = Callable[[Hashable, str, dict[str, Any] | None, datetime | None], None]
"""Called on the watch's thread with a target's key, a document's id, its fields, and when these were written; None and
None where it is not in it."""


@dataclass
class _Target:
    key: Hashable
    watched: dict[str, Any]
    current: bool = False
    """Whether all its documents have been told, so that it can go on from a resume token."""
    told: set[str] = field(default_factory=set)
    """The names of the documents in it, as far as is known."""
    unconfirmed: set[str] = field(default_factory=set)
    """Those of them that were told before it was asked for anew, and not since."""


class Watch:
    """Watches targets, each known by a key. Every method may be called from any thread."""

    def __init__(self, db: Client, on_document: OnDocument, *, silence_s: float = SILENCE_S) -> None:
        self._db = db
        self._channel = channel_of(db)
        self._on_document = on_document
        self._silence_s = silence_s
        self._changed = threading.Condition()
        self._ids = itertools.count(1)
        self._targets: dict[int, _Target] = {}
        self._by_key: dict[Hashable, int] = {}
        self._requests: queue.SimpleQueue[ListenRequest | None] | None = None
        self._call: Any = None
        self._token = b""
        self._heard_at = 0.0
        self._told_at = 0.0
        self._generation = 0
        self._failures = 0
        self._spread = random.uniform(1.0, 1.5)  # noqa: S311 - so that not all instances count as lost at once
        self._stopped = False
        self.restarts = 0
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify()
            self._cancel()

    @property
    def healthy(self) -> bool:
        """Tell whether the stream, if any is needed, has not just failed several times in a row."""
        return not self._targets or self._failures < 3

    @property
    def quiet_s(self) -> float:
        """For how long it has been told nothing, over whatever stream; 0 where there is nothing to watch."""
        return time.monotonic() - self._told_at if self._targets else 0.0

    @property
    def lost(self) -> bool:
        """Tell whether it has been quiet for so long that only another process can help."""
        answered_since = self._channel.heard_at > self._told_at + self._silence_s
        return self.quiet_s > self._spread * (LOST_AFTER_S if answered_since else OUT_AFTER_S)

    def add(self, key: Hashable, target: DocumentReference | CollectionReference | Query) -> None:
        """Watch a document, a collection or a query."""
        with self._changed:
            if key in self._by_key:
                return
            if not self._targets:
                self._told_at = time.monotonic()
            target_id = next(self._ids)
            self._by_key[key] = target_id
            self._targets[target_id] = _Target(key, _watched(target))
            self._request_target(target_id)
            self._changed.notify()

    def remove(self, key: Hashable) -> None:
        """Watch a target no longer. Documents under way may still be emitted."""
        with self._changed:
            target_id = self._by_key.pop(key, None)
            if target_id is None:
                return
            del self._targets[target_id]
            if self._requests is not None:
                self._requests.put(ListenRequest(database=self._db._database_string, remove_target=target_id))

    def check(self) -> None:
        """Give up a stream that has been silent for too long, or whose channel is lost; the thread opens another."""
        with self._changed:
            if self._call is not None and time.monotonic() - self._heard_at > self._silence_s:
                logger.warning("the watch has been silent for %.0f s: starting it anew", self._silence_s)
                self._channel.renew()
                self._cancel()
            elif self._generation != self._channel.generation:
                self._cancel()

    def restart(self) -> None:
        """Open a new stream, for every document from the beginning: the current stream has left something out."""
        with self._changed:
            self._token = b""
            self._cancel()

    def _cancel(self) -> None:
        if self._call is not None:
            self._call.cancel()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._stopped or self._targets)
                if self._stopped:
                    return
                self._open()
            try:
                for response in self._call:
                    self._heard_at = self._told_at = time.monotonic()
                    self._failures = 0
                    self._take(response._pb)
            except (grpc.RpcError, google_errors.GoogleAPIError) as error:
                logger.info("the watch broke off: %s", _code(error))
            except Exception:
                logger.exception("the watch failed")
            with self._changed:
                self._close()
                pause = min(_LONGEST_PAUSE_S, 0.1 * 2**self._failures) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
                self._failures += 1
                self._changed.wait_for(lambda: self._stopped, pause)

    def _open(self) -> None:
        self._requests = queue.SimpleQueue()
        self._heard_at = time.monotonic()
        self._generation = self._channel.generation
        for target_id in self._targets:
            self._request_target(target_id)
        listen = self._db._firestore_api._transport.listen
        self._call = listen(_until_none(self._requests), metadata=self._db._rpc_metadata)

    def _close(self) -> None:
        self.restarts += 1
        if self._requests is not None:
            self._requests.put(None)
        self._requests = self._call = None

    def _request_target(self, target_id: int) -> None:
        if self._requests is None:
            return
        target = self._targets[target_id]
        resumed = {"resume_token": self._token} if target.current and self._token else {}
        target.current = bool(resumed)
        target.unconfirmed = set() if resumed else set(target.told)
        add_target = {"target_id": target_id, **target.watched, **resumed}
        self._requests.put(ListenRequest(database=self._db._database_string, add_target=add_target))

    def _take(self, response: Any) -> None:
        match response.WhichOneof("response_type"):
            case "document_change":
                change = response.document_change
                fields = cast(dict[str, Any], decode_dict(change.document.fields, self._db))
                version = change.document.update_time.ToDatetime(UTC)
                self._tell(change.target_ids, change.document.name, fields, version)
            case "document_delete":
                self._tell(response.document_delete.removed_target_ids, response.document_delete.document, None)
            case "document_remove":
                self._tell(response.document_remove.removed_target_ids, response.document_remove.document, None)
            case "filter":
                self._take_count(response.filter.target_id, response.filter.count)
            case "target_change":
                self._take_target_change(response.target_change)

    def _tell(
        self, target_ids: list[int], name: str, fields: dict[str, Any] | None, version: datetime | None = None
    ) -> None:
        for target_id in target_ids:
            target = self._targets.get(target_id)
            if target is not None:
                target.unconfirmed.discard(name)
                if fields is None:
                    target.told.discard(name)
                else:
                    target.told.add(name)
                self._on_document(target.key, name.rpartition("/")[2], fields, version)

    def _take_count(self, target_id: int, count: int) -> None:
        """Ask for a target anew, by another id, where the server knows of more or fewer documents than were told."""
        with self._changed:
            target = self._targets.get(target_id)
            if target is None or count == len(target.told) or self._requests is None:
                return
            logger.info("a target has %d documents, of which %d were told: asking for it anew", count, len(target.told))
            del self._targets[target_id]
            target.current = False
            anew = self._by_key[target.key] = next(self._ids)
            self._targets[anew] = target
            self._requests.put(ListenRequest(database=self._db._database_string, remove_target=target_id))
            self._request_target(anew)

    def _take_target_change(self, change: Any) -> None:
        match change.target_change_type:
            case _Change.NO_CHANGE:
                if not change.target_ids and change.resume_token:
                    self._token = change.resume_token
            case _Change.CURRENT:
                for target_id, target in self._of(change.target_ids):
                    target.current = True
                    for name in sorted(target.unconfirmed):
                        self._tell([target_id], name, None)
            case _Change.RESET:
                for _, target in self._of(change.target_ids):
                    target.current = False
                    target.unconfirmed = set(target.told)
            case _Change.REMOVE if change.cause.code:
                # The server gave a target up. A new stream asks for all of them again, after a pause that grows.
                with self._changed:
                    for _, target in self._of(change.target_ids):
                        target.current = False
                    self._failures += 1
                    self._cancel()

    def _of(self, target_ids: list[int]) -> Iterator[tuple[int, _Target]]:
        return ((target_id, self._targets[target_id]) for target_id in target_ids if target_id in self._targets)


def _watched(target: DocumentReference | CollectionReference | Query) -> dict[str, Any]:
    if isinstance(target, DocumentReference):
        return {"documents": {"documents": [target._document_path]}}
    query = target._query() if isinstance(target, CollectionReference) else target
    parent, _ = query._parent._parent_info()
    return {"query": {"parent": parent, "structured_query": query._to_protobuf()}}


def _until_none(requests: queue.SimpleQueue[ListenRequest | None]) -> Iterator[ListenRequest]:
    return iter(requests.get, None)


def _code(error: Exception) -> str:
    code = getattr(error, "code", None)
    return str(code() if callable(code) else code)
