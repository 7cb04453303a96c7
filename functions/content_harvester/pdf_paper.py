"""A paper as it is read aloud: without its authors' addresses, its notes, references, formulas, code and figures."""

# ruff: noqa: RUF001 - the signs that documents are set with

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import groupby

from common.text.blocks import BlockKind
from common.text.tables import MAX_COLUMNS, MAX_ROWS
from functions.content_harvester.pdf_formulas import FORMULA, is_formula, without_formulas
from functions.content_harvester.pdf_kinds import is_caption, is_marked, set_kind, without_numbers
from functions.content_harvester.pdf_lines import Line
from functions.content_harvester.pdf_paragraphs import CAPTION, NOTE, NUMBERED, WORD, Body, Paragraph, letters_in
from functions.content_harvester.pdf_tables import paragraphs_and_rows
from functions.content_harvester.pdf_title import IMPRINT
from functions.content_harvester.printed import REFERENCES

_AFTER_REFERENCES = re.compile(
    r"(?:[A-Z]|\d{1,2})?[.:]?\s*(?:appendi(?:x|ces)|supplement\w*|annex|anhang|annexe|anexo|apéndice|apêndice|"
    r"appendice)\b",
    re.IGNORECASE,
)
_ABSTRACT = re.compile(
    r"(?:abstract|summary|a\s?b\s?s\s?t\s?r\s?a\s?c\s?t|zusammenfassung|kurzfassung|résumé|resumen|resumo|riassunto|"
    r"sommario)\b\s*[.:—–-]*\s*",
    re.IGNORECASE,
)
_INTRODUCTION = re.compile(
    r"(?:[\dIVX]{1,3}\.?\s+)?(?:introduction|einleitung|introducción|introdução|introduzione)$", re.I
)
_OF_A_PAPER = re.compile(
    r"(?:abstract|a\s?b\s?s\s?t\s?r\s?a\s?c\s?t|zusammenfassung|kurzfassung|résumé|resumen|resumo|riassunto|"
    r"index terms|key\s?words?|schlüsselwörter|mots[- ]clés|palabras clave|palavras[- ]chave|parole chiave|"
    r"categories and subject descriptors|ccs concepts)(?=$|\s*[.:—–-]|\s[A-Z])",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"\[(\d{1,3})\]\s+[A-ZÀ-Þ]")
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
_EMAIL = re.compile(r"[\w})]\s?@\s?[\w-]{1,60}\.\w")
_BYLINE = re.compile(
    r"(?:By|Von|Par|Por|Di|De)\s+[A-ZÀ-Þ][\w.’'-]*"
    r"(?:,?\s(?:and |und |et |y |e )?[A-ZÀ-Þ][\w.’'-]*){1,9}\s?[∗*†‡\d]{0,3}"
)
_KEY_WORDS = re.compile(
    r"(?:(?:additional )?key\s?words?(?: and phrases)?|index terms|schlüsselwörter|mots[- ]clés|palabras clave|"
    r"palavras[- ]chave|parole chiave|ccs concepts|general terms)\b(?P<end>\W*$)?",
    re.IGNORECASE,
)
_DECLARATION = re.compile(
    r"authors?[’'] ?(?:contributions?|details|information)|author contributions?|(?:declaration of )?(?:competing|"
    r"conflicting|financial) interests?|(?:declaration of )?conflicts? of interests?|"
    r"funding(?: (?:statement|sources?))?|"
    r"disclosures?|pre-?publication history|data availability(?: statement)?|provenance and peer review|"
    r"(?:patient )?consent(?: for publication)?|ethics approval(?: and consent to participate)?|cite this article as|"
    r"interessenkonflikte?|autorenbeiträge|förderung|finanzierung|"
    r"(?:déclaration de )?(?:conflits?|liens) d[’']intérêts?|contributions? des auteurs|financement|"
    r"conflictos? de intereses|contribuci(?:ón|ones) de los autores|financiación|financiamiento|"
    r"conflitos? de interesses?|contribuiç(?:ão|ões) dos autores|financiamento|"
    r"conflitt[io] d[i’'] ?interess[ei]|contribut[io] degli autori|finanziament[io]",
    re.IGNORECASE,
)
"""What stands over the parts that a journal asks for below a paper."""
_AFFILIATION = re.compile(
    r"universit|institut|department|dept\.|laborator|faculty|school of|college|academy|research (?:center|centre)|"
    r"\binc\.|\bcorp\b|gmbh|hochschule|fakultät|école|facultad|dipartimento",
    re.IGNORECASE,
)


