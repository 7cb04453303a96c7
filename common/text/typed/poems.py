"""Poems, hymns and songs in paragraphs, without the labels and numbers of their stanzas, which nobody sings."""

from __future__ import annotations

import re

from common.text.stanzas import sung_lines
from common.text.typed.hand_broken import is_poem
from common.text.typed.signs import Line, Paragraph

_LONE_NUMBER = re.compile(r"\d{1,2}\.?")


def without_labels(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """Take the labels of a poem's stanzas away; any other text stays as it is."""
    bare: list[Paragraph] = []
    for lines, underlined in paragraphs:
        sung = sung_lines([line.text for line in lines])
        kept = [lines[at] if verse == lines[at].text else Line(verse, lines[at].indent) for at, verse in sung.items()]
        if kept:
            bare.append(Paragraph(kept, underlined))
    labelled = bare != paragraphs and is_poem([[line.text for line in lines] for lines, _ in bare])
    return bare if labelled else paragraphs


def take_numbers_of_stanzas(paragraphs: list[Paragraph]) -> None:
    """Take the numbers of a hymn's stanzas from before its verses, or from above: they are sung by nobody."""
    firsts = [lines[0] for lines, _ in paragraphs if len(lines) > 1]
    numbered = [line for line in firsts if (line.accepted and line.numbered) or _LONE_NUMBER.fullmatch(line.text)]
    accepted = sum(line.accepted for lines, _ in paragraphs for line in lines)
    if len(numbered) < 2 or accepted != sum(line.accepted for line in numbered):
        return
    verses = {id(line): "" if not line.accepted else line.text[len(line.marker) :].strip() for line in numbered}
    stanzas = [[verses.get(id(line), line.text) for line in lines] for lines, _ in paragraphs]
    if is_poem([list(filter(None, lines)) for lines in stanzas]):
        for lines, _ in paragraphs:
            if (verse := verses.get(id(lines[0]))) == "":
                del lines[0]
            elif verse:
                lines[0] = Line(verse, lines[0].indent)
