"""What stands before the text of a thesis or a report: its title page, oaths, thanks, and what it was filed under."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from functions.content_harvester.pdf_page import Line

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
_FEWEST_PAGES = 8
_FEW_WORDS = 80
"""On a title page."""


def without_title_pages(lines: Sequence[Line], left_out: Counter[str]) -> list[Line]:
    """The lines of a long document without its title page, and of a thesis without all that comes before its text.

    A thesis begins with its abstract, a preface or its introduction, whichever is first, in its first third.
    """
    pages = sorted({line.page for line in lines})
    if len(pages) < _FEWEST_PAGES:
        return list(lines)
    is_thesis = any(_names_work(line.text) for line in lines if line.page in pages[:3])
    until = pages[len(pages) // 3]
    begins = next((at for at, line in enumerate(lines) if line.page <= until and _BEGINS.fullmatch(line.text)), 0)
    if not is_thesis or not begins:
        of_title = [line for line in lines if line.page == pages[0]]
        if sum(len(line.text.split()) for line in of_title) >= _FEW_WORDS or _reads(of_title):
            return list(lines)
        begins = len(of_title)
    left_out["front matter"] += 1
    return list(lines[begins:])


def _names_work(text: str) -> bool:
    return len(text.split()) < 15 and WORK.search(text) is not None


def _reads(lines: Sequence[Line]) -> bool:
    """Whether lines are sentences rather than names and dates."""
    words = " ".join(line.text for line in lines).split()
    return sum(word[:1].islower() for word in words) > 0.6 * len(words)
