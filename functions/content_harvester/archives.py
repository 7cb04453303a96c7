"""Files that are ZIP archives inside (DOCX, EPUB, PPTX, ODT), opened with care."""

from __future__ import annotations

import io
import re
import zipfile
from types import TracebackType

from lxml import etree

from functions.content_harvester.source import Unreadable

MAX_UNPACKED_BYTES = 100 * 2**20
MAX_FILES = 5_000
_ENTRY, _END, _END_64 = b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x07"
"""What an entry of an archive's own list of files, its end, and that of a large one begin with (APPNOTE.TXT, 4.3)."""
_DAMAGED = "This document is damaged."


_PICTURE = re.compile(r"(?:.*/)?(?:media|pictures|images?)/[^/]+\.(?:png|jpe?g|gif|bmp|tiff?|webp)", re.IGNORECASE)


class Archive:
    """A document's files by name. Raises Unreadable for a damaged archive, or for an archive too large,
    once unpacked, for a document.

    The sizes looked at are those claimed by the archive; `zipfile` reads no file further than its claimed size.
    Pictures, which are never read, may be as large as they like.
    """

    def __init__(self, data: bytes) -> None:
        if _entries(data) > MAX_FILES:  # asked first, as opening takes time and memory for each of them
            raise Unreadable("source_too_large", "This document is made of more files than a document is.")
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise Unreadable("source_unreadable", _DAMAGED) from None
        self._names = {file.filename.lower(): file.filename for file in self._archive.infolist()}
        self._left = MAX_UNPACKED_BYTES

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archive.close()

    @property
    def names(self) -> list[str]:
        return list(self._names.values())

    @property
    def pictures(self) -> list[str]:
        """The names of the pictures of an Office document, as its program has numbered them."""
        found = (name for name in self.names if _PICTURE.fullmatch(name))
        return sorted(found, key=lambda name: [int(part) if part.isdigit() else 0 for part in re.split(r"(\d+)", name)])

    def check(self) -> None:
        """Raise Unreadable if all files together are too large, for a library opening the document by itself."""
        if sum(file.file_size for file in self._archive.infolist()) > MAX_UNPACKED_BYTES:
            raise Unreadable("source_too_large", "This document unpacks to more than a document does.")

    def has(self, name: str) -> bool:
        """Tell whether a file of this name exists; programs do not agree on capitals."""
        return name.lstrip("/").lower() in self._names

    def read(self, name: str) -> bytes:
        """Return a file's bytes. Raises Unreadable."""
        try:
            info = self._archive.getinfo(self._names[name.lstrip("/").lower()])
        except KeyError:
            raise Unreadable("source_unreadable", f"{_DAMAGED[:-1]}: a part of it is missing.") from None
        self._left -= info.file_size
        if self._left < 0:
            raise Unreadable("source_too_large", "This document unpacks to more than a document does.")
        try:
            return self._archive.read(info)
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError):
            raise Unreadable("source_unreadable", _DAMAGED) from None
        except RuntimeError:
            raise Unreadable("source_unreadable", "This document is locked with a password.") from None
        except Exception as error:  # zlib.error and lzma's are no OSError
            raise Unreadable("source_unreadable", _DAMAGED) from error

    def begins(self, name: str, with_bytes: bytes) -> bool:
        """Tell whether a file of this name begins so; no more is unpacked. A damaged file does not."""
        try:
            with self._archive.open(self._names[name.lower()]) as file:
                return file.read(len(with_bytes)) == with_bytes
        except Exception:  # noqa: BLE001 - as read() does, whose refusal says which
            return False

    def xml(self, name: str) -> etree._Element:
        """Return a file's tree, as tree() tells it. Raises Unreadable."""
        return tree(self.read(name))


def tree(data: bytes) -> etree._Element:
    """Return the tree of a document's XML, without additions from other files or entities. Raises Unreadable."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError):
        raise Unreadable("source_unreadable", _DAMAGED) from None


def _entries(data: bytes) -> int:
    """Tell how many files an archive lists, at most: archives within have lists of their own."""
    end = data.rfind(_END)
    size = int.from_bytes(data[end + 12 : end + 16], "little")
    is_large = end < 0 or size > end or data[end - 20 : end].startswith(_END_64)
    return data.count(_ENTRY, 0 if is_large else end - size)
