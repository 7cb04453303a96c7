"""Resource names: `projects/{project}/databases/{database}/documents/{collection}/{document}/…`.

Limits: https://cloud.google.com/firestore/quotas#collections_documents_and_fields
"""

from __future__ import annotations

import re

from emulators.grpc_service import invalid

_DATABASE = re.compile(r"projects/[^/]+/databases/[^/]+")
_ROOT = re.compile(r"(projects/[^/]+/databases/[^/]+/documents)(?:/(.+))?", re.DOTALL)
_RESERVED = re.compile(r"__.*__", re.DOTALL)
_NUMERIC_ID = re.compile(r"__id(-?\d+)__")
_MAX_ID_BYTES = 1500

PathKey = tuple[tuple[int, int | str], ...]


def check_database(name: str) -> str:
    """Return `name`. Raises ApiError if it is no database's."""
    if not _DATABASE.fullmatch(name):
        raise invalid(f'Database name "{name}" is not of the form projects/{{project}}/databases/{{database}}.')
    return name


def check_document(name: str, database: str | None = None) -> str:
    """Return `name`. Raises ApiError if it is no document's, or not of `database`."""
    match = _ROOT.fullmatch(name)
    ids = (match[2] or "").split("/") if match else []
    if not match or len(ids) % 2:
        raise invalid(f'Document name "{name}" is not of the form projects/*/databases/*/documents/*/**.')
    if database is not None and match[1] != f"{database}/documents":
        raise invalid(f'Document name "{name}" is not in the database "{database}".')
    for resource_id in ids:
        check_id(resource_id)
    return name


def check_parent(name: str) -> str:
    """Return `name`. Raises ApiError if collections cannot lie under it: the name is neither a root nor a document."""
    match = _ROOT.fullmatch(name)
    if not match or (match[2] and len(match[2].split("/")) % 2):
        raise invalid(f'Parent name "{name}" is neither a document nor the root of a database.')
    return name


def check_id(resource_id: str) -> str:
    """Return `resource_id`. Raises ApiError if no document or collection can be called so."""
    if resource_id in {"", ".", ".."}:
        raise invalid(f'Resource id "{resource_id}" is invalid.')
    if _RESERVED.fullmatch(resource_id) and not _NUMERIC_ID.fullmatch(resource_id):
        raise invalid(f'Resource id "{resource_id}" is invalid because it is reserved.')
    if len(resource_id.encode()) > _MAX_ID_BYTES:
        raise invalid(f"The key path element name is longer than {_MAX_ID_BYTES} bytes.")
    return resource_id


def collection_of(document: str) -> str:
    """Return the full name of the collection that holds a document."""
    return document.rpartition("/")[0]


def relative(name: str) -> str:
    """Return a name without its database: `workflows/abc/segments/00001`."""
    return name.partition("/documents/")[2]


def path_key(name: str) -> PathKey:
    """Sorts names as Firestore does: id by id, numeric ids (`__id7__`) before the others."""
    return tuple(
        (0, int(number[1])) if (number := _NUMERIC_ID.fullmatch(part)) else (1, part) for part in name.split("/")
    )
