"""A paragraph with items as blocks: each item with its lines and depth, and the lines before and after the items."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, takewhile

from common.text.blocks import Block, BlockKind
from common.text.lines import joined
from common.text.sentences import ended
from common.text.typed.clauses import MAX_TITLE_WORDS
from common.text.typed.hand_broken import told_lines
from common.text.typed.signs import MAX_HEADING, NARROWEST, Line

_LETTER = re.compile(r"\(?([a-zA-Z])[.)]")
_ANSWER = re.compile(r"[A-ZÀ-Þ][\w ]{2,24}\s?:\s+\(?[a-zA-Z](?:[.),;]|$)")
_LEADS = 4
"""Words: more before a colon may go on an item's sentence."""
_FOLDED, _FOLDED_AGAIN = 66, 40
"""Characters of a line that a program surely ended; and below another line of the same item."""


def blocks_of_list(lines: list[Line]) -> Iterator[Block]:
    """Yield a paragraph's items, where lines begin with the sign of an item, and the lines before and after the
    items."""
    levels = _levels(lines)
    pending: list[str] = []
    item: Line | None = None
    for line in lines:
        after = item is not None and not line.accepted and _stands_after(line, item, pending)
        if after and item is not None and line.indent > item.indent:
            yield Block(BlockKind.HEADING, pending.pop().strip(), 3)
        elif (line.accepted or after) and pending:
            yield from _told(pending, item, levels, leads=line.accepted)
            pending = []
        if after:
            item = None
        if line.accepted:
            item = line
            pending.append(line.text[len(line.marker) :].lstrip("\ufe0f"))
        else:
            pending.append(line.text)
    yield from _told(pending, item, levels, leads=False)


def _levels(lines: list[Line]) -> dict[int, int]:
    """Return the depth of each item, by its identity: by the indents, or where all have the same, by the kinds of
    signs."""
    items = [line for line in lines if line.accepted]
    indented = {id(line): line.indent for line in items}
    for style in {line.style for line in items if line.numbered}:
        alike = [line for line in items if line.style == style]
        if len({_column(line) for line in alike}) == 1:  # "  i.", " ii.", "iii.": ended, not begun, at the same place
            indented.update(dict.fromkeys(map(id, alike), max(line.indent for line in alike)))
    indents = sorted(set(indented.values()))
    if len(indents) > 1:
        return {id(line): 1 + indents.index(indented[id(line)]) for line in items}
    levels: dict[int, int] = {}
    open_styles: list[str] = []
    for before, line in zip([None, *lines], lines, strict=False):
        if not line.accepted:
            if before is not None and before.accepted and not line.text[0].islower() and line.indent <= before.indent:
                open_styles.clear()  # a new list is led into
            continue
        if line.style in open_styles:
            del open_styles[open_styles.index(line.style) + 1 :]
        else:
            open_styles.append(line.style)
        levels[id(line)] = len(open_styles)
    return levels


def _column(line: Line) -> int:
    """Count the characters before the words of an item."""
    words = line.text[len(line.marker) :]
    return line.indent + len(line.text) - len(words.lstrip())


def _stands_after(line: Line, item: Line, pending: list[str]) -> bool:
    """Tell whether a line below an item is no part of it: not indented, and after the item's end."""
    if line.indent > item.indent:
        return len(pending) == 1 and _is_under_item(line, item)
    folded = len(pending[-1]) >= (_FOLDED_AGAIN if len(pending) > 1 else _FOLDED)
    if line.text.endswith(":") and not ended(pending[-1]) and not folded and len(line.text.split()) < _LEADS:
        return True  # "unless:", with a list of its own
    if line.text[0].isdigit() and pending[-1].endswith("?"):
        return True  # the answer to a numbered question: "5 euros"
    if not line.text[0].isupper():
        return False
    return ended(pending[-1]) or len(item.marker) + len(pending[-1]) + len(line.text.split()[0]) < NARROWEST


def _is_under_item(line: Line, item: Line) -> bool:
    """Tell whether an indented line below a numbered line is the text of that title: "2. Children", " No child …"."""
    title = item.text[len(item.marker) :].strip()
    first = line.text.split()[0]
    if not item.numbered or not title[0].isupper() or title[-1] in ".!?:;,…-–" or not first[0].isupper():
        return False
    early = len(item.text) + len(first) < NARROWEST and (len(line.text) >= NARROWEST or ended(line.text))
    last = title.split()[-1]
    breaks_off = last.islower() and len(last) < 4  # "shall not"
    return early and len(title.split()) <= MAX_TITLE_WORDS and not breaks_off


def _told(lines: list[str], item: Line | None, levels: dict[int, int], *, leads: bool) -> Iterator[Block]:
    if item is not None:
        text = joined(lines, BlockKind.ITEM).text
        yield Block(BlockKind.ITEM, text, levels[id(item)], item.marker if item.numbered else "")
    elif leads:
        yield from _before_items(lines)
    else:
        yield from told_lines([lines])[0] or [joined(lines)]


def _before_items(lines: list[str]) -> Iterator[Block]:
    """Yield the lead-in of the items, below lines ended on purpose."""
    width = max(map(len, lines))
    start = len(lines) - 1
    while start and _runs_on(lines[start - 1], lines[start], width):
        start -= 1
    above, lead = lines[:start], lines[start:]
    if len(above) == 1:
        heading = len(above[0]) <= MAX_HEADING and above[0][-1] not in ".!?:;,…" and not above[0][0].islower()
        yield Block(BlockKind.HEADING, above[0], 3) if heading else joined(above)
    elif above:
        yield from told_lines([above])[0] or [joined(above)]
    yield Block(BlockKind.PARAGRAPH, joined(lead, BlockKind.ITEM).text)


def _runs_on(line: str, following: str, width: int) -> bool:
    """Tell whether a line goes on in the next."""
    if ended(line):
        return not line.endswith("?")
    if following[0].islower() or line[-1] in ",;-–":
        return True
    return width >= NARROWEST and line[-1] != ":" and len(line) + 1 + len(following.split(maxsplit=1)[0]) > width


def with_letters_asked_for(blocks: list[Block]) -> list[Block]:
    """Have items say their letter where the next words name a letter: "Answer: b)"."""
    found: list[Block] = []
    for listed, group in groupby(blocks, key=lambda block: _LETTER.fullmatch(block.marker) is not None):
        run = list(group)
        if not listed and found and _ANSWER.match(run[0].text):
            options = list(takewhile(lambda block: _LETTER.fullmatch(block.marker), reversed(found)))
            found[len(found) - len(options) :] = [
                replace(block, text=f"{block.marker.strip('(.)')}) {block.text}") for block in reversed(options)
            ]
        found += run
    return found
