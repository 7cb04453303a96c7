"""What a Listen stream watches: documents by name, or the result of a query."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from emulators.firestore.names import check_document, check_parent
from emulators.firestore.protos import Document, Message
from emulators.firestore.query import Query
from emulators.firestore.store import Change, View
from emulators.grpc_service import invalid

Documents = dict[str, Document]
"""Documents by their full name."""


class Watched(Protocol):
    """A set of documents, changing with time."""

    windowed: bool
    """Whether a document's place in the set depends on other documents."""

    def result(self, view: View) -> Documents:
        """Return the set as of a view, in its order."""

    def contains(self, document: Document) -> bool:
        """Tell whether the document belongs to the set, as far as itself can tell."""

    def project(self, document: Document) -> Document:
        """Return the document's told part."""


class WatchedDocuments:
    """Documents named one by one."""

    windowed = False

    def __init__(self, database: str, names: Iterable[str]) -> None:
        self.names = dict.fromkeys(check_document(name, database) for name in names)

    def result(self, view: View) -> Documents:
        return {name: document for name in self.names if (document := view.get(name)) is not None}

    def contains(self, document: Document) -> bool:
        return document.name in self.names

    def project(self, document: Document) -> Document:
        return document


class WatchedQuery:
    """The result of a query."""

    def __init__(self, target: Message) -> None:
        self.query = Query(check_parent(target.parent), target.structured_query)
        self.windowed = self.query.is_windowed

    def result(self, view: View) -> Documents:
        return {document.name: document for document in self.query.run(view)[0]}

    def contains(self, document: Document) -> bool:
        return self.query.matches(document)

    def project(self, document: Document) -> Document:
        return self.query.project(document)


def watched(database: str, target: Message) -> Watched:
    """Read a Target message. Raises ApiError if invalid."""
    match target.WhichOneof("target_type"):
        case "documents":
            return WatchedDocuments(database, target.documents.documents)
        case "query":
            return WatchedQuery(target.query)
    raise invalid("A target names neither documents nor a query.")


class Target:
    """A target of a stream, and its documents as known to the client."""

    def __init__(self, watched: Watched, known: Documents) -> None:
        self.watched = watched
        self._known = known

    @property
    def size(self) -> int:
        """How many documents are in it."""
        return len(self._known)

    def advance(self, view: View, changes: list[Change]) -> tuple[Documents, set[str]]:
        """Take a commit in: the documents that are new or changed in the target, and the names of those gone."""
        contains = self.watched.contains
        concerning = [
            change
            for change in changes
            if (change.before is not None and contains(change.before))
            or (change.after is not None and contains(change.after))
        ]
        if concerning and self.watched.windowed:
            return self.catch_up(view)
        put: Documents = {}
        gone = set()
        for change in concerning:
            if change.after is not None and contains(change.after):
                put[change.name] = self._known[change.name] = change.after
            else:
                del self._known[change.name]
                gone.add(change.name)
        return put, gone

    def catch_up(self, view: View) -> tuple[Documents, set[str]]:
        """Compare the whole target with the client's knowledge; answers as `advance` does."""
        documents = self.watched.result(view)
        put = {name: document for name, document in documents.items() if self._known.get(name) is not document}
        gone = self._known.keys() - documents.keys()
        self._known = documents
        return put, gone
