"""Ends of messages beside their text: signatures, programs' additions, notices of lawyers.

A signature begins below a closing formula: the name is told, the addresses and numbers below are not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from common.text.sentences import ended

_CLOSING = re.compile(
    r"(?:(?:with )?(?:(?:my )?(?:very )?(?:kind|best|warm|many)(?:est)? )?(?:regards|wishes)|sincerely(?: yours)?|"
    r"yours (?:sincerely|faithfully|truly)|cheers|thanks(?: again)?|many thanks|thank you|all the best|best|"
    r"(?:mit )?(?:freundlichen|besten|herzlichen|lieben|vielen) grüßen|"
    r"(?:viele|liebe|beste|herzliche|schöne) grüße|mfg|vg|lg|"
    r"(?:bien )?cordialement|bien à (?:toi|vous)|salutations distinguées|"
    r"(?:un )?(?:cordial )?saludos?(?: cordiales)?|atentamente|un abrazo|"
    r"(?:com os melhores )?cumprimentos|atenciosamente|(?:um )?abraço|(?:cordiali |distinti )?saluti|un saluto)"
    r"(?P<end>[,.!]?(?=\s|$)|$)",
    re.IGNORECASE,
)
_POSTSCRIPT = re.compile(r"p\.?\s?s\.?\b", re.IGNORECASE)
_CONTACT = re.compile(r"\+?\d[\d\s()/.-]{6,24}\d|\S@\S+\.\w{2,}|https?://|www\.", re.IGNORECASE)
_ADDED = re.compile(
    r"(?:sent (?:from|with|via)|get outlook|gesendet (?:von|mit)|von meinem|diese nachricht wurde|"
    r"envoyé (?:de|depuis|à partir)|télécharger outlook|enviad[oa] (?:desde|do|de|a partir)|obtener outlook|"
    r"obter o outlook|inviato da|ottieni outlook|scarica outlook).{0,90}",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"(?:not|only for|solely for) the (?:intended|named) (?:recipient|addressee)|intended (?:solely|only) for the|"
    r"(?:before|whether you need to) print(?:ing)? this|"
    r"vertrauliche.{0,120}informationen|nicht der (?:richtige|beabsichtigte|vorgesehene) (?:adressat|empfänger)|"
    r"confidentiel.{0,300}destinataire|destinataire.{0,300}confidentiel|"
    r"confidencia(?:l|is|les).{0,300}destinat[aá]ri[oa]|destinat[aá]ri[oa].{0,300}confidencia|"
    r"(?:riservat|confidenzial).{0,300}destinatari|(?:avant d.imprimer|antes de imprimir|prima di stampare)",
    re.IGNORECASE | re.DOTALL,
)
_NAME, _LINES, _SENTENCE = 40, 12, 6
"""Characters of a name; lines of a signature; words of the shortest sentence, which is in none."""


def without_end(paragraphs: Sequence[Sequence[str]], sender: str) -> list[list[str]]:
    """Return the lines of each paragraph of a message by `sender` that are its text, the closing and the name among
    them."""
    kept = [list(lines) for lines in paragraphs]
    last = [number for number, lines in enumerate(kept) if any(map(str.strip, lines))][-4:]
    for number in last:
        if _ADDED.fullmatch(" ".join(kept[number]).strip()) or _NOTICE.search(" ".join(kept[number])):
            kept[number] = []
        kept[number] = [line for line in kept[number] if not _ADDED.fullmatch(line.strip())]
    begun = [(p, at) for p, lines in enumerate(kept) for at, line in enumerate(lines) if _closes(line)]
    if begun:
        _cut(kept, *begun[-1], sender)
    return kept


def _closes(line: str) -> bool:
    """Tell whether a line is a closing formula, alone or with a program's addition behind on the same line."""
    found = _CLOSING.match(line.strip())
    if not found:
        return False
    behind = line.strip()[found.end() :].strip()
    return not behind or (bool(found["end"]) and len(behind) <= _NAME) or _CONTACT.search(behind) is not None


def _cut(kept: list[list[str]], paragraph: int, at: int, sender: str) -> None:
    """Leave out what is below a closing and the name, up to a postscript, unless it has a sentence."""
    places = [(p, n) for p in range(paragraph, len(kept)) for n in range(len(kept[p])) if (p, n) > (paragraph, at)]
    places = [place for place in places if kept[place[0]][place[1]].strip()]
    lines = [kept[p][n].strip() for p, n in places]
    end = next((number for number, line in enumerate(lines) if _POSTSCRIPT.match(line)), len(lines))
    if end > _LINES or any(ended(line) and len(line.split()) >= _SENTENCE for line in lines[:end]):
        return
    closing = kept[paragraph][at].strip()
    found = _CLOSING.match(closing)
    behind = closing[found.end() :].strip() if found else ""
    if found and (_CONTACT.search(behind) or len(behind) > _NAME):
        kept[paragraph][at] = f"{found[0]} {sender}" if sender and sender in behind else found[0]
    named = bool(behind) or end == 0 or len(lines[0]) > _NAME or _CONTACT.search(lines[0]) is not None
    for p, n in places[0 if named else 1 : end]:
        kept[p][n] = ""
