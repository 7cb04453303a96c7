"""The paragraphs of a PDF: lines that belong together, and words that a line's end has parted whole again."""

# ruff: noqa: RUF001 - the signs that documents are set with

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from common.text.blocks import BlockKind
from common.text.hyphens import keeps_hyphen
from functions.content_harvester.pdf_lines import Line
from functions.content_harvester.printed import REFERENCES

MARKER = re.compile(r"([•◦▪▫■□●○‣⁃∙·➢➤✓✔❖\uf0b7\uf0a7–—*-]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+(?=\S)")
BULLET = re.compile(r"[^\w\s(]")
WORD = re.compile(r"[^\W\d_]{2,}")
NUMBERED = re.compile(
    r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,5}\.|[A-Z](?:\.\d{1,2})+\.?|[A-Z]\.)\s+(?=[^\W\d_])"
)
CAPTION = re.compile(
    r"(?:Figure|Fig\.?|Table|Tab\.|Listing|Algorithm|Scheme|Plate|Chart|Exhibit|Abbildung|Abb\.|Tabelle|Figura|"
    r"Tabla|Tabela|Tabella|Tableau|Quadro|FIGURE|FIG\.?|TABLE)\s*[A-Z]?\d{1,3}"
    r"(?:[.-]\d{1,2})?\s*(?P<end>[.:|–—]|$|(?=\s[A-Z]))"
)
NOTE = re.compile(r"(?:\[?\d{1,2}\]?|[*†‡§¶∗])[.)]?\s*(?=[^\W\d_“\"(])")
_LEADERS = re.compile(r"\s?(?:(?:\.\s?){5,}|(?:…\s?){2,})(?P<to>(?=[^\W_]))?")
_LED = re.compile(r"(?:(?:\.\s?){5}|(?:…\s?){2})[^.…]{0,30}$")
"""A line that dots lead to the end of: a price, a number."""


@dataclass
class Paragraph:
    lines: list[Line]
    kind: BlockKind | None = None
    text: str = ""
    level: int = 0
    marker: str = ""
    number: str = ""
    """Of a heading, as it is set before its text."""
    stands_out: bool = False
    """Of a heading: that it is larger or bolder than the text."""

    @property
    def size(self) -> float:
        return statistics.median(line.size for line in self.lines)

    @property
    def bold(self) -> bool:
        return all(line.bold for line in self.lines)


@dataclass
class Body:
    """How most of the text is set."""

    size: float
    mono: bool
    leading: float
    words: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Body:
        sizes, monos = Counter[float](), Counter[bool]()
        words = Counter[str]()
        parted = False
        listed = next(
            (at for at, line in enumerate(lines) if 5 * at > len(lines) and REFERENCES.fullmatch(line.text)), -1
        )
        for line in lines[
            : listed if listed > 0 else None
        ]:  # a long list of references is no measure of the text above
            sizes[round(line.size * 4) / 4] += len(line.text)
        for line in lines:
            monos[line.mono] += len(line.text)
            found = re.findall(r"[\w-]*\w", line.text.lower())
            after, parted = parted, line.text.rstrip().endswith("-")
            words.update(found[bool(after) : len(found) - parted])  # without the pieces of parted words
        size = sizes.most_common(1)[0][0]
        steps = Counter(
            round((above.bottom - below.bottom) * 2) / 2
            for above, below in pairwise(lines)
            if (above.page, above.column) == (below.page, below.column)
            and abs(above.size - size) < 1 > abs(below.size - size)
            and 0 < above.bottom - below.bottom < 3 * size
        )
        return cls(size, monos.most_common(1)[0][0], steps.most_common(1)[0][0] if steps else 1.2 * size, words)


def paragraphs_of(lines: Iterable[Line], body: Body, *, apart: bool = False) -> Iterator[Paragraph]:
    """Lines that belong together; with `apart` each line that does not wrap is one by itself."""
    for _, of_column in groupby(lines, lambda line: (line.page, line.column)):
        column = list(of_column)
        left = Counter(round(line.left) for line in column).most_common(1)[0][0]
        widths = sorted(line.right for line in column)
        right = widths[int(0.9 * (len(widths) - 1))]
        paragraph = [column[0]]
        for before, line in pairwise(column):
            if _begins(before, line, paragraph, left, right, body, apart):
                yield Paragraph(paragraph)
                paragraph = []
            paragraph.append(line)
        yield Paragraph(paragraph)


