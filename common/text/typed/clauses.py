"""Clauses and articles of contracts and laws: numbers in a row, and titles above."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from common.text.blocks import Block, BlockKind
from common.text.lines import joined
from common.text.sentences import ended
from common.text.typed.items import BARE_NUMBER
from common.text.typed.signs import MAX_HEADING, Line, Paragraph

_ARTICLE = re.compile(
    r"(?:Art(?:\.|icle|ikel|ículo|igo|icolo)?|Section|Sección|Se[cç]ção|Seção|Sezione|Clause|Cl[áa]usula|Clausola|§)"
    r"\s?\d{1,4}(?:\.?[ºª°]|er)?(?:\s?-?[A-Z]|\s(?:bis|ter))?[.:]?",
    re.IGNORECASE,
)
_BEGUN_CLAUSE = re.compile(rf"(?:{_ARTICLE.pattern}|\[\d{{4}}\])(?:\s?[–—-])?\s+[^\W\d_a-zß-ÿ]")
"""An article with its first words; or a paragraph of a patent."""
_RUBRIC = re.compile(r"\((?P<title>[^()]{2,60})\)")
"""The title of an article below its number, as laws of Italy and Portugal have it."""
_MAX_TITLE: Final = 60
MAX_TITLE_WORDS: Final = 8
_CLAUSE = re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,4})\.?[ \t]+(?=\S)")


def accept_clauses(paragraphs: Sequence[Paragraph]) -> None:
    """Accept the numbers of clauses, the titles above them, and articles on lines of their own."""
    lines = [line for lines, _ in paragraphs for line in lines]
    _accept_numbers(lines)
    _accept_titles(lines)
    for lines_between, _ in paragraphs:
        _accept_articles(lines_between)


def _accept_numbers(lines: list[Line]) -> None:
    """Accept numbers of clauses in a row: 2.1 and 2.2, or 2.9 and 3.1; lone ones may be amounts."""
    before: Line | None = None
    for line in lines:
        found = None if line.accepted else _CLAUSE.match(line.text)
        if not found:
            continue
        number = tuple(map(int, found[1].split(".")))
        line.style = found[1]
        if before is not None and _comes_after(tuple(map(int, before.style.split("."))), number):
            before.clause, line.clause = tuple(map(int, before.style.split("."))), number
        before = line


def _accept_titles(lines: list[Line]) -> None:
    """Accept "3 Faults" as a title: above 3.1, or where clauses of 2 are above and none of 3 below."""
    above = 0
    for line, below in zip(lines, _next_clauses(lines), strict=True):
        if line.clause:
            above = line.clause[0]
        found = None if line.clause or line.accepted else BARE_NUMBER.match(line.text)
        if found is None or len(line.text) > MAX_HEADING or line.text[-1] in ".!?:;,…":
            continue
        number = int(found[2])
        if below[:2] == (number, 1) or (above and number == above + 1 and (not below or below[0] > number)):
            line.over, above = True, number


def _next_clauses(lines: list[Line]) -> list[tuple[int, ...]]:
    """Find the number of the next clause below each line."""
    found: list[tuple[int, ...]] = []
    below: tuple[int, ...] = ()
    for line in reversed(lines):
        found.append(below)
        below = line.clause or below
    return found[::-1]


def _comes_after(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    depth = len(other)
    if depth > len(one):
        return other[: len(one)] == one and set(other[len(one) :]) == {1}
    if other[:-1] == one[: depth - 1] and other[-1] == one[depth - 1] + 1:
        return True
    return set(other[1:]) == {1} and other[0] == one[0] + 1


def _accept_articles(lines: list[Line]) -> None:
    """Accept "Artigo 4.º" on a line of its own as a heading, or else the title on the line below, for it."""
    for at, line in reversed(list(enumerate(lines))):
        if len(lines) < 2 or line.accepted or line.clause or not _ARTICLE.fullmatch(line.text):
            continue
        title = lines[at + 1] if at + 1 < len(lines) else None
        below = lines[at + 2].text if at + 2 < len(lines) else ""
        rubric = _RUBRIC.fullmatch(title.text) if title else None
        words = rubric["title"] if rubric else title.text if title else ""
        if title and not title.accepted and not title.clause and _names_an_article(words, below):
            del lines[at]
            title.over = title.article = True
            title.text = words
        else:
            line.over = line.article = True


def _names_an_article(text: str, below: str) -> bool:
    short = len(text) <= _MAX_TITLE and len(text.split()) <= MAX_TITLE_WORDS
    return short and text[0].isupper() and text[-1] not in ".!?:;,…" and not below[:1].islower()


def begins_a_clause(line: Line, above: Line) -> bool:
    """Tell whether a line begins with the name and number of a clause, below the end of another: "§ 2º The fine …"."""
    return not line.accepted and ended(above.text) and _BEGUN_CLAUSE.match(line.text) is not None


def is_agenda(lines: list[Line]) -> bool:
    """Tell whether the clauses of a paragraph are titles, not sentences."""
    if sum(bool(line.clause or line.accepted) for line in lines) < 2:
        return False
    return not any(line.text.endswith((":", ".", ";")) or (line.accepted and not line.numbered) for line in lines)


def clause_of(lines: list[Line], *, alone: bool, agenda: bool) -> Block:
    """Make a block of a clause that leads into nothing: an item of an agenda, else a sentence, its end mark added."""
    text = joined([line.text for line in lines], BlockKind.ITEM).text
    found = _CLAUSE.match(text)
    if found and agenda:
        return Block(BlockKind.ITEM, text[found.end() :], len(lines[0].clause), found[1])
    open_ended = not alone and not ended(text) and text[-1] not in ":;,"
    return Block(BlockKind.PARAGRAPH, f"{text}." if open_ended else text)
