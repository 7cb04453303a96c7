"""The ends of sentences, for quoting a source and for finding the quoted words.

By sentencex (https://github.com/wikimedia/sentencex), which knows the abbreviations of each language. Needs that
library at the call, not at the import of this module."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Final

from common.languages import LANGUAGES, pack_of
from common.text.chess import parted_from_number
from common.text.citations import without_citations

_INITIAL: Final = 5
"""Characters. Whatever is shorter was parted after an initial or the like: "M." is no sentence."""

_NUMBER = re.compile(r"\d{1,4}\.")
"""A year before its events, or a day before its month: no sentence by itself either."""
_ORDINAL_SIGNS: Final = ("º", "ª")
"""Behind a number and its full stop: "2.º andar"."""
_ORDINAL = re.compile(r"(?<=\s)\d{1,3}\.$")
_MARKUP = re.compile(r"^\s*(?:#{1,6}\s+|[-*+•]\s+|>\s+)")
_DASHES: Final = ("—", "–")
_LONGEST: Final = 2_000
"""Characters: no sentence is so long; what is has lost its marks, and is cut to be said at all."""
_SHORTEST: Final = 120
_CLAUSE_ENDS: Final = ("; ", ": ", ", ", " – ", " — ")
_QUOTED: Final = 700
"""Characters of what somebody says at a stretch."""
_CLOSING: Final = "\"'”’»«“)] \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
_DANGLING = re.compile(r"\s([\"“«„‘])$")
"""A mark that opens what the next sentence says."""
_BEGUN = re.compile(r"[^\w\n]{0,3}[^\W\d_a-zß-ÿ]")
"""A sentence's first letter, where small letters begin none."""
_GOES_ON = re.compile(r"[—–-]\s?[a-zß-ÿ]|[a-zß-ÿ]{2}")
"""Who said it, behind the words: "—preguntó la niña."."""


def ended(text: str) -> bool:
    """Tell whether `text` ends with a sentence's end mark, quotation marks and brackets behind it aside."""
    return text.rstrip().rstrip(_CLOSING).endswith((".", "!", "?", "…"))


def one_line(paragraph: str) -> str:
    """Put a paragraph on one line, without citation marks and without a list or heading sign before the paragraph."""
    if "[" in paragraph:
        paragraph = without_citations(paragraph)
    if "\n" in paragraph or "  " in paragraph or "\t" in paragraph or not paragraph[:1].isalpha():
        return _MARKUP.sub("", " ".join(paragraph.split()))
    return paragraph.rstrip()


def breaths(sentence: str) -> Iterator[str]:
    """Cut a sentence without an end for very long at a clause's end, or at worst between words."""
    while len(sentence) > _LONGEST:
        cut = max(sentence.rfind(mark, _SHORTEST, _LONGEST) for mark in _CLAUSE_ENDS)
        if cut < 0:
            cut = sentence.rfind(" ", 1, _LONGEST)
        if cut < 0:
            return
        yield sentence[: cut + 1].strip()
        sentence = sentence[cut + 1 :].strip()
    if sentence:
        yield sentence


def sentences(text: str, language: str) -> Iterator[str]:
    """Split `text`, written in `language` (two letters), into its sentences, none with space around it.

    Words in quotation marks are kept with their speaker; a mark that never closes parts nothing.
    """
    waiting: list[str] = []
    for sentence in _segments(text, language):
        waiting.append(sentence)
        whole = " ".join(waiting)
        if _closed(whole):
            yield whole
            waiting = []
        elif len(whole) > _QUOTED:
            yield from waiting
            waiting = []
    yield from waiting


def _segments(text: str, language: str) -> Iterator[str]:
    from sentencex import segment

    carried = ""
    pieces = [piece.strip() for piece in segment(language, text)]
    for number, piece in enumerate(pieces[:-1]):
        if dangling := _DANGLING.search(piece):
            pieces[number], pieces[number + 1] = piece[: dangling.start()], f"{dangling[1]}{pieces[number + 1]}"
    for piece, following in zip_longest(pieces, pieces[1:], fillvalue=""):
        whole = f"{carried}{piece}" if piece.startswith(_ORDINAL_SIGNS) else f"{carried} {piece}".strip()
        parted = len(whole) < _INITIAL and not ended(whole[2:])
        goes_on = following.startswith(_ORDINAL_SIGNS) and whole.endswith(".")
        goes_on = goes_on or parted_from_number(whole, following)
        goes_on = goes_on or (whole.startswith(_DASHES) and _GOES_ON.match(following) is not None)
        goes_on = goes_on or (
            len(whole) < _QUOTED
            and _BEGUN.match(whole) is not None
            and following[:1].islower()
            and not following[1:2].isupper()
        )  # "Alas! when …", not "eBay"
        carried = whole if parted or goes_on or _NUMBER.fullmatch(whole) or _ends_in_ordinal(whole, language) else ""
        if not carried:
            yield whole
    if carried:
        yield carried


def _ends_in_ordinal(text: str, language: str) -> bool:
    """Tell whether a text ends in the number of a noun to come: "Im 19.", "seit der 20."."""
    if language not in LANGUAGES or not (found := _ORDINAL.search(text)):
        return False
    before = text[max(0, found.start() - 40) : found.start()]
    return any(re.search(words, before) for words, _ in pack_of(language).reading.ordinal_endings)


def _closed(text: str) -> bool:
    """Tell whether every quotation mark that opens is closed."""
    if text.count('"') % 2 or text.count("«") > text.count("»"):
        return False
    low = text.count("„")
    return text.count("“") + text.count("”") >= low if low else text.count("“") <= text.count("”")
