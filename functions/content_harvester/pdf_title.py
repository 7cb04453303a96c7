"""The title of a PDF as it is set: the largest text at its top, or a first line that stands by itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from functions.content_harvester.pdf_front import WORK
from functions.content_harvester.pdf_lines import Line
from functions.content_harvester.pdf_paragraphs import WORD, Body, joined

IMPRINT = re.compile(
    r"permission to (?:make digital|copy without fee)|copyright (?:©|\(c\)|\d{4}|held|is held)|^©|^c?\s?⃝|"
    r"all rights reserved|^reproduction of all or part|^arxiv\b|"
    r"^(?:https?://)?(?:dx\.)?doi[:.]|^issn\b|^isbn\b|categories and subject descriptors|^general terms|"
    r"^(?:acm reference format|msc|jel)\b|^(?:received|accepted|submitted|published)\b.{0,40}\d{4}|"
    r"^proceedings of (?:the )?|^in proc(?:eedings|\.)|^to appear in|under review|corresponding author|^e-?mail\b|"
    r"^an? (?:preliminary|extended|earlier|short(?:er)?|long(?:er)?|previous|conference) (?:version|abstract) of this|"
    r"licen[sc]ed under|creative commons|advance online publication|^date:|^[A-K]\.\d(?:\.\d)? \[",
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
_INSTITUTION = re.compile(
    r"(?:The )?(?:Universi|Institut|Department|Dipartimento|Departamento|Département|Faculty|Fakultät|Faculté|Facultad|"
    r"Faculdade|Facoltà|School of|College|Hochschule|Technische|École|Escuela|Escola|Scuola|Politecnico)"
)
"""How the line begins that says below a title where it was written."""


def title_of(lines: Sequence[Line], body: Body) -> str:
    """Return the largest text in the upper half of the first page, or a first line that stands by itself; else
    nothing."""
    if not lines:
        return ""
    top, bottom = max(line.top for line in lines), min(line.bottom for line in lines)
    upper = [line for line in lines if line.middle > bottom + 0.4 * (top - bottom) or len(lines) < 8]
    candidates = [line for line in upper if _is_of_words(line.text) and not IMPRINT.search(line.text)]
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


def _is_of_words(text: str) -> bool:
    """Tell whether a line says something by itself, and is no figure that a brochure shows large: "~70%", "1st"."""
    return WORD.search(text) is not None and 2 * sum(letter.isalpha() for letter in text) >= len(text)
