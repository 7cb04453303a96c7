"""Where one sentence ends and the next begins, by sentencex (https://github.com/wikimedia/sentencex), which knows the
abbreviations of each language. Needs that library where it is called, not where this module is imported."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_INITIAL: Final = 5
"""Characters. Whatever is shorter was parted after an initial or the like: "M." is no sentence."""


def sentences(text: str, language: str) -> Iterator[str]:
    """Split `text`, written in `language` (two letters), into its sentences, none with space around it."""
    from sentencex import segment

    carried = ""
    for piece in segment(language, text):
        whole = f"{carried} {piece.strip()}".strip()
        carried = whole if len(whole) < _INITIAL else ""
        if not carried:
            yield whole
    if carried:
        yield carried