def is_paper(lines: Sequence[Line]) -> bool:
    """Tell whether at least two of a paper's own parts are there: its abstract, its authors, its references, its
    figures."""
    pages = sorted({line.page for line in lines})
    first = [line.text for line in lines if line.page in pages[:2]]
    texts = [line.text for line in lines]
    return (
        any(_OF_A_PAPER.match(text) for text in first) * (1 + any(_INTRODUCTION.fullmatch(text) for text in first))
        + any(_EMAIL.search(text) or (_AFFILIATION.search(text) and len(text.split()) < 15) for text in first[:40])
        + (sum(_AFFILIATION.search(text) is not None and "," in text for text in first[:15]) > 1)
        + any(
            REFERENCES.fullmatch(text) and len(_YEAR.findall(" ".join(texts[number : number + 40]))) > 2
            for number, text in enumerate(texts)
        )
        + (sum(_ENTRY.match(text) is not None for text in texts[len(texts) // 2 :]) > 3)
        + (sum(CAPTION.match(text) is not None for text in texts) > 1)
    ) >= 2


def told_of_paper(lines: Sequence[Line], body: Body, title: str, left_out: Counter[str]) -> list[Paragraph]:
    """Return the paragraphs of a paper that are read, each with its kind; the others are counted."""
    paragraphs = paragraphs_and_rows(lines, body, _is_of_words, left_out)
    paragraphs = _without_front(paragraphs, body, title, left_out)
    paragraphs = _without_declarations(_without_references(paragraphs, body, left_out), body, left_out)
    notes = defaultdict[int, set[str]](set)
    kept: list[Paragraph] = []
    below = _notes_below(paragraphs)
    for number, paragraph in enumerate(paragraphs):
        what = "footnote" if number in below else _left_out_as(paragraph, body, kept)
        if what == "footnote" and (number_of := re.match(r"\d{1,2}", paragraph.text)):
            notes[paragraph.lines[0].page].add(number_of[0])
        if what:
            left_out[what] += 1
        elif paragraph.text:
            kept.append(paragraph)
    for paragraph in kept:
        set_kind(paragraph, body)
    for paragraph in without_numbers(kept, all_count=True):
        paragraph.text = without_formulas(paragraph.text, left_out)
        for mark in notes[paragraph.lines[0].page]:
            paragraph.text = re.sub(rf"(?<=[^\W\d_][.,;:!?)”\"])(?<!\d\.){mark}(?=\s|$)", "", paragraph.text)
            paragraph.text = re.sub(rf"(?<=[^\W\d_]{{3}}){mark}(?=[\s.,;:!?)]|$)", "", paragraph.text)
    return [paragraph for paragraph in kept if WORD.search(paragraph.text)]


def _is_of_words(table: Sequence[Sequence[str]]) -> bool:
    """Tell whether a table can be heard: not too large, and most of its cells are words rather than figures."""
    cells = [cell for row in table for cell in row]
    small = len(table) <= MAX_ROWS and max(map(len, table)) <= MAX_COLUMNS
    return small and sum(WORD.search(cell) is not None and not FORMULA.search(cell) for cell in cells) * 5 > 3 * len(
        cells
    )


def _without_front(paragraphs: list[Paragraph], body: Body, title: str, left_out: Counter[str]) -> list[Paragraph]:
    """Leave out what stands between a paper's title and its text: authors, where they work, how they are reached."""
    first = paragraphs[0].lines[0].page if paragraphs else 0
    on_first = [number for number, paragraph in enumerate(paragraphs) if paragraph.lines[0].page == first]
    begins = next((number for number in on_first if _begins_text(paragraphs[number].text) and number), None)
    if begins is None and title:
        prose = next((number for number in on_first if _is_prose(paragraphs[number].text)), 0)
        if any(
            _EMAIL.search(paragraph.text) or _AFFILIATION.search(paragraph.text) for paragraph in paragraphs[:prose]
        ):
            begins = prose
    top = paragraphs[begins].lines[0].top if begins is not None else math.inf
    known = letters_in(title)
    kept: list[Paragraph] = []
    left = 0
    for number, paragraph in enumerate(paragraphs):
        text = paragraph.text
        if number in on_first[:60]:
            short = len(text.split()) < 60
            if title and short and known.startswith(letters_in(text)) and letters_in(text):
                known = known.removeprefix(letters_in(text))
                continue  # the title is told as such
            above = begins is not None and (number < begins or paragraph.lines[0].bottom >= top)
            about = above and not _is_prose(text)
            below = number and (head := _KEY_WORDS.match(paragraphs[number - 1].text)) and head["end"] is not None
            listed = (below and _is_list(text)) or _BYLINE.fullmatch(text)
            if about or (_EMAIL.search(text) and short) or _is_imprint(paragraph, body) or listed:
                left += 1
                continue
            if (_AFFILIATION.search(text) and not _is_prose(text) and len(text.split()) < 40
                    and paragraph.size < 1.3 * body.size and begins is not None and number <= begins + 1):  # fmt: skip
                left += 1
                continue
            if number == begins and _ABSTRACT.match(text):
                paragraph.text = text = _ABSTRACT.sub("", text, count=1)
                if not text:
                    continue
        elif _EMAIL.search(text) and len(text.split()) < 25:
            left += 1
            continue
        kept.append(paragraph)
    if left:
        left_out["front matter"] += left
    return kept


def _is_list(text: str) -> bool:
    """Tell whether a text is words and names, and no sentence."""
    return len(text.split()) < 60 and not _is_prose(text) and not re.search(r"[.!?]\s", text)


def _is_imprint(paragraph: Paragraph, body: Body) -> bool:
    words = len(paragraph.text.split())
    if _KEY_WORDS.match(paragraph.text):
        return words < 150
    return IMPRINT.search(paragraph.text) is not None and words < (150 if paragraph.size < 0.95 * body.size else 40)


def _begins_text(text: str) -> bool:
    if _INTRODUCTION.fullmatch(text):
        return True
    return _ABSTRACT.match(text) is not None and (len(text.split()) < 4 or text[:1].isupper())


def _is_prose(text: str) -> bool:
    """Tell whether it reads as sentences do: long, most words in lower case, and with an end."""
    words = text.split()
    lower = sum(word[:1].islower() for word in words)
    return len(words) >= 14 and lower > 0.6 * len(words) and "." in text


def _without_references(paragraphs: list[Paragraph], body: Body, left_out: Counter[str]) -> list[Paragraph]:
    kept: list[Paragraph] = []
    head: Paragraph | None = None
    count = 0
    headed = any(REFERENCES.fullmatch(paragraph.text) for paragraph in paragraphs)
    for paragraph in paragraphs:
        text = paragraph.text
        if REFERENCES.fullmatch(text):
            head = paragraph
            continue
        if not headed and head is None and (entry := _ENTRY.match(text)) and entry[1] == "1":
            head = paragraph  # a list that bears no name
        if head is not None:
            same = abs(paragraph.size - head.size) < 0.3 and paragraph.bold is head.bold
            distinct = head.bold or head.size > 1.05 * body.size
            title_like = len(text.split()) < 12 and not re.search(r"\d{4}|[.,]$", text) and len(paragraph.lines) < 3
            is_head = same and distinct and WORD.search(text)
            if title_like and (is_head or _AFTER_REFERENCES.match(text)):
                head = None
            else:
                entries = len(re.findall(r"(?:^|\s)\[[\w+]{1,8}\]\s", text))
                count += max(1, entries)
                continue
        kept.append(paragraph)
    if count:
        left_out["reference"] += count
    return kept


def _without_declarations(paragraphs: list[Paragraph], body: Body, left_out: Counter[str]) -> list[Paragraph]:
    """Leave out the declarations that journals ask for below a paper: contributions, funding, competing interests."""
    kept: list[Paragraph] = []
    head: Paragraph | None = None
    left = 0
    for number, paragraph in enumerate(paragraphs):
        if 2 * number > len(paragraphs) and _DECLARATION.fullmatch(paragraph.lines[0].text.strip()):
            head = paragraph if len(paragraph.lines) == 1 else None
        elif head is not None:
            is_set_so = paragraph.bold is head.bold and abs(paragraph.size - head.size) < 0.3
            is_short = len(paragraph.text.split()) < 8 and paragraph.text[-1] not in ".,;:!?"
            if is_set_so and (is_short or head.bold or head.size > 1.05 * body.size):
                head = None
        if head is None and not _DECLARATION.fullmatch(paragraph.lines[0].text.strip()):
            kept.append(paragraph)
        else:
            left += 1
    left_out["back matter"] += left
    return kept


def _left_out_as(paragraph: Paragraph, body: Body, before: Sequence[Paragraph]) -> str | None:
    """Name the kind under which an unread paragraph is counted; None for a paragraph to be read."""
    text = paragraph.text
    words = WORD.findall(text)
    if paragraph.kind is BlockKind.TABLE:
        return None
    if not words:
        return "math" if FORMULA.search(text) else "label"
    if is_caption(paragraph, body):
        return "caption"
    if not body.mono and sum(line.mono for line in paragraph.lines) * 2 > len(paragraph.lines):
        return "code"
    if is_formula(text, words):
        return "math"
    if text[0] in "∗†‡§¶" or re.match(r"\*\w", text):
        return "footnote"
    small = paragraph.size < 0.93 * body.size
    if small and NOTE.match(text):
        return "footnote"
    if (
        text[:1].isdigit() and NOTE.match(text) and text[-1] in ".!?)" and len(text.split()) > 3
        and is_marked(paragraph, before)
    ):  # fmt: skip
        return "footnote"
    lower = sum(word[:1].islower() for word in text.split())
    reads = lower >= 4 and lower > 0.5 * len(text.split()) and (text[-1] in ".!?:;" or len(text.split()) > 12)
    is_head = text.isupper() and NUMBERED.match(text) is not None  # "II. THE LAMP" in small capitals
    if paragraph.size < 0.85 * body.size and not reads and not is_head:
        return "label"
    return None


def _notes_below(paragraphs: Sequence[Paragraph]) -> set[int]:
    """Return the numbers of paragraphs at the foot of a page that are numbered from 1, and are short: notes, however
    set."""
    notes = set[int]()
    at = 0
    for _, of_page in groupby(paragraphs, lambda paragraph: paragraph.lines[0].page):
        page = list(of_page)
        foot = len(page)
        while foot and re.match(r"\d{1,2} [^\W\d_]", page[foot - 1].text) and len(page[foot - 1].text.split()) < 40:
            foot -= 1
        above = sum(len(paragraph.text) for paragraph in page[:foot])
        below = sum(len(paragraph.text) for paragraph in page[foot:])
        if below < 0.7 * above and page[foot:] and page[foot].text.startswith("1 ") and page[-1].text[-1] in ".!?)":
            notes.update(range(at + foot, at + len(page)))
        at += len(page)
    return notes
