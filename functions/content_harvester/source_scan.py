"""The text of pictures, of a scanned PDF or an Office document too, by a program for that (OCR), which is a setting.

The program is given a picture on its standard input, as it was handed in, or a page as PGM
(https://netpbm.sourceforge.net/doc/pgm.html), and writes the text to its standard output, as `tesseract - -` does. The
program runs as confined as the readers do.
"""

from __future__ import annotations

import math
import shlex
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing

from common.text.typed import typed_blocks
from functions.content_harvester.archives import Archive
from functions.content_harvester.source import OCR, Document, Source, Unreadable

MAX_PAGES = 50
PAGE_S = 30.0
_SCALE = 200 / 72
"""Pixels a point: 200 to the inch, with which small print is still legible."""
_MAX_PIXELS = 12_000_000
_OF_PICTURES = f"There is no text in this document: it has pictures alone. {OCR} makes a PDF of them."


def read_scan(document: Document, command: str) -> Source:
    """Return the text that a program recognises on a picture, or on the first MAX_PAGES pages or pictures of a
    document.

    Raises Unreadable.
    """
    texts = [_recognised(picture, command) for picture in _pictures(document.data)]
    blocks = typed_blocks("\n\n".join(texts))
    if not any(character.isalpha() for text in texts for character in text):
        raise Unreadable("source_empty", "No text could be recognised in these pictures.")
    return Source.of_blocks(blocks, title=document.stem, url=document.url, author=None, date=None)


def read_or_tell_of_pictures(read: Callable[[Document], Source], document: Document) -> Source:
    """Read an Office document with `read`; raise Unreadable for a document of pictures alone."""
    try:
        return read(document)
    except Unreadable as error:
        if error.code == "source_empty" and document.data.startswith(b"PK"):
            with Archive(document.data) as archive:
                if archive.pictures:
                    raise Unreadable("source_empty", _OF_PICTURES) from None
        raise


def _pictures(data: bytes) -> Iterator[bytes]:
    if data.startswith(b"PK"):
        with Archive(data) as archive:
            yield from map(archive.read, archive.pictures[:MAX_PAGES])
        return
    if b"%PDF-" not in data[:1024]:
        yield data
        return
    import pypdfium2 as pdfium

    with closing(pdfium.PdfDocument(data)) as opened:
        for number in range(min(len(opened), MAX_PAGES)):
            page = opened[number]
            width, height = page.get_size()
            scale = min(_SCALE, math.sqrt(_MAX_PIXELS / max(1.0, width * height)))
            bitmap = page.render(scale=scale, grayscale=True)
            pixels = memoryview(bitmap.buffer).cast("B")
            rows = (pixels[row * bitmap.stride : row * bitmap.stride + bitmap.width] for row in range(bitmap.height))
            yield b"P5 %d %d 255\n" % (bitmap.width, bitmap.height) + b"".join(rows)
            bitmap.close()
            page.close()


def _recognised(picture: bytes, command: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - a setting, which no stranger sets
            shlex.split(command), input=picture, capture_output=True, timeout=PAGE_S, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Unreadable("source_unreadable", "The text of these pictures could not be recognised.") from error
    return done.stdout.decode("utf-8", "replace").replace("\f", "\n\n")
