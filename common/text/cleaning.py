"""Text in the form for reading aloud, whatever its source."""

from __future__ import annotations

import re
import unicodedata


def clean(text: str) -> str:
    """Compose `text` (NFC), drop invisible characters, and part its paragraphs by one blank line each."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = visible(text)
    paragraphs = (" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text))
    return "\n\n".join(filter(None, paragraphs))


def visible(text: str) -> str:
    """Drop what nobody sees: hidden text for machines among it."""
    return _INVISIBLE.sub("", text)


def seen(text: str) -> str:
    """Return the visible part of a name or a title of any characters, on a single line."""
    return " ".join(visible(text).split())


# Controls but tab and newline, soft hyphens, zero-width and bidirectional marks, tags, private use, halves of pairs.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffd"
    "\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e0fff]"
)
