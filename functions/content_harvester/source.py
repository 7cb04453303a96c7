"""A source, one clean text with its origin, and the possible problems of a document.

This module and the readers built on it (`source_*.py`) know nothing of Aethercast: they run in a process of their
own without secrets (`sandbox.py`), for the documents they read were written by strangers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from common.contract import MAX_TEXT_CHARACTERS, MAX_URL_CHARACTERS
from common.errors import SourceRefused
from common.outbound.links import parse_link
from common.text.blocks import Block, BlockKind, plain_text
from common.text.cleaning import clean
from common.text.own_numbers import without_own_numbers

_MAX_TITLE, _MAX_AUTHOR = 200, 200
_STRAY = re.compile(r"^\*+\s?(?=[^*]+$)")
"""A star that was to make a title bold, and did not."""
_TIMED = re.compile(r"\s*\[\d{1,2}:\d\d(?::\d\d)?\](?=\s|$)")
_SAID = re.compile(r"[^\W_]")
"""A letter or a digit: lines of stars or strokes part what is told, and are not told."""
MAX_BLOCKS = 100_000
"""A text as long as any may be has fewer paragraphs; each costs its readers memory, however short."""


@dataclass(frozen=True)
class Source:
    """A text, in paragraphs parted by blank lines, and in blocks where its reader knows blocks.

    `date` is as the source gives it, ISO 8601 where known. `left_out` counts by kind the things not read:
    {"reference": 31, "table": 2}.
    """

    text: str
    title: str = ""
    url: str | None = None
    author: str | None = None
    date: str | None = None
    blocks: tuple[Block, ...] = ()
    left_out: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str, *, title: str | None, url: str | None, author: str | None, date: str | None) -> Source:
        """Return a Source, cleaned, its title not told twice. Raises Unreadable for a text without words, or with too
        many."""
        name = _line(title, _MAX_TITLE)
        first, _, rest = clean(text).partition("\n\n")
        text = rest if rest and first.lower() == name.lower() else f"{first}\n\n{rest}".strip()
        if not re.search(r"[^\W\d_]{2}", text):
            raise Unreadable("source_empty", "There is no text in it.")
        if len(text) > MAX_TEXT_CHARACTERS:
            raise Unreadable("source_too_large", f"It has more than {MAX_TEXT_CHARACTERS:,} characters of text.")
        return cls(text, name, web_link(url), _line(author, _MAX_AUTHOR) or None, _line(date, 40) or None)

    @classmethod
    def of_blocks(
        cls,
        blocks: Iterable[Block],
        *,
        title: str | None,
        url: str | None,
        author: str | None,
        date: str | None,
        left_out: Mapping[str, int] | None = None,
    ) -> Source:
        """Return a Source of blocks, cleaned, without those of signs alone, its title not told twice.

        Raises Unreadable as of() does.
        """
        name = _line(title, _MAX_TITLE)
        cleaned = (_untimed(given.cleaned()) for given in blocks)
        kept = without_own_numbers([block for block in cleaned if _SAID.search(block.text)])
        if len(kept) > 1 and kept[0].text.lower() == name.lower():
            kept.pop(0)
        if len(kept) > MAX_BLOCKS:
            raise Unreadable("source_too_large", f"It has more than {MAX_BLOCKS:,} paragraphs, items and lines.")
        source = cls.of(plain_text(kept), title=None, url=url, author=author, date=date)
        return replace(
            source,
            title=name,
            blocks=tuple(kept),
            left_out={kind: count for kind, count in (left_out or {}).items() if count},
        )


@dataclass(frozen=True)
class Document:
    """Bytes fetched or handed in, with their declarations; neither type nor name is to be relied on."""

    data: bytes
    content_type: str = ""
    name: str = ""
    url: str | None = None

    @property
    def media_type(self) -> str:
        """`text/html`, without parameters."""
        return self.content_type.partition(";")[0].strip().lower()

    @property
    def charset(self) -> str | None:
        found = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", self.content_type, re.IGNORECASE)
        return found[1] if found else None

    @property
    def stem(self) -> str:
        """The file's name without its ending, to be a title where the document has none."""
        return self.name.rpartition("/")[2].rpartition(".")[0] or self.name


@dataclass(frozen=True)
class Lead:
    """A link at which more is told, and the facts known already: its teaser, where the link leads to nothing."""

    url: str
    teaser: Source | None = None


def web_link(url: str | None) -> str | None:
    """Return a link of a document as it may be shown and followed, or None for any other than a link into the web.

    The one check for all links: whatever a document calls a link (`javascript:`, `data:`, `urn:`, thousands of
    characters) goes no further than its reader.
    """
    if not url or len(url) > MAX_URL_CHARACTERS:
        return None
    try:
        return url if parse_link(url, any_port=True) else None
    except SourceRefused:
        return None


OCR = "A program that recognises text (OCR)"
"""How the reason is told of a document that is pictures alone."""


class Unreadable(Exception):
    """A document without a text; `code` is stable, `detail` a sentence for the person asking."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail

    @property
    def is_of_pictures(self) -> bool:
        """Tell whether the text of the document is there to be seen alone."""
        return OCR in self.detail


def _untimed(block: Block) -> Block:
    """Take a transcript's times out of a speaker's line: "[01:25]"."""
    if block.kind is not BlockKind.LINE or "[" not in block.text:
        return block
    return replace(block, text=_TIMED.sub("", block.text).strip())


def _line(text: str | None, most: int) -> str:
    line = _STRAY.sub("", clean(text or "").replace("\n", " "))
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
