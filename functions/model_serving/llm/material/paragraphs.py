"""Grouping of a source's blocks into paragraphs: prose, a list with its lead-in, a question with its answer, a stanza,
a speaker's line.

Blocks parted here are told apart or not at all, and blocks belonging together are told whole. Code, captions, notes and
any other blocks for the eye alone leave a gap, so that nothing leans on unspoken words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from itertools import pairwise
from typing import Any, Final

from common.languages import pack_of
from common.text.blocks import Block, BlockKind
from common.text.chess import is_moves
from common.text.conversation import full_names, speaks_of
from common.text.links import without_links
from common.text.plain import blocks_of, told_apart
from common.text.plain.clauses import LABELLED_FIGURE
from common.text.plain.words import breaks_off
from common.text.scripts import has_words
from common.text.sentences import ended, one_line, sentences
from functions.model_serving.llm.dialogue.spoken import without_directions
from functions.model_serving.llm.material.context_dependence import depends_on_context

_MAX_PARAGRAPH: Final = 4_000
_GAPS: Final = {BlockKind.CODE, BlockKind.CAPTION, BlockKind.FOOTNOTE, BlockKind.REFERENCE}
_DIRECTION = re.compile(r"[(\[][^()\[\]]{1,200}[)\]]\.?")
"""A stage direction between the lines of a play: "(Pause.)"."""
_LINE_DIRECTIONS = re.compile(r"^[(\[][^()\[\]]{1,60}[)\]]\.?\s+|(?<=[.!?…])\s+[(\[][\w.]+(?: [\w.]+){0,2}[)\]]$")
"""In front of somebody's line, "(Within.) Who's there?", and a few words behind it: "(Exit.)"."""
_RELEASE = re.compile(r"^\[(v?\d[\w.+-]*|Unreleased)\](?=\s|$)", re.IGNORECASE)
"""The version of a release as a link, whose address stands elsewhere: https://keepachangelog.com."""
_VERSION = re.compile(r"v?\d+\.\d+\.\d+\b|v\d")
"""What a release is called, so that no change is taken for one of the release above."""
_INNER_END = re.compile(r"[.!?…][\"'”»)]*\s+[\"'“«„(¿¡]*[A-ZÀ-Þ]")
JOINING_WORD = re.compile(
    r"[;,]?\s+(?P<word>and|or|nor|but|und|oder|sowie|et|ou|ni|y|o|e|u|ed|od|ma|mas|mais)$", re.IGNORECASE
)
"""At an item's end, for the next one."""
_GOES_ON = re.compile(r"\(?[a-zß-ÿ]+\b(?!\.?\d)")
_MAX_QUESTION: Final = 300
_LEAST_PAIRS: Final = 3
_MAX_BROKEN: Final = 900
"""Characters of a sentence in several paragraphs."""
_ASKED_WITHIN = re.compile(r"(\W{0,2}\w[^.!?]{4,160}\?)\s+(?=[^\W_])")
"""A question in front of its answer."""


class Shape(Enum):
    """Kind of a paragraph, for its telling."""

    PROSE = auto()
    LIST = auto()
    """A lead-in, which may be empty, with items."""
    ROWS = auto()
    """Rows of a table, definitions: a sentence each."""
    VERSE = auto()
    LINE = auto()
    PAIR = auto()
    """A question with its answer."""
    GAP = auto()
    """Something that is not told."""


@dataclass(frozen=True)
class Paragraph:
    """A unit of a source: text standing together. `heading` is the nearest heading above in the source, or empty; with
    the heading `above` this heading in front, where others are called the same: "2.1.0, Fixed".

    `text` is the words of prose, a line or a stanza with its lines; the lead-in of a list; the question of a pair.
    `opens_section`: the heading is right above.
    `under_heading`: the heading itself leads into the list; `ordered`: its items are steps. `tail` is the lead-in's
    continuation after the items.
    """

    text: str
    source: int
    heading: str
    shape: Shape = Shape.PROSE
    items: tuple[str, ...] = ()
    tail: str = ""
    under_heading: bool = False
    ordered: bool = False
    opens_section: bool = False
    above: str = ""
    answer: tuple[Paragraph, ...] = ()
    speaker: str = ""
    answered_by: str = ""

    @property
    def size(self) -> int:
        """In characters."""
        return len(self.text) + len(self.tail) + sum(map(len, self.items)) + sum(each.size for each in self.answer)


