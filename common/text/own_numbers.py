"""Items with numbers of their own behind the sign of an item: "* I - natural persons;", "* a) the deaf;", "* § 2º …".

Laws in Markdown and on web pages are typed so. The numbers are not read, and tell what is below what.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from common.text.blocks import Block, BlockKind

_NUMBER = re.compile(
    r"(?P<marker>§\s?(?P<clause>\d{1,3})\.?[ºª°o]?|(?P<roman>[IVXLC]{1,9})(?:\s?[-–—]|[.)])|\(?(?P<letter>[a-z])\)"
    r"|\(?(?P<digits>\d{1,2})\))\s+(?=\S)"
)
_STYLES: Final = ("clause", "roman", "letter", "digits")
_VALUES: Final = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_LEAST: Final = 0.8
"""Of the items of a list: so many are numbered, if any is."""


def without_own_numbers(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks, such items without their numbers, at their depth; numbered paragraphs of law as paragraphs."""
    found: list[Block] = []
    for listed, group in groupby(blocks, key=lambda block: block.kind is BlockKind.ITEM and not block.marker):
        run = list(group)
        found += _unnumbered(run) if listed else run
    return found


def _unnumbered(run: list[Block]) -> Iterator[Block]:
    numbers = [_NUMBER.match(block.text) for block in run]
    if len(run) < 2 or sum(number is not None for number in numbers) < _LEAST * len(run) or not _count(numbers):
        yield from run
        return
    opened: list[str] = []
    for block, number in zip(run, numbers, strict=True):
        if number is None:
            yield replace(block, level=max(1, len(opened)))
            continue
        style, text = _style(number), block.text[number.end() :]
        if style == "clause":
            opened.clear()
            yield Block(BlockKind.PARAGRAPH, text)
            continue
        if style in opened:
            del opened[opened.index(style) + 1 :]
        else:
            opened.append(style)
        yield replace(block, text=text, level=len(opened), marker=number["marker"])


def _count(numbers: Sequence[re.Match[str] | None]) -> bool:
    """Tell whether each number is the next of its kind, or the first again."""
    last: dict[str, int] = {}
    for number in filter(None, numbers):
        style, value = _style(number), _value(number)
        goes_on = style == "clause" and style not in last  # an article may begin with its second paragraph
        if value not in {1, last.get(style, 0) + 1} and not goes_on:
            return False
        last[style] = value
    return True


def _style(number: re.Match[str]) -> str:
    return next(style for style in _STYLES if number[style])


def _value(number: re.Match[str]) -> int:
    written = number[_style(number)]
    if written.isdigit():
        return int(written)
    if written.islower():
        return ord(written) - ord("a") + 1
    values = [_VALUES[letter] for letter in written]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))