def _begins(
    before: Line, line: Line, paragraph: Sequence[Line], left: float, right: float, body: Body, apart: bool
) -> bool:
    """Tell whether a paragraph begins with `line`, from how it is set and from how the one `before` it ends."""
    step = before.bottom - line.bottom
    size = max(line.size, before.size)
    short = before.right < right - 0.12 * (right - left)
    ended = before.text[-1:] in '.!?:;”"»)'
    if _is_set_otherwise(before, line, step, size, body):
        return True
    if line.bold is not before.bold and (short or (before.bold and paragraph[0].bold and not ended)):
        return True
    if _LED.search(before.text) or (not apart and _ended_on_purpose(before, line, right, body)):
        return True
    if apart:
        return short or step > 1.7 * size
    if short and ended and before.text[-1:] != ";":
        return True
    if ended and NUMBERED.match(line.text) and line.right < left + 0.6 * (right - left) and line.text[-1] not in ".,;":
        return True
    return _is_marked(before, line, paragraph, short, ended) or _is_indented(
        before, line, paragraph, left, short, ended
    )


def _is_set_otherwise(before: Line, line: Line, step: float, size: float, body: Body) -> bool:
    """Tell whether a line is set in another size than the one before, or further below than within a paragraph."""
    if step > 1.3 * max(body.leading if abs(size - body.size) < 1 else 0, size) or step < -0.5 * size:
        return True
    return abs(line.size - before.size) > 0.12 * size and min(len(line.text), len(before.text)) > 2


def _is_marked(before: Line, line: Line, paragraph: Sequence[Line], short: bool, ended: bool) -> bool:
    """Tell whether a line begins with the words or the sign of a caption, an item, a numbered heading or a note."""
    if (caption := CAPTION.match(line.text)) and (ended or short) and caption["end"].strip():
        return True
    if REFERENCES.fullmatch(line.text) or REFERENCES.fullmatch(before.text):
        return True
    if MARKER.match(line.text) and (BULLET.match(line.text) or ended or short):
        return True
    if short and (NUMBERED.match(line.text) or (NUMBERED.match(before.text) and len(paragraph) == 1)):
        return True
    return bool(short and NOTE.match(line.text) and line.text[:1].isdigit() and ended)


def _is_indented(before: Line, line: Line, paragraph: Sequence[Line], left: float, short: bool, ended: bool) -> bool:
    """Tell whether a line is indented as first lines are, or, below a hanging paragraph, set out again."""
    size = max(line.size, before.size)
    indented = line.left - before.left > 0.7 * size
    hanging = MARKER.match(paragraph[0].text) is not None or re.match(r"\[\w+\]", paragraph[0].text) is not None
    if indented and not hanging and len(paragraph) > 1 and ended:
        return True
    if indented and not hanging and ended and not short and line.left - left < 4 * size:
        return True
    if re.match(r"\[\d{1,3}\]\s", line.text) and (ended or hanging):
        return True
    outdented = before.left - line.left > 0.7 * size and len(paragraph) > 1 and abs(line.left - paragraph[0].left) < 2
    return outdented and ended and short


def _ended_on_purpose(before: Line, line: Line, right: float, body: Body) -> bool:
    """Tell whether the line `before` left room for the first word of `line`, which begins something new: a list's items
    that have lost their signs, the lines of a poem or of a form."""
    if not line.text[0].isupper() or abs(line.left - before.left) > 0.5 * line.size or before.text[-1] in "-–,(&/":
        return False
    if before.size > 1.08 * body.size or before.bold or not before.text:
        return False
    word = len(line.text.split()[0]) + 2
    return before.right + word * before.width / len(before.text) < right - 2 * before.size


def joined(lines: Sequence[Line], body: Body) -> str:
    """Join lines to a text; dots that lead to what is said of a thing are a colon, and others nothing."""
    text = ""
    for line in lines:
        text = join(text, line.text.strip(), body)
    return _LEADERS.sub(lambda dots: "" if dots["to"] is None else ": ", text)


def join(text: str, more: str, body: Body) -> str:
    """Join two pieces of text, with a word parted between the pieces whole again."""
    if not text or not more:
        return text or more
    if text[-1] == "-" and text[-2:-1].isalpha() and more[0].isalpha():
        return (text if keeps_hyphen(text, more, body.words) else text[:-1]) + more
    if text[-1] in "-–—/" and more[0].isalnum() and (text[-2:-1].isalnum() or text[-2:] in {")-", "]-"}):
        return text + more
    return f"{text} {more}"


def letters_in(text: str) -> str:
    """Return the letters and figures of a text, small, to compare it by."""
    return re.sub(r"[\W_]+", "", text).lower()
