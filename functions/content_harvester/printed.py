"""Furniture around a text that was printed to a file or copied out of a file: pages, contents, a library's licence.

Nobody would read these aloud. Texts are gone through line by line, each looked at a bounded number of times.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from common.text.sentences import ended

CONTENTS = re.compile(
    r"(?:table of )?contents|list of (?:figures|tables|algorithms|listings|illustrations)|"
    r"inhalt(?:sverzeichnis)?|(?:abbildungs|tabellen|algorithmen|bilder)verzeichnis|"
    r"table des (?:matières|figures|illustrations|tableaux)|sommaire|liste des (?:figures|tableaux|illustrations)|"
    r"índice(?: general| de (?:figuras|tablas|cuadros|tabelas|quadros|contenidos?))?|contenido|sumário|"
    r"lista de (?:figuras|tablas|cuadros|ilustraciones|tabelas|quadros|ilustrações|gráficos)|"
    r"indice(?: generale| delle (?:figure|tabelle))?|sommario|elenco delle (?:figure|tabelle)",
    re.IGNORECASE,
)
REFERENCES = re.compile(
    r"(?:\d{1,2}\.?\s+|[IVX]+\.\s+)?(?:references(?: and notes| cited)?|bibliography|works cited|literature(?: cited)?|"
    r"reference list|list of references|literaturliste|liste des? références|lista de refer[eê]ncias|"
    r"elenco dei riferimenti|"
    r"literatur(?:verzeichnis)?|quellen(?:verzeichnis)?|références(?: bibliographiques)?|bibliographie|referencias"
    r"(?: bibliográficas)?|bibliografía|bibliografia|referências(?: bibliográficas)?|riferimenti(?: "
    r"bibliografici)?)[.:]?",
    re.IGNORECASE,
)
ELSEWHERE = (
    r"(?:see also|external links|further reading|siehe auch|weblinks|weiterführende (?:links|literatur)|voir aussi|"
    r"liens externes|pour en savoir plus|véase también|enlaces externos|ver também|ver tamén|ligações externas|"
    r"voci correlate|collegamenti esterni|altri progetti)"
)
"""Headings of lists that lead to other pages."""
LICENCE = re.compile(r"\*\*\* ?(?P<which>START|END) OF (?:THE|THIS) PROJECT GUTENBERG", re.IGNORECASE)
_FACT = re.compile(r"^(Title|Author):[ \t]+(\S.{0,200})$", re.MULTILINE)
_WITHIN = 5_000
"""Characters: where a licence says what the book is."""
_PICTURE = re.compile(r"\[(?:Illustration|Blank Page)(?::[^\[\]]{0,500})?\]", re.IGNORECASE)
_ITALIC = re.compile(r"(?<![\w_])_(?=[^\s_])([^_\n]{1,200}(?:\n[^_\n]{1,200}){0,3})_(?![\w_])")
_PAGE_NUMBER = re.compile(
    r"[-–—\s\[]{0,20}(?:(?:page|seite|página|pagina|p\.|s\.)\s*)?\d{1,4}[-–—\s\]]{0,20}", re.IGNORECASE
)
_OF_A_PAGE = re.compile(
    r"\n(?:[ \t]*\n){1,8}\S[^\n]{0,70}\[Page \d{1,4}\][ \t]*(?:[ \t\f]*\n){1,8}"
    r"(?:\f?(?:RFC \d{1,5}|Internet-Draft)[ \t]{2,}[^\n]{1,70}[ \t]*(?:[ \t]*\n){1,8})?(?=[ \t]*(\w)?)"
)
"""The foot of a page of an RFC, and the head of the next: https://www.rfc-editor.org/rfc/rfc7322.html#section-4.1"""
_LAST_FOOT = re.compile(r"\n[ \t]*\n\S[^\n]{0,70}\[Page \d{1,4}\]\s*\Z")
_LED_TO = re.compile(r"(?:\.[ ]?){4,}[ ]{0,20}(\d{1,4})$")
_LONGEST = 200
_FEWEST = 3


