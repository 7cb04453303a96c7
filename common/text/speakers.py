"""The speaker, as written in scripts before the speech: "Ada:", "**Ben** (amused):", "Host 1:"."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LABEL = re.compile(
    r"^[\W_]*(?P<name>[^\W_][^:\uff1a\n]{0,40}?)[\s*_\])]*(?:\([^()\n]{0,30}\)|\[[^\[\]\n]{0,30}\])?[\s*_]*"
    r"[:\uff1a][\s*_]*"
)
_ROLE = re.compile(
    r"(?:the )?(?:co-?)?(?:host|speaker|person|narrator|moderator|presenter|interviewer|guest|voice"
    r"|moderatorin|sprecher(?:in)?|gast(?:geber(?:in)?)?|erzähler(?:in)?"
    r"|presentadora?|anfitri(?:ón|ona|ão|ã)|locutora?|moderadora?|invitad[oa]|narradora?|entrevistadora?"
    r"|présentat(?:eur|rice)|animat(?:eur|rice)|invitée?|intervenante?|modérat(?:eur|rice)|narrat(?:eur|rice)"
    r"|apresentadora?|convidad[oa]"
    r"|condut(?:tore|trice)|presentat(?:ore|rice)|ospite|moderat(?:ore|rice)|narrat(?:ore|rice)|intervistat(?:ore|rice))"
    r"(?: ?(?:\d|[a-d]))?",
    re.I,
)


def label_of(line: str) -> tuple[str, str] | None:
    """Part a line into speaker and speech, if the line begins with a possible name and a colon."""
    found = _LABEL.match(line)
    return (found["name"].strip("*_ "), line[found.end() :]) if found else None


def is_label(name: str, names: Iterable[str]) -> bool:
    """Tell whether `name` is one of `names`, in full or its first word, or a script's word for a speaker."""
    said = name.strip("*_ ").casefold()
    known = {form for each in names for form in (each.casefold(), each.casefold().split(" ", maxsplit=1)[0])}
    return said in known or _ROLE.fullmatch(said) is not None
