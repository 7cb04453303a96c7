"""Links, taken out of texts by strangers: read aloud they are noise, and in a transcript or a title a reader may follow
them to wherever the author of a page wants visitors."""

from __future__ import annotations

import re

_LINK = re.compile(r"\[([^\[\]]*)\]\((?:[^()]|\([^()]*\))*\)")
_ADDRESS = re.compile(
    r"(?:\b\w{2,12}://|\bwww\.|\bjavascript:)\S*"
    r"|\b(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}/\S*"  # without its scheme; a bare name (Booking.com) is a word as any
    r"|</?[a-z][^<>]*>",
    re.IGNORECASE,
)

_BARE = re.compile(r"www\.|javascript:", re.IGNORECASE)


def without_links(text: str) -> str:
    """Take the addresses and the tags out of `text`; of a Markdown link the words are left."""
    if "/" not in text and "<" not in text and "](" not in text and not _BARE.search(text):
        return text
    return _ADDRESS.sub(" ", _LINK.sub(r"\1", text))


def title_without_links(text: str) -> str:
    """Take the links and tags out of a title or another single line."""
    return " ".join(without_links(text).split())
