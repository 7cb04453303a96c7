"""Marks of citations, as encyclopedias and papers set them: [1], [2, 3], [4–6], [a], [note 1], [citation needed]."""

from __future__ import annotations

import re

_MARK = re.compile(
    r"(?<!\s)\s*\[\s*(?:\d{1,3}(?:\s*[,–-]\s*\d{1,3})*"
    r"|[a-z](?=\s*\](?!\w))"  # no mark where it is a letter put into a quotation: "[h]e"
    r"|note \d+|citation needed)\s*\]"
)


def without_citations(text: str) -> str:
    """Take the marks of citations out of `text`, together with the spaces before."""
    return _MARK.sub("", text)
