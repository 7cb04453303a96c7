"""The parts of one paragraph: its items, its quoted and tagged lines, what is code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from common.text.blocks import Block, BlockKind
from common.text.chess import begins_with_move
from common.text.plain.counting import in_order
from common.text.plain.speakers import LABEL, LEAST_LINES, NAME
from common.text.plain.words import one_line, without_signs
from common.text.typed import typed_blocks
from common.text.typed.signs import BULLETS

_BULLET = re.compile(rf"[-*+{BULLETS}]\ufe0f?\s+(?=\S)")
_INLINE = re.compile(r"(?:^|(?<=[\s(]))\(?(?P<mark>\d{1,2}|[a-z]|[ivx]{2,4})\)\s+|(?:^|(?<=\s))(?P<dot>\d{1,2})\.\s+")
_INLINE_BULLET = re.compile(rf"(?:(?P<lead>[^:]{{2,200}}:)\s)?(?P<sign>[-*{BULLETS}])\s")
_ITEM_ENDS = re.compile(r"[;,.!?](?:\s\w{1,6})?$")
_NEW_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Þ\"“«„¿¡])")
_INNER_LABEL = re.compile(rf"(?:^|(?<=[.!?…\"”»)] ))(?P<name>{NAME})\s?:\s+(?=\S)")
_TAGGED = re.compile(r"<(?P<name>[A-Za-z]\w{0,30})>\s*(?P<said>[^<>]+?)\s*</(?P=name)>")
_RULE = re.compile(r"[-*_=~#·•\s]{3,}")
CODE: Final = ("```", "~~~", "|", "$ ", "<!--")
_LABEL_ENDS: Final = 80
"""Characters within which a label ends."""


def parts_of(block: Block) -> Iterator[Block]:
    """Yield a paragraph by its lines, or by the parts of its single line."""
    if block.kind != BlockKind.PARAGRAPH:
        yield block
        return
    text = block.text.strip("\n").rstrip()
    if _is_unremarkable(text):
        plain = without_signs(text)
        yield block if plain == block.text else replace(block, text=plain)
    elif text.lstrip().startswith(CODE):
        yield Block(BlockKind.CODE, text)
    elif all(line.lstrip().startswith(">") for line in text.splitlines()):
        yield Block(BlockKind.QUOTATION, without_signs(" ".join(line.lstrip("> ") for line in text.splitlines())))
    elif tagged := list(_TAGGED.finditer(text)):
        yield from (Block(BlockKind.LINE, one_line(tag["said"]), speaker=tag["name"]) for tag in tagged)
    elif "\n" in text:
        yield from (part for typed in typed_blocks(text) for part in parts_of(typed))
    else:
        yield from _joined(text.strip())


def _is_unremarkable(text: str) -> bool:
    """Tell whether the paragraph is on one line, without a sign of being anything else; most are."""
    if not text[:1].isalpha() or "\n" in text or "<" in text or _may_list(text):
        return False
    return ":" not in text[:_LABEL_ENDS] or not LABEL.match(text)


def _may_list(text: str) -> bool:
    """Tell whether a line can hold a list: told fast, as it is asked of every paragraph."""
    if begins_with_move(text):
        return False
    if "a) " in text or "1) " in text or "i) " in text or text.startswith(("1. ", "- ", "• ", "* ")):
        return True
    return ": 1. " in text or ": - " in text or ": • " in text or ": * " in text


def _joined(text: str) -> Iterator[Block]:
    """Yield a paragraph on a single line, perhaps of joined lines."""
    if heading := re.match(r"(#{1,6})\s+(.+?)(?:\s#+)?$", text):
        yield Block(BlockKind.HEADING, without_signs(heading[2]), level=len(heading[1]))
    elif _RULE.fullmatch(text):
        return
    elif parted := _inline_list(text):
        yield from parted
    elif (labels := list(_INNER_LABEL.finditer(text))) and labels[0].start() == 0 and _converse(labels):
        for label, following in zip(labels, [*labels[1:], None], strict=True):
            yield Block(BlockKind.PARAGRAPH, text[label.start() : following.start() if following else None].strip())
    elif bullet := _BULLET.match(text):
        yield Block(BlockKind.ITEM, without_signs(text[bullet.end() :]), level=1)
    else:
        yield Block(BlockKind.PARAGRAPH, without_signs(text))


def _converse(labels: Sequence[re.Match[str]]) -> bool:
    names = Counter(label["name"] for label in labels)
    return len(labels) >= LEAST_LINES and len(names) > 1 and max(names.values()) > 1


def _inline_list(text: str) -> list[Block]:
    """Return the lead-in, the items and the rest of "may not (a) smoke; (b) keep snakes."; nothing where there is no
    list."""
    if not _may_list(text):
        return []
    if bullet := _INLINE_BULLET.match(text):
        items = re.split(rf"\s{re.escape(bullet['sign'])}\s", text[bullet.end() :])
        lead_in = [Block(BlockKind.PARAGRAPH, bullet["lead"])] if bullet["lead"] else []
        return [*lead_in, *(Block(BlockKind.ITEM, item.strip(), level=1) for item in items)]
    marks: list[re.Match[str]] = []
    for mark in _INLINE.finditer(text):
        begins = mark.start() == 0 or text[: mark.start()].rstrip().endswith(":")
        if mark["dot"] and not (marks[0]["dot"] if marks else begins):
            continue  # "on 1. May"
        if in_order([*(each["mark"] or each["dot"] for each in marks), mark["mark"] or mark["dot"]]):
            marks.append(mark)
    if len(marks) < 2 or (marks[0]["mark"] or marks[0]["dot"]) not in {"a", "1", "i"}:
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    items = [text[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=True)]
    dotted = bool(marks[0]["dot"])
    if not all(len(item.split()) > 1 and (dotted or _ITEM_ENDS.search(item)) for item in items[:-1]):
        return []  # "under point (a) or (b)"
    lead = text[: marks[0].start()].strip()
    last, *rest = _NEW_SENTENCE.split(items[-1], maxsplit=1)
    if any(_NEW_SENTENCE.search(item) for item in items[:-1]):
        last, rest = items[-1], []
    blocks = [Block(BlockKind.PARAGRAPH, lead)] if lead else []
    blocks += [
        Block(BlockKind.ITEM, item, level=1, marker=mark[0].strip())
        for item, mark in zip([*items[:-1], last], marks, strict=True)
    ]
    return blocks + [Block(BlockKind.PARAGRAPH, each) for each in rest]
