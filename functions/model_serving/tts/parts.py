"""A turn in parts, for voices unable to say the whole at once: at the ends of sentences, where any exist, else of
clauses, else between words, and only a word too long by itself is cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from common.text.sentences import sentences

_CLAUSE_ENDS = ("; ", ": ", ", ", " – ", " — ")


def parts_of(text: str, longest: int, language: str) -> list[str]:
    """Split `text` into as few parts of at most `longest` characters as its sentences allow."""
    if len(text) <= longest:
        return [text]
    return list(_packed(_short(sentences(text, language), longest), longest))


def sentence_parts(text: str, longest: int, language: str) -> Iterator[str]:
    """Split `text` into its sentences, and sentences longer than `longest` into parts within `longest`."""
    return _short(sentences(text, language), longest)


def _short(whole: Iterable[str], longest: int) -> Iterator[str]:
    for sentence in whole:
        rest = sentence
        while len(rest) > longest:
            cut = max(rest.rfind(end, longest // 3, longest) for end in _CLAUSE_ENDS)
            if cut < 0:
                cut = rest.rfind(" ", 1, longest)
            cut = longest if cut < 0 else cut + 1
            yield rest[:cut].strip()
            rest = rest[cut:].strip()
        if rest:
            yield rest


def _packed(pieces: Iterable[str], longest: int) -> Iterator[str]:
    part = ""
    for piece in pieces:
        if part and len(part) + 1 + len(piece) > longest:
            yield part
            part = ""
        part = f"{part} {piece}".strip()
    if part:
        yield part
