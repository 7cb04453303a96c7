"""Facts about an article above and below its words: its author and date, and further reading.

For plain text and Markdown, whose lines nobody marks as such. No byline is a heading, and none is how a text begins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from common.text.blocks import Block, BlockKind
from common.text.sentences import ended

_WORD = r"(?:[A-ZÀ-Þ][\w'’-]*\.?|[A-ZÀ-Þ]\.)"
_NAME = rf"{_WORD}(?: (?:(?:d[aeiou]s?|del|della|v[ao]n|d[ae]r|den|zu|la|le|y|e) ){{0,2}}{_WORD}){{1,3}}"
_NAMES = rf"{_NAME}(?:(?:,| and| und| et| y| e| &) {_NAME}){{0,3}}"
_BY = (
    r"(?:[Bb]y|BY|[Vv]on|VON|[Pp]ar|PAR|[Pp]or|POR|[Dd]i|DI|[Dd]e|[Aa] cura di|[Tt]ext[eo]?\s?:|[Tt]esto\s?:"
    r"|[Ww]ords by)"
)
_DATE = (
    r"(?:\d{1,2}\.?(?:er|º|°)? (?:de )?[^\W\d_]{3,10}\.? (?:de )?\d{4}|[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}"
    r"|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d)"
)
_TIME = r"(?:,?\s(?:(?:at|um|à|a las|às|alle|ore)\s)?\d{1,2}\s?[:.h]\s?\d\d(?:\s?(?:Uhr|[ap]m|h))?)?"
_APPEARED = (
    r"(?:(?:First |Last )?(?:[Pp]ublished|[Pp]osted|[Uu]pdated)(?: on)?|(?:Veröffentlicht|Aktualisiert|Stand)(?: am)?"
    r"|(?:Publié|Mis à jour)e?(?: le)?|(?:Publicado|Actualizado|Atualizado)(?: el| em)?"
    r"|(?:Pubblicato|Aggiornato)(?: il)?)\s?:?\s"
)
_ROLE = r"(?:, [^\W\d_]+(?: [^\W\d_]+){0,2})?"
_WHEN = rf"(?:{_APPEARED})?{_DATE}{_TIME}"
_BETWEEN = r"[\s,|·•–—-]{1,3}"
_BYLINE = re.compile(
    rf"(?:{_WHEN}{_BETWEEN})?{_BY} (?P<author>{_NAMES}){_ROLE}(?:{_BETWEEN}{_WHEN})?"
    rf"|(?P<placed>{_NAME}) [|·•] {_WORD}(?: {_WORD}){{0,2}}"
    rf"|{_APPEARED}{_DATE}{_TIME}"
    r"|Redação|Redacción|La rédaction|(?:La )?[Rr]edazione|Redaktion|(?:From )?[Oo]ur (?:own )?correspondent"
    r"|Staff [Ww]riter"
)
_ELSEWHERE = re.compile(
    r"(?:(?:read|see) (?:more|also)|related(?: articles?| stories)?|more on this|mehr (?:dazu|zum thema)|(?:lesen sie|"
    r"siehe) auch|(?:à )?lire (?:aussi|également)|(?:lee|lea|leer) (?:también|más)|(?:leia|veja) (?:também|mais)|"
    r"leggi anche)\s?:\s.{3,120}",
    re.IGNORECASE,
)
_HIGHEST = 3
"""Blocks below a title among which a byline stands."""
_LONGEST = 160
"""Characters."""
_LINES: frozenset[BlockKind] = frozenset({BlockKind.PARAGRAPH, BlockKind.HEADING})


def without_byline(blocks: Sequence[Block]) -> tuple[str, list[Block]]:
    """Return the author, where one is named, and the blocks below a title without its bylines and the days that it
    appeared or was changed, and without the titles of other articles at the end."""
    author = ""
    kept: list[Block] = []
    for at, block in enumerate(blocks):
        may = at < _HIGHEST and block.kind in _LINES and len(block.text) <= _LONGEST
        byline = _BYLINE.fullmatch(block.text) if may else None
        if byline is None or ended(block.text):
            kept.append(block)
        else:
            author = author or byline["author"] or byline["placed"] or ""
    while kept and kept[-1].kind in _LINES and _ELSEWHERE.fullmatch(kept[-1].text):
        kept.pop()
    return (author, kept) if kept else ("", list(blocks))
