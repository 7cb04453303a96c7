"""Bytes as text, whether or not they say how they are encoded. https://encoding.spec.whatwg.org/#decode"""

from __future__ import annotations

import codecs

from functions.content_harvester.source import Unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes, charset: str | None) -> str:
    """Bytes as text: by their byte order mark, as declared, as UTF-8, or as they look. Raises Unreadable for others."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if b"\0" in data[:8192]:
        raise Unreadable("source_not_text", "This is no text, nor a document of a kind that can be read.")
    for encoding in filter(None, (charset, "utf-8")):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    from charset_normalizer import from_bytes

    guess = from_bytes(data[:100_000]).best()
    if guess is None:
        raise Unreadable("source_not_text", "This is no text, nor a document of a kind that can be read.")
    return data.decode(guess.encoding, errors="replace")
