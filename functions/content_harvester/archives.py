"""Files that are ZIP archives inside (DOCX, EPUB), opened with care."""

from __future__ import annotations

import io
import zipfile

from functions.content_harvester.source import Unreadable

MAX_UNPACKED_BYTES = 100 * 2**20
MAX_FILES = 5_000


def open_archive(data: bytes) -> zipfile.ZipFile:
    """The archive, unless it is damaged or unpacks to more than a document does. Raises Unreadable.

    The sizes looked at are those that the archive claims; `zipfile` reads no file further than it claims to be.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Unreadable("source_unreadable", "This document is damaged.") from None
    files = archive.infolist()
    if len(files) > MAX_FILES or sum(file.file_size for file in files) > MAX_UNPACKED_BYTES:
        raise Unreadable("source_too_large", "This document unpacks to more than a document does.")
    return archive
