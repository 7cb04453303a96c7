"""The blocks of a PDF: its lines joined to paragraphs, and each told apart by its place, its size and how it begins.

Running heads, page numbers, captions and tables of contents are left out, and counted. All else that a letter, a form
or a manual says is told. Of a paper nobody would read aloud its authors' addresses, notes, references, displayed
formulas, code and tables of figures.
"""

# ruff: noqa: RUF001 - the signs that documents are set with

from __future__ import annotations

import math
import re
import statistics
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile

from common.text.blocks import Block, BlockKind
from common.text.tables import MAX_COLUMNS, MAX_ROWS, sentences_of
from functions.content_harvester.pdf_front import WORK, without_cover, without_title_pages
from functions.content_harvester.pdf_page import Line, Page
from functions.content_harvester.pdf_paragraphs import (
    BULLET,
    CAPTION,
    MARKER,
    NOTE,
    NUMBERED,
    WORD,
    Body,
    Paragraph,
    join,
    joined,
    paragraphs_of,
)
from functions.content_harvester.pdf_tables import rows_of, tables_of
from functions.content_harvester.printed import CONTENTS, REFERENCES

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
_LEADERS = re.compile(r"(?:(?:\.\s?){4,}|(?:…\s?){2,})\s*(\d{1,4}|[ivxlc]{1,7})$")
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
_IMPRINT = re.compile(
    r"permission to (?:make digital|copy without fee)|copyright (?:©|\(c\)|\d{4}|held|is held)|^©|^c?\s?⃝|"
    r"all rights reserved|^reproduction of all or part|^arxiv\b|"
    r"^(?:https?://)?(?:dx\.)?doi[:.]|^issn\b|^isbn\b|categories and subject descriptors|^general terms|"
    r"^(?:acm reference format|msc|jel)\b|^(?:received|accepted|submitted|published)\b.{0,40}\d{4}|"
    r"^proceedings of (?:the )?|^in proc(?:eedings|\.)|^to appear in|under review|corresponding author|^e-?mail\b|"
    r"^an? (?:preliminary|extended|earlier|short(?:er)?|long(?:er)?|previous|conference) (?:version|abstract) of this|"
    r"licen[sc]ed under|creative commons|advance online publication|^date:|^[A-K]\.\d(?:\.\d)? \[",
    re.IGNORECASE,
)
_KEY_WORDS = re.compile(
    r"(?:(?:additional )?key\s?words?(?: and phrases)?|index terms|schlüsselwörter|mots[- ]clés|palabras clave|"
    r"palavras[- ]chave|parole chiave|ccs concepts|general terms)\b(?P<end>\W*$)?",
    re.IGNORECASE,
)
_ARTICLE = re.compile(
    r"(?:(?:original|research|review|short|brief|regular|full|clinical|scientific) )*"
    r"(?:article|paper|report|review|communication|research|contribution|study|note)s?|case (?:report|study)|"
    r"r\s*e\s*s\s*e\s*a\s*r\s*c\s*h|r\s*e\s*v\s*i\s*e\s*w|open access|"
    r"(?:original|übersichts|forschungs)(?:arbeit|artikel|beitrag)|"
    r"article (?:original|de recherche|de synthèse)|artículo (?:original|de revisión|de investigación)|"
    r"artigo (?:original|de revisão|de pesquisa)|articolo (?:originale|di rassegna)",
    re.IGNORECASE,
)
"""What journals call an article by its kind, above its title."""
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
_INSTITUTION = re.compile(
    r"(?:The )?(?:Universi|Institut|Department|Dipartimento|Departamento|Département|Faculty|Fakultät|Faculté|Facultad|"
    r"Faculdade|Facoltà|School of|College|Hochschule|Technische|École|Escuela|Escola|Scuola|Politecnico)"
)
"""How the line begins that says below a title where it was written."""
_FORMULA = re.compile(
    r"[=≈≡≤≥≠∑∏∫√∞∂∇∈∉⊂⊆∪∩∀∃∝⇒⇔↦⊗⊕≜∼∧∨¬⟨⟩‖]|[\U0001d400-\U0001d7ff]|[\u210a-\u2115\u2119-\u211d]|\\[a-z]{2,}|\^[{\d]|\s[<>]\s"
    r"|(?<![\w-])[Α-Ωα-ω](?!\w*[α-ω])\w{0,3}(?![\w-])(?<!μm|μg|μs|μl|μL|μM|μA|μV|μW)"
)
_ASIDE = re.compile(r"\([^()]{1,40}\)")
_SENTENCE = re.compile(r"(?<=[.!?])[”\"’)]?\s+(?=[A-ZÀ-Þ“\"(\d])")
_PAGE_NUMBER = re.compile(
    r"[-–—|\s]*(?:(?:page|seite|página|pagina|p\.|s\.)\s*)?(?:\d{1,4}|[ivxlc]{1,7})"
    r"(?:\s*(?:of|von|de|di|sur|/)\s*\d{1,4})?[-–—|\s]*",
    re.IGNORECASE,
)
_MOST_SIGNS = 3
"""Of mathematics in a sentence: with more nobody follows, however many words are between."""
_LEAST_BESIDE_CONTENTS = 0.1
"""Of a text: with less it is a list of contents with a foot line."""
_SLIDE_WORDS = 120
_MANY_PAGES = 5


