"""Items of lists: which numbers, dashes, circles and pictures before lines are signs of items, by their neighbours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from common.text.sentences import ended
from common.text.typed.signs import CROSS, NUMBER, Line, Paragraph

_DASH = re.compile(r"[–—][ \t]*(?=\w)")
"""The sign of an item, or of somebody's words."""
_PICTURE = re.compile("[\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff][\ufe0f\u200d]?[ \t]+(?=\\S)")
_CIRCLE = re.compile(r"o[ \t]+(?=\S)")
"""A bullet of Word's second level, copied."""
_WIDE_CIRCLE = re.compile(r"o(?:[ ]{2,5}|\t)(?=\S)")
BARE_NUMBER = re.compile(r"()(\d{1,2})()[ \t]+(?=[A-ZÀ-Þ])")
_ROMAN: Final = [
    f"{hundreds}{tens}{units}"
    for hundreds in ("", "c")
    for tens in ("", "x", "xx", "xxx", "xl", "l", "lx", "lxx", "lxxx", "xc")
    for units in ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
][1:]


def refuse_dividers(paragraphs: Sequence[Paragraph]) -> None:
    """Refuse the sign of a lone line that parts the line, too: "- here - there - everywhere"."""
    for line in (lines[0] for lines, _ in paragraphs if len(lines) == 1):
        line.accepted = line.accepted and line.text.count(f" {line.style} ") < (2 if line.style == "-" else 1)


def accept_numbers(paragraphs: Sequence[Paragraph]) -> None:
    """Accept numbers counting from the first on; any other is a part of its sentence: a year, a day, a page."""
    runs: dict[tuple[str, str, str], list[Line]] = {}
    for line in (line for lines, _ in paragraphs for line in lines if line.numbered):
        opening, label, closing = next(NUMBER.finditer(line.text)).groups()
        for style, number in readings(label):
            run = runs.setdefault((opening, closing, style), [])
            if number == len(run) + 1:
                run.append(line)
            elif number == 1:
                runs[opening, closing, style] = [line]
            else:
                continue
            run = runs[opening, closing, style]
            if len(run) > 1:
                for counted in (run[0], run[-1]):
                    counted.accepted = True
                    counted.style = f"{opening}{style}{closing}"


def accept_signs(paragraphs: Sequence[Paragraph]) -> None:
    """Accept bare numbers, dashes, circles and pictures that are signs of items; they may be words, too."""
    _accept_bare_numbers([line for lines, _ in paragraphs for line in lines])
    _accept_dashes([lines for lines, _ in paragraphs])
    _accept_circles([lines[0] for lines, _ in paragraphs if _WIDE_CIRCLE.match(lines[0].text)], led=True)
    for lines, _ in paragraphs:
        _accept_circles(lines)
        _accept_pictures(lines)


def _accept_bare_numbers(lines: list[Line]) -> None:
    """Accept "1 Melt", "2 Add", "3 Stir": steps, and no amounts, which are of few words and end in none."""
    run: list[Line] = []
    for line in lines:
        found = BARE_NUMBER.match(line.text)
        if found and int(found[2]) == len(run) + 1:
            run.append(line)
    words = sum(len(line.text.split()) - 1 for line in run)
    if len(run) > 2 and (2 * sum(ended(line.text) for line in run) >= len(run) or words > 4 * len(run)):
        for line in run:
            line.accepted = line.numbered = True
            line.marker, line.style = line.text.split()[0], "1"


def _accept_dashes(paragraphs: list[list[Line]]) -> None:
    """Accept dashes before items: spoken words end as sentences, and items of a list hardly."""
    dashed = [[line for line in lines if not line.accepted and _DASH.match(line.text)] for lines in paragraphs]
    single = [lines[0] for lines in dashed if len(lines) == 1]
    for run in (single, *(lines for lines in dashed if len(lines) > 1)):
        begun = [(line, found.end()) for line in run if (found := _DASH.match(line.text))]
        listed = sum(not ended(line.text) or line.text[at].islower() for line, at in begun)
        if len(begun) > 1 and 2 * listed >= len(begun) and not any("?" in line.text for line, _ in begun):
            for line, _ in begun:
                line.accepted, line.marker, line.style = True, line.text[0], "–"


def _accept_circles(lines: Sequence[Line], *, led: bool = False) -> None:
    """Accept circles that are bullets, as "o" is a word, too; where the lines begin paragraphs, as in an RFC, by the
    space behind."""
    circles = [line for line in lines if _CIRCLE.match(line.text)]
    if (led and len(circles) > 1) or (
        circles and (lines[0].text.endswith(":") or any(line.text[1] == "\t" for line in circles))
    ):
        for line in circles:
            line.accepted, line.marker, line.style = True, "o", "o"


def _accept_pictures(lines: Sequence[Line]) -> None:
    """Accept pictures before items, whatever they show, where several lines begin with one; a lone picture adds nothing
    to its line."""
    pictured = [line for line in lines if not line.accepted and _PICTURE.match(line.text)]
    listed = len(pictured) + sum(line.style == "✓" for line in lines) > 1
    for line in pictured:
        marker = "" if CROSS.match(line.text) else line.text.split(maxsplit=1)[0]
        if listed:
            line.accepted, line.style, line.marker = True, "✓", marker
        else:
            line.text = line.text[len(marker) :].strip()


def readings(label: str) -> Iterator[tuple[str, int]]:
    """List the ways to read a label as a number: "i" is the first Roman one, and the ninth letter."""
    if label.isdigit():
        yield "digits", int(label)
        return
    if label.isupper():
        if label.lower() in _ROMAN:
            yield "great roman", _ROMAN.index(label.lower()) + 1
        return
    if label in _ROMAN:
        yield "roman", _ROMAN.index(label) + 1
    if len(label) == 1:
        yield "letters", ord(label) - ord("a") + 1
