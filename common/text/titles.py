"""Titles of texts, as found, and as said: a title is whole, or no title.

Half a sentence says something else than the whole one, and a cut title ends on a word still wanting another.
"""

from __future__ import annotations

import re
from typing import Final

from common.languages import pack_of
from common.text.cleaning import visible
from common.text.links import title_without_links
from common.text.sentences import ended, sentences

_MOST: Final = 100
"""Characters of a first line, or of a first sentence, that is taken for a title."""
_MARKUP = re.compile(r"^(?:#{1,6}\s+|[-*+•>]\s+|\*\*|__|<\w+>)+|(?:\*\*|__|\s#+|</\w+>)+$")
_SUBJECT = re.compile(r"^(?:(?:subject|re|fwd?|betreff|aw|wg|objet|asunto|oggetto|assunto)\s?:\s+)+", re.IGNORECASE)
"""What stands before the title of an e-mail."""
_SECTION = re.compile(r"^\d{1,2}(?:\.\d{1,2}){1,4}\.\s+(?=[^\W\d_])")
_RELEASE = re.compile(r"^\[(v?\d[\w.+-]*|Unreleased)\](?=\s|$)", re.IGNORECASE)
_CLAUSES = re.compile(r"\s*[,;:(–—]\s|\s-\s|\.\s")


def title_of(text: str, language: str) -> str:
    """Return the title of a pasted text: its first line, or its first sentence where both are one; empty for a text too
    long for a title."""
    lines = [line.strip() for line in visible(text).strip()[:4_000].splitlines()]
    paragraph = lines[: next((number for number, line in enumerate(lines) if not line), len(lines))]
    if not paragraph:
        return ""
    first = title_without_links(without_subject(_MARKUP.sub("", paragraph[0])))
    if len(paragraph) == 1 or not _goes_on(paragraph[0], paragraph[1], language):
        if not ended(first) and first[-1:] not in ":,;":
            return first if len(first) <= _MOST else ""
    else:
        first = title_without_links(_MARKUP.sub("", " ".join(paragraph)))
    sentence = next(sentences(first, language), "").rstrip()
    return sentence.removesuffix(".") if ended(sentence) and len(sentence) <= _MOST else ""


def without_subject(title: str) -> str:
    """Return the title of an e-mail without the mark before, "Re: "; of a section without its number, "4.2. "; of a
    release without the marks of a link, "[2.1.0] - 2024-02-10"."""
    return _RELEASE.sub(r"\1", _SECTION.sub("", _SUBJECT.sub("", title)))


def whole_title(title: str, language: str) -> str:
    """Return a title without its cut-off end: back to the end of a clause, or to a word able to stand last."""
    title = title.strip()
    cut = title.rstrip("….")
    if not title.endswith(("…", "...")):
        return title
    clauses = [match.start() for match in _CLAUSES.finditer(cut) if match.start() > len(cut) // 3]
    if clauses:
        return cut[: clauses[-1]].rstrip()
    words = cut.split()
    while len(words) > 1 and _wants_more(words[-1], language):
        words.pop()
    return " ".join(words)


def with_title(phrase: str, title: str, language: str, **blanks: str) -> str:
    """Fill in a phrase whose sentence ends with its {title}, which may end with a mark of its own."""
    title = whole_title(title, language).rstrip(" .,;:")
    if ended(title):
        phrase = phrase.replace("{title}.", "{title}")
    return phrase.format(title=title, **blanks)


def _goes_on(line: str, following: str, language: str) -> bool:
    """Tell whether a line was broken in mid-sentence."""
    if line.startswith("#") or line.endswith((".", "!", "?", ":")):
        return False
    last = line.rsplit(maxsplit=1)[-1]
    return following[:1].islower() or line.endswith((",", ";", "-")) or _wants_more(last, language)


def _wants_more(word: str, language: str) -> bool:
    known = pack_of(language)
    word = word.strip("\"“”«»'()").lower()
    return word in known.stop_words or word in known.nouns.function_words or word in known.nouns.articles
