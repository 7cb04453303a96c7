"""The documents, their recent past, and their watchers.

A version is a microsecond of Firestore's clock, strictly increasing from commit to commit: it is the commit time, the
update time of what the commit changed, and the content of a resume token. The latest changes are kept, so that the
documents can be seen as they were a while ago: by a transaction, a read time, or a listener that resumes.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from emulators.firestore.names import collection_of
from emulators.firestore.protos import Document, to_micros
from emulators.journal import Journal

_HISTORY = 4_000
"""Changes that are remembered."""


class TooOld(Exception):
    """The documents cannot be seen as of this version: the time lies before the remembered past, or in the future."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a commit did to one document; None stands for no document."""

    version: int
    name: str
    before: Document | None
    after: Document | None


Observer = Callable[[int, list[Change]], None]
"""Told of each commit that changed something: its version and its changes."""


class View:
    """The documents as of a version. Stored documents are never mutated, so results stay as they are."""

    def __init__(self, collections: Mapping[str, Mapping[str, Document]], since: Mapping[str, Document | None]) -> None:
        self._collections = collections
        self._since = since  # documents that have changed since that version, as they were then

    def get(self, name: str) -> Document | None:
        if name in self._since:
            return self._since[name]
        return self._collections.get(collection_of(name), {}).get(name)

    def documents(self, within: Callable[[str], bool]) -> Iterator[Document]:
        """Yield the documents, in no order, of the collections whose full name satisfies `within`."""
        for collection, documents in self._collections.items():
            if within(collection):
                yield from (document for name, document in documents.items() if name not in self._since)
        for name, document in self._since.items():
            if document is not None and within(collection_of(name)):
                yield document

    def collections(self) -> set[str]:
        """Return the full names of the collections that hold a document."""
        names = {name for name, documents in self._collections.items() if documents.keys() - self._since.keys()}
        return names | {collection_of(name) for name, document in self._since.items() if document is not None}


class Store:
    """All documents of all databases, by their full name. Not thread-safe: it lives on one event loop."""

    def __init__(self, journal: Journal, clock: Callable[[], float]) -> None:
        self._journal = journal
        self._clock = clock
        self._collections: dict[str, dict[str, Document]] = defaultdict(dict)
        self._changes: deque[Change] = deque()
        self._observers: list[Observer] = []
        self._last = 0
        self._remembered = self.now()

    def load(self) -> None:
        """Take up what the journal holds. The past before this is unknown."""
        for name, content in self._journal.items():
            document = Document.FromString(content)
            self._collections[collection_of(name)][name] = document
            self._last = max(self._last, to_micros(document.update_time))
        self._changes.clear()
        self._remembered = self.now()

    def now(self) -> int:
        """Return the present version: every later commit has a greater one."""
        self._last = max(self._last, int(self._clock() * 1_000_000))
        return self._last

    def next_version(self) -> int:
        """Return the version for a commit that is about to be made."""
        self._last = max(self._last + 1, int(self._clock() * 1_000_000))
        return self._last

    def view(self, version: int | None = None) -> View:
        """Return the documents now, or as of a version. Raises TooOld."""
        since: dict[str, Document | None] = {}
        if version is not None:
            for change in self.changes_since(version):
                since[change.name] = change.before
        return View(self._collections, since)

    def changes_since(self, version: int) -> Iterator[Change]:
        """List every change after `version`, the latest first. Raises TooOld."""
        if not self._remembered <= version <= self.now():
            raise TooOld
        return self._walk_back_to(version)

    def _walk_back_to(self, version: int) -> Iterator[Change]:
        for change in reversed(self._changes):
            if change.version <= version:
                return
            yield change

    def commit(self, version: int, staged: Mapping[str, Document | None]) -> None:
        """Replace documents, all at once: in the journal, in memory, and for the observers."""
        view = self.view()
        changes = [
            Change(version, name, before, after)
            for name, after in staged.items()
            if (before := view.get(name)) is not after
        ]
        if not changes:
            return
        self._journal.write(
            [(change.name, change.after.SerializeToString()) for change in changes if change.after is not None],
            [change.name for change in changes if change.after is None],
        )
        for change in changes:
            if change.after is None:
                siblings = self._collections[collection_of(change.name)]
                del siblings[change.name]
                if not siblings:
                    del self._collections[collection_of(change.name)]
            else:
                self._collections[collection_of(change.name)][change.name] = change.after
        self._changes.extend(changes)
        while len(self._changes) > _HISTORY:
            self._remembered = self._changes.popleft().version
        for observer in tuple(self._observers):
            observer(version, changes)

    def clear(self) -> None:
        """Delete every document; observers see it as one commit."""
        everything = [name for documents in self._collections.values() for name in documents]
        self.commit(self.next_version(), dict.fromkeys(everything))
        self._journal.clear()

    def observe(self, observer: Observer) -> None:
        self._observers.append(observer)

    def forget(self, observer: Observer) -> None:
        self._observers.remove(observer)
