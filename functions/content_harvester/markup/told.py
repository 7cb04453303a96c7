"""The blocks of a tree that is prepared, and the numbers of things left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from lxml import etree

from common.text.blocks import Block, BlockKind
from common.text.conversation import with_speakers
from common.text.lines import joined
from common.text.sentences import ended
from common.text.typed import typed_blocks
from common.text.typed.hand_broken import told_lines
from functions.content_harvester.by_hand import is_item, with_items
from functions.content_harvester.html_elements import KINDS
from functions.content_harvester.markup.formulas import without_formulas
from functions.content_harvester.markup.paragraphs import WIDEST_VERSE
from functions.content_harvester.markup.tables import cells_of, sentences_of_table
from functions.content_harvester.markup.trees import CODE, CONTENTS, NOTE, REFERENCE, SET_APART, TABLE, number_of

_LEFT_OUT = {CODE: "code", TABLE: "table", NOTE: "footnote", REFERENCE: "reference", CONTENTS: "contents"}
_UNTOLD = frozenset([
    "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "canvas", "audio", "video",
    "map", "select", "option", "optgroup", "button", "input", "textarea", "datalist", "progress", "meter", "head",
    "title", "math", "rp", "rt", "menu", "dialog", "nav",
])  # fmt: skip
_KINDS = {
    **KINDS,
    "figcaption": BlockKind.CAPTION,
    "caption": BlockKind.CAPTION,
    "summary": BlockKind.HEADING,
}
_ANCHOR = re.compile(r"\s*(\[ ?edit[^\]]{0,40}\]|[¶#§🔗])\s*$")
_MOST_ROWS = 200
"""Of a table that is told whole."""
_ITEM_CHARACTERS = 600
"""Paragraphs of an item are one with it up to that; what is longer is a text of its own."""
_PROSE = frozenset([BlockKind.PARAGRAPH, BlockKind.QUOTATION])


@dataclass
class Told:
    """The blocks of a tree, and the numbers of things left out, by kind."""

    blocks: list[Block] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def blocks(
    root: etree._Element,
    *,
    is_book: bool = False,
    is_document: bool = False,
    tables: Mapping[str, Sequence[str]] | None = None,
) -> Told:
    """Return the blocks of a tree from parse() or prepare(). Tables are told in sentences where they can be.

    A document that is mostly its tables, a report by mail, is told with these, however large they are.

    In a book short lines ended by `br` are verse; on pages many are not, and are looked at. `tables` are the sentences
    of tables whose place is marked by TABLE and their key.
    """
    walk = _Walk(is_book, tables or {})
    told = walk.through(root)
    if is_document and walk.untold > sum(len(block.text) for block in told.blocks):
        told = _Walk(is_book, tables or {}, whole_tables=True).through(root)
    return Told(list(with_items(with_speakers(told.blocks))), told.left_out)


@dataclass
class _Frame:
    """An element of blocks, and the kind of its words."""

    kind: BlockKind
    level: int = 0
    marker: str = ""
    begun: bool = False
    untold: bool = False
    count: int = 0
    numbering: str = ""


class _Walk:
    def __init__(self, is_book: bool, tables: Mapping[str, Sequence[str]], *, whole_tables: bool = False) -> None:
        self.untold = 0
        """Characters of tables that are left out."""
        self._whole_tables = whole_tables
        self._is_book = is_book
        self._tables = tables
        self._told = Told()
        self._frames = [_Frame(BlockKind.PARAGRAPH)]
        self._words: list[str] = []
        self._broken: dict[int, list[str]] = {}
        """Places of blocks of prose that have lines ended by `br`, and these lines."""

    def through(self, root: etree._Element) -> Told:
        walk = etree.iterwalk(root, events=("start", "end"))
        skipped: etree._Element | None = None
        for event, element in walk:
            tag = element.tag
            if event == "start":
                if skipped is None and self._is_skipped(element):
                    skipped = element
                    walk.skip_subtree()
                elif skipped is None:
                    self._open(element)
                    self._say(element.text)
            else:
                if skipped is None and tag in SET_APART:
                    self._flush()
                    self._frames.pop()
                if skipped is element:
                    skipped = None
                if element is not root:
                    self._say(element.tail)
        self._flush()
        self._keep_verses()
        return self._told

    def _keep_verses(self) -> None:
        """Keep the lines of blocks in a row that are a poem together, whatever letters their lines begin with."""
        for _, run in groupby(enumerate(self._broken), lambda numbered: numbered[1] - numbered[0]):
            places = [place for _, place in run]
            lines = [line for place in places for line in self._broken[place]]
            if 2 * sum(map(ended, lines)) > len(lines):
                continue  # a sentence a line is prose
            for place, told in zip(places, told_lines([self._broken[place] for place in places]), strict=True):
                if [block.kind for block in told] == [BlockKind.VERSE]:
                    self._told.blocks[place] = told[0]

    def _is_skipped(self, element: etree._Element) -> bool:
        tag = element.tag
        if tag == "table":
            self._flush()
            self._table(element)
            return True
        return tag in _UNTOLD or not isinstance(tag, str)

    def _open(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in {"br", "hr"}:
            self._words.append("\n")
        if tag not in SET_APART:
            return
        self._flush()
        around = self._frames[-1]
        kind = _KINDS.get(tag) or around.kind
        frame = _Frame(kind, around.level if kind is around.kind else 0)
        if tag in {"ul", "ol"}:
            depth = around.level if around.kind is BlockKind.ITEM else 0
            frame = _Frame(BlockKind.ITEM, depth + 1)
            if tag == "ol":
                frame.numbering = element.get("type") or "1"
                frame.count = number_of(element.get("start"), 1) - 1
        elif tag == "li":
            frame = self._item(element, around)
        elif kind is BlockKind.HEADING:
            frame.level = int(tag[1]) if tag[1].isdigit() else max(around.level, 6)
        elif around.kind is BlockKind.ITEM and kind is BlockKind.ITEM:
            frame = around  # a paragraph of an item is the item's
        self._frames.append(frame)

    @staticmethod
    def _item(element: etree._Element, around: _Frame) -> _Frame:
        marker = ""
        if around.numbering:
            around.count = number_of(element.get("value"), around.count + 1)
            marker = _marker(around.count, around.numbering)
        return _Frame(BlockKind.ITEM, max(1, around.level), marker)

    def _say(self, text: str | None) -> None:
        if text:
            self._words.append(re.sub(r"[^\S\xa0]+", " ", text))

    def _flush(self) -> None:
        if not self._words:
            return
        text, frame = "".join(self._words), self._frames[-1]
        self._words.clear()
        for paragraph in re.split(r"\n[ \xa0]*(?:\n[ \xa0]*)+", text):
            lines = [line for given in paragraph.split("\n") if (line := given.strip())]
            if not lines:
                continue
            if frame.kind is BlockKind.PARAGRAPH and sum(map(is_item, lines)) > 1:
                typed = typed_blocks("\n".join(lines))
                if any(block.kind is BlockKind.ITEM for block in typed) and not frame.untold:
                    self._told.blocks += typed
                    continue
            block = joined(lines, frame.kind)
            if self._is_book and len(lines) > 1 and block.kind in _PROSE and max(map(len, lines)) < WIDEST_VERSE:
                block = Block(BlockKind.VERSE, "\n".join(lines))
            self._emit(block, frame)
            if block.kind in _PROSE and len(lines) > 1 and self._told.blocks[-1:] == [block]:
                self._broken[len(self._told.blocks) - 1] = lines

    def _emit(self, block: Block, frame: _Frame) -> None:
        text = block.text
        if text[:1] == TABLE and (sentences := self._tables.get(text[1:].split(maxsplit=1)[0] if text[1:] else "")):
            self._told.blocks += [Block(BlockKind.TABLE, sentence) for sentence in sentences]
            return
        if text[:1] in _LEFT_OUT:
            self._told.left_out[_LEFT_OUT[text[0]]] += 1
            frame.untold = True
        if frame.untold:
            return
        text = without_formulas(text, self._told.left_out)
        if frame.kind is BlockKind.HEADING:
            text = _ANCHOR.sub("", text)
        if not text.strip():
            return
        if frame.kind is BlockKind.ITEM and frame.begun:
            before = self._told.blocks[-1]
            if (before.kind, before.level) == (BlockKind.ITEM, frame.level) and len(before.text) + len(
                text
            ) <= _ITEM_CHARACTERS:
                parted = ": " if text[0].isupper() and before.text[-1:].isalnum() else " "
                self._told.blocks[-1] = Block(before.kind, f"{before.text}{parted}{text}", before.level, before.marker)
            else:
                self._told.blocks.append(Block(BlockKind.PARAGRAPH, text))
            return
        marker = frame.marker if block.kind is BlockKind.ITEM else ""
        level = frame.level if block.kind in {BlockKind.ITEM, BlockKind.HEADING} else 0
        self._told.blocks.append(Block(block.kind, text, level, marker))
        frame.begun = True

    def _table(self, table: etree._Element) -> None:
        sentences = sentences_of_table(table, limited=not self._whole_tables)
        if sentences is None:
            characters = sum(len(cell.strip()) for row in cells_of(table) for cell in row)
            self._told.left_out["table"] += characters > 0
            self.untold += characters
            return
        if len(sentences) > _MOST_ROWS:
            self._told.left_out["row"] += len(sentences) - _MOST_ROWS
        self._told.blocks += [Block(BlockKind.TABLE, sentence) for sentence in sentences[:_MOST_ROWS]]


def _marker(number: int, numbering: str) -> str:
    if numbering in {"a", "A"} and 1 <= number <= 26:
        return f"{chr(ord(numbering) + number - 1)}."
    if numbering in {"i", "I"} and 1 <= number < 40:
        roman = "x" * (number // 10) + ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"][number % 10]
        return f"{roman if numbering == 'i' else roman.upper()}."
    return f"{number}."
