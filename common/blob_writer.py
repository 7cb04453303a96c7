"""Objects too large to hold: written piece by piece, or joined of parts, still once under names known beforehand.

A name that turns out to be taken when all is written is as good as written. Who writes here writes the same bytes in
every attempt; mostly it is this very object, stored by a request whose answer was lost and which was sent again, and to
fail then would throw minutes of work away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from common.blobs import RETRY, TIMEOUT, UNREACHABLE, blob_of, taken
from common.errors import Busy
from common.settings import Settings

CHUNK_BYTES = 4 * 2**20
"""What is held of an object while it is written; the more, the fewer requests. A multiple of 256 KiB."""


class Writer(Protocol):
    def write(self, data: bytes, /) -> Any: ...


@contextmanager
def object_writer(settings: Settings, name: str, *, content_type: str) -> Iterator[Writer]:
    """Write an object over the block, in one resumable upload: there is none until the block has ended well.

    Raises Busy out of the block for a name taken by then, ServiceBroken when storage fails.
    """
    blob = blob_of(settings, name)
    opened = blob.open(
        "wb",
        chunk_size=CHUNK_BYTES,
        content_type=content_type,
        if_generation_match=0,
        timeout=TIMEOUT,
        retry=RETRY,
    )
    try:
        try:
            yield opened
        except BaseException:
            with suppress(Exception):  # an upload that cannot be called off either is dropped by storage after a week
                opened.terminate()
            raise
    except UNREACHABLE as error:
        taken(settings, name, error)
        raise Busy("object_exists", "Another worker has stored this.") from error
    with _stored(settings, name):
        opened.close()


def compose_object(settings: Settings, name: str, parts: Sequence[str], *, content_type: str) -> None:
    """Join objects to one, without their bytes passing through here. Raises ServiceBroken when storage fails.

    https://cloud.google.com/storage/docs/composite-objects: at most 32 parts, which stay as they are.
    """
    blob = blob_of(settings, name)
    blob.content_type = content_type
    sources = [blob_of(settings, part) for part in parts]
    with _stored(settings, name):
        blob.compose(sources, if_generation_match=0, timeout=TIMEOUT, retry=RETRY)


@contextmanager
def _stored(settings: Settings, name: str) -> Iterator[None]:
    """Store over the block. An object that is there is what was to be stored. Raises ServiceBroken otherwise."""
    try:
        yield
    except UNREACHABLE as error:
        taken(settings, name, error)