@dataclass
class Found:
    """What is read of a PDF: its blocks, its title as it is set, and how many of what was left out."""

    blocks: list[Block]
    title: str
    left_out: Counter[str]


def find_blocks(pages: Sequence[Page]) -> Found:
    """Return the blocks of all pages, and what was left out of them."""
    left_out = Counter[str]()
    cover, pages = pages[0].lines, without_cover(pages)
    left_out["front matter"] += pages[0].lines is not cover
    lines = [line for page in _without_running_lines(pages, left_out) for line in page]
    told = _without_contents(lines, left_out)
    words = sum(len(line.text) for line in told if WORD.search(line.text))
    if words > _LEAST_BESIDE_CONTENTS * sum(len(line.text) for line in lines):
        lines = told
    else:
        del left_out["contents"]  # of a document that is one list of contents, that is told
    if not lines:
        return Found([], "", left_out)
    body = Body.of(lines)
    if _is_slides(pages):
        return _slides(lines, left_out)
    title = _title([line for line in lines if line.page == lines[0].page], body).rstrip("∗*†‡§¶ ")
    is_paper = _is_paper(lines)
    if not title and pages[0].lines is not cover:
        title = _title(cover, body)
    lines = without_title_pages(lines, left_out) if title else lines
    heads = Counter(left_out)
    if is_paper:
        blocks = list(_blocks(_of_paper(lines, body, title, left_out), body))
        if 10 * sum(len(block.text) for block in blocks) >= sum(len(line.text) for line in lines):
            return Found(blocks, title, left_out)
    # What is no paper, as a letter or a form, or nearly all a table or a list of references, is told as it stands.
    blocks = list(_blocks(_of_document(lines, body, title, heads), body))
    return Found(blocks if any(WORD.search(block.text) for block in blocks) else [], title, heads)


def _is_paper(lines: Sequence[Line]) -> bool:
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


# Pages


def _without_running_lines(pages: Sequence[Page], left_out: Counter[str]) -> Iterator[list[Line]]:
    """Yield the lines of each page without those that return at its edge, page after page or on every other one.

    They are no larger than the text, unless they return on many pages: the name of a slide or a form may return, too.
    """
    sizes = Counter[float]()
    for page in pages:
        for line in page.lines:
            sizes[line.size] += len(line.text)
    usual = sizes.most_common(1)[0][0] if sizes else math.inf
    many = math.inf if not sizes or _is_slides(pages) else max(_MANY_PAGES, len(pages) / 4)
    edges = [
        {line for line in _edges(page) if line.size < 2 * usual or _PAGE_NUMBER.fullmatch(line.text)} for page in pages
    ]
    heights = defaultdict[str, list[float]](list)
    for edge in edges:
        for pattern, bottom in {_pattern(line): line.bottom for line in edge}.items():
            heights[pattern].append(bottom)
    for found in heights.values():
        found.sort()
    enough = 2 if len(pages) in range(4, 8) else 3
    for page, edge in zip(pages, edges, strict=True):
        running = {
            line
            for line in edge
            if _times(heights[_pattern(line)], line) >= (enough if line.size < 1.2 * usual else many)
            or (_PAGE_NUMBER.fullmatch(line.text) and len(pages) > 1)
        }
        left_out["running head"] += len(running)
        yield [line for line in page.lines if line not in running]


