"""Short lines without an end mark: headings, items, or what leads into the next block.

No line is a heading for being short alone: a line breaking off in mid-sentence ("The tenant shall not") leads into the
list below it, or is a fragment.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from common.text.blocks import Block, BlockKind
from common.text.chess import begins_with_move
from common.text.plain.words import breaks_off, is_ended, without_signs

_LABELLED = re.compile(r"[A-ZÀ-Þ][^:]{2,30}: \S+(?P<more> \S)?")
_RIGHTS = re.compile(r"(?:copyright|©|\(c\))\s", re.IGNORECASE)
_HEADING: Final = 80
_HEADING_WORDS: Final = 12


def with_headings(blocks: Sequence[Block], language: str) -> list[Block]:
    """Tell which short lines without an end mark are headings, which are items, and which lead into what follows."""
    found: list[Block] = []
    at = 0
    while at < len(blocks):
        run = at
        while run < len(blocks) and _is_short(blocks[run]):
            run += 1
        if run == at:
            found.append(blocks[at])
            at += 1
            continue
        following = blocks[run] if run < len(blocks) else None
        item = blocks[at] if run - at == 1 and blocks[at].kind == BlockKind.ITEM else None
        if item and (_is_counted(blocks[:at], item) or _goes_on(item, blocks[run : run + 4])):
            found.append(item)  # the last item of a list, or a step with a word on it
        else:
            found += _told_run(blocks[at:run], following, language)
        at = run
    return found


def _goes_on(item: Block, below: Sequence[Block]) -> bool:
    """Tell whether two items that count on stand together below the text of an item."""
    number = item.marker.strip("().")
    markers = [block.marker.strip("().") if block.kind == BlockKind.ITEM else "" for block in below]
    return number.isdigit() and any(
        one == str(int(number) + 1) and other == str(int(number) + 2) for one, other in pairwise(markers)
    )


def _is_counted(above: Sequence[Block], block: Block) -> bool:
    """Tell whether the number of an item is the next in the list right above."""
    number = block.marker.strip("().")
    for before in reversed(above):
        if before.kind != BlockKind.ITEM:
            return False
        if before.level == block.level:
            one = before.marker.strip("().")
            return one.isdigit() and number.isdigit() and int(number) == int(one) + 1
    return False


def _is_short(block: Block) -> bool:
    """Tell whether the line could be a heading or an item: a line of few words without an end mark."""
    text = block.text
    if block.kind == BlockKind.ITEM:
        return bool(block.marker) and block.marker[0].isdigit() and _short_enough(text) and text[:1].isupper()
    return block.kind == BlockKind.PARAGRAPH and _short_enough(text) and not begins_with_move(text)


def _short_enough(text: str) -> bool:
    if len(text) > _HEADING or len(text.split()) > _HEADING_WORDS:
        return False
    return not is_ended(text) and text[-1:] not in ":;,"


def _told_run(run: Sequence[Block], following: Block | None, language: str) -> list[Block]:
    """Tell short lines in a row apart: items of a list where all of them are such, else as the next block tells."""
    first = next((at for at, block in enumerate(run) if block.kind == BlockKind.ITEM), len(run))
    listed = len(run) - first > 1 and all(block.kind == BlockKind.ITEM for block in run[first:])
    if listed and (not first or _is_counted(run[:-1], run[-1])):
        lead_in = [replace(block, text=without_signs(block.text)) for block in run[max(0, first - 1) : first]]
        return [*_headings(run[: max(0, first - 1)], language), *lead_in, *run[first:]]
    if sum(": " in block.text for block in run) > 1:  # "Serves: four", "Time: an hour"
        return [replace(block, kind=BlockKind.ITEM, text=without_signs(block.text), level=1) for block in run]
    leads = following is not None and following.kind == BlockKind.ITEM
    body = following is not None and following.kind in {
        BlockKind.PARAGRAPH, BlockKind.LINE, BlockKind.VERSE, BlockKind.QUOTATION, BlockKind.TABLE, BlockKind.TERM,
    }  # fmt: skip
    if leads and run[-1].kind != BlockKind.ITEM:
        return [*_headings(run[:-1], language), replace(run[-1], text=without_signs(run[-1].text))]
    if leads and len(run) == 1:
        return list(run)  # an item among longer ones
    labelled = _LABELLED.match(run[0].text) if len(run) == 1 else None
    if labelled and (labelled["more"] or not following):  # "Next meeting: 11 April"; at the end "Result: 1–0"
        return [replace(run[0], kind=BlockKind.TABLE, text=without_signs(run[0].text))]
    if body and len(run) <= 2:
        return _headings(run, language)
    if len(run) == 1:
        return list(run)
    last = [run[-1]] if body else []
    items = run[1 : -1 if body else None]
    return [
        replace(run[0], text=without_signs(run[0].text)),
        *(replace(block, kind=BlockKind.ITEM, text=without_signs(block.text), level=1) for block in items),
        *_headings(last, language),
    ]


def _headings(run: Sequence[Block], language: str) -> list[Block]:
    return [
        replace(block, kind=BlockKind.HEADING, text=without_signs(block.text), level=block.level or 2)
        if _reads_as_heading(block.text, language)
        else block
        for block in run
    ]


def _reads_as_heading(text: str, language: str) -> bool:
    """Tell whether a short line is whole: begins as a title does, and does not break off with a word that wants
    another."""
    words = [word.strip("\"“”«»'()*_,") for word in text.split()]
    if _RIGHTS.match(text):
        return False
    if not words or not (words[0][:1].isupper() or words[0][:1].isdigit() or text.startswith(("**", "¿", "§"))):
        return False
    return len(words) == 1 or not breaks_off(text, language)
