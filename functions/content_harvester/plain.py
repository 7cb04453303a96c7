"""Plain text as blocks: paragraphs, stanzas, lists, headings and the lines of speakers, by the text's layout.

Line by line, each looked at a bounded number of times, so that no text takes long.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from common.text.blocks import Block, BlockKind
from common.text.sentences import ended
from common.text.typed_lines import told_lines
from functions.content_harvester.lines import joined
from functions.content_harvester.speakers import lines_by_speakers
from functions.content_harvester.tables import MAX_ROWS, sentences_of

_BULLET = re.compile(
    r"(?:\[[ xX]\]|[-*+•◦▪▫■□●○◆◇▶▸►‣\u2043∙·➔➜➢➤→⇒✓✔✗✘✦★☆❖☐☑☒✅❌]|[🔸🔹🔺🔵⚫👉📌])\ufe0f?[ \t]+(?=\S)"
)
_DASH = re.compile(r"[–—][ \t]+(?=\S)")
_CIRCLE = re.compile(r"o[ \t]+(?=\S)")
"""A bullet of Word's second level, copied."""
_NUMBER = re.compile(r"(\(?)(\d{1,3}|[a-z]|[ivx]{2,5}|[IVX]{1,5})([.)]|[°º]|[ \t]?[-–—])[ \t]+(?=\S)")
_DOTTED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,2})\.(\d{1,2})[.)]?[ \t]+(?=[\"“«„]?[^\W\d_a-z])")
_MONTH = re.compile(r"(jan|feb|mär|apr|mai|jun|jul|aug|sep|okt|nov|dez)\w*\b", re.IGNORECASE)
_RULE = re.compile(r"[ \t]*([*_=~#-])[ \t]*(?:\1[ \t]*){2,}")
_BARS = re.compile(r"[ \t]*[+|][-=+| \t:]*[+|][ \t]*")
"""A rule in a table that is drawn with bars."""
_CHAPTER = re.compile(
    r"(?:chapter|part|book|act|scene|kapitel|teil|buch|chapitre|partie|livre|capítulo|capitolo|parte|libro|livro)\s"
    r"(?:[ivxlc]{1,7}|\d{1,3}|[^\W\d_]{3,12})\b.{0,60}",
    re.IGNORECASE,
)
_UNDERLINES = "=-~"
_MAX_HEADING, _LEAST_PROSE = 80, 100
_NARROWEST = 50
"""Characters: an item's line, or a paragraph's, was not folded at less."""
_SENTENCE = 4
"""Words of the shortest sentence that might begin as the name of a chapter does: "Part one is here."."""
_DEEPEST_INDENT = 12
"""Characters: what is set in further is a table, a date or a signature."""


@dataclass
class _Line:
    """A line, its indentation, and the sign or number of an item at its beginning."""

    text: str
    indent: int
    marker: str = ""
    numbered: bool = False
    accepted: bool = False


def blocks_of_plain(text: str, left_out: Counter[str] | None = None) -> list[Block]:
    """The blocks of a text without markup of any kind; rows of large tables are counted in `left_out`."""
    paragraphs = list(_paragraphs(text))
    if (spoken := lines_by_speakers([[line.text for line in lines] for lines, _ in paragraphs])) is not None:
        return spoken
    _accept_numbers([line for lines, _ in paragraphs for line in lines if line.numbered])
    marked = [_marked(lines, Counter() if left_out is None else left_out) for lines, _ in paragraphs]
    unmarked = [lines for (lines, _), told in zip(paragraphs, marked, strict=True) if not told]
    typed = iter(told_lines([[line.text for line in lines] for lines in unmarked]))
    blocks: list[Block] = []
    for (lines, underlined), told in zip(paragraphs, marked, strict=True):
        as_typed = told or next(typed)
        if underlined and not ended(lines[0].text):
            blocks.append(Block(BlockKind.HEADING, lines[0].text, 1 if underlined == "=" else 2))
        else:
            blocks += as_typed or [joined([line.text for line in lines])]
    return _with_headings(blocks)


def _marked(lines: list[_Line], left_out: Counter[str]) -> list[Block]:
    """The blocks of a paragraph whose lines begin with signs: a list, a quotation, a table; else none."""
    texts = [line.text for line in lines]
    _accept_signs(lines)
    if any(line.accepted for line in lines):
        return list(_items(lines))
    if all(text.startswith(">") for text in texts):
        return [joined([text.lstrip("> ") for text in texts], BlockKind.QUOTATION)]
    if len(texts) > 1 and (rows := _rows(texts)):
        left_out["row"] += max(0, len(rows) - 1 - MAX_ROWS)
        return [Block(BlockKind.TABLE, row) for row in sentences_of(rows[: MAX_ROWS + 1], limited=False) or ()]
    return []


def _accept_signs(lines: Sequence[_Line]) -> None:
    """Accept dashes and circles that are bullets: a dash begins what somebody says, too, and "o" is a word."""
    dashed = [line for line in lines if _DASH.match(line.text)]
    if len(dashed) > 1 and 2 * sum(ended(line.text) for line in dashed) < len(dashed):
        for line in dashed:
            line.accepted, line.marker = True, line.text[0]
    circles = [line for line in lines if _CIRCLE.match(line.text)]
    if circles and (lines[0].text.endswith(":") or any(line.text[1] == "\t" for line in circles)):
        for line in circles:
            line.accepted, line.marker = True, "o"


def _rows(lines: Sequence[str]) -> list[list[str]]:
    """The cells of a table that is set with tabs or commas or drawn with bars; none of lines that are no table."""
    tabs = lines[0].count("\t")
    if tabs and all(line.count("\t") == tabs for line in lines):
        return [line.split("\t") for line in lines]
    commas = lines[0].count(",")
    if commas > 1 and len(lines) > 2 and all(line.count(",") == commas and ", " not in line for line in lines):
        return [line.split(",") for line in lines]
    drawn = [line for line in lines if not _BARS.fullmatch(line)]
    if drawn and all(len(line) > 1 and line[0] == line[-1] == "|" for line in drawn):
        return [[cell.strip() for cell in line.strip("|").split("|")] for line in drawn]
    return []


def _paragraphs(text: str) -> Iterator[tuple[list[_Line], str]]:
    """Lines without a blank line between, and the character of their underline, where a single line is underlined."""
    paragraph: list[_Line] = []
    for line in text.splitlines():
        rule = _RULE.fullmatch(line) if len(line) <= 200 else None
        if line.strip() and not rule:
            if _is_indented(line, paragraph):
                yield paragraph, ""
                paragraph = []
            paragraph.append(_line(line))
        elif paragraph:
            single = rule and len(paragraph) == 1 and rule[1] in _UNDERLINES
            yield paragraph, rule[1] if rule and single else ""
            paragraph = []
    if paragraph:
        yield paragraph, ""


def _is_indented(line: str, above: Sequence[_Line]) -> bool:
    """Whether a line begins a paragraph by its indentation, below lines that were folded."""
    if not above or not line[0].isspace() or not ended(above[-1].text):
        return False
    indent = len(line.expandtabs(4)) - len(line.lstrip())
    widest = max(len(other.text) for other in above[-3:])
    folded = widest >= _NARROWEST and above[-1].indent < indent and not any(other.marker for other in above)
    return 1 < indent <= _DEEPEST_INDENT and folded


def _line(line: str) -> _Line:
    text = line.strip()
    indent = len(line) - len(line.lstrip())
    if bullet := _BULLET.match(text):
        return _Line(text, indent, accepted=True, marker=bullet[0].rstrip())
    if dotted := _DOTTED.match(text):
        return _Line(text, indent, marker=dotted[0].strip(), numbered=True)
    found = _NUMBER.match(text)
    if found and not _MONTH.match(text[found.end() : found.end() + 12]):
        return _Line(text, indent, marker=found[0].strip(), numbered=True)
    return _Line(text, indent)


def _accept_numbers(lines: list[_Line]) -> None:
    """Accept numbers counting from the first on; any other is a part of its sentence: a year, a day, a page."""
    runs: dict[tuple[str, ...], list[_Line]] = {}
    for line in lines:
        for style, number in _numbers(line.text):
            run = runs.setdefault(style, [])
            if number == len(run) + 1:
                run.append(line)
            elif number == 1:
                runs[style] = [line]
            else:
                continue
            run = runs[style]
            if len(run) > 1:
                run[0].accepted = run[-1].accepted = True
    dotted = [run for style, run in runs.items() if style[0] == "dotted"]
    for run in dotted if any(len(run) > 1 for run in dotted) else ():
        run[0].accepted = True  # one that is alone below its number


def _numbers(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """What an item's number may count, and which it is: "1.2" is the second of 1."""
    if dotted := _DOTTED.match(text):
        yield ("dotted", dotted[1]), int(dotted[2])
        return
    opening, label, closing = next(_NUMBER.finditer(text)).groups()
    for style, number in _readings(label):
        yield (opening, closing, style), number


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


def _items(lines: list[_Line]) -> Iterator[Block]:
    """A paragraph's items, and the lines before the items."""
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
    if block.kind is not BlockKind.PARAGRAPH and not block.marker:
        return False
    above = len(text) <= _MAX_HEADING and after.kind is BlockKind.PARAGRAPH and not after.text.isupper()
    in_capitals = text.isupper() and sum(map(str.isalpha, text)) > 3 and not ended(text)
    is_chapter = _CHAPTER.fullmatch(text) is not None and (not ended(text) or len(text.split()) < _SENTENCE)
    return (above and (in_capitals or is_chapter)) or (
        len(text) <= _MAX_HEADING
        and text[-1] not in ".!?:;,…"
        and (text[0].isupper() or text[0].isdigit())
        and after.kind is BlockKind.PARAGRAPH
        and len(after.text) >= _LEAST_PROSE
    )
