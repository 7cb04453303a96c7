"""Captions that count frames (MicroDVD), tenths (MPL2) or milliseconds (SAMI), and the words of songs (LRC)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from common.text.blocks import Block, BlockKind
from functions.content_harvester.cues import Cue, blocks_of_cues, cues_of_lines

_COUNTED = re.compile(r"(?P<sign>[\[{])(\d{1,8})[\]}][\[{](\d{1,8})[\]}](?!\s)(.*)")
_A_SECOND = {"{": 25.0, "[": 10.0}
_RATE = re.compile(r"[\d.]+")
_FORMAT = re.compile(r"\{[A-Za-z]:[^{}]{0,100}\}|^/", re.MULTILINE)
_SYNC = re.compile(r"<sync\b[^<>]{0,100}?start\s?=\s?[\"']?(\d{1,10})[^<>]{0,100}>", re.IGNORECASE)
_LANGUAGE = re.compile(r"<p\b(?:[^<>]{0,100}?class\s?=\s?[\"']?([\w-]{1,40}))?[^<>]{0,100}>", re.IGNORECASE)
_LINE_BREAK = re.compile(r"<br\s?/?>", re.IGNORECASE)
_SUNG = re.compile(r"(?:\[\d{1,3}:\d\d(?:[.:]\d{1,3})?\]\s?)+(.*)")
_FACT = re.compile(r"\[(ti|ar):([^\[\]\n]{1,200})\]", re.IGNORECASE)
_WORD_TIME = re.compile(r"<\d{1,3}:\d\d(?:[.:]\d{1,3})?>\s?")


def read_older(text: str) -> tuple[str, str, list[Block]] | None:
    """Return the title, the author and the blocks of such captions, where they name these; None for any other text."""
    lines = text.lstrip("\ufeff \t\r\n").splitlines()
    first = next(iter(lines), "")
    if _COUNTED.match(first):
        return "", "", blocks_of_cues(list(_counted(lines)))
    if first[:6].lower() == "<sami>":
        return "", "", blocks_of_cues(list(_synchronized(text)))
    if any(map(_SUNG.match, lines[:20])) and all(line.lstrip()[:1] in {"[", ""} for line in lines):
        facts = {name.lower(): said.strip() for name, said in _FACT.findall(text)}
        return facts.get("ti", ""), facts.get("ar", ""), list(_sung(lines))
    return None


def _counted(lines: Sequence[str]) -> Iterator[Cue]:
    for line in lines:
        found = _COUNTED.match(line)
        if found and not _RATE.fullmatch(said := _FORMAT.sub("", found[4].replace("|", "\n"))):
            start, end = (int(found[number]) / _A_SECOND[found["sign"]] for number in (2, 3))
            yield from cues_of_lines(said.split("\n"), start, end)


def _synchronized(text: str) -> Iterator[Cue]:
    """Choose the cues in the language with most of the words, of several."""
    found = []
    words = Counter[str]()
    _, *parts = _SYNC.split(text)
    for start, part in zip(parts[::2], parts[1::2], strict=True):
        for language, said in zip(*[iter(_LANGUAGE.split(part)[1:])] * 2, strict=True):
            name = (language or "").lower()
            found.append((name, int(start) / 1000, said))
            words[name] += len(said)
    most = words.most_common(1)[0][0] if words else ""
    told = [(start, said) for name, start, said in found if name == most]
    ends = [*(start for start, _ in told[1:]), told[-1][0] + 1 if told else 0.0]
    for (start, said), end in zip(told, ends, strict=False):
        yield from cues_of_lines(_LINE_BREAK.sub("\n", said.replace("&nbsp;", " ")).splitlines(), start, end)


def _sung(lines: Sequence[str]) -> Iterator[Block]:
    """Yield the stanzas of a song."""
    stanza: list[str] = []
    for line in [*lines, ""]:
        found = _SUNG.match(line.strip())
        said = _WORD_TIME.sub("", found[1]).strip() if found else ""
        if said:
            stanza.append(said)
        elif stanza:
            yield Block(BlockKind.VERSE, "\n".join(stanza))
            stanza = []
