"""Tables: facts told in sentences, or text laid out in cells."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile, zip_longest

from lxml import etree

from common.text.sentences import ended
from common.text.tables import sentences_of, spread
from functions.content_harvester.markup.trees import SET_APART, letters_of, number_of

_MOST_HEADS = 3
"""Rows of names above each other, "Votes" above "in 2019" and "in 2024"."""
_MOST_SPANNED = 100
_A_SENTENCE = 5
"""Words that a cell has more of where it holds a sentence, rather than a fact."""


def is_layout(table: etree._Element) -> bool:
    """Tell whether a table sets text side by side or in a frame, rather than telling facts in rows and columns."""
    if table.get("role") in {"presentation", "none"}:
        return True
    if table.find(".//th") is not None or table.find("caption") is not None or table.find("thead") is not None:
        told = any(len(text.split()) > _A_SENTENCE and ended(text) for text in map(_in_a_line, table.iter("td")))
        return table.find(".//table") is not None or (told and _is_of_one_column(table))
    cells = [cell for cell in table.iter("td") if next(cell.iterancestors("table")) is table]
    if len(cells) < 2 or table.find(".//table") is not None or _is_of_one_column(table):
        return True
    if any(cell.find(f".//{tag}") is not None for cell in cells for tag in ("h1", "h2", "h3", "ul", "blockquote")):
        return True
    if any(_is_text(list(cell.iter("p"))) for cell in cells):
        return True
    return max(len("".join(cell.itertext())) for cell in cells) > 300


def set_in_divisions(table: etree._Element) -> None:
    inner = table.iter("tbody", "thead", "tfoot", "tr", "td", "th", "caption")
    for part in [table, *(part for part in inner if next(part.iterancestors("table")) is table)]:
        part.tag = "div"


def _is_text(paragraphs: Sequence[etree._Element]) -> bool:
    """Tell whether a cell's paragraphs are a text: a program that writes a page sets each fact in a paragraph, too."""
    told = [" ".join("".join(paragraph.itertext()).split()) for paragraph in paragraphs]
    return sum(map(bool, told)) > 1 or any(len(text.split()) > _A_SENTENCE and ended(text) for text in told)


def _is_of_one_column(table: etree._Element) -> bool:
    """Tell whether no row has words in more than one cell: what stands below each other is a text."""
    return all(sum(letters_of(cell) > 0 for cell in row.iterchildren("td", "th")) < 2 for row in table.iter("tr"))


def sentences_of_table(table: etree._Element, *, limited: bool = True) -> list[str] | None:
    """Return a table's rows in sentences; None for one too large to be heard, where `limited`, or without a word."""
    rows = list(table.iter("tr"))
    heads = len(list(takewhile(_is_head, rows)))
    titles = len(list(takewhile(lambda row: len(row) == 1, rows[:heads])))
    if not 1 < heads - titles <= _MOST_HEADS or heads == len(rows):
        return sentences_of(cells_of(table), headed=heads > 0 or None, limited=limited)
    named = spread([*(_as_wide(_placed(row)) for row in rows[titles:heads]), *map(_placed, rows[heads:])])
    heads -= titles
    names = [" ".join(dict.fromkeys(filter(None, column))) for column in zip_longest(*named[:heads], fillvalue="")]
    above = [[_in_a_line(cell)] for row in rows[:titles] for cell in row]
    return sentences_of([*above, names, *named[heads:]], headed=True, limited=limited)


def _is_head(row: etree._Element) -> bool:
    return row.find("th") is not None and row.find("td") is None


def _as_wide(row: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Return the names of a row, each above every one of its columns."""
    return [(text, 1, deep) for text, wide, deep in row for _ in range(min(wide, _MOST_SPANNED))]


def cells_of(table: etree._Element) -> list[list[str]]:
    return spread(list(map(_placed, table.iter("tr"))))


def _placed(row: etree._Element) -> list[tuple[str, int, int]]:
    cells = (cell for cell in row if cell.tag in {"td", "th"})
    return [(_in_a_line(cell), _span(cell, "colspan"), _span(cell, "rowspan")) for cell in cells]


def _in_a_line(cell: etree._Element) -> str:
    """Return the words of a cell, its lines and paragraphs apart, its items after a comma."""
    words: list[str] = []
    for event, element in etree.iterwalk(cell, events=("start", "end")):
        apart = " " if element.tag in SET_APART or element.tag == "br" else ""
        if event == "start":
            previous = element.getprevious()
            words += [", " if element.tag == "li" and previous is not None else apart, element.text or ""]
        else:
            words += [apart, (element.tail or "") if element is not cell else ""]
    return " ".join("".join(words).split()).replace(" ,", ",")


def _span(cell: etree._Element, name: str) -> int:
    return number_of(cell.get(name), 1)