def paragraphs(
    text: str, source: int, title: str = "", *, language: str, blocks: Sequence[Block] = ()
) -> Iterator[Paragraph]:
    """Return the paragraphs of source number `source`, in order; by its blocks, or by its text where the source has no
    blocks.

    The source's title is no heading in the source.
    """
    known = told_apart(blocks, language) if blocks else blocks_of(text, language)
    known = [block for block in known if block.text.strip()]
    if known and known[0].kind == BlockKind.HEADING and _alike(known[0].text, title):
        known = known[1:]
    found = _Grouping(source, title, language).grouped(known)
    return iter(_in_pairs(found))


def _alike(one: str, other: str) -> bool:
    return one.rstrip(":.").casefold() == other.rstrip(":.").casefold()


@dataclass
class _Grouping:
    """Goes through the blocks of a source once."""

    source: int
    title: str
    language: str
    heading: str = ""
    above: str = ""
    opens: bool = False
    found: list[Paragraph] = field(default_factory=list)

    def grouped(self, blocks: Sequence[Block]) -> list[Paragraph]:
        self._above = _told_apart_by(blocks)
        at = 0
        while at < len(blocks):
            at = self._take(blocks, at)
        return self.found

    def _take(self, blocks: Sequence[Block], at: int) -> int:
        """Take the paragraph at `at`, and return the beginning of the next."""
        block = blocks[at]
        following = blocks[at + 1] if at + 1 < len(blocks) else None
        match block.kind:
            case BlockKind.HEADING:
                text = _title(block)
                known = _alike(text, self.title) or without_links(text) != text
                self.above = self._above.get(at, "")
                self.heading = "" if known else ", ".join(filter(None, (self.above, text.rstrip(":"))))
                self.opens = bool(self.heading)
                if following and following.kind == BlockKind.ITEM:
                    return self._list(blocks, at + 1, text.rstrip(":"), under_heading=True)
            case BlockKind.ITEM:
                return self._list(blocks, at, "")
            case BlockKind.PARAGRAPH | BlockKind.DEFINITION:
                return self._paragraph(blocks, at)
            case BlockKind.TERM:
                return self._definitions(blocks, at)
            case BlockKind.QUOTATION if following and following.kind == BlockKind.ITEM and not ended(block.text):
                return self._paragraph(blocks, at)  # it leads into the list
            case BlockKind.QUOTATION:
                self._add(one_line(block.text))
            case BlockKind.TABLE:
                end = _run(blocks, at, {BlockKind.TABLE})
                self._add("", shape=Shape.ROWS, items=_rows(blocks[at:end]))
                return end
            case BlockKind.VERSE:
                self._add("\n".join(map(one_line, block.text.splitlines())), shape=Shape.VERSE)
            case BlockKind.LINE:
                said = " ".join(without_directions(_LINE_DIRECTIONS.sub("", one_line(block.text))).split())
                if has_words(said):
                    self._add(said, shape=Shape.LINE, speaker=block.speaker)
            case _:
                self._gap()
        return at + 1

    def _add(self, text: str, shape: Shape = Shape.PROSE, **more: Any) -> None:
        opens, self.opens = self.opens, False
        self.found.append(
            Paragraph(text, self.source, self.heading, shape, opens_section=opens, above=self.above, **more)
        )

    def _gap(self) -> None:
        if not self.found or self.found[-1].shape != Shape.GAP:
            self._add("", shape=Shape.GAP)

    def _paragraph(self, blocks: Sequence[Block], at: int) -> int:
        text, at = _with_rest(blocks, at)
        following = blocks[at + 1] if at + 1 < len(blocks) else None
        lines = [block for block in (following, blocks[at - 1] if at else None) if block]
        if _DIRECTION.fullmatch(text) and any(block.kind == BlockKind.LINE for block in lines):
            return at + 1
        if following and following.kind == BlockKind.ITEM:
            if LABELLED_FIGURE.fullmatch(text):
                self._prose(f"{text}.")
                return at + 1
            return self._list(blocks, at + 1, self._lead_of(text))
        if is_moves(text):
            return self._moves(text, at, following)
        if following and (end := self._with_following(blocks, at, text, following)) is not None:
            return end
        if not ended(text) and (text.endswith(":") or (following and following.kind in _GAPS)):
            self._lead_of(text)  # it leads to something that is not told
            self._gap()
            return at + 1
        self._prose(self._with_full_stop(blocks, at, text))
        return at + 1

    def _lead_of(self, text: str) -> str:
        """Tell a paragraph up to the sentence that leads into what follows; return this sentence."""
        said, lead = self._lead_in(text)
        self._prose(said)
        return lead

    def _moves(self, text: str, at: int, following: Block | None) -> int:
        """Tell moves of chess with the next paragraph, where that speaks of them."""
        spoken_of = following and following.kind == BlockKind.PARAGRAPH and ended(following.text)
        remark = f" {one_line(following.text)}" if following and spoken_of and not is_moves(following.text) else ""
        self._prose(f"{_ended(text)}{remark}")
        return at + 2 if remark else at + 1

    def _with_following(self, blocks: Sequence[Block], at: int, text: str, following: Block) -> int | None:
        """Tell a paragraph together with the rows, quotation, paragraph or list that it leads into; None for others."""
        open_ended, leads = not ended(text), text.endswith(":")
        if open_ended and following.kind in {BlockKind.TABLE, BlockKind.TERM}:
            return self._rows_below(blocks, at + 1, self._lead_of(text))
        if open_ended and following.kind == BlockKind.QUOTATION:
            lead, quoted = self._lead_of(text), one_line(following.text)
            self._add(f"{lead.rstrip(':')}: {quoted}" if ended(quoted) else "")
            return at + 2
        if not leads or following.kind != BlockKind.PARAGRAPH:
            return None
        if ended(following.text):
            self._prose(f"{self._lead_of(text)} {one_line(following.text)}")
            return at + 2
        if at + 2 < len(blocks) and blocks[at + 2].kind == BlockKind.ITEM:
            # "Warnings:", and what leads into their list
            return self._list(blocks, at + 2, f"{self._lead_of(text)} {one_line(following.text)}")
        return None

    def _with_full_stop(self, blocks: Sequence[Block], at: int, text: str) -> str:
        """Return a paragraph with its last full stop, where that was forgotten."""
        above, following = blocks[at - 1] if at else None, blocks[at + 1] if at + 1 < len(blocks) else None
        sole = above is not None and above.kind == BlockKind.HEADING
        sole = sole and (following is None or following.kind == BlockKind.HEADING)
        goes_on = following is not None and following.text[:1].islower()
        last = following is None and self._is_sentence(text)
        if not ended(text) and not goes_on and (last or sole or _INNER_END.search(text)) and len(text.split()) > 2:
            whole = text.rstrip(" ;")
            return text if breaks_off(whole, self.language) else f"{whole}."
        return text

    def _is_sentence(self, text: str) -> bool:
        """Tell whether words without an end mark are no signature and no address: there are small words among them."""
        words = text.split()
        small = sum(word in pack_of(self.language).stop_words for word in words[1:])
        return len(words) > 4 and words[0][:1].isupper() and small > 0 and 8 * sum(map(str.isdigit, text)) < len(text)

    def _lead_in(self, text: str) -> tuple[str, str]:
        """Return a paragraph, parted before its last sentence, or before the sentences on which the last leans."""
        parts = list(sentences(text, self.language))
        first = len(parts) - 1
        while first > 0 and depends_on_context(parts[first], self.language):
            first -= 1
        return " ".join(parts[:first]), " ".join(parts[first:])

    def _prose(self, text: str) -> None:
        start = 0
        while len(text) - start > _MAX_PARAGRAPH:  # a text without paragraphs is cut where a sentence ends
            end = text.find(". ", start + _MAX_PARAGRAPH // 2, start + _MAX_PARAGRAPH)
            end = start + _MAX_PARAGRAPH if end < 0 else end + 1
            self._add(text[start:end].strip())
            start = end
        if text[start:].strip():
            self._add(text[start:].strip())

    def _list(self, blocks: Sequence[Block], at: int, lead: str, *, under_heading: bool = False) -> int:
        end = _end_of_list(blocks, at)
        items = _nested(blocks[at:end])
        tail = ""
        following = blocks[end] if end < len(blocks) else None
        after = blocks[end + 1] if end + 1 < len(blocks) else None
        if following and following.kind == BlockKind.PARAGRAPH and _GOES_ON.match(following.text):
            tail = one_line(following.text)
            end += 1
            if after and after.kind == BlockKind.ITEM:  # "unless:", and a list of its own
                more = _run(blocks, end, {BlockKind.ITEM})
                inner = "; ".join(item.rstrip(" ,;.") for item in _nested(blocks[end:more]))
                tail = f"{tail.rstrip(' :')}: {inner}"
                end = more
        elif following and following.kind in _GAPS and items[-1].endswith(":"):
            self._gap()  # steps with code between them: none of them says anything without it
            return end
        ordered = all(block.marker.strip("().").isdigit() for block in blocks[at : at + len(items)])
        self._add(lead, shape=Shape.LIST, items=items, tail=tail, under_heading=under_heading, ordered=ordered)
        return end

    def _rows_below(self, blocks: Sequence[Block], at: int, lead: str) -> int:
        """Rows or definitions with what leads into them, like a list."""
        kinds = {BlockKind.TABLE} if blocks[at].kind == BlockKind.TABLE else {BlockKind.TERM, BlockKind.DEFINITION}
        end = _run(blocks, at, kinds)
        self._add(lead, shape=Shape.LIST, items=_rows(blocks[at:end]))
        return end

    def _definitions(self, blocks: Sequence[Block], at: int) -> int:
        end = _run(blocks, at, {BlockKind.TERM, BlockKind.DEFINITION})
        self._add("", shape=Shape.ROWS, items=_rows(blocks[at:end]))
        return end


def _rows(blocks: Sequence[Block]) -> tuple[str, ...]:
    """Rows of a table as they are; terms, each with its definitions."""
    rows: list[str] = []
    for block in blocks:
        text = one_line(block.text)
        if block.kind == BlockKind.DEFINITION and rows:
            rows[-1] = f"{rows[-1]}: {text}" if ": " not in rows[-1] else f"{_ended(rows[-1])} {text}"
        else:
            rows.append(text.rstrip(":") if block.kind == BlockKind.TERM else text)
    return tuple(rows)


def _with_rest(blocks: Sequence[Block], at: int) -> tuple[str, int]:
    """Return the words of a paragraph, with the paragraphs below that a comma leads to, as an article of law has the
    subjects of its sentence, or a letter whom it is for; and the number of the last of these."""
    text = one_line(blocks[at].text)
    while text.endswith(",") and at + 1 < len(blocks) and len(text) <= _MAX_BROKEN:
        if blocks[at + 1].kind != BlockKind.PARAGRAPH:
            break
        at += 1
        text = f"{text} {one_line(blocks[at].text)}"
    return text, at


def _told_apart_by(blocks: Sequence[Block]) -> dict[int, str]:
    """Return the headings that tell others of the same name apart, as a release does above its "Fixed", by the places
    of all headings right below; for "Changed" would be taken for the release's before. A question needs none, and
    what is in a release always its version."""
    over: dict[int, int] = {}
    same: dict[str, set[int]] = {}
    opened: list[tuple[int, int]] = []
    for at, block in enumerate(blocks):
        if block.kind != BlockKind.HEADING:
            continue
        text = _title(block).rstrip(":")
        while opened and opened[-1][0] >= block.level:
            opened.pop()
        if opened and not text.endswith("?"):
            over[at] = opened[-1][1]
            same.setdefault(text.casefold(), set()).add(over[at])
        opened.append((block.level, at))
    telling = {parent for parents in same.values() if len(parents) > 1 for parent in parents}
    telling |= {parent for parent in over.values() if _VERSION.match(_title(blocks[parent]))}
    return {at: _title(blocks[parent]).rstrip(":") for at, parent in over.items() if parent in telling}


def _title(heading: Block) -> str:
    return _RELEASE.sub(r"\1", one_line(heading.text))


def _run(blocks: Sequence[Block], at: int, kinds: set[BlockKind]) -> int:
    """Return the end of the run of blocks of these kinds at `at`."""
    while at < len(blocks) and blocks[at].kind in kinds:
        at += 1
    return at


def _end_of_list(blocks: Sequence[Block], at: int) -> int:
    """Return the end of the list at `at`: of items without numbers where steps begin, counted from the first."""
    end = _run(blocks, at, {BlockKind.ITEM})
    steps = (
        below
        for below in range(at + 1, end)
        if blocks[below].level <= blocks[at].level and blocks[below].marker.strip("().") == "1"
    )
    return end if blocks[at].marker else next(steps, end)


def _nested(blocks: Sequence[Block]) -> tuple[str, ...]:
    """Return the items of the first level, each with its sub-items."""
    items: list[str] = []
    top = blocks[0].level
    inner = False
    for block in blocks:
        text = one_line(block.text)
        if block.level <= top or not items:
            items.append(text)
            inner = False
        elif ended(items[-1]):
            items[-1] = f"{items[-1]} {_ended(text)}"
        else:
            joint = JOINING_WORD.search(items[-1]) if inner else None
            before = items[-1][: joint.start()] if joint else items[-1].rstrip(";,")
            word = f"{joint['word']} " if joint else ""
            items[-1] = f"{before}, {word}{text}" if inner else f"{items[-1].rstrip(':')}: {text}"
            inner = True
    return tuple(filter(None, items))


def _ended(text: str) -> str:
    return text if ended(text) else f"{text.rstrip(' ,;:')}."


# Questions and answers


def _in_pairs(found: list[Paragraph]) -> list[Paragraph]:
    """Return the same paragraphs, with questions and answers joined, where a source is made of questions and
    answers."""
    if any(paragraph.shape == Shape.LINE for paragraph in found):
        return _interview(found)
    headings = list(dict.fromkeys(paragraph.heading for paragraph in found if paragraph.heading))
    asking = [heading for heading in headings if heading.endswith("?")]
    if len(asking) >= 2 and 2 * len(asking) >= len(headings):
        return _asked_by_headings(found)
    before = found
    within = [
        paragraph for paragraph in found if paragraph.shape == Shape.PROSE and _ASKED_WITHIN.match(paragraph.text)
    ]
    if len(within) >= _LEAST_PAIRS and 3 * len(within) >= 2 * sum(each.shape == Shape.PROSE for each in found):
        found = [part for paragraph in found for part in _parted(paragraph)]
    found = [part for paragraph in found for part in _asked_above(paragraph)]
    asked = [number for number, paragraph in enumerate(found) if _is_question(paragraph)]
    answered = all(other > one + 1 for one, other in pairwise([*asked, len(found)]))
    if len(asked) >= _LEAST_PAIRS and answered and 3 * len(asked) >= len(found) - asked[0]:
        return _asked_by_paragraphs(found, asked)
    return before


def _asked_above(paragraph: Paragraph) -> list[Paragraph]:
    """Return a question and the list that answers it, each by itself."""
    if paragraph.shape != Shape.LIST or paragraph.under_heading or not paragraph.text.endswith("?"):
        return [paragraph]
    return [
        replace(paragraph, shape=Shape.PROSE, items=(), tail=""),
        replace(paragraph, text=""),
    ]


def _parted(paragraph: Paragraph) -> list[Paragraph]:
    """Return a question and its answer, which stand in one paragraph, each by itself."""
    asked = _ASKED_WITHIN.match(paragraph.text) if paragraph.shape == Shape.PROSE else None
    if not asked:
        return [paragraph]
    return [replace(paragraph, text=asked[1]), replace(paragraph, text=paragraph.text[asked.end() :])]


def _is_question(paragraph: Paragraph) -> bool:
    text = paragraph.text.strip("*_ ")
    short = paragraph.shape == Shape.PROSE and len(text) <= _MAX_QUESTION
    return short and text.endswith("?") and text[0] not in '"“«„—–-‘'


def _is_said(paragraph: Paragraph, *, before_last: bool) -> bool:
    """Tell whether a paragraph is of what is being answered: a line, or what an answer goes on with between two
    lines."""
    return paragraph.shape in {Shape.LINE, Shape.GAP} or (paragraph.shape == Shape.PROSE and before_last)


def _interview(found: list[Paragraph]) -> list[Paragraph]:
    """Pairs, where a single speaker asks and others answer; the lines unchanged in a dialogue or a play."""
    lines = [paragraph for paragraph in found if paragraph.shape == Shape.LINE]
    asking: dict[str, list[bool]] = {}
    for line in lines:
        asking.setdefault(line.speaker, []).append(line.text.rstrip('"”» ').endswith("?"))
    shares = {speaker: sum(asks) / len(asks) for speaker, asks in asking.items()}
    host = max(shares, key=lambda speaker: (shares[speaker], len(asking[speaker])))
    others = [share for speaker, share in shares.items() if speaker != host]
    said = {speaker: sum(len(line.text) for line in lines if line.speaker == speaker) for speaker in asking}
    answers = (sum(said.values()) - said[host]) / max(1, len(lines) - len(asking[host]))
    if shares[host] <= 0.6 and answers < 2 * said[host] / len(asking[host]):
        return found  # as much is said by whoever asks: a play
    if shares[host] < 0.5 or sum(asking[host]) < 2 or not others or max(others) > 0.34:
        return found
    pairs: list[Paragraph] = []
    at = 0
    while at < len(found):
        if found[at].shape != Shape.LINE or found[at].speaker != host:
            pairs.append(found[at])  # before the first question; or a line that nobody asked for
            at += 1
            continue
        end = at + 1
        while end < len(found) and found[end].speaker == host:
            end += 1
        question = " ".join(each.text for each in found[at:end])
        begun = end
        last = max((number for number, each in enumerate(found) if each.shape == Shape.LINE), default=0)
        while end < len(found) and found[end].speaker != host and _is_said(found[end], before_last=end < last):
            end += 1
        if begun == end:
            pairs += found[at:end]  # a last word
            at = end
            continue
        answer = [replace(each, shape=Shape.PROSE) if each.shape == Shape.LINE else each for each in found[begun:end]]
        pairs.append(_pair(question, answer, found[at], found[begun].speaker))
        at = end
    return pairs


def _asked_by_headings(found: list[Paragraph]) -> list[Paragraph]:
    pairs: list[Paragraph] = []
    for paragraph in found:
        before = pairs[-1] if pairs else None
        if not paragraph.heading.endswith("?"):
            pairs.append(paragraph)
        elif before and before.shape == Shape.PAIR and before.text == paragraph.heading:
            pairs[-1] = replace(before, answer=(*before.answer, _unheaded(paragraph)))
        else:
            pairs.append(_pair(paragraph.heading, [_unheaded(paragraph)], paragraph, ""))
    return pairs


def _unheaded(paragraph: Paragraph) -> Paragraph:
    """Return an answer whose question was asked: a list under the question as a heading has no other lead-in."""
    return replace(paragraph, text="", under_heading=False) if paragraph.under_heading else paragraph


def _asked_by_paragraphs(found: list[Paragraph], asked: Sequence[int]) -> list[Paragraph]:
    pairs = found[: asked[0]]
    names = full_names(" ".join(paragraph.text for paragraph in pairs))
    end = len(found)
    while end > asked[-1] + 2 and found[end - 1].shape == Shape.PROSE and speaks_of(found[end - 1].text, names):
        end -= 1  # the editor's last words
    for one, other in pairwise([*asked, end]):
        parted = next((at for at in range(one + 1, other) if _is_of_another_section(found[at])), other)
        answer = [_undirected(each) for each in found[one + 1 : parted]]
        pairs.append(_pair(found[one].text.strip("*_ "), answer, found[one], "") if answer else found[one])
        pairs += found[parted:other]
    return [*pairs, *found[end:]]


def _is_of_another_section(paragraph: Paragraph) -> bool:
    """Tell whether a paragraph right below a heading is true of what that says alone, and no answer to the question
    above: "Driving", "No precautions are necessary."."""
    return paragraph.opens_section and not paragraph.under_heading


def _undirected(paragraph: Paragraph) -> Paragraph:
    """Return an answer in prose without "(laughs)"; one that is nothing else stays."""
    said = " ".join(without_directions(paragraph.text, named_only=True).split())
    return replace(paragraph, text=said) if paragraph.shape == Shape.PROSE and has_words(said) else paragraph


def _pair(question: str, answer: Sequence[Paragraph], at: Paragraph, answered_by: str) -> Paragraph:
    return replace(
        at, text=question, shape=Shape.PAIR, answer=tuple(answer), items=(), tail="", speaker="",
        under_heading=False, answered_by=answered_by,
    )  # fmt: skip
