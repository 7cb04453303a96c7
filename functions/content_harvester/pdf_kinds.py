"""Kinds of a PDF's paragraphs, by their setting and their beginning: headings, items, captions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from common.text.blocks import Block, BlockKind
from functions.content_harvester.pdf_paragraphs import BULLET, CAPTION, MARKER, NUMBERED, WORD, Body, Paragraph, join

_SECTION = re.compile(
    r"(?:introduction|background|(?:materials? and )?methods|results(?: and discussion)?|discussion|conclusions?|"
    r"einleitung|hintergrund|(?:material und )?methoden?|ergebnisse|diskussion|fazit|schlussfolgerung(?:en)?|"
    r"(?:matériels? et )?méthodes?|résultats|"
    r"introducción|(?:materiales? y )?métodos|resultados|discusión|conclusion(?:es)?|"
    r"introdução|(?:materia(?:l|is) e )?métodos|discussão|conclus(?:ão|ões)|"
    r"introduzione|(?:materiali e )?metodi|risultati|discussione|conclusion[ei])",
    re.IGNORECASE,
)
"""What the parts of papers are called, whatever they are set in."""


def is_caption(paragraph: Paragraph, body: Body) -> bool:
    """Tell whether a paragraph says what a figure or a table shows."""
    caption = CAPTION.match(paragraph.text)
    if not caption or paragraph.kind is BlockKind.TABLE:
        return False
    small = paragraph.size < 0.97 * body.size or len(WORD.findall(paragraph.text)) < 30
    return bool(caption["end"].strip()) or small or paragraph.lines[0].bold


def is_marked(paragraph: Paragraph, before: Sequence[Paragraph]) -> bool:
    """Tell whether a word earlier on the page bears the number that a note begins with."""
    number = re.match(r"\d{1,2}", paragraph.text)
    if not number:
        return False
    mark = number[0]
    page = paragraph.lines[0].page
    pattern = re.compile(rf"[^\W\d_][.,;:!?)”\"]?{mark}(?=\s|$)")
    return any(other.lines[0].page == page and pattern.search(other.text) for other in before[-40:])


def set_kind(paragraph: Paragraph, body: Body) -> None:
    """Set the kind of a paragraph that is read."""
    if paragraph.kind:
        return
    text = paragraph.text
    words = len(text.split())
    numbered = NUMBERED.match(text)
    stands_out = (
        paragraph.size > 1.08 * body.size
        or paragraph.bold
        or (text.isupper() and words > 1)
        or _SECTION.fullmatch(text) is not None
    )
    if words <= 16 and len(paragraph.lines) <= 3 and text[-1] not in ".,;!" and (
        stands_out or (numbered and words <= 10 and len(paragraph.lines) == 1 and text[numbered.end()].isupper())
    ):  # fmt: skip
        paragraph.kind = BlockKind.HEADING
        depth = numbered[0].strip().rstrip(".").count(".") + 1 if numbered else 0
        paragraph.level = depth or (1 if paragraph.size > 1.25 * body.size else 2)
        paragraph.number = numbered["number"] if numbered else ""
        paragraph.stands_out = stands_out
        return
    paragraph.kind = BlockKind.PARAGRAPH
    if marker := MARKER.match(text):
        paragraph.kind, paragraph.level = BlockKind.ITEM, 1
        paragraph.marker = "" if BULLET.match(text) else marker[1]
        paragraph.text = text[marker.end() :]


def without_numbers(paragraphs: list[Paragraph], *, all_count: bool) -> list[Paragraph]:
    """Return the paragraphs, headings without their numbers. Unless all count, as in a paper, a number that no other
    heading's is next to is a word of its heading: "2 years at sea"."""
    _name_items(paragraphs)
    numbered = [paragraph for paragraph in paragraphs if paragraph.number]
    first = Counter(int(found[0]) for each in numbered if (found := re.match(r"\d+", each.number)))
    for paragraph in numbered:
        number = paragraph.number.rstrip(".")
        counts = all_count or not number.isdecimal() or any(first[int(number) + step] for step in (-1, 1))
        if counts:
            paragraph.text = paragraph.text[len(paragraph.number) :].lstrip()
    return paragraphs


def _name_items(paragraphs: Sequence[Paragraph]) -> None:
    """Name numbered lines items that were taken for headings, being short, and stand next to the item before or after
    them."""
    counts = [_count(paragraph) for paragraph in paragraphs]
    for at, paragraph in enumerate(paragraphs):
        beside = [counts[near] for near in (at - 1, at + 1) if 0 <= near < len(counts)]
        plain = paragraph.kind is BlockKind.HEADING and not paragraph.stands_out
        if plain and counts[at] and (counts[at] - 1 in beside or counts[at] + 1 in beside):
            paragraph.kind, paragraph.level, paragraph.marker = BlockKind.ITEM, 1, paragraph.number
            paragraph.text, paragraph.number = paragraph.text[len(paragraph.number) :].lstrip(), ""


def _count(paragraph: Paragraph) -> int:
    """Return the number of an item or of a paragraph set like an item; 0 for any other."""
    number = paragraph.number or paragraph.marker
    return int(number[:-1]) if re.fullmatch(r"\d{1,2}\.", number) else 0


def blocks_of(paragraphs: Sequence[Paragraph], body: Body) -> Iterator[Block]:
    """Blocks, those whole again that a page's or a column's end has parted."""
    whole: list[Paragraph] = []
    for paragraph in paragraphs:
        last = whole[-1] if whole else None
        if last is not None and _goes_on(last, paragraph):
            last.text = join(last.text, paragraph.text, body)
            last.lines = [*last.lines[-1:], *paragraph.lines]
        else:
            whole.append(paragraph)
    for paragraph in whole:
        yield Block(paragraph.kind or BlockKind.PARAGRAPH, paragraph.text, paragraph.level, paragraph.marker)


def _goes_on(last: Paragraph, paragraph: Paragraph) -> bool:
    place, new = (last.lines[-1].page, last.lines[-1].column), (paragraph.lines[0].page, paragraph.lines[0].column)
    if last.kind is paragraph.kind is BlockKind.HEADING:
        return last.text[-1:] == "-" and paragraph.text[:1].islower()
    if last.kind in {BlockKind.HEADING, BlockKind.TABLE} or paragraph.kind is not BlockKind.PARAGRAPH:
        return False
    if last.text[-1:] in '.!?:”"':
        return False
    if paragraph.text[:1].islower() or last.text[-1:] in "-,":
        return True
    return place != new and len(last.text.split()) > 12 and abs(last.size - paragraph.size) < 0.5
