"""Passages that somebody marked in an e-reader: Kindle's `My Clippings.txt`, each passage a quotation from its book."""

from __future__ import annotations

import re
from collections import defaultdict

from common.text.blocks import Block, BlockKind

_END = re.compile(r"^={10}[ \t]*$", re.MULTILINE)
_CLIPPING = re.compile(r"\s*(?P<book>\S.{0,300})\n-[ ](?P<place>.{4,300})(?:\n\s*(?P<said>(?s:.*)))?")
_NOTE = re.compile(r"(?:your |ihre |votre |tu |sua |la tua )?not(?:e|a|iz)\b", re.IGNORECASE)
_BOOK = re.compile(r"(?P<title>.+?)\s*\((?P<author>[^()]{1,100})\)$")


def blocks_of_clippings(text: str) -> tuple[dict[str, str], list[Block]] | None:
    """Return the facts and blocks of clippings, book by book; None for any other text. Bookmarks have no words."""
    parts = _END.split(text.lstrip("\ufeff"))
    found = [_CLIPPING.fullmatch(part.strip()) for part in parts[:-1] if part.strip()]
    if not found or not all(found) or parts[-1].strip():
        return None
    books = defaultdict[str, list[Block]](list)
    for clipping in found:
        if clipping and (said := (clipping["said"] or "").strip()):
            kind = BlockKind.PARAGRAPH if _NOTE.match(clipping["place"]) else BlockKind.QUOTATION
            books[clipping["book"].strip("\ufeff ")].append(Block(kind, said))
    if len(books) == 1:
        (name, blocks), *_ = books.items()
        book = _BOOK.fullmatch(name)
        return {"title": book["title"] if book else name, "author": book["author"] if book else ""}, blocks
    return {}, [block for name, said in books.items() for block in (Block(BlockKind.HEADING, name, 2), *said)]