def _without_contents(lines: Sequence[Line], left_out: Counter[str]) -> list[Line]:
    """Return the lines without tables of contents: what has dots before a page's number, or such numbers below a
    heading.

    In a form or a schedule dots lead to other numbers than pages have.
    """
    pages = lines[-1].page + 1 if lines else 0
    kept: list[Line] = []
    at = 0
    while at < len(lines):
        end = at
        if CONTENTS.fullmatch(lines[at].text):
            end = at + 1
            while any(re.search(r"\s(?:\d{1,3}|[ivxlc]{1,6})$", line.text) for line in lines[end : end + 2]):
                end += 1
        elif pages > 4 and (leads := _LEADERS.search(lines[at].text)) and _number(leads[1]) <= pages + 30:
            end = at + 1
        left_out["contents"] += end > at
        kept += lines[at : max(end, at + 1)] if end == at else []
        at = max(end, at + 1)
    return kept


def _number(written: str) -> int:
    """Return a page's number; a Roman one, of the pages before the text, as 0."""
    return int(written) if written.isdecimal() else 0


def _edges(page: Page) -> set[Line]:
    """Return the two highest and the two lowest lines, whatever stands beside them on the same height included."""
    heights = sorted({round(line.bottom) for line in page.lines})
    edge = {*heights[:2], *heights[-2:]} if len(heights) > 4 else {*heights[:1], *heights[-1:]}
    return {line for line in page.lines if round(line.bottom) in edge}


def _times(heights: Sequence[float], line: Line) -> int:
    """Tell how often one of these heights, from the lowest, is that of a line."""
    return bisect_right(heights, line.bottom + line.size) - bisect_left(heights, line.bottom - line.size)


def _pattern(line: Line) -> str:
    return re.sub(r"\d+|\b[ivxlc]+\b", "#", line.text.strip().lower())


def _is_slides(pages: Sequence[Page]) -> bool:
    """Tell whether there are few words on each page, and pages are wide, or lines are points rather than sentences."""
    written = [page for page in pages if page.lines]
    words = statistics.median(sum(len(line.text.split()) for line in page.lines) for page in written)
    wide = all(page.width > page.height for page in written)
    lines = [line.text for page in written for line in page.lines]
    points = sum(line[-1] not in ".,;-" for line in lines) > 0.8 * len(lines) and len(written) > 2
    return words < (_SLIDE_WORDS if wide else _SLIDE_WORDS / 3 if points else 0)


def _slides(lines: Sequence[Line], left_out: Counter[str]) -> Found:
    """Each slide by itself: its largest line is what it is called, the others are its points."""
    blocks: list[Block] = []
    title = ""
    for _, of_page in groupby(lines, lambda line: line.page):
        slide = list(of_page)
        largest = max(line.size for line in slide)
        head = [line for line in slide if line.size > 0.95 * largest]
        head = head if len(head) <= 3 and len(head) < len(slide) else slide[:1]
        title = title or " ".join(line.text for line in head)
        blocks.append(Block(BlockKind.HEADING, " ".join(line.text for line in head), 1))
        body = Body.of(lines)
        for paragraph in paragraphs_of([line for line in slide if line not in head], body, apart=True):
            text = joined(paragraph.lines, body)
            marker = MARKER.match(text)
            text = text[marker.end() :] if marker else text
            if _letters(text):
                ends = text[-1:] in ".!?" and len(text.split()) > 12
                blocks.append(Block(BlockKind.PARAGRAPH if ends else BlockKind.ITEM, text, 0 if ends else 1))
    return Found(blocks, title, left_out)


def _paragraphs(
    lines: Sequence[Line], body: Body, told: Callable[[list[list[str]]], bool], left_out: Counter[str]
) -> list[Paragraph]:
    """Lines joined to paragraphs, and the rows of tables, each a sentence; tables are counted that are not `told`."""
    rows: list[Paragraph] = []
    in_tables = set[int]()
    for table in tables_of(lines):
        found = rows_of([lines[number] for number in table], body)
        in_tables.update(table)
        if told([cells for _, cells in found]):
            for of_row, cells in found:
                sentence = sentences_of([cells], headed=False, limited=False)
                rows.append(Paragraph(of_row, BlockKind.TABLE, (sentence or [" ".join(cells)])[0]))
        else:
            left_out["table"] += 1
    places = {id(line): number for number, line in enumerate(lines)}
    text = [line for number, line in enumerate(lines) if number not in in_tables]
    paragraphs = list(paragraphs_of(text, body))
    for paragraph in paragraphs:
        paragraph.text = joined(paragraph.lines, body)
    return sorted([*paragraphs, *rows], key=lambda paragraph: places[id(paragraph.lines[0])])