def without_licence(text: str, left_out: Counter[str]) -> tuple[dict[str, str], str]:
    """Return a book of Project Gutenberg: its licence's facts, and its text alone; any other text as it is."""
    marks = {found["which"].upper(): found for found in LICENCE.finditer(text)}
    if not marks:
        return {}, text
    left_out["licence"] += 1
    begin = text.find("\n", marks["START"].end()) + 1 if "START" in marks else 0
    end = marks["END"].start() if "END" in marks else len(text)
    facts = {name.lower(): said.strip() for name, said in _FACT.findall(text[: min(begin, _WITHIN)])}
    book = text[begin:end] if begin < end else text
    pictures = len(_PICTURE.findall(book))
    left_out["caption"] += pictures
    return facts, _ITALIC.sub(r"\1", _PICTURE.sub("", book))


def without_pages(text: str) -> str:
    """Return a text without its form feeds and without the heads and numbers of its pages; sentences go on over
    them."""
    if "[Page " in text:
        text = _OF_A_PAGE.sub(lambda found: "\n" if (found[1] or "").islower() else "\n\n", text)
    if "\f" not in text.strip("\f \n"):
        text = _LAST_FOOT.sub("", text)
        return text.replace("\f", "\n")
    pages = [page.split("\n") for page in text.split("\f")]
    heads = Counter(pattern for page in pages for line in _edge(page) if (pattern := _pattern(line)))
    told: list[str] = []
    for page in pages:
        lines = page
        for line in _edge(page):
            if _PAGE_NUMBER.fullmatch(line) or heads[_pattern(line)] >= _FEWEST:
                lines = _without(lines, line)
        part = "\n".join(lines).strip("\n")
        if not part.strip():
            continue
        goes_on = bool(told) and not ended(told[-1]) and part.lstrip()[:1].islower()
        told += ["\n" if goes_on else "\n\n", part.lstrip() if goes_on else part]
    return "".join(told[1:])


def _edge(page: Sequence[str]) -> list[str]:
    """Return the first and the last line of a page that are not blank; of a page with nothing in between, its
    number."""
    lines = [line for line in page if line.strip()]
    edge = list(dict.fromkeys([*lines[:1], *lines[-1:]]))
    return edge if len(lines) > 2 else [line for line in edge if _PAGE_NUMBER.fullmatch(line)]


def _without(lines: Sequence[str], line: str) -> list[str]:
    """Lines without the one at their beginning or end."""
    numbers = [number for number, other in enumerate(lines) if other.strip()]
    at = numbers[0] if lines[numbers[0]] == line else numbers[-1]
    return [other for number, other in enumerate(lines) if number != at]


def _pattern(line: str) -> str:
    return re.sub(r"\d+", "#", " ".join(line.lower().split())) if len(line) <= _LONGEST else ""


def without_contents(text: str, left_out: Counter[str]) -> str:
    """Return a text without its list of contents, whose dots lead to the numbers of pages, which grow."""
    if "...." not in text and ". . . ." not in text:
        return text
    lines = text.split("\n")
    led = {
        number: int(found[1])
        for number, line in enumerate(lines)
        if len(line) <= _LONGEST and line.rstrip()[-1:].isdigit() and (found := _LED_TO.search(line.rstrip()))
    }
    pages = list(led.values())
    if len(pages) < _FEWEST or pages != sorted(pages) or pages[0] == pages[-1]:
        return text
    left_out["contents"] += 1
    first = min(led)
    head = next((number for number in range(first - 1, max(-1, first - 4), -1) if lines[number].strip()), None)
    if head is not None and CONTENTS.fullmatch(lines[head].strip().rstrip(":.")):
        led[head] = 0
    return "\n".join("" if number in led else line for number, line in enumerate(lines))
