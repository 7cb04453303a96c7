"""Plain text as blocks: paragraphs, stanzas, lists, headings and the lines of speakers, by the text's layout.

Line by line, each looked at a bounded number of times, so that no text takes long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from common.text.blocks import Block, BlockKind
from common.text.sentences import ended
from common.text.typed_lines import told_lines
from functions.content_harvester.lines import joined
from functions.content_harvester.speakers import lines_by_speakers

_BULLET = re.compile(r"[-*+•◦▪‣·][ \t]+(?=\S)")
_NUMBER = re.compile(r"(\(?)(\d{1,3}|[a-z]|[ivx]{2,5}|[IVX]{1,5})([.)]|[°º]|[ \t]?[-–—])[ \t]+(?=\S)")
_MONTH = re.compile(r"(jan|feb|mär|apr|mai|jun|jul|aug|sep|okt|nov|dez)\w*\b", re.IGNORECASE)
_RULE = re.compile(r"[ \t]*([*_=~#-])[ \t]?(?:\1[ \t]?){2,}")
_UNDERLINES = "=-~"
_MAX_HEADING, _LEAST_PROSE = 80, 100
_NARROWEST = 50
"""Characters: an item's line was not folded at less."""


@dataclass
class _Line:
    """A line, its indentation, and the sign or number of an item at its beginning."""

    text: str
    indent: int
    marker: str = ""
    numbered: bool = False
    accepted: bool = False


def blocks_of_plain(text: str) -> list[Block]:
    """The blocks of a text without markup of any kind."""
    paragraphs = list(_paragraphs(text))
    if (spoken := lines_by_speakers([[line.text for line in lines] for lines, _ in paragraphs])) is not None:
        return spoken
    _accept_numbers([line for lines, _ in paragraphs for line in lines if line.numbered])
    typed = iter(told_lines([[line.text for line in lines] for lines, _ in paragraphs if not _has_items(lines)]))
    blocks: list[Block] = []
    for lines, underlined in paragraphs:
        told = [] if _has_items(lines) else next(typed)
        if underlined:
            blocks.append(Block(BlockKind.HEADING, lines[0].text, 1 if underlined == "=" else 2))
        else:
            blocks += told or _blocks(lines)
    return _with_headings(blocks)


def _has_items(lines: list[_Line]) -> bool:
    return any(line.accepted for line in lines)


def _paragraphs(text: str) -> Iterator[tuple[list[_Line], str]]:
    """Lines without a blank line between, and the character of their underline, where a single line is underlined."""
    paragraph: list[_Line] = []
    for line in text.splitlines():
        rule = _RULE.fullmatch(line) if len(line) <= 200 else None
        if line.strip() and not rule:
            paragraph.append(_line(line))
        elif paragraph:
            single = rule and len(paragraph) == 1 and rule[1] in _UNDERLINES
            yield paragraph, rule[1] if rule and single else ""
            paragraph = []
    if paragraph:
        yield paragraph, ""


def _line(line: str) -> _Line:
    text = line.strip()
    indent = len(line) - len(line.lstrip())
    if _BULLET.match(text):
        return _Line(text, indent, accepted=True, marker=text[0])
    found = _NUMBER.match(text)
    if found and not _MONTH.match(text[found.end() : found.end() + 12]):
        return _Line(text, indent, marker=found[0].strip(), numbered=True)
    return _Line(text, indent)


def _accept_numbers(lines: list[_Line]) -> None:
    """Accept numbers counting from the first on; any other is a part of its sentence: a year, a day, a page."""
    runs: dict[tuple[str, str, str], list[_Line]] = {}
    for line in lines:
        opening, label, closing = next(_NUMBER.finditer(line.text)).groups()
        for style, number in _readings(label):
            run = runs.setdefault((opening, closing, style), [])
            if number == len(run) + 1:
                run.append(line)
            elif number == 1:
                runs[opening, closing, style] = [line]
            else:
                continue
            run = runs[opening, closing, style]
            if len(run) > 1:
                run[0].accepted = run[-1].accepted = True


def _readings(label: str) -> Iterator[tuple[str, int]]:
    if label.isdigit():
        yield "digits", int(label)
        return
    if label.isupper():
        if label.lower() in _ROMAN:
            yield "great roman", _ROMAN.index(label.lower()) + 1
        return
    if label in _ROMAN:
        yield "roman", _ROMAN.index(label) + 1
    if len(label) == 1:
        yield "letters", ord(label) - ord("a") + 1


_ROMAN = [
    "i",
    "ii",
    "iii",
    "iv",
    "v",
    "vi",
    "vii",
    "viii",
    "ix",
    "x",
    "xi",
    "xii",
    "xiii",
    "xiv",
    "xv",
    "xvi",
    "xvii",
    "xviii",
    "xix",
    "xx",
]


def _blocks(lines: list[_Line]) -> Iterator[Block]:
    """A paragraph's items, where lines begin with the sign of an item, and the lines before the items."""
    indents = sorted({line.indent for line in lines if line.accepted})
    pending: list[str] = []
    item: _Line | None = None
    for line in lines:
        after = item is not None and not line.accepted and _stands_after(line, item, pending)
        if (line.accepted or after) and pending:
            yield _block(pending, item, indents)
            pending = []
        if after:
            item = None
        if line.accepted:
            item = line
            pending.append(line.text[len(line.marker) :])
        else:
            pending.append(line.text)
    yield _block(pending, item, indents)


def _stands_after(line: _Line, item: _Line, pending: list[str]) -> bool:
    """Whether a line below an item is no part of it: not indented, and after the item's end."""
    if line.indent > item.indent or not line.text[0].isupper():
        return False
    return ended(pending[-1]) or len(item.marker) + len(pending[-1]) + len(line.text.split()[0]) < _NARROWEST


def _block(lines: list[str], item: _Line | None, indents: list[int]) -> Block:
    if item is None:
        return joined(lines)
    text = joined(lines, BlockKind.ITEM).text
    return Block(BlockKind.ITEM, text, 1 + indents.index(item.indent), item.marker if item.numbered else "")


def _with_headings(blocks: list[Block]) -> list[Block]:
    """The blocks, with those as headings which are a line of their own, no sentence, and before prose."""
    return [
        Block(BlockKind.HEADING, block.text, 2) if after and _is_heading(block, after) else block
        for block, after in zip_longest(blocks, blocks[1:])
    ]


def _is_heading(block: Block, after: Block) -> bool:
    text = block.text
    return (
        (block.kind is BlockKind.PARAGRAPH or bool(block.marker))
        and len(text) <= _MAX_HEADING
        and text[-1] not in ".!?:;,…"
        and (text[0].isupper() or text[0].isdigit())
        and after.kind is BlockKind.PARAGRAPH
        and len(after.text) >= _LEAST_PROSE
    )
