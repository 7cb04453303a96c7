"""From a source's text to passages: runs of one to three sentences that can be read aloud as they stand.

What is no prose (menus, tables, code, whatever has a link in it) is left out; what is left is not changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from common.text.links import without_links
from common.text.sentences import breaths, one_line, sentences
from functions.model_serving.llm.material.context_dependence import depends_on_context

MAX_PASSAGE: Final = 330
_LEEWAY: Final = 110
"""Characters that a passage may be longer by, so as not to part a sentence from the one that it leans on."""
_MAX_HEADING: Final = 80
_MAX_PARAGRAPH: Final = 4_000
_MIN_SENTENCE: Final = 20
_ENDS = (".", "!", "?", "…", '."', '?"', '!"', ".”", "?”", "!”", ".»", "?»", "!»", ".)", ".“", "?“", "!“")
_BLANK_LINE = re.compile(r"\n\s*\n")
_CODE = re.compile(r"[{}<>|\\=;_]{2,}|=>|::|\(\)|</")


@dataclass(frozen=True)
class Passage:
    """Sentences that follow each other in one source. `heading` is the nearest one above them, or empty."""

    text: str
    sentences: tuple[str, ...]
    source: int
    heading: str
    opens_paragraph: bool

    def with_sentences(self, sentences: Sequence[str]) -> Passage:
        """The same passage with some of its sentences only."""
        return replace(self, text=" ".join(sentences), sentences=tuple(sentences))


@dataclass(frozen=True)
class Paragraph:
    """A block of prose as the source has it, not yet cleaned: a source may have very many, and few are read."""

    text: str
    source: int
    heading: str


def paragraphs(text: str, source: int, title: str = "") -> Iterator[Paragraph]:
    """The paragraphs of source number `source`, each with the heading it stands under; its title is none."""
    heading = ""
    for block in _BLANK_LINE.split(text):
        line = one_line(block) if len(block) <= 2 * _MAX_HEADING else block
        if _is_heading(line):
            heading = "" if line.rstrip(":.").casefold() == title.rstrip(":.").casefold() else line.rstrip(":")
            continue
        start = 0
        while len(block) - start > _MAX_PARAGRAPH:  # a text without paragraphs is cut where a sentence ends
            end = block.find(". ", start + _MAX_PARAGRAPH // 2, start + _MAX_PARAGRAPH)
            end = start + _MAX_PARAGRAPH if end < 0 else end + 1
            yield Paragraph(block[start:end], source, heading)
            start = end
        if block[start:].strip():
            yield Paragraph(block[start:], source, heading)


def passages(paragraph: Paragraph, language: str, *, most: int = 3, length: int = MAX_PASSAGE) -> Iterator[Passage]:
    """The passages of a paragraph in order, each of `most` sentences and `length` characters or little more."""
    run: list[str] = []
    first = True
    for sentence in _sentences(one_line(paragraph.text), language):
        size = len(" ".join(run)) + len(sentence)
        full = run and (len(run) >= most or size > length)
        if full and not (size <= length + _LEEWAY and depends_on_context(sentence, language)):
            yield Passage(" ".join(run), tuple(run), paragraph.source, paragraph.heading, first)
            first = False
            run = []
        run.append(sentence)
    if run:
        yield Passage(" ".join(run), tuple(run), paragraph.source, paragraph.heading, first)


def _sentences(paragraph: str, language: str) -> Iterator[str]:
    for sentence in sentences(paragraph, language):
        if _is_prose(sentence):
            yield from breaths(sentence)


def _is_heading(line: str) -> bool:
    words = line.split()
    short = len(line) <= _MAX_HEADING and len(words) <= 12
    return short and not line.endswith(_ENDS) and line[:1].isalnum() and without_links(line) == line


def _is_prose(sentence: str) -> bool:
    letters = sum(character.isalpha() or character.isspace() for character in sentence)
    if len(sentence) < _MIN_SENTENCE or letters < 0.7 * len(sentence) or _CODE.search(sentence):
        return False
    return without_links(sentence) == sentence and not sentence.isupper()