def _is_of_words(table: Sequence[Sequence[str]]) -> bool:
    """Tell whether a table can be heard: not too large, and most of its cells are words rather than figures."""
    cells = [cell for row in table for cell in row]
    small = len(table) <= MAX_ROWS and max(map(len, table)) <= MAX_COLUMNS
    return small and sum(WORD.search(cell) is not None and not _FORMULA.search(cell) for cell in cells) * 5 > 3 * len(
        cells
    )


# What each of them is


def _title(lines: Sequence[Line], body: Body) -> str:
    """Return the largest text in the upper half of the first page, or a first line that stands by itself; else
    nothing."""
    if not lines:
        return ""
    top, bottom = max(line.top for line in lines), min(line.bottom for line in lines)
    upper = [line for line in lines if line.middle > bottom + 0.4 * (top - bottom) or len(lines) < 8]
    candidates = [line for line in upper if WORD.search(line.text) and not _IMPRINT.search(line.text)]
    sizes = sorted({line.size for line in candidates if len(line.text) > 3}, reverse=True)
    for size in sizes[:3]:
        if size < 1.08 * body.size:
            break
        tolerance = 0.12 if size > 1.4 * body.size else 0.06  # words in italics make a line look taller
        found: list[Line] = []
        for line in candidates:
            if not found and (_ARTICLE.fullmatch(line.text.strip()) or WORK.fullmatch(line.text.strip())):
                continue
            if abs(line.size - size) < tolerance * size and (not found or found[-1].bottom - line.bottom < 2.2 * size):
                found.append(line)
            elif found and line.bottom < found[-1].bottom:
                break
            if found and _INSTITUTION.match(line.text) and line is not found[0]:
                found.remove(line)
                break
        text = joined(found, body)
        if 3 <= len(WORD.findall(text)) <= 40 or (
            len(WORD.findall(text)) >= 1 and len(text) > 5 and size > 1.3 * body.size
        ):
            return text
    if sizes and max(sizes) >= 1.08 * body.size:
        return ""
    bold = list(takewhile(lambda line: line.bold and abs(line.size - lines[0].size) < 0.5, lines))
    first = bold if 0 < len(bold) < min(4, len(lines)) else lines[:1]
    second = lines[len(first)] if len(lines) > len(first) else None
    text = joined(first, body)
    stands_alone = second is not None and first[-1].bottom - second.bottom > 1.5 * body.leading
    reads_so = len(text.split()) <= 24 and text[-1] not in ".!?:;,-" and text[0].isupper()
    if reads_so and (stands_alone or (first == bold and second is not None)):
        return text
    return ""


def _of_document(lines: Sequence[Line], body: Body, title: str, left_out: Counter[str]) -> list[Paragraph]:
    """List all that a letter, a form or a manual says but for captions and marked notes, each paragraph with its
    kind."""
    rows = sum(len(line.text) for table in tables_of(lines) for line in lines[table.start : table.stop])
    mostly_tables = rows * 3 > 2 * sum(len(line.text) for line in lines)
    known = _letters(title)
    kept: list[Paragraph] = []
    for paragraph in _paragraphs(lines, body, lambda table: mostly_tables or len(table) <= MAX_ROWS, left_out):
        letters = _letters(paragraph.text)
        if letters and known.startswith(letters):
            known = known.removeprefix(letters)  # the title is told as such
        elif _is_caption(paragraph, body):
            left_out["caption"] += 1
        elif paragraph.size < 0.93 * body.size and NOTE.match(paragraph.text) and _marked(paragraph, kept):
            left_out["footnote"] += 1
        elif letters:
            kept.append(paragraph)
            _name(paragraph, body)
    return _without_numbers(kept, all_count=False)


def _of_paper(lines: Sequence[Line], body: Body, title: str, left_out: Counter[str]) -> list[Paragraph]:
    """Return the paragraphs of a paper that are read, each with its kind; the others are counted."""
    paragraphs = _paragraphs(lines, body, _is_of_words, left_out)
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
        _name(paragraph, body)
    for paragraph in _without_numbers(kept, all_count=True):
        paragraph.text = _without_formulas(paragraph.text, left_out)
        for mark in notes[paragraph.lines[0].page]:
            paragraph.text = re.sub(rf"(?<=[^\W\d_][.,;:!?)”\"])(?<!\d\.){mark}(?=\s|$)", "", paragraph.text)
            paragraph.text = re.sub(rf"(?<=[^\W\d_]{{3}}){mark}(?=[\s.,;:!?)]|$)", "", paragraph.text)
    return [paragraph for paragraph in kept if WORD.search(paragraph.text)]


