"""A script of the caller's own, read as it stands: speakers and their words, in order. Names are not said.

Speakers are told by JSON (a list of objects, or an object a line), by tags (`<Ada>…</Ada>`, `[S1] …`), or by names
before a colon; a heading begins a chapter. A text without names is all the first host's.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from common import contract
from common.hosts import DEFAULT_HOSTS
from common.text.cleaning import clean, seen
from common.text.scripts import has_words
from common.text.sentences import sentences
from common.text.speakers import is_label, label_of

_SPEAKER: Final = ("speaker", "host", "name", "role", "voice")
_SAID: Final = ("text", "line", "content", "dialogue")
_HOLDERS: Final = ("turns", "script", "segments", "dialogue", "lines", "transcript")
_TAG = re.compile(r"<(?P<name>[^\W\d_][\w .-]{0,39})>(?P<said>.*?)</(?P=name)>", re.DOTALL)
_BRACKET = re.compile(r"^\s*\[(?P<name>[^\W\d_][\w .-]{0,39})\][\s:]*", re.MULTILINE)
_HEADING = re.compile(r"#{1,6}\s+(?P<title>.+?)[\s#]*")
_LONGEST_NAME: Final = 4
"""Words."""
_LONGEST_TURN: Final = 1_200
"""Characters that are voiced as one: longer ones are parted where sentences end."""


@dataclass(frozen=True)
class Line:
    """What one speaker says at a stretch; "" is nobody in particular."""

    speaker: str
    text: str
    chapter: str = ""


def lines_of(text: str, hosts: Sequence[str] = ()) -> list[Line]:
    """Return the lines of a script, in order, each cleaned of control characters; `hosts` are the names allowed in a
    script.

    Raises ValueError, in words for the caller, for a script without words or with too many speakers.
    """
    text = text.strip().removeprefix("\ufeff")
    read = _of_json(text)
    if read is None:
        read = list(_of_tags(text) if _TAG.search(text) else _of_names(_BRACKET.sub(r"\g<name>: ", text), hosts))
    lines = [
        Line(line.speaker, " ".join(clean(line.text).split()), seen(line.chapter)[: contract.MAX_TITLE_CHARACTERS])
        for line in read
    ]
    lines = [line for line in lines if has_words(line.text)]
    if not lines:
        raise ValueError("has nothing in it that could be said")
    if len(lines) > contract.MAX_SCRIPT_LINES:
        raise ValueError(f"has {len(lines):,} lines; {contract.MAX_SCRIPT_LINES:,} is the most")
    speakers = dict.fromkeys(line.speaker for line in lines if line.speaker)
    if len(speakers) > contract.MAX_HOSTS:
        raise ValueError(f"has {len(speakers)} speakers ({', '.join(speakers)}); {contract.MAX_HOSTS} is the most")
    return lines


def parted(line: Line, language: str) -> Iterator[Line]:
    """Yield the line in turns, each voiced as one, a single turn but for very long lines."""
    turn = ""
    for sentence in sentences(line.text, language) if len(line.text) > _LONGEST_TURN else [line.text]:
        for at in range(0, len(sentence), contract.MAX_TURN_CHARACTERS):
            piece = sentence[at : at + contract.MAX_TURN_CHARACTERS]
            if turn and len(turn) + len(piece) > _LONGEST_TURN:
                yield Line(line.speaker, turn, line.chapter)
                turn = ""
            turn = f"{turn} {piece}".strip()
    if turn:
        yield Line(line.speaker, turn, line.chapter)


def _of_json(text: str) -> list[Line] | None:
    """Return the lines of a script in JSON; None for any other script."""
    if text[:1] not in "[{" or not text:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):  # of the latter, a few kilobytes of "[" are enough
        try:
            value = [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            return None
    if isinstance(value, dict):
        value = next((value[name] for name in _HOLDERS if isinstance(value.get(name), list)), [value])
    lines = [_of_object(each) for each in value] if isinstance(value, list) else [None]
    return [line for line in lines if line] if all(lines) else None


def _of_object(value: Any) -> Line | None:
    if not isinstance(value, dict):
        return None
    said = next((value[name] for name in _SAID if isinstance(value.get(name), str)), None)
    if said is None:
        return None
    speaker = next((value[name] for name in _SPEAKER if isinstance(value.get(name), str | int)), "")
    chapter = value.get("chapter")
    return Line(_tidy(str(speaker)), said, chapter if isinstance(chapter, str) else "")


def _of_tags(text: str) -> Iterator[Line]:
    for found in _TAG.finditer(text):
        label = label_of(found["said"].strip())
        named_again = label and _tidy(label[0]).casefold() == _tidy(found["name"]).casefold()
        yield Line(_tidy(found["name"]), label[1] if label and named_again else found["said"])


def _of_names(text: str, hosts: Sequence[str]) -> Iterator[Line]:
    """Yield the lines of a script with names. Paragraphs go on with the last speaker. A label is a host's name, or a
    name coming more than once; in a script beginning with a label also a name before a sentence: "Remember: bring
    water" is none."""
    labels = [label_of(line.strip()) for line in text.splitlines()]
    names = Counter(_tidy(label[0]) for label in labels if label and _may_be_a_name(label[0]))
    once = {_tidy(label[0]) for label in labels if label and _may_be_a_name(label[0]) and _begins_a_line(*label)}
    first = next((label for line, label in zip(text.splitlines(), labels, strict=True) if _is_said(line)), None)
    known = {name for name, times in names.items() if times > 1 or is_label(name, hosts)}
    if first and _tidy(first[0]) in names:  # a script from its beginning on
        known |= {_tidy(first[0]), *once}
    speaker, chapter = "", ""
    said: list[str] = []
    for line, label in zip(text.splitlines(), labels, strict=True):
        heading = _HEADING.fullmatch(line.strip())
        named = label is not None and _tidy(label[0]) in known
        if (heading or named) and said:
            yield Line(speaker, "\n".join(said), chapter)
            said = []
        if heading:
            chapter = heading["title"]
        elif label is not None and named:
            speaker = _tidy(label[0])
            said = [label[1]]
        elif not line.strip() and said and not speaker:  # nobody is named: a paragraph is a turn
            yield Line(speaker, "\n".join(said), chapter)
            said = []
        else:
            said.append(line)
    yield Line(speaker, "\n".join(said), chapter)


