"""Time to live: documents end when the time in one of their fields is over. https://cloud.google.com/firestore/docs/ttl"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress

from emulators.firestore import fields as fieldpaths
from emulators.firestore.names import collection_of
from emulators.firestore.protos import Document, to_micros
from emulators.firestore.store import Store
from emulators.journal import NotKept


class Expiry:
    """`fields` maps a collection id to the field whose time ends its documents; `clock` tells seconds since 1970."""

    def __init__(self, store: Store, fields: Mapping[str, str], clock: Callable[[], float]) -> None:
        self._store, self._fields, self._clock = store, dict(fields), clock

    async def sweep(self, every_s: float) -> None:
        """Delete expired documents, again and again until cancelled."""
        while self._fields:
            await asyncio.sleep(every_s)
            expired = [
                document.name
                for document in self._store.view().documents(lambda name: name.rpartition("/")[2] in self._fields)
                if self._is_expired(document)
            ]
            if expired:
                with suppress(NotKept):  # they have time until the next sweep
                    self._store.commit(self._store.next_version(), dict.fromkeys(expired))

    def _is_expired(self, document: Document) -> bool:
        path = self._fields[collection_of(document.name).rpartition("/")[2]]
        value = fieldpaths.get(document.fields, fieldpaths.parse(path))
        if value is None or value.WhichOneof("value_type") != "timestamp_value":
            return False
        return to_micros(value.timestamp_value) <= self._clock() * 1_000_000
