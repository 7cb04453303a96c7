"""Cutting of paragraphs into passages: units quoted at a stretch, whole sentences or a whole list, verbatim.

A sentence limiting its predecessor ("However, …", "Only if …") is not parted from the predecessor. Matter unreadable
aloud (code, links, tables of signs) is a gap: not quoted, nor is anything leaning on the gap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from common.languages import pack_of
from common.text.chess import is_moves
from common.text.links import without_links
from common.text.scripts import mostly_latin
from common.text.sentences import breaths, ended, sentences
from functions.model_serving.llm.material.code import is_code
from functions.model_serving.llm.material.context_dependence import depends_on_context, limits_what_was_said
from functions.model_serving.llm.material.foreign import in_another_language
from functions.model_serving.llm.material.paragraphs import JOINING_WORD, Paragraph, Shape

MAX_PASSAGE: Final = 330
_LEEWAY: Final = 110
"""Characters that a passage may be longer by, so as not to part a sentence from the one that it leans on."""
_BOUND: Final = 900
"""Characters of sentences that limit each other: more than that is not a passage but an argument."""
_LONG_LIST: Final = 700
_SHORT: Final = 20
_ANSWER: Final = 450
_A_WORD = re.compile(r"[^\W\d_]{2}")
_REFERENCE = re.compile(r"\s*\((?:#\d+|[0-9a-f]{7,40})(?:, ?(?:#\d+|[0-9a-f]{7,40}))*\)")
_INNER_END = re.compile(r"[.!?]\s+[A-ZÀ-Þ¿¡]")
_ABBREVIATED = re.compile(r"\b\w\.\s?\w\.$")


@dataclass(frozen=True)
class Passage:
    """A unit quoted at a stretch. `heading` is the nearest heading above in the source, or empty.

    `sentences` are the passage's parts, each fit to be a turn of its own. `asked` is the question answered by the
    passage in the source, `speaker` the speaker of the answer there. A passage that `leans` is understood only after
    its predecessor; a passage that `limits` must follow its predecessor if the predecessor is told. A passage not
    `quotable` serves only for others to lean on, in vain.
    """

    text: str
    sentences: tuple[str, ...]
    source: int
    heading: str
    opens_paragraph: bool
    asked: str = ""
    speaker: str = ""
    leans: bool = False
    limits: bool = False
    quotable: bool = True
    listed: bool = False
    says_heading: bool = False
    """Its text begins with its heading."""
    above: str = ""
    """The heading to be said in front of that, where others begin the same."""
    below_heading: bool = False
    """It takes up its heading, which is right above, and is to be said: "Is it free?", and then "Yes."."""


def passages(paragraph: Paragraph, language: str, *, most: int = 3, length: int = MAX_PASSAGE) -> Iterator[Passage]:
    """Return the quotable passages of a paragraph, in order, each of `most` sentences and `length` characters or little
    more."""
    return (passage for passage in all_passages(paragraph, language, most=most, length=length) if passage.quotable)


def all_passages(
    paragraph: Paragraph, language: str, *, most: int = 3, length: int = MAX_PASSAGE, strict: bool = True
) -> Iterator[Passage]:
    """Yield the same passages with the gaps between. Not `strict` takes words without an end mark for a sentence, where
    nothing else is found."""
    found = _cut(paragraph, language, most, length, strict=strict)
    first = next(found, None)
    if first is not None and paragraph.opens_section and (first.leans or first.limits):
        # on its heading: "No…" right below one takes nothing back of what is above
        first = replace(first, leans=False, limits=False, below_heading=True)
    if first is not None:
        yield first
        yield from found


def _cut(paragraph: Paragraph, language: str, most: int, length: int, *, strict: bool) -> Iterator[Passage]:
    match paragraph.shape:
        case Shape.GAP:
            yield _gap(paragraph)
        case Shape.LIST:
            yield from _list(paragraph, language)
        case Shape.ROWS:
            yield from (replace(passage, listed=True) for passage in _rows(paragraph, language, length))
        case Shape.VERSE:
            for number, lines in enumerate(_strophes(paragraph.text)):
                yield replace(_whole(paragraph, [lines], language), opens_paragraph=number == 0)
        case Shape.LINE:
            yield replace(_whole(paragraph, [paragraph.text], language), speaker=paragraph.speaker)
        case Shape.PAIR:
            yield _pair(paragraph, language)
        case _:
            yield from _prose(paragraph, language, most, length, strict=strict)


def _gap(paragraph: Paragraph) -> Passage:
    return Passage("", (), paragraph.source, paragraph.heading, opens_paragraph=True, quotable=False)


def _whole(paragraph: Paragraph, parts: Sequence[str], language: str) -> Passage:
    """Return a passage of parts told together or not at all."""
    text = " ".join(parts)
    return Passage(
        text,
        tuple(parts),
        paragraph.source,
        paragraph.heading,
        opens_paragraph=True,
        quotable=all(map(_is_speakable, parts)) and not in_another_language(text, language),
    )


def _strophes(text: str) -> Iterator[str]:
    """Yield a stanza; a very long one in parts, cut at the end of a line, and of a sentence where one ends."""
    part: list[str] = []
    for line in text.split("\n"):
        part.append(line)
        size = sum(map(len, part))
        if size > _BOUND or (size > _ANSWER and ended(line)):
            yield "\n".join(part)
            part = []
    if part:
        yield "\n".join(part)


# Prose


def _prose(paragraph: Paragraph, language: str, most: int, length: int, *, strict: bool) -> Iterator[Passage]:
    run: list[str] = []
    opens = True

    def made() -> Passage:
        text = " ".join(run)
        return Passage(
            text,
            tuple(run),
            paragraph.source,
            paragraph.heading,
            opens,
            leans=depends_on_context(text, language),
            limits=limits_what_was_said(text, language),
        )

    if in_another_language(paragraph.text, language):
        yield _gap(paragraph)
        return
    for bound in _bound(paragraph.text, language):
        quotable = all(_is_prose(sentence) and (not strict or ended(sentence)) for sentence in bound)
        quotable = quotable and _has_words(" ".join(bound))
        size = len(" ".join((*run, *bound)))
        full = run and (len(run) + len(bound) > most or size > length)
        leeway = size <= length + _LEEWAY and depends_on_context(bound[0], language)
        if run and (not quotable or (full and not leeway)):
            yield made()
            opens, run = False, []
        if quotable:
            run.extend(sentence if ended(sentence) else f"{sentence.rstrip(' ,;:')}." for sentence in bound)
        else:
            yield _gap(paragraph)
            opens = False
    if run:
        yield made()


def _bound(text: str, language: str) -> Iterator[list[str]]:
    """Yield the sentences of a paragraph, those limiting or leading into each other grouped together."""
    waiting: list[str] = []
    for sentence in (part for whole in sentences(text, language) for part in breaths(whole)):
        alone = waiting and " " not in waiting[-1]  # "Kiel.", the place of a report; "No."
        joins = waiting and (alone or waiting[-1].endswith(":") or limits_what_was_said(sentence, language))
        if waiting and not (joins and sum(map(len, waiting)) + len(sentence) <= _BOUND):
            yield waiting
            waiting = []
        waiting.append(sentence)
    if waiting:
        yield waiting


# Lists, tables and definitions


def _list(paragraph: Paragraph, language: str) -> Iterator[Passage]:
    """Yield a list in a single passage; a long list in several, of which none is told without all the others if the
    list is governed."""
    items = [_REFERENCE.sub("", item).strip() for item in paragraph.items]
    if (
        paragraph.under_heading or not paragraph.text
    ):  # each stands by itself, unless it is a step: what cannot be read aloud is left out, as a paragraph is
        readable = [item for item in items if _is_speakable(item)]
        items = readable if 2 * len(readable) >= len(items) and not paragraph.ordered else items
    whole = said_list(paragraph.text, items, paragraph.tail)
    speakable = all(map(_is_speakable, (paragraph.text, *items, paragraph.tail)))
    own = all(len(item.split()) > 3 and ended(item) and not item[:1].islower() for item in items)
    if not speakable or not _has_words(whole) or in_another_language(whole, language):
        yield _gap(paragraph)
        return
    governed = not paragraph.under_heading and bool(paragraph.text) and not (own and ended(paragraph.text))
    chunks = [items] if len(whole) <= _LONG_LIST or paragraph.tail else list(_chunks(items))
    for number, chunk in enumerate(chunks):
        lead = paragraph.text if number == 0 or paragraph.under_heading else ""
        text = said_list(lead, chunk, paragraph.tail)
        if not lead and not text[1:2].isupper():
            text = text[:1].upper() + text[1:]
        yield Passage(
            text,
            (text,),
            paragraph.source,
            paragraph.heading,
            opens_paragraph=number == 0,
            leans=(number > 0 and governed)
            or (number == 0 and not paragraph.under_heading and depends_on_context(text, language)),
            limits=number > 0 and governed,
            listed=True,
            says_heading=paragraph.under_heading,
            above=paragraph.above if paragraph.under_heading else "",
        )


def _chunks(items: Sequence[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    for item in items:
        if chunk and sum(map(len, chunk)) + len(item) > _LONG_LIST // 2:
            yield chunk
            chunk = []
        chunk.append(item)
    if chunk:
        yield chunk


def said_list(lead: str, items: Sequence[str], tail: str = "") -> str:
    """Say a list: its lead-in, a colon, and its items, parted by semicolons unless sentences."""
    if 2 * sum(map(ended, items)) > len(items) or any(_INNER_END.search(item) for item in items):
        body = " ".join(item if ended(item) else f"{item.rstrip(' ,;:')}." for item in items)
    else:
        body = ""
        for item in items:
            joint = JOINING_WORD.search(body)
            if joint:
                body = f"{body[: joint.start()]}; {joint['word']} {item}"
            else:
                parted = " " if body.endswith(":") else "; "
                body = f"{_unended(body)}{parted}{item}" if body else item
        body = _unended(body).rstrip(":")
        body = f"{body}{'' if tail.startswith('(') else ','} {tail}" if tail else body
        body = body if ended(body) else f"{body}."
    if not lead:
        return body
    if ended(lead) or lead.endswith(":"):
        return f"{lead} {body}"
    return f"{lead.rstrip(' —–-,;')}: {body}"


def _unended(item: str) -> str:
    """Return an item without the mark at its end, but for the full stop of an abbreviation: "6 p.m."."""
    item = item.rstrip(" ,;")
    return item if _ABBREVIATED.search(item) else item.rstrip(" ,;.")


def _rows(paragraph: Paragraph, language: str, length: int) -> Iterator[Passage]:
    """Rows and definitions, some to a passage; a few are never parted."""
    length = max(length, MAX_PASSAGE)
    run: list[str] = []
    for item in paragraph.items:
        row = item if ended(item) else f"{item.rstrip(' ,;:')}."
        if run and len(" ".join((*run, row))) > length:
            yield _whole(paragraph, run, language)
            run = []
        run.append(row)
    if run:
        yield _whole(paragraph, run, language)


# Questions and answers


def _pair(paragraph: Paragraph, language: str) -> Passage:
    """Return a question with its whole answer, in parts to be turns; not quotable where any part is not."""
    parts = [
        passage
        for each in paragraph.answer
        for passage in all_passages(each, language, most=99, length=_ANSWER, strict=False)
    ]
    question = paragraph.text if ended(paragraph.text) else f"{paragraph.text.rstrip(' ,;:')}."
    answer = " ".join(passage.text for passage in parts)
    return Passage(
        answer,
        tuple(passage.text for passage in parts),
        paragraph.source,
        paragraph.heading,
        opens_paragraph=True,
        asked=question,
        speaker=paragraph.answered_by,
        leans=depends_on_context(question, language) or _asks_on(question, language),
        quotable=bool(parts) and all(passage.quotable for passage in parts) and _is_askable(question, language),
    )


def _asks_on(question: str, language: str) -> bool:
    """Tell whether a question takes up earlier words: "Can it recover?", "Why is that?"; not those that join, "What is
    it and why?", nor a verb before its subject, "¿Qué es el amor?"."""
    words = list(sentences(question, language))[-1].split()[1:5]
    return any(
        depends_on_context(word.rstrip("?,"), language)
        for word, following in pairwise([*words, ""][:4])
        if word.islower() and len(word) > 1 and not JOINING_WORD.fullmatch(f" {word}")
        if not (following[:1].isupper() or following in pack_of(language).nouns.articles)
    )


# What can be read aloud


def _is_askable(question: str, language: str) -> bool:
    """Tell whether a voice of this language can read a question: some are left untranslated."""
    return _is_speakable(question) and mostly_latin(question) and not in_another_language(question, language)


def _is_speakable(text: str) -> bool:
    return not is_code(text) and without_links(text) == text


def _has_words(text: str) -> bool:
    return _A_WORD.search(text) is not None


def _is_prose(sentence: str) -> bool:
    if is_moves(sentence):
        return True
    letters = sum(map(str.isalpha, sentence)) + sentence.count(" ")
    if (letters < 0.6 * len(sentence) and len(sentence) > _SHORT) or not _is_speakable(sentence):
        return False
    return ended(sentence) or not (sentence.isupper() and len(sentence.split()) > 3)
