"""The words of a block: without the signs of bold type and citations, on one line; and whether they are a whole."""

from __future__ import annotations

import re

from common.languages import pack_of
from common.text.citations import without_citations
from common.text.sentences import ended

_EMPHASIS = re.compile(r"(?<![\w*])(?P<sign>\*{1,3}|_{1,3})(?=\S)(?P<words>.+?)(?<=\S)(?P=sign)(?![\w*])", re.DOTALL)


def without_signs(text: str) -> str:
    """Take marks of citations and the signs of bold or oblique type out of a text, on one line."""
    if "[" in text:
        text = without_citations(text)
    return one_line(_EMPHASIS.sub(r"\g<words>", text) if "*" in text or "_" in text else text)


def one_line(text: str) -> str:
    return " ".join(text.split()) if "\n" in text or "  " in text or "\t" in text else text.strip()


def is_ended(text: str) -> bool:
    return ended(text.rstrip("*_"))


def breaks_off(text: str, language: str) -> bool:
    """Tell whether a text without an end mark ends with a colon, or a word that wants another: "shall not"."""
    if text.rstrip().endswith((":", ",", "-", "–", "—")):
        return True
    words = [word.strip("\"“”«»'()*_,;") for word in text.split()]
    known = pack_of(language)
    last = words[-1].lower() if words else ""
    return last in known.stop_words or last in known.nouns.function_words or last in known.context.leads_on
