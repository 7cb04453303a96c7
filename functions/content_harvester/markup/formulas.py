"""Formulas: said where they are a name or a short sum, else left out with the sentence around.

Without the formula the sentence would say something else.
"""

from __future__ import annotations

import re
from collections import Counter

from lxml import etree

from functions.content_harvester.markup.trees import FORMULA
from functions.content_harvester.whole_sentences import sentences

_TEX = re.compile(
    r"\$\$[^$]{1,2000}\$\$|\\\([^\n]{1,500}?\\\)|\\\[.{1,2000}?\\\]|\$[^$\n]{0,200}\\[a-zA-Z][^$\n]{0,200}\$", re.DOTALL
)
_SAID_FORMULA, _SAID_SIGNS = 30, 3


def said_formula(math: etree._Element) -> str:
    """Return the words for MathML, where its formula is a name or a short sum on one line; else none.

    https://www.w3.org/TR/mathml-core/
    """
    if not len(math):
        return formula(math.get("alttext") or math.text or "").replace(FORMULA, "")
    parts = [(part.tag.rpartition("}")[2].rpartition(":")[2], part.text or "") for part in math.iter(etree.Element)]
    plain = {"math", "mi", "mn", "mo", "mrow", "mstyle", "mtext", "mspace", "semantics", "annotation"}
    signs = sum(name == "mo" for name, _ in parts)
    if signs > _SAID_SIGNS or any(name not in plain for name, _ in parts):
        return ""
    return formula("".join(text for name, text in parts if name != "annotation")).replace(FORMULA, "")


def formula(written: str) -> str:
    """Return a formula as said aloud, where the formula is a name or a short sum, else the mark of a formula."""
    written = " ".join(written.split())
    return (
        FORMULA
        if re.search(r"[\\{}_^]", written.replace("^2", "²").replace("^3", "³")) or len(written) > _SAID_FORMULA
        else written
    )


def without_formulas(text: str, left_out: Counter[str]) -> str:
    """Return a text without its sentences with formulas, which are counted."""
    text = _TEX.sub(FORMULA, text)
    if FORMULA not in text:
        return text
    left_out["math"] += text.count(FORMULA)
    return " ".join(sentence for sentence in sentences(text) if FORMULA not in sentence)
