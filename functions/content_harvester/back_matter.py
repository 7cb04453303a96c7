"""The lists at the end of a book or a paper, known by the heading above and by their form: notes, references, an index.

Many documents do not say what these are, but by their headings. A heading alone is not enough: the notes of a meeting
are told, and so is a chapter about an index.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from common.text.blocks import Block, BlockKind
from functions.content_harvester.printed import CONTENTS, ELSEWHERE, REFERENCES

_NOTES = re.compile(
    r"(?:foot|end)?notes(?: to (?:the )?(?:text|pages|chapters?).*)?|(?:end|fuß)noten|anmerkungen|"
    r"notes? de bas de page|"
    r"notas?(?: al pie| finales| de rodapé)?|note(?: a pi[eè] di pagina)?",
    re.IGNORECASE,
)
_INDEX = re.compile(
    r"(?:general |subject )?index(?: of (?:names|subjects))?|"
    r"(?:sach|personen|stichwort|namens?)?(?:register|verzeichnis)|"
    r"index (?:des noms|général|alphabétique)|índice (?:alfabético|analítico|onomástico|remissivo|temático)|"
    r"indice (?:analitico|alfabetico|dei nomi)",
    re.IGNORECASE,
)
_BY_THE_SAME = re.compile(
    r"(?:also|(?:other|more) (?:books|titles|works)) by .{2,60}|by the same author|"
    r"(?:weitere|andere) (?:bücher|titel|werke) (?:von|des) .{2,60}|vo[nm] (?:dem)?(?:selben|gleichen) autor|"
    r"du même auteur|de la même autrice|del mismo autor|de la misma autora|dello stesso autore|della stessa autrice|"
    r"d[oa] mesm[oa] autora?",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(ELSEWHERE, re.IGNORECASE)
_NOTE = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡§]{1,3})[\])]?[.:]?\s+\S|\[\d{1,3}\]")
_ENTRY = re.compile(
    r".{1,120}[, ]\d{1,4}(?:[–-]\d{1,4})?(?:n\d*|ff?\.?)?[.;]?|.{1,100}\bsee (?:also )?\S.{0,60}", re.DOTALL
)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d[a-z]?\b|\bhttps?://|\bdoi\b")
_SHORT = 100
_LISTED = frozenset([BlockKind.HEADING, BlockKind.ITEM, BlockKind.TERM, BlockKind.DEFINITION])


def without_back_matter(blocks: Sequence[Block], left_out: Counter[str], *, is_book: bool = False) -> list[Block]:
    """Blocks without the lists of references, of a book without its notes, index and contents too, each counted."""
    kept: list[Block] = []
    for section in _sections(blocks):
        heading, listed = section[0], section[1:]
        name = heading.text.strip(" .:") if heading.kind is BlockKind.HEADING else ""
        kind = _kind(name, listed, is_book)
        if _ELSEWHERE.fullmatch(name) and not kept:
            kind = ""  # it is the text
        elif not listed and (REFERENCES.fullmatch(name) or _ELSEWHERE.fullmatch(name)):
            continue  # its list was left out already
        left_out[kind] += len(listed) if kind in {"reference", "footnote"} else 1
        kept += () if kind else section
    del left_out[""]
    return kept


def _sections(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Yield each heading over such a list with its section, up to a table or a heading of its rank; and the rest."""
    section: list[Block] = []
    rank = 0
    for block in blocks:
        is_heading = block.kind is BlockKind.HEADING
        ends = (is_heading and not (rank and block.level > rank)) or (rank and block.kind is BlockKind.TABLE)
        if section and ends:
            yield section
            section, rank = [], 0
        if is_heading and not section:
            rank = block.level if _is_named(block.text.strip(" .:")) else 0
        section.append(block)
    if section:
        yield section


def _is_named(name: str) -> bool:
    return any(known.fullmatch(name) for known in (REFERENCES, _NOTES, _INDEX, CONTENTS, _BY_THE_SAME, _ELSEWHERE))


def _kind(name: str, listed: Sequence[Block], is_book: bool) -> str:
    """Name the count of a section that is not read; empty for one that is."""
    texts = [block.text for block in listed if block.kind is not BlockKind.HEADING]
    if not texts:
        return ""
    if REFERENCES.fullmatch(name) and _most(bool(_YEAR.search(text)) for text in texts):
        return "reference"
    if _ELSEWHERE.fullmatch(name) and all(block.kind in _LISTED or len(block.text) <= _SHORT for block in listed):
        return "list of links"
    if not is_book:
        return ""
    if _NOTES.fullmatch(name) and _most(bool(block.marker or _NOTE.match(block.text)) for block in listed):
        return "footnote"
    if len(texts) > 2 and _INDEX.fullmatch(name) and _most(bool(_ENTRY.fullmatch(text)) for text in texts):
        return "index"
    if len(texts) > 2 and CONTENTS.fullmatch(name) and _most(_is_short(text) for text in texts):
        return "contents"
    return "imprint" if _BY_THE_SAME.fullmatch(name) and all(map(_is_short, texts)) else ""


def _is_short(text: str) -> bool:
    return len(text) <= _SHORT and text[-1] not in ".!?"


def _most(signs: Iterator[bool] | Sequence[bool]) -> bool:
    found = list(signs)
    return 3 * sum(found) >= 2 * len(found)
