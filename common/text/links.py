"""Words that lead nowhere. Nobody hears a link, and one in a transcript or a title would be followed: whoever wrote the
page may have meant just that."""

from __future__ import annotations

import re

_LINK = re.compile(r"\[([^\[\]]*)\]\((?:[^()]|\([^()]*\))*\)")
_ADDRESS = re.compile(
    r"(?:\b\w{2,12}://|\bwww\.|\bjavascript:)\S*"
    r"|\b(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}/\S*"  # without its scheme; a bare name (Booking.com) is a word as any
    r"|</?[a-z][^<>]*>",
    re.IGNORECASE,
)


def without_links(text: str) -> str:
    """Take the addresses and the tags out of `text`; of a Markdown link the words are left."""
    return _ADDRESS.sub(" ", _LINK.sub(r"\1", text))


def title_without_links(text: str) -> str:
    """Take them out of a title, or whatever else has one line."""
    return " ".join(without_links(text).split())
