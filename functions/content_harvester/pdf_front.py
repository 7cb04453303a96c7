"""Pages before a document's text: an archive's cover, a title page, oaths, thanks, subjects of the catalogue."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from functions.content_harvester.pdf_lines import Line
from functions.content_harvester.pdf_page import Page

WORK = re.compile(
    r"(?:master|bachelor|diplom|doktor|seminar|haus|abschluss)-?(?:arbeit|thesis)|dissertation|"
    r"(?:(?:ph\.?d\.?|master[’']?s?|bachelor[’']?s?|doctoral|diploma) )?thesis|thèse(?: de doctorat)?|"
    r"mémoire(?: de (?:master|fin d[’']études))?|tesis(?: doctoral| de \w+)?|tesina|trabajo (?:de )?fin de \w+|"
    r"tese(?: de doutorado| de doutoramento)?|dissertação(?: de mestrado)?|trabalho de conclusão de curso|"
    r"tesi(?: di (?:laurea|dottorato))?",
    re.IGNORECASE,
)
"""What the works are called that students hand in."""
_BEGINS = re.compile(
    r"(?:(?:chapter|kapitel|chapitre|capítulo|capitolo)?\s*(?:\d{1,2}|[ivx]{1,4})?[.:)]?\s*)"
    r"(?:(?:executive )?summary|abstract|zusammenfassung|kurz(?:zusammen)?fassung|résumé|resumen|resumo|riassunto|"
    r"(?:general )?introduction(?: générale)?|einleitung|einführung|introducción|introdução|introduzione|"
    r"preface|foreword|vorwort|geleitwort|avant-propos|préface|prefacio|prólogo|prefácio|prefazione|premessa)",
    re.IGNORECASE,
)
_COVER = re.compile(
    r"multi-?disciplinary open access archive|pluridisciplinaire HAL|JSTOR is a not-for-profit|use of the JSTOR "
    r"archive|See discussions, stats,? and author profiles|This article was downloaded by|"
    r"Full terms (?:and|&) conditions of (?:access|use)|Citation for published version|"
    r"PDF file of an unedited manuscript|copy of (?:an article|a paper) (?:published|deposited) in|"
    r"breaches copyright,? please contact|remove access to the work immediately|Follow this and additional works at|"
    r"paper can be downloaded (?:without charge|for free|free of charge)|"
    r"electronic version of (?:the|this) paper (?:may|can) be downloaded|Publikationsserver",
    re.IGNORECASE,
)
"""What archives write on the page that they put before a paper, and nobody else on the first page of one."""
_FEWEST_PAGES = 8
_MOST_TITLE_PAGES = 4
_FEW_WORDS, _TITLE_WORDS, _COVER_WORDS = 80, 250, 400
"""On a title page, on one of a thesis with its jury, and on a cover with its terms of use."""


def without_cover(pages: Sequence[Page]) -> list[Page]:
    """Pages without the first one or two, where those are the cover of an archive that has the paper."""
    covers = 0
    while covers < min(2, len(pages) - 1) and _is_cover(pages[covers]):
        covers += 1
    left = list(pages[covers:])
    return left if any(page.lines for page in left) else list(pages)


def _is_cover(page: Page) -> bool:
    """Tell whether an archive speaks on a page, and the paper does not."""
    text = " ".join(line.text for line in page.lines)
    said = len(text.split()) < _COVER_WORDS and _COVER.search(text) is not None
    return said and not any(_BEGINS.fullmatch(line.text) for line in page.lines)


def without_title_pages(lines: Sequence[Line], left_out: Counter[str]) -> list[Line]:
    """Return the lines of a long document without its title page, and of a thesis without all that comes before its
    text.

    A thesis begins with its abstract, a preface or its introduction, whichever is first, in its first third.
    """
    pages = sorted({line.page for line in lines})
    if len(pages) < _FEWEST_PAGES:
        return list(lines)
    is_thesis = any(_names_work([line for line in lines if line.page == page]) for page in pages[:3])
    until = pages[len(pages) // 3]
    begins = next((at for at, line in enumerate(lines) if line.page <= until and _BEGINS.fullmatch(line.text)), 0)
    if not is_thesis or not begins:
        first = _first_text(lines, pages)
        begins = sum(line.page < first for line in lines)
        if not begins:
            return list(lines)
    left_out["front matter"] += 1
    return list(lines[begins:])


def _first_text(lines: Sequence[Line], pages: Sequence[int]) -> int:
    """Return the number of the page that a document's text begins on, behind its title and those who made it."""
    for page in pages[: min(len(pages) // _FEWEST_PAGES, _MOST_TITLE_PAGES) + 1]:
        of_page = [line for line in lines if line.page == page]
        words = sum(len(line.text.split()) for line in of_page)
        if words >= _TITLE_WORDS and not _reads(of_page):
            break  # a list
        if _reads(of_page, 0.6 if words < _FEW_WORDS else 0.45):
            if words >= _FEW_WORDS:
                return page
            break
    of_title = [line for line in lines if line.page == pages[0]]
    is_title = sum(len(line.text.split()) for line in of_title) < _FEW_WORDS and not _reads(of_title)
    return pages[1] if is_title else pages[0]


def _names_work(page: Sequence[Line]) -> bool:
    """Tell whether a page of few words has a line that begins with what the work is called: "A thesis submitted to"."""
    few = sum(len(line.text.split()) for line in page) < _TITLE_WORDS
    return few and any(WORK.match(re.sub(r"(?:an?|une|inaugural)[\s-]", "", line.text, flags=re.I)) for line in page)


def _reads(lines: Sequence[Line], share: float = 0.6) -> bool:
    """Tell whether lines are sentences rather than names and dates: with a `share` of words in small letters."""
    words = " ".join(line.text for line in lines).split()
    return sum(word[:1].islower() for word in words) > share * len(words)
