"""Typed lines, each with the sign or number before it, in paragraphs as blank lines part them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from common.text.chess import begins_with_move
from common.text.sentences import ended

BULLETS: Final = "•◦▪▫‣·∙●○◆◇■□►▶▸➔➜➤➢→⇒❖✓✔✅☐☑✦★☆🔸🔹🔺🔵⚫👉📌\N{HYPHEN BULLET}"
"""What no sentence begins with, and items do."""
CROSSES: Final = "✗✘✖❌❎☒🚫⛔🚷🚭🚳🚱🚯📵👎"
"""Pictures that say "not"."""
BULLET = re.compile(rf"(?:\[[ xX]\]|[-*+{BULLETS}])\ufe0f?[ \t]+(?=\S)")
CROSS = re.compile(rf"[{CROSSES}]\ufe0f?[ \t]*(?=\S)")
"""The sign of an item that says "not", and so is part of its words."""
NUMBER = re.compile(
    r"(\(?)(\d{1,3}|[a-z]|[A-Z](?=\))|[ivx]{2,5}|[IVXLC]{1,9})"
    r"(\.-|\.\)|[.)][ \t]?[–—]|[.)]|[°º]|[ \t]?[-–—])[ \t]+(?=\S)"
)
_MONTH = re.compile(
    r"(jan(uar)?|jänner|febr?(uar)?|mär(z|\.)|apr(il)?|mai|juni?|juli?|aug(ust)?|sept?(ember)?|okt(ober)?|nov(ember)?"
    r"|dez(ember)?)\b",
    re.IGNORECASE,
)
_MARKED_HEADING = re.compile(
    r"[ \t]*(?P<wiki>={2,6})[ \t]*(?P<title>[^=].{0,150}?)[ \t]*(?P=wiki)[ \t]*"
    r"| {0,3}(?P<md>#{1,6})[ \t]+(?P<words>\S.*?)(?:[ \t]+#+)?[ \t]*"
)
_RULE = re.compile(r"[ \t]*([*_=~#-])[ \t]*(?:\1[ \t]*){2,}")
_UNDERLINES = "=-~"
MAX_HEADING: Final = 80
NARROWEST: Final = 50
"""Characters: an item's line, or a paragraph's, was not folded at less."""
_DEEPEST_INDENT = 12
"""Characters: what is set in further is a table, a date or a signature."""


@dataclass
class Line:
    """A line, its indentation, and the sign or number of an item at its beginning."""

    text: str
    indent: int
    marker: str = ""
    numbered: bool = False
    accepted: bool = False
    style: str = ""
    """What an item's sign is like: "•", "(a)", "1."."""
    clause: tuple[int, ...] = ()
    """The number of a clause: 2, 1 of "2.1"."""
    over: bool = False
    """Whether it is the title of clauses, with their number: the 2 of "2.1"; or of an `article`, or its number."""
    article: bool = False


class Paragraph(NamedTuple):
    """Lines without a blank line between, and the character of their underline, where a single line is underlined."""

    lines: list[Line]
    underlined: str = ""


def paragraphs_of(text: str) -> Iterator[Paragraph]:
    """Part a text's lines at blank lines, rules and indents; a marked heading counts as underlined."""
    paragraph: list[Line] = []
    for line in text.splitlines():
        rule = _RULE.fullmatch(line) if len(line) <= 200 else None
        may = line[:4].lstrip().startswith(("==", "#")) and len(line) <= 200
        heading = _MARKED_HEADING.fullmatch(line) if may else None
        if line.strip() and not rule and not heading:
            if _is_indented(line, paragraph):
                yield Paragraph(paragraph)
                paragraph = []
            paragraph.append(read_line(line))
            continue
        if paragraph:
            single = rule and len(paragraph) == 1 and rule[1] in _UNDERLINES
            yield Paragraph(paragraph, rule[1] if rule and single else "")
            paragraph = []
        if heading:
            title = read_line(heading["title"] or heading["words"])
            yield Paragraph([title], "=" if heading["md"] == "#" else "-")
    if paragraph:
        yield Paragraph(paragraph)


def _is_indented(line: str, above: Sequence[Line]) -> bool:
    """Tell whether a line begins a paragraph by its indentation, below lines that were folded."""
    if not above or not line[0].isspace() or not ended(above[-1].text):
        return False
    indent = len(line.expandtabs(4)) - len(line.lstrip())
    widest = max(len(other.text) for other in above[-3:])
    folded = widest >= NARROWEST and above[-1].indent < indent and not any(other.marker for other in above)
    return 1 < indent <= _DEEPEST_INDENT and folded


def read_line(line: str) -> Line:
    """Read a line's indent and sign: bullets are accepted at once, numbers once their neighbours count on."""
    text = line.strip()
    indent = len(line) - len(line.lstrip())
    if bullet := BULLET.match(text):
        style = "✓" if text[0] in "✔✅☑" else text[0]
        return Line(text, indent, accepted=True, marker=bullet[0].rstrip(" \t\ufe0f"), style=style)
    if CROSS.match(text):
        return Line(text, indent, accepted=True, style="✓")
    found = None if begins_with_move(text) else NUMBER.match(text)
    if found and not (found[2].isdigit() and _MONTH.match(text[found.end() : found.end() + 12])):
        return Line(text, indent, marker=found[0].strip(), numbered=True)
    return Line(text, indent)


def has_items(lines: list[Line]) -> bool:
    """Tell whether any line begins an item."""
    return any(line.accepted for line in lines)
