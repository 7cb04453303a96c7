"""Labels of stanzas in songs, hymns and poems: "Chorus", "2. Strophe", "[Refrain]", "Ritornello:".

They tell a singer what is sung next, and are not sung themselves.
"""

# ruff: noqa: RUF001 - multiplication signs are meant

from __future__ import annotations

import re
from collections.abc import Sequence

_NAMES = (
    r"verse|chorus|refrain|refr?\.|rit\.|ritorn\.|bridge|stanza|pre-?chorus|post-?chorus|outro|intro|hook|interlude"
    r"|strophe|vers|kehrvers|kehrreim|zwischenspiel|couplet|pont|estribillo|estrofa|copla|puente|coro"
    r"|refr[ãa]o|estrofe|estribilho|ponte|ritornello|strofa"
)
_LABEL = re.compile(
    rf"[(\[]?(?:\d{{1,2}}(?:\.?[ºª°])?[.)]?\s?)?(?:{_NAMES})(?:\s?(?:\d{{1,2}}|[IVX]{{1,4}}))?[)\]]?\s?[:.]?"
    r"(?:\s?[(\[]?(?:[x×]\s?\d|\d\s?[x×]|bis|repeat(?:ed)?|da capo)[)\]]?)?\s?[:.]?",
    re.IGNORECASE,
)
_BEFORE_A_VERSE = re.compile(rf"(?:\d{{1,2}}\.?\s)?(?:{_NAMES})(?:\s\d{{1,2}})?\s?:\s+(?=\S)", re.IGNORECASE)


def is_stanza_label(line: str) -> bool:
    """Tell whether a line is a label and nothing else."""
    return _LABEL.fullmatch(line.strip()) is not None


def sung_lines(stanza: Sequence[str]) -> dict[int, str]:
    """Take the labels out of a stanza, from lines of their own or before its first verse: "Chorus: O keep us".

    The verses are returned by their places among the lines given.
    """
    verses = {at: line for at, line in enumerate(stanza) if not is_stanza_label(line)}
    for at in list(verses)[:1]:
        verses[at] = _BEFORE_A_VERSE.sub("", verses[at], count=1)
    return verses