def _is_said(line: str) -> bool:
    return bool(line.strip()) and not _HEADING.fullmatch(line.strip())


def _may_be_a_name(label: str) -> bool:
    words = _tidy(label).split()
    return 0 < len(words) <= _LONGEST_NAME and (words[0][0].isupper() or words[0][0].isdigit())


def _begins_a_line(label: str, said: str) -> bool:
    """Tell whether it reads as "Ben: Yes." rather than as "Remember: bring water"."""
    return label.isupper() or not said[:1].islower()


def _tidy(name: str) -> str:
    return seen(re.sub(r"[*_\[\]<>]", " ", name))[: contract.MAX_HOST_NAME_CHARACTERS]


def cast(lines: Sequence[Line], hosts: Sequence[str]) -> dict[str, str]:
    """Return the host speaking for each speaker of a script: the host of that name or number, else the next host not
    yet speaking for any speaker, else a new host of the speaker's own name. Lines without a speaker are the first
    host's."""
    speakers = list(dict.fromkeys(line.speaker for line in lines if line.speaker))
    known = {host.casefold(): host for host in hosts}
    parts: dict[str, str] = {}
    for speaker in speakers:
        if host := known.get(speaker.casefold()) or _numbered(speaker, hosts):
            parts[speaker] = host
    free = [host for host in hosts if host not in parts.values()]
    for speaker in speakers:
        if speaker not in parts:
            parts[speaker] = free.pop(0) if free else speaker
    return {"": next(iter([*hosts, *parts.values(), DEFAULT_HOSTS[0]["name"]])), **parts}


def _numbered(speaker: str, hosts: Sequence[str]) -> str | None:
    """ "Person2", "S1", "Host B": by their order."""
    found = re.fullmatch(r"(?:person|speaker|host|voice|s)[ _-]?([1-9a-d])", speaker, re.IGNORECASE)
    if not found:
        return None
    number = "123456789".find(found[1]) if found[1].isdigit() else "abcd".index(found[1].lower())
    return hosts[number] if number < len(hosts) else None
