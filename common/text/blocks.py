"""The blocks that a text is made of: the kind of each, from a document's reader to the writer.

A heading is not said as a sentence, an item stands only with its list, code is not read aloud. A text alone does not
tell these apart, so readers name each block, and later stages need not guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Required, TypedDict, cast

from common.text.cleaning import clean


class BlockKind(StrEnum):
    """The kinds of blocks, as HTML names most of them."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    """One item of a list. Items that follow each other are one list, and the paragraph before them its lead-in, if it
    ends with a colon or without an end mark."""
    TERM = "term"
    DEFINITION = "definition"
    QUOTATION = "quotation"
    VERSE = "verse"
    """A stanza; its lines are parted by newlines."""
    LINE = "line"
    """What one speaker says, in an interview, a play or a chat."""
    CODE = "code"
    TABLE = "table"
    """A row of a table, told as a sentence."""
    CAPTION = "caption"
    FOOTNOTE = "footnote"
    REFERENCE = "reference"


class StoredBlock(TypedDict, total=False):
    """A block as JSON: the fields of a Block that are set."""

    kind: Required[str]
    text: str
    level: int
    marker: str
    speaker: str


@dataclass(frozen=True)
class Block:
    """A block, its text cleaned and on a single line (but for verse and code).

    `level` is the rank of a heading from 1, or the depth of an item from 1, else 0. `marker` is an item's own number as
    it is written, "(a)" or "3.", which is no part of the text. `speaker` is who says a line.
    """

    kind: BlockKind
    text: str
    level: int = 0
    marker: str = ""
    speaker: str = ""

    def cleaned(self) -> Block:
        """Return the same block with its text cleaned; each line by itself where lines matter."""
        if self.kind in {BlockKind.VERSE, BlockKind.CODE}:
            text = "\n".join(filter(None, map(clean, self.text.splitlines())))
        else:
            text = clean(self.text).replace("\n\n", " ")
        return replace(self, text=text, speaker=clean(self.speaker), marker=clean(self.marker))

    def as_json(self) -> StoredBlock:
        """Return the fields that are set."""
        return cast(StoredBlock, {name: value for name, value in asdict(self).items() if value})

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Block:
        """Read what as_json() wrote. Raises KeyError or ValueError for anything else; unknown fields are left out."""
        return cls(
            BlockKind(fields["kind"]),
            str(fields.get("text", "")),
            int(fields.get("level", 0)),
            str(fields.get("marker", "")),
            str(fields.get("speaker", "")),
        )


def plain_text(blocks: Iterable[Block]) -> str:
    """Return the blocks' texts, parted by blank lines: the input of a language model, and of searches."""
    return "\n\n".join(f"{block.speaker}: {block.text}" if block.speaker else block.text for block in blocks)


def paragraphs_of(text: str) -> tuple[Block, ...]:
    """Return a text of which no more is known, in paragraphs parted by blank lines, as blocks."""
    return tuple(Block(BlockKind.PARAGRAPH, paragraph) for paragraph in clean(text).split("\n\n") if paragraph)