def _without_front(paragraphs: list[Paragraph], body: Body, title: str, left_out: Counter[str]) -> list[Paragraph]:
    """Without what stands between a paper's title and its text: authors, where they work, how they are reached."""
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
    known = _letters(title)
    kept: list[Paragraph] = []
    left = 0
    for number, paragraph in enumerate(paragraphs):
        text = paragraph.text
        if number in on_first[:60]:
            short = len(text.split()) < 60
            if title and short and known.startswith(_letters(text)) and _letters(text):
                known = known.removeprefix(_letters(text))
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
    return _IMPRINT.search(paragraph.text) is not None and words < (150 if paragraph.size < 0.95 * body.size else 40)


def _begins_text(text: str) -> bool:
    if _INTRODUCTION.fullmatch(text):
        return True
    return _ABSTRACT.match(text) is not None and (len(text.split()) < 4 or text[:1].isupper())


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


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
    """Without what journals ask for below a paper: who did what, who paid, whose interests compete."""
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
    """What a paragraph is counted as that is not read, or None for one that is."""
    text = paragraph.text
    words = WORD.findall(text)
    if paragraph.kind is BlockKind.TABLE:
        return None
    if not words:
        return "math" if _FORMULA.search(text) else "label"
    if _is_caption(paragraph, body):
        return "caption"
    if not body.mono and sum(line.mono for line in paragraph.lines) * 2 > len(paragraph.lines):
        return "code"
    if _is_formula(text, words):
        return "math"
    if text[0] in "∗†‡§¶" or re.match(r"\*\w", text):
        return "footnote"
    small = paragraph.size < 0.93 * body.size
    if small and NOTE.match(text):
        return "footnote"
    if (
        text[:1].isdigit() and NOTE.match(text) and text[-1] in ".!?)" and len(text.split()) > 3
        and _marked(paragraph, before)
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


def _is_caption(paragraph: Paragraph, body: Body) -> bool:
    caption = CAPTION.match(paragraph.text)
    if not caption or paragraph.kind is BlockKind.TABLE:
        return False
    small = paragraph.size < 0.97 * body.size or len(WORD.findall(paragraph.text)) < 30
    return bool(caption["end"].strip()) or small or paragraph.lines[0].bold


def _marked(paragraph: Paragraph, before: Sequence[Paragraph]) -> bool:
    """Tell whether a word earlier on the page bears the number that a note begins with."""
    number = re.match(r"\d{1,2}", paragraph.text)
    if not number:
        return False
    mark = number[0]
    page = paragraph.lines[0].page
    pattern = re.compile(rf"[^\W\d_][.,;:!?)”\"]?{mark}(?=\s|$)")
    return any(other.lines[0].page == page and pattern.search(other.text) for other in before[-40:])


def _is_formula(text: str, words: Sequence[str]) -> bool:
    long = sum(len(word) for word in words if len(word) > 2)
    return long < 0.4 * len(text.replace(" ", "")) and (_FORMULA.search(text) is not None or len(text) > 6)


def _name(paragraph: Paragraph, body: Body) -> None:
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


def _without_numbers(paragraphs: list[Paragraph], *, all_count: bool) -> list[Paragraph]:
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
    """Return the number of an item or of what is set like one; 0 for anything else."""
    number = paragraph.number or paragraph.marker
    return int(number[:-1]) if re.fullmatch(r"\d{1,2}\.", number) else 0


def _blocks(paragraphs: Sequence[Paragraph], body: Body) -> Iterator[Block]:
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


def _without_formulas(text: str, left_out: Counter[str]) -> str:
    """Return a text without the sentences that are more formula than words: they cannot be said.

    A figure in brackets, (n = 12), is none, and a sign or two in a sentence can be told.
    """
    if not _FORMULA.search(text):
        return text
    sentences = _SENTENCE.split(text)
    kept = [sentence for sentence in sentences if not _is_mostly_formula(_ASIDE.sub("", sentence))]
    left_out["math"] += len(sentences) - len(kept)
    return " ".join(kept)


def _is_mostly_formula(sentence: str) -> bool:
    words = sum(map(len, re.findall(r"[^\W\d_]{3,}", sentence)))
    signs = len(_FORMULA.findall(sentence))
    return signs > _MOST_SIGNS or (signs > 1 and words < 0.6 * len(sentence.replace(" ", "")))
