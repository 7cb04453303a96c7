"""Plain text, read into blocks: headings, lists, definitions, verses and speakers' lines, as people type them.

For pasted texts and documents known by their words alone. Blocks named by a reader are left unchanged; only paragraphs
are looked at, whether their lines are still apart or were joined. Whatever is not plainly something else stays a
paragraph, and no line is a heading for being short alone: a line breaking off in mid-sentence ("The tenant shall not")
leads into the list below it, or is a fragment.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from typing import Final

from common.languages import pack_of
from common.text.blocks import Block, BlockKind
from common.text.chess import begins_with_move
from common.text.citations import without_citations
from common.text.sentences import ended
from common.text.stanzas import is_stanza_label, sung_lines
from common.text.typed import typed_blocks
from common.text.typed.signs import BULLETS

_BLANK_LINE = re.compile(r"\n\s*\n")
_FENCE = re.compile(r"^(?:```|~~~)[^\n]*\n(.*?)^(?:```|~~~)[ \t]*$", re.MULTILINE | re.DOTALL)
_BULLET = re.compile(rf"[-*+{BULLETS}]\ufe0f?\s+(?=\S)")
_NUMBERED = re.compile(
    r"(?P<marker>\((?:\d{1,2}|[a-z]|[ivx]{2,4})\)|\d{1,2}[.)°º]|[a-z]\)|[IVX]{1,5}\s?[-–—])\s+(?=\S)"
)
_ORDINALS: Final = {
    "PRIMER": 1, "PRIMEIR": 1, "PRIM": 1, "SEGUND": 2, "SECOND": 2, "TERCER": 3, "TERCEIR": 3, "TERZ": 3, "CUART": 4,
    "QUART": 4, "QUINT": 5, "SEXT": 6, "SEST": 6, "SÉPTIM": 7, "SÉTIM": 7, "SETTIM": 7, "OCTAV": 8, "OITAV": 8,
    "OTTAV": 8, "NOVEN": 9, "NON": 9, "DÉCIM": 10, "DECIM": 10,
}  # fmt: skip
"""The clauses of contracts are numbered by words in Romance languages, in capitals, without their last letter."""
_CLAUSE = re.compile(
    r"(?P<marker>(?:(?P<sort>§§?|Art(?:icle|ikel|ículo|igo|icolo)?\b\.?|Section|Clause|Abschnitt|Sección|Se[cç]ção|Seção"
    r"|Sezione|Cl[áa]usula|Clausola)\s?)?(?P<number>\d{1,3}(?:\.\d{1,3}){0,4})(?P<ordered>er|[ºª°])?[.)]?(?:\s?[:–—-])?"
    r"|[(\[](?P<inner>\d{1,3}|(?<=\[)\d{4})[)\]]|(?P<roman>[IVX]{1,5})\.|(?:CLÁUSULA\s)?(?P<ordinal>"
    + "|".join(_ORDINALS)
    + r")[AO]\s?[.:–—-]{1,2})"
    r"\s+(?=[^\W\d_a-zà-ÿ]|[\"“«„¿¡]|(?<=\d\.\d\.\d\s)\w)"
)
_LABELLED = re.compile(r"[A-ZÀ-Þ][^:]{2,30}: \S+(?P<more> \S)?")
LABELLED_FIGURE = re.compile(r"[A-ZÀ-Þ][^:.]{2,40}: [^:]{0,30}\d")
"""What leads into no list below: "Last updated: March 3, 2024"."""
_QUESTION_NUMBER = re.compile(
    r"(?:[QFPD]|Question|Frage|Pregunta|Pergunta|Domanda)\s?(?:n[º°o.]{1,2}\s?)?\d{1,2}\s?[.:)–—-]\s+(?=\S.*\?$)"
)
_RIGHTS = re.compile(r"(?:copyright|©|\(c\))\s", re.IGNORECASE)
_RUN_IN = re.compile(r"(?P<title>[A-ZÀ-Þ][\w'’-]{3,}(?: [\w'’-]+){0,3})\.(?:\s+(?=[\"“«„¿¡(]?[A-ZÀ-Þ])|$)")
"""The heading of a clause, on its line: "Duration. The contract ends …"."""
_INLINE = re.compile(r"(?:^|(?<=[\s(]))\(?(?P<mark>\d{1,2}|[a-z]|[ivx]{2,4})\)\s+|(?:^|(?<=\s))(?P<dot>\d{1,2})\.\s+")
_INLINE_BULLET = re.compile(rf"(?:(?P<lead>[^:]{{2,200}}:)\s)?(?P<sign>[-*{BULLETS}])\s")
_STYLE = re.compile(r"\w+")
_ITEM_ENDS = re.compile(r"[;,.!?](?:\s\w{1,6})?$")
_NEW_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Þ\"“«„¿¡])")
_NAME = r"[A-ZÀ-Þ][\w.'’-]*(?: [A-ZÀ-Þ\d][\w.'’-]*){0,2}"
_LABEL = re.compile(
    rf"(?:\*\*|__)?(?P<name>{_NAME})(?:\*\*|__)?\s?:(?:\*\*|__)?\s+(?=\S)|(?P<letter>[QAPRDF])\.\s+(?=[A-ZÀ-Þ¿¡«“\"—–])"
)
_INNER_LABEL = re.compile(rf"(?:^|(?<=[.!?…\"”»)] ))(?P<name>{_NAME})\s?:\s+(?=\S)")
_TAGGED = re.compile(r"<(?P<name>[A-Za-z]\w{0,30})>\s*(?P<said>[^<>]+?)\s*</(?P=name)>")
_EMPHASIS = re.compile(r"(?<![\w*])(?P<sign>\*{1,3}|_{1,3})(?=\S)(?P<words>.+?)(?<=\S)(?P=sign)(?![\w*])", re.DOTALL)
_RULE = re.compile(r"[-*_=~#·•\s]{3,}")
_CODE: Final = ("```", "~~~", "|", "$ ", "<!--")
_NOT_TYPED: Final = (*_CODE, ">", "<")
_LABEL_ENDS: Final = 80
"""Characters within which a label ends."""
_HEADING: Final = 80
_HEADING_WORDS: Final = 12
_LONG_ITEM: Final = 110
"""Characters: items that are longer on average are points of an argument, each a paragraph."""
_VERSE_LINE: Final = 64
_NUMBERED_KINDS: Final = {BlockKind.PARAGRAPH, BlockKind.HEADING}
_LABELS: Final = {BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.ITEM}
"""What the label of a stanza may have been taken for."""
_LEAST_LINES: Final = 3
"""Labelled lines that make a conversation."""


def blocks_of(text: str, language: str) -> list[Block]:
    """Return the blocks of a text of which no more is known, its paragraphs parted by blank lines."""
    return told_apart(_raw(text), language)


def told_apart(blocks: Iterable[Block], language: str) -> list[Block]:
    """Return the same blocks, with paragraphs replaced by their recognized kinds."""
    parts = [(block, part) for block in blocks for part in _parts(block)]
    found = _with_continued(_with_items_below(_without_labels(_without_single_verses(parts))), language)
    found = _with_titles_apart(without_numbers(_with_clauses(_with_questions(_without_counts_of_questions(found)))))
    return _with_headings(_with_speakers(found), language)


def _raw(text: str) -> Iterator[Block]:
    """Yield the blocks of a text by its lines; what is quoted, code or a table in Markdown as it is."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for number, piece in enumerate(_FENCE.split(text) if "```" in text or "~~~" in text else (text,)):
        if number % 2:
            yield Block(BlockKind.CODE, piece.strip("\n"))
            continue
        paragraphs = [paragraph for paragraph in _BLANK_LINE.split(piece) if paragraph.strip()]
        for typed, group in groupby(paragraphs, key=lambda each: not each.lstrip().startswith(_NOT_TYPED)):
            run = list(group)
            yield from typed_blocks("\n\n".join(run)) if typed else (Block(BlockKind.PARAGRAPH, each) for each in run)


# Within one paragraph


def _parts(block: Block) -> Iterator[Block]:
    """Yield a paragraph by its lines, or by the parts of its single line."""
    if block.kind != BlockKind.PARAGRAPH:
        yield block
        return
    text = block.text.strip("\n").rstrip()
    if _is_unremarkable(text):
        plain = _plain(text)
        yield block if plain == block.text else replace(block, text=plain)
    elif text.lstrip().startswith(_CODE):
        yield Block(BlockKind.CODE, text)
    elif all(line.lstrip().startswith(">") for line in text.splitlines()):
        yield Block(BlockKind.QUOTATION, _plain(" ".join(line.lstrip("> ") for line in text.splitlines())))
    elif tagged := list(_TAGGED.finditer(text)):
        yield from (Block(BlockKind.LINE, _one_line(tag["said"]), speaker=tag["name"]) for tag in tagged)
    elif "\n" in text:
        yield from (part for typed in typed_blocks(text) for part in _parts(typed))
    else:
        yield from _joined(text.strip())


def _is_unremarkable(text: str) -> bool:
    """Tell whether the paragraph is on one line, without a sign of being anything else; most are."""
    if not text[:1].isalpha() or "\n" in text or "<" in text or _may_list(text):
        return False
    return ":" not in text[:_LABEL_ENDS] or not _LABEL.match(text)


def _may_list(text: str) -> bool:
    """Tell whether a line can hold a list: told fast, as it is asked of every paragraph."""
    if begins_with_move(text):
        return False
    if "a) " in text or "1) " in text or "i) " in text or text.startswith(("1. ", "- ", "• ", "* ")):
        return True
    return ": 1. " in text or ": - " in text or ": • " in text or ": * " in text


def _in_order(markers: Sequence[str]) -> bool:
    """Tell whether they count: 1, 2, 3, or a, b, c, or i, ii, iii."""
    return bool(markers) and any(
        all(marker == mark(number) for number, marker in enumerate(markers, first))
        for mark, first in ((str, int(markers[0]) if markers[0].isdigit() else 1), (_letter, 1), (_roman, 1))
    )


def _letter(number: int) -> str:
    return chr(ord("a") + number - 1) if 0 < number <= 26 else ""


def _roman(number: int) -> str:
    units = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
    return "x" * (number // 10) + units[number % 10]


def _joined(text: str) -> Iterator[Block]:
    """Yield a paragraph on a single line, perhaps of joined lines."""
    if heading := re.match(r"(#{1,6})\s+(.+?)(?:\s#+)?$", text):
        yield Block(BlockKind.HEADING, _plain(heading[2]), level=len(heading[1]))
    elif _RULE.fullmatch(text):
        return
    elif parted := _inline_list(text):
        yield from parted
    elif (labels := list(_INNER_LABEL.finditer(text))) and labels[0].start() == 0 and _converse(labels):
        for label, following in zip(labels, [*labels[1:], None], strict=True):
            yield Block(BlockKind.PARAGRAPH, text[label.start() : following.start() if following else None].strip())
    elif bullet := _BULLET.match(text):
        yield Block(BlockKind.ITEM, _plain(text[bullet.end() :]), level=1)
    else:
        yield Block(BlockKind.PARAGRAPH, _plain(text))


def _converse(labels: Sequence[re.Match[str]]) -> bool:
    names = Counter(label["name"] for label in labels)
    return len(labels) >= _LEAST_LINES and len(names) > 1 and max(names.values()) > 1


def _inline_list(text: str) -> list[Block]:
    """Return the lead-in, the items and the rest of "may not (a) smoke; (b) keep snakes."; nothing where there is no
    list."""
    if not _may_list(text):
        return []
    if bullet := _INLINE_BULLET.match(text):
        items = re.split(rf"\s{re.escape(bullet['sign'])}\s", text[bullet.end() :])
        lead_in = [Block(BlockKind.PARAGRAPH, bullet["lead"])] if bullet["lead"] else []
        return [*lead_in, *(Block(BlockKind.ITEM, item.strip(), level=1) for item in items)]
    marks: list[re.Match[str]] = []
    for mark in _INLINE.finditer(text):
        begins = mark.start() == 0 or text[: mark.start()].rstrip().endswith(":")
        if mark["dot"] and not (marks[0]["dot"] if marks else begins):
            continue  # "on 1. May"
        if _in_order([*(each["mark"] or each["dot"] for each in marks), mark["mark"] or mark["dot"]]):
            marks.append(mark)
    if len(marks) < 2 or (marks[0]["mark"] or marks[0]["dot"]) not in {"a", "1", "i"}:
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    items = [text[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=True)]
    dotted = bool(marks[0]["dot"])
    if not all(len(item.split()) > 1 and (dotted or _ITEM_ENDS.search(item)) for item in items[:-1]):
        return []  # "under point (a) or (b)"
    lead = text[: marks[0].start()].strip()
    last, *rest = _NEW_SENTENCE.split(items[-1], maxsplit=1)
    if any(_NEW_SENTENCE.search(item) for item in items[:-1]):
        last, rest = items[-1], []
    blocks = [Block(BlockKind.PARAGRAPH, lead)] if lead else []
    blocks += [
        Block(BlockKind.ITEM, item, level=1, marker=mark[0].strip())
        for item, mark in zip([*items[:-1], last], marks, strict=True)
    ]
    return blocks + [Block(BlockKind.PARAGRAPH, each) for each in rest]


# Among paragraphs


def _without_single_verses(parts: Sequence[tuple[Block, Block]]) -> list[Block]:
    """Return the parts of blocks, but a few short lines are no stanza where nothing else is: they are a paragraph."""
    stanzas = [part for block, part in parts if part.kind == BlockKind.VERSE != block.kind]
    poem = len(stanzas) > 1 or any(part.text.count("\n") >= _LEAST_LINES for part in stanzas)
    return [
        part
        if poem or part.kind != BlockKind.VERSE or block.kind == BlockKind.VERSE
        else Block(BlockKind.PARAGRAPH, _plain(part.text))
        for block, part in parts
    ]


def _without_labels(blocks: list[Block]) -> list[Block]:
    """Return the blocks without the labels of stanzas beside verses: "Chorus"."""
    if not any(block.kind == BlockKind.VERSE for block in blocks):
        return blocks
    kept: list[Block] = []
    for block in blocks:
        if block.kind == BlockKind.VERSE:
            verses = "\n".join(sung_lines(block.text.split("\n")).values())
            kept += [replace(block, text=verses)] if verses else []
        elif block.kind not in _LABELS or not is_stanza_label(block.text):
            kept.append(block)
    return kept


def _with_continued(blocks: Sequence[Block], language: str) -> list[Block]:
    """Paragraphs as items that go on where the one before breaks off: "provided you have", "signed the waiver,"."""
    found = list(blocks)
    for at, block in enumerate(blocks[:-1]):
        if block.kind != BlockKind.PARAGRAPH or _ended(block.text) or not breaks_off(block.text, language):
            continue
        end = at + 1
        while end < len(blocks) and blocks[end].kind == BlockKind.PARAGRAPH and blocks[end].text[:1].islower():
            end += 1
            if _ended(blocks[end - 1].text):
                break
        if end - at > 2:
            found[at + 1 : end] = [replace(each, kind=BlockKind.ITEM, level=1) for each in blocks[at + 1 : end]]
    return found


def _without_counts_of_questions(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks without "Q1." before their questions, where these are counted."""
    counted = [_QUESTION_NUMBER.match(block.text) if block.kind in _NUMBERED_KINDS else None for block in blocks]
    if sum(match is not None for match in counted) < 2:
        return list(blocks)
    return [
        replace(block, text=block.text[match.end() :]) if match else block
        for block, match in zip(blocks, counted, strict=True)
    ]


def _with_items_below(blocks: Sequence[Block]) -> list[Block]:
    """Numbered paragraphs as the items that they are of, below one that leads into them: "1° …;", "2° …;"."""
    found = list(blocks)
    for at, block in enumerate(blocks):
        if block.kind != BlockKind.PARAGRAPH or not block.text.rstrip().endswith(":"):
            continue
        run: list[tuple[Block, re.Match[str]]] = []
        for below in blocks[at + 1 :]:
            number = _NUMBERED.match(below.text) if below.kind == BlockKind.PARAGRAPH else None
            if number is None or not _in_order([*(_bare(each) for _, each in run), _bare(number)]):
                break
            run.append((below, number))
        if len(run) > 1 and _bare(run[0][1]) in {"1", "a", "i"}:
            found[at + 1 : at + 1 + len(run)] = [
                replace(each, kind=BlockKind.ITEM, text=each.text[number.end() :], level=1, marker=number["marker"])
                for each, number in run
            ]
    return found


def _bare(number: re.Match[str]) -> str:
    return number["marker"].strip("().°º–— -").lower()


def _with_questions(blocks: Sequence[Block]) -> list[Block]:
    """Numbered questions as the headings of their answers."""
    asked = [block.kind == BlockKind.ITEM and bool(block.marker) and block.text.endswith("?") for block in blocks]
    answered = [here and not following for here, following in zip(asked, [*asked[1:], False], strict=False)]
    if sum(answered) < 2 or sum(asked) > sum(answered):
        return list(blocks)
    return [
        replace(block, kind=BlockKind.HEADING, level=2) if here else block
        for block, here in zip(blocks, asked, strict=True)
    ]


def _with_clauses(blocks: Sequence[Block]) -> list[Block]:
    """Numbered clauses and long points as the paragraphs they are; a list below a clause or point stays a list."""
    found: list[Block] = []
    for listed, group in groupby(blocks, key=lambda block: block.kind == BlockKind.ITEM):
        run = list(group)
        lead_in = found[-1].text if found and found[-1].kind == BlockKind.PARAGRAPH else ""
        lead_in = "" if LABELLED_FIGURE.fullmatch(lead_in) else lead_in
        found += _clauses(run, lead_in) if listed else run
    return found


def _clauses(run: Sequence[Block], lead_in: str) -> list[Block]:
    top_level = min(block.level for block in run)
    styles = [(_STYLE.sub("", block.marker), block.marker.strip("().").isdigit(), block.level) for block in run]
    leading = {
        style
        for style, block, following in zip(styles, run, styles[1:], strict=False)
        if block.marker and style != following and style[2] <= following[2] and not _ended(block.text)
        if style[2] == top_level or following[2] == style[2]
    }
    top = [block for block in run if block.level == run[0].level]
    ended_ones = sum(_ended(block.text) for block in top)
    long = sum(len(block.text) for block in top) > _LONG_ITEM * len(top) and (not lead_in or _ended(lead_in))
    clauses = top[0].marker == "(1)" and not lead_in.endswith(":")
    sole = [
        block
        for block, style, following in zip(run, styles, [*styles[1:], styles[0]], strict=True)
        if style in leading and following == style
    ]
    if leading and (lead_in.endswith(":") or (sole and not any(_ended(block.text) for block in sole))):
        return list(run)  # what governs all of them is not left behind: "During the examination:"
    if not leading and (long or clauses) and 2 * ended_ones > len(top):
        leading = {style for style, block in zip(styles, run, strict=True) if block.level == run[0].level}
    return [
        replace(block, kind=BlockKind.PARAGRAPH, level=0) if style in leading else block
        for style, block in zip(styles, run, strict=True)
    ]


def without_numbers(blocks: Sequence[Block]) -> list[Block]:
    """Take the numbers of clauses from before them, where they count: "2.1", "2.2"; a lone one may be an amount."""
    numbers = [
        _CLAUSE.match(block.text) if block.kind in _NUMBERED_KINDS and not begins_with_move(block.text) else None
        for block in blocks
    ]
    counted = [(at, _counts(match)) for at, match in enumerate(numbers) if match]
    known = set()
    last: dict[str, tuple[int, tuple[str, tuple[int, ...]]]] = {}
    for before, (other, second) in zip([None, *counted], counted, strict=False):
        for one, first in filter(None, (before, last.get(second[0]))):
            if _follows(first, second):
                known |= {one, other}
        last[second[0]] = (other, second)
    sorts = {match["sort"] for at, match in enumerate(numbers) if match and match["sort"] and at in known}
    known |= {at for at, match in enumerate(numbers) if match and match["sort"] in sorts}  # counted anew in each part
    known |= {
        at for at, match in enumerate(numbers) if match and match["sort"] and match["ordered"]
    }  # "Art. 7º", alone
    clauses = {
        at: replace(blocks[at], text=blocks[at].text[match.end() :], marker=match["marker"].strip())
        for at, match in enumerate(numbers)
        if match and at in known
    }
    return [clauses.get(at, block) for at, block in enumerate(blocks)]


def _with_titles_apart(blocks: Sequence[Block]) -> list[Block]:
    """Clauses without their numbers, with their titles as headings, where most have one: "Duration. The contract …"."""
    clauses = [bool(block.marker) and block.kind in _NUMBERED_KINDS for block in blocks]
    titles = {
        at: title
        for at, (block, is_clause) in enumerate(zip(blocks, clauses, strict=True))
        if is_clause and (title := _RUN_IN.match(block.text))
    }
    above = sum(title.end() < len(blocks[at].text) for at, title in titles.items())  # "No dogs." is all of its clause
    titled = 3 * len(titles) >= 2 * sum(clauses) and 2 * above >= len(titles)
    found: list[Block] = []
    for at, block in enumerate(blocks):
        clause = block
        if titled and at in titles and clause.kind == BlockKind.PARAGRAPH:
            found.append(replace(clause, kind=BlockKind.HEADING, text=titles[at]["title"], level=2))
            clause = replace(clause, text=clause.text[titles[at].end() :])
        if clause.text:
            found.append(clause)
    return found


def _counts(match: re.Match[str]) -> tuple[str, tuple[int, ...]]:
    """Return the kind of a number, and its parts."""
    if match["ordinal"]:
        return "ordinal", (_ORDINALS[match["ordinal"]],)
    if match["roman"]:
        value = [{"I": 1, "V": 5, "X": 10}[letter] for letter in match["roman"]]
        return "roman", (sum(-one if one < after else one for one, after in zip(value, [*value[1:], 0], strict=True)),)
    if match["inner"]:
        return "inner", (int(match["inner"]),)
    return (match["sort"] or "number").strip(" .").lower()[:3], tuple(map(int, match["number"].split(".")))


def _follows(first: tuple[str, tuple[int, ...]], second: tuple[str, tuple[int, ...]]) -> bool:
    """Tell whether one number can come right after another: 2.1 after 2 or 1.4, 2 after 1.4, (1) after § 3."""
    (kind, one), (other_kind, other) = first, second
    if kind != other_kind:
        return other == (1,) or one == (1,) or "inner" in {kind, other_kind}
    if len(other) > len(one):
        return other[: len(one)] == one and set(other[len(one) :]) == {1}
    depth = len(other)
    return (other[: depth - 1] == one[: depth - 1] and other[-1] == one[depth - 1] + 1) or (
        depth > 1 and other[0] == one[0] + 1 and set(other[1:]) == {1}
    )


def _with_speakers(blocks: Sequence[Block]) -> list[Block]:
    """Lines of speakers, where labels come back and somebody asks; unlabelled lines after a label are still by the same
    speaker.

    "Decision: …" and "Serves: four" are labels, too: a conversation has a question in it, or nothing but lines.
    """
    labels = [
        match if block.kind == BlockKind.PARAGRAPH and (match := _LABEL.match(block.text)) else None for block in blocks
    ]
    at = [number for number, label in enumerate(labels) if label]
    names = Counter(_name(label) for label in labels if label)
    repeated = [number for number in at if (label := labels[number]) and names[_name(label)] > 1]
    if len(at) < _LEAST_LINES or len(names) < 2 or len(repeated) < 0.6 * len(at):
        return list(blocks)
    span = at[-1] - at[0] + 1
    asked = sum(blocks[number].text.rstrip('"”» *').endswith("?") for number in at)
    if not asked or (asked < 2 and len(at) < 0.8 * span):
        return list(blocks)
    found = list(blocks)
    speaker = ""
    last_answers = bool(labels[at[-1]])
    for number in range(at[0], len(blocks)):
        label, block = labels[number], blocks[number]
        if label:
            speaker = _name(label)
            text = _plain(block.text[label.end() :].removesuffix("**").removesuffix("__"))
            found[number] = replace(block, kind=BlockKind.LINE, text=text, speaker=speaker)
        elif block.kind == BlockKind.PARAGRAPH and number < at[-1] and last_answers:
            found[number] = replace(block, kind=BlockKind.LINE, text=_plain(block.text), speaker=speaker)
    return found


def _name(label: re.Match[str]) -> str:
    return label["name"] or label["letter"]


def _with_headings(blocks: Sequence[Block], language: str) -> list[Block]:
    """Tell which short lines without an end mark are headings, which are items, and which lead into what follows."""
    found: list[Block] = []
    at = 0
    while at < len(blocks):
        run = at
        while run < len(blocks) and _is_short(blocks[run]):
            run += 1
        if run == at:
            found.append(blocks[at])
            at += 1
            continue
        following = blocks[run] if run < len(blocks) else None
        item = blocks[at] if run - at == 1 and blocks[at].kind == BlockKind.ITEM else None
        if item and (_is_counted(blocks[:at], item) or _goes_on(item, blocks[run : run + 4])):
            found.append(item)  # the last item of a list, or a step with a word on it
        else:
            found += _told_run(blocks[at:run], following, language)
        at = run
    return found


def _goes_on(item: Block, below: Sequence[Block]) -> bool:
    """Tell whether two items that count on stand together below what is below an item."""
    number = item.marker.strip("().")
    markers = [block.marker.strip("().") if block.kind == BlockKind.ITEM else "" for block in below]
    return number.isdigit() and any(
        one == str(int(number) + 1) and other == str(int(number) + 2) for one, other in pairwise(markers)
    )


def _is_counted(above: Sequence[Block], block: Block) -> bool:
    """Tell whether the number of an item is the next in the list right above."""
    number = block.marker.strip("().")
    for before in reversed(above):
        if before.kind != BlockKind.ITEM:
            return False
        if before.level == block.level:
            one = before.marker.strip("().")
            return one.isdigit() and number.isdigit() and int(number) == int(one) + 1
    return False


def _is_short(block: Block) -> bool:
    """Tell whether the line could be a heading or an item: a line of few words without an end mark."""
    text = block.text
    if block.kind == BlockKind.ITEM:
        return bool(block.marker) and block.marker[0].isdigit() and _short_enough(text) and text[:1].isupper()
    return block.kind == BlockKind.PARAGRAPH and _short_enough(text) and not begins_with_move(text)


def _short_enough(text: str) -> bool:
    if len(text) > _HEADING or len(text.split()) > _HEADING_WORDS:
        return False
    return not _ended(text) and text[-1:] not in ":;,"


def _told_run(run: Sequence[Block], following: Block | None, language: str) -> list[Block]:
    """Short lines in a row: the items of a list where all of them are items of a list, else as the next block tells."""
    first = next((at for at, block in enumerate(run) if block.kind == BlockKind.ITEM), len(run))
    listed = len(run) - first > 1 and all(block.kind == BlockKind.ITEM for block in run[first:])
    if listed and (not first or _is_counted(run[:-1], run[-1])):
        lead_in = [replace(block, text=_plain(block.text)) for block in run[max(0, first - 1) : first]]
        return [*_headings(run[: max(0, first - 1)], language), *lead_in, *run[first:]]
    if sum(": " in block.text for block in run) > 1:  # "Serves: four", "Time: an hour"
        return [replace(block, kind=BlockKind.ITEM, text=_plain(block.text), level=1) for block in run]
    leads = following is not None and following.kind == BlockKind.ITEM
    body = following is not None and following.kind in {
        BlockKind.PARAGRAPH, BlockKind.LINE, BlockKind.VERSE, BlockKind.QUOTATION, BlockKind.TABLE, BlockKind.TERM,
    }  # fmt: skip
    if leads and run[-1].kind != BlockKind.ITEM:
        return [*_headings(run[:-1], language), replace(run[-1], text=_plain(run[-1].text))]
    if leads and len(run) == 1:
        return list(run)  # an item among longer ones
    labelled = _LABELLED.match(run[0].text) if len(run) == 1 else None
    if labelled and (labelled["more"] or not following):  # "Next meeting: 11 April"; at the end "Result: 1–0"
        return [replace(run[0], kind=BlockKind.TABLE, text=_plain(run[0].text))]
    if body and len(run) <= 2:
        return _headings(run, language)
    if len(run) == 1:
        return list(run)
    last = [run[-1]] if body else []
    items = run[1 : -1 if body else None]
    return [
        replace(run[0], text=_plain(run[0].text)),
        *(replace(block, kind=BlockKind.ITEM, text=_plain(block.text), level=1) for block in items),
        *_headings(last, language),
    ]


def _headings(run: Sequence[Block], language: str) -> list[Block]:
    return [
        replace(block, kind=BlockKind.HEADING, text=_plain(block.text), level=block.level or 2)
        if _reads_as_heading(block.text, language)
        else block
        for block in run
    ]


def _reads_as_heading(text: str, language: str) -> bool:
    """Tell whether a short line is whole: begins as a title does, and does not break off with a word that wants
    another."""
    words = [word.strip("\"“”«»'()*_,") for word in text.split()]
    if _RIGHTS.match(text):
        return False
    if not words or not (words[0][:1].isupper() or words[0][:1].isdigit() or text.startswith(("**", "¿", "§"))):
        return False
    return len(words) == 1 or not breaks_off(text, language)


def breaks_off(text: str, language: str) -> bool:
    """Tell whether a text without an end mark ends with a colon, or a word that wants another: "shall not"."""
    if text.rstrip().endswith((":", ",", "-", "–", "—")):
        return True
    words = [word.strip("\"“”«»'()*_,;") for word in text.split()]
    known = pack_of(language)
    last = words[-1].lower() if words else ""
    return last in known.stop_words or last in known.nouns.function_words or last in known.context.leads_on


def _plain(text: str) -> str:
    """Without marks of citations and the signs of bold or oblique type, on one line."""
    if "[" in text:
        text = without_citations(text)
    return _one_line(_EMPHASIS.sub(r"\g<words>", text) if "*" in text or "_" in text else text)


def _one_line(text: str) -> str:
    return " ".join(text.split()) if "\n" in text or "  " in text or "\t" in text else text.strip()


def _ended(text: str) -> bool:
    return ended(text.rstrip("*_"))
