"""Documents packed together as ZIP: a source for each that can be read, in the order of their names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from common.contract import MAX_ALL_CHARACTERS
from common.text.blocks import plain_text
from functions.content_harvester.archives import Archive
from functions.content_harvester.kinds import Kind, kind_of
from functions.content_harvester.source import Document, Source, Unreadable

MAX_DOCUMENTS = 50
_NO_DOCUMENT = re.compile(r"(?:^|/)(?:__MACOSX/|\.|node_modules/|Thumbs\.db$|desktop\.ini$)")


def read_folder(document: Document, read: Callable[[Kind, Document], Any]) -> list[Source]:
    """Return the sources of the documents in an archive, each read by `read`; the others are counted. Raises
    Unreadable."""
    sources: list[Source] = []
    refusals: list[Unreadable] = []
    told, left = 0, MAX_ALL_CHARACTERS
    with Archive(document.data) as archive:
        names = [name for name in archive.names if not name.endswith("/") and not _NO_DOCUMENT.search(name)]
        users = _users(archive) if "users.json" in names else {}
        for name in sorted(names, key=_in_order)[:MAX_DOCUMENTS]:
            if left < 0:
                break  # no podcast tells more
            try:
                found = _sources(Document(archive.read(name), name=PurePosixPath(name).name), read)
            except Unreadable as refusal:
                refusals.append(refusal)
                continue
            found = [_by_name(source, users) for source in found]
            told, left = told + 1, left - sum(len(source.text) for source in found)
            sources += found
    if not sources:
        raise (
            refusals[0] if len(refusals) == 1 else Unreadable("source_not_text", "No file in this folder can be read.")
        )
    if untold := len(names) - told:
        sources[0] = replace(sources[0], left_out={**sources[0].left_out, "file": untold})
    return sources


def _users(archive: Archive) -> dict[str, str]:
    """Return the names of the writers in an export of Slack, by the ids in its messages."""
    try:
        told = json.loads(archive.read("users.json"))
        return {str(user["id"]): str(user.get("real_name") or user["name"]) for user in told}
    except (ValueError, LookupError, TypeError, AttributeError):
        return {}


def _by_name(source: Source, users: Mapping[str, str]) -> Source:
    if not users or not any(block.speaker in users for block in source.blocks):
        return source
    blocks = [
        replace(
            block,
            speaker=users.get(block.speaker, block.speaker),
            text=re.sub(r"\b[UW][A-Z0-9]{1,20}\b", lambda found: users.get(found[0], found[0]), block.text),
        )
        for block in source.blocks
    ]
    return replace(source, blocks=tuple(blocks), text=plain_text(blocks))


def _sources(document: Document, read: Callable[[Kind, Document], Any]) -> list[Source]:
    """Raises Unreadable, also for a document that its reader breaks on, so that the others are read."""
    kind = kind_of(document)
    if kind is Kind.FOLDER:
        raise Unreadable("source_not_text", "A folder within a folder is not opened.")
    try:
        found = read(kind, document)
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # a parser may fail in any way at all
        raise Unreadable("source_unreadable", "This document is damaged, and cannot be read.") from error
    return [*found.sources, *(lead.teaser for lead in found.leads if lead.teaser)]


def _in_order(name: str) -> list[tuple[int, str]]:
    """Return a key that sorts as people count: "Chapter 2" before "Chapter 10"."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d{1,9})", name.lower())]
