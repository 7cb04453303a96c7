"""Plain text as blocks: paragraphs, stanzas, lists, headings and the lines of speakers, by the text's layout.

Line by line, each looked at a bounded number of times, so that no text takes long.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, takewhile, zip_longest
from typing import Final

from common.text.blocks import Block, BlockKind
from common.text.chess import begins_with_move
from common.text.conversation import lines_by_speakers
from common.text.lines import joined
from common.text.sentences import ended
from common.text.set_tables import table_at, tables_apart
from common.text.stanzas import is_stanza_label, without_stanza_label
from common.text.tables import MAX_ROWS, sentences_of
from common.text.typed_lines import is_poem, told_lines

BULLETS: Final = "•◦▪▫‣·∙●○◆◇■□►▶▸➔➜➤➢→⇒❖✓✔✅☐☑✦★☆🔸🔹🔺🔵⚫👉📌\N{HYPHEN BULLET}"
"""What no sentence begins with, and items do."""
CROSSES: Final = "✗✘✖❌❎☒🚫⛔🚷🚭🚳🚱🚯📵👎"
"""Pictures that say "not"."""
_BULLET = re.compile(rf"(?:\[[ xX]\]|[-*+{BULLETS}])\ufe0f?[ \t]+(?=\S)")
_CROSS = re.compile(rf"[{CROSSES}]\ufe0f?[ \t]*(?=\S)")
"""The sign of an item that says "not", and so is part of its words."""
_DASH = re.compile(r"[–—][ \t]*(?=\w)")
"""The sign of an item, or of somebody's words."""
_PICTURE = re.compile("[\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff][\ufe0f\u200d]?[ \t]+(?=\\S)")
_ARTICLE = re.compile(
    r"(?:Art(?:\.|icle|ikel|ículo|igo|icolo)?|Section|Sección|Se[cç]ção|Seção|Sezione|Clause|Cl[áa]usula|Clausola|§)"
    r"\s?\d{1,4}(?:\.?[ºª°]|er)?(?:\s?-?[A-Z]|\s(?:bis|ter))?[.:]?",
    re.IGNORECASE,
)
_BEGUN_CLAUSE = re.compile(rf"(?:{_ARTICLE.pattern}|\[\d{{4}}\])(?:\s?[–—-])?\s+[^\W\d_a-zß-ÿ]")
"""An article with its first words; or a paragraph of a patent."""
_RUBRIC = re.compile(r"\((?P<title>[^()]{2,60})\)")
"""The title of an article below its number, as laws of Italy and Portugal have it."""
_MAX_ARTICLE_TITLE, _MAX_ARTICLE_WORDS = 60, 8
_CIRCLE = re.compile(r"o[ \t]+(?=\S)")
"""A bullet of Word's second level, copied."""
_WIDE_CIRCLE = re.compile(r"o(?:[ ]{2,5}|\t)(?=\S)")
_NUMBER = re.compile(
    r"(\(?)(\d{1,3}|[a-z]|[A-Z](?=\))|[ivx]{2,5}|[IVXLC]{1,9})"
    r"(\.-|\.\)|[.)][ \t]?[–—]|[.)]|[°º]|[ \t]?[-–—])[ \t]+(?=\S)"
)
_LONE_NUMBER = re.compile(r"\d{1,2}\.?")
_BARE_NUMBER = re.compile(r"()(\d{1,2})()[ \t]+(?=[A-ZÀ-Þ])")
_CLAUSE = re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,4})\.?[ \t]+(?=\S)")
_MARKED_HEADING = re.compile(
    r"[ \t]*(?P<wiki>={2,6})[ \t]*(?P<title>[^=].{0,150}?)[ \t]*(?P=wiki)[ \t]*"
    r"| {0,3}(?P<md>#{1,6})[ \t]+(?P<words>\S.*?)(?:[ \t]+#+)?[ \t]*"
)
_MONTH = re.compile(
    r"(jan(uar)?|jänner|febr?(uar)?|mär(z|\.)|apr(il)?|mai|juni?|juli?|aug(ust)?|sept?(ember)?|okt(ober)?|nov(ember)?"
    r"|dez(ember)?)\b",
    re.IGNORECASE,
)
_NOTE = re.compile(r"(?:\[\d{1,2}\]|[¹²³⁴-⁹][⁰¹²³⁴-⁹]?)[ \t]*(?=\S)")
_NOTE_SIGN = re.compile(r"(?:(?<=[^\W\d_]{4})|(?<=[.,;:!?”\"»’)]))[¹²³⁴-⁹][⁰¹²³⁴-⁹]?(?!\w)")
_LETTER = re.compile(r"\(?([a-zA-Z])[.)]")
_ANSWER = re.compile(r"[A-ZÀ-Þ][\w ]{2,24}\s?:\s+\(?[a-zA-Z](?:[.),;]|$)")
_RULE = re.compile(r"[ \t]*([*_=~#-])[ \t]*(?:\1[ \t]*){2,}")
_BARS = re.compile(r"[ \t]*[+|][-=+| \t:]*[+|][ \t]*")
"""A rule in a table that is drawn with bars."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_CHAPTER = re.compile(
    r"(?:chapter|part|book|act|scene|kapitel|teil|buch|chapitre|partie|livre|capítulo|capitolo|parte|libro|livro)\s"
    r"(?:[ivxlc]{1,7}|\d{1,3}|[^\W\d_]{3,12})\b.{0,60}",
    re.IGNORECASE,
)
_UNDERLINES = "=-~"
_MAX_HEADING, _LEAST_PROSE = 80, 100
_FEWEST_CONTENTS = 2
_LEADS = 4
"""Words: more before a colon may go on an item's sentence."""
_NARROWEST = 50
"""Characters: an item's line, or a paragraph's, was not folded at less."""
_FOLDED, _FOLDED_AGAIN = 66, 40
"""Characters of a line that a program surely ended; and below another line of the same item."""
_SENTENCE = 4
"""Words of the shortest sentence that might begin as the name of a chapter does: "Part one is here"."""
_DEEPEST_INDENT = 12
"""Characters: what is set in further is a table, a date or a signature."""


@dataclass
class _Line:
    """A line, its indentation, and the sign or number of an item at its beginning."""

    text: str
    indent: int
    marker: str = ""
    numbered: bool = False
    accepted: bool = False
    style: str = ""
    """What an item's sign is like: "•", "(a)", "1."."""
    clause: tuple[int, ...] = ()
    """The number of a clause: 2, 1 of "2.1"."""
    over: bool = False
    """Whether it is the title of clauses, with their number: the 2 of "2.1"; or of an `article`, or its number."""
    article: bool = False


def typed_blocks(text: str, left_out: Counter[str] | None = None) -> list[Block]:
    """The blocks of a text without markup of any kind; rows of large tables are counted in `left_out`."""
    counts = Counter[str]() if left_out is None else left_out
    apart, tables = tables_apart(text, counts)
    blocks: list[Block] = []
    for block in _without_tables(apart, counts):
        number = table_at(block.text)
        blocks += [block] if number is None else [Block(BlockKind.TABLE, row) for row in tables[number]]
    return blocks


def _without_tables(text: str, counts: Counter[str]) -> list[Block]:
    """The blocks of a text whose tables are marks, but for those of a paragraph each."""
    paragraphs = _without_labels(list(_paragraphs(text)))
    if (spoken := lines_by_speakers([[line.text for line in lines] for lines, _ in paragraphs])) is not None:
        return _with_title(spoken, paragraphs[0][0])
    lines = [line for lines, _ in paragraphs for line in lines]
    for line in (lines[0] for lines, _ in paragraphs if len(lines) == 1):
        line.accepted = line.accepted and line.text.count(f" {line.style} ") < (2 if line.style == "-" else 1)
    _accept_numbers([line for line in lines if line.numbered])
    _take_numbers_of_stanzas(paragraphs)
    lines = [line for lines, _ in paragraphs for line in lines]
    _accept_bare_numbers(lines)
    _accept_clauses(lines)
    _accept_dashes([lines for lines, _ in paragraphs])
    _accept_circles([lines[0] for lines, _ in paragraphs if _WIDE_CIRCLE.match(lines[0].text)], led=True)
    for lines_between, _ in paragraphs:
        _accept_circles(lines_between)
        _accept_pictures(lines_between)
        _accept_articles(lines_between)
    _mark_notes(paragraphs)
    parted = [(part, underlined, lines) for lines, underlined in paragraphs for part in _parted(lines)]
    typed = iter(told_lines([[line.text for line in part] for part, _, _ in parted if not _has_items(part)]))
    blocks: list[Block] = []
    for part, underlined, lines in parted:
        told = [] if _has_items(part) else next(typed)
        if rows := _table(part, counts):
            blocks += (Block(BlockKind.TABLE, row) for row in rows)
        elif not blocks and not _has_items(part) and _is_under_title(part, told):
            blocks += [Block(BlockKind.HEADING, part[0].text, 1), joined([line.text for line in part[1:]])]
        elif part[0].style == "note":
            blocks += (Block(BlockKind.FOOTNOTE, line.text) for line in part)
        elif all(line.text.startswith(">") for line in part):
            blocks.append(joined([line.text.lstrip("> ") for line in part], BlockKind.QUOTATION))
        elif heading := _heading_of(part, underlined, alone=len(part) == len(lines)):
            blocks.append(heading)
        elif part[0].clause and not told and not _has_items(part):
            blocks.append(_clause(part, alone=len(part) == len(lines), agenda=_is_agenda(lines)))
        else:
            blocks += told or _blocks(part)
    return _with_letters_asked_for(_with_headings(_without_contents(blocks, counts)))


def _with_title(spoken: list[Block], first: list[_Line]) -> list[Block]:
    """The lines of a play, below its title and what stands under that."""
    if spoken[0].speaker or not _is_under_title(first, []):
        return spoken
    heading = Block(BlockKind.HEADING, first[0].text, 1)
    return [heading, joined([line.text for line in first[1:]]), *spoken[1:]]


def _heading_of(part: list[_Line], underlined: str, *, alone: bool) -> Block | None:
    """Read a line as a heading, by its underline, its capitals or its number; None for any other line."""
    line = part[0]
    if line.over and line.article:
        return Block(BlockKind.HEADING, line.text, 2)
    if line.over:
        return Block(BlockKind.HEADING, line.text[next(_BARE_NUMBER.finditer(line.text)).end() :], 2)
    if underlined and not ended(line.text):
        return Block(BlockKind.HEADING, line.text, 1 if underlined == "=" else 2)
    if len(part) == 1 and not alone and _is_in_capitals(line):
        return Block(BlockKind.HEADING, line.text, 3)
    if len(part) == 1 and _is_numbered_heading(line):
        return Block(BlockKind.HEADING, line.text[len(line.marker) :].strip(), 2)
    return None


def _is_under_title(lines: list[_Line], told: list[Block]) -> bool:
    """Whether a text begins with its title and what stands below: a day, a place, for whom it is."""
    if not 1 < len(lines) < 4 or any(block.kind is BlockKind.VERSE for block in told):
        return False
    first, second = lines[0].text, lines[1].text
    begun = first.lstrip('«“„"¿¡')[:1].isupper()
    if len(first) > _MAX_HEADING or first[-1] in ".!?:;,…-–" or not begun or ":" in first:
        return False
    room = max(len(line.text) for line in lines) >= len(first) + 1 + len(second.split()[0]) or len(first) < _NARROWEST
    return room and not second[0].islower() and not any(ended(line.text) for line in lines)


def _mark_notes(paragraphs: list[tuple[list[_Line], str]]) -> None:
    """Mark the lines of footnotes, and take the signs out that point to them."""
    notes = [lines for lines, _ in paragraphs[1:] if all(_NOTE.match(line.text) for line in lines)]
    if not notes:
        return
    for lines, _ in paragraphs:
        for line in lines:
            if any(lines is note for note in notes):
                line.style, line.accepted = "note", False
            else:
                line.text = _NOTE_SIGN.sub("", line.text)


def _table(lines: list[_Line], left_out: Counter[str]) -> list[str]:
    """The rows of a table, each as a sentence."""
    rows = [] if len(lines) < 2 or _has_items(lines) else _rows([line.text for line in lines])
    if not rows:
        return _columns(lines)
    left_out["row"] += max(0, len(rows) - 1 - MAX_ROWS)
    return sentences_of(rows[: MAX_ROWS + 1], limited=False) or []


def _rows(lines: Sequence[str]) -> list[list[str]]:
    """The cells of a table that is set with tabs or commas or drawn with bars; none of lines that are no table."""
    tabs = lines[0].count("\t")
    if tabs and all(line.count("\t") == tabs for line in lines):
        return [line.split("\t") for line in lines]
    commas = lines[0].count(",")
    if commas > 1 and len(lines) > 2 and all(line.count(",") == commas and ", " not in line for line in lines):
        return [line.split(",") for line in lines]
    drawn = [line for line in lines if not _BARS.fullmatch(line)]
    if drawn and all(len(line) > 1 and line[0] == line[-1] == "|" for line in drawn):
        return [[cell.strip() for cell in line.strip("|").split("|")] for line in drawn]
    return []


def _columns(lines: list[_Line]) -> list[str]:
    """The rows of a table whose columns are parted by spaces, each told with the heads of its columns."""
    if len(lines) < 3 or any(line.accepted for line in lines):
        return []
    rows = [re.split(r"[ ]{2,}|\t+", line.text) for line in lines]
    corner = lines[0].indent > lines[1].indent and {len(row) for row in rows[1:]} == {len(rows[0]) + 1}
    rows[0] = ["", *rows[0]] if corner else rows[0]
    width = len(rows[0])
    if not 2 <= width <= 6 or sum(len(row) == width for row in rows) * 4 < len(rows) * 3 or min(map(len, rows)) < 2:
        return []
    if max(map(len, rows)) > width:
        return []
    named = not any(character.isdigit() for cell in rows[0] for character in cell)
    headed = width > 2 and (named or all(map(_YEAR.fullmatch, rows[0][1:])))
    if not headed:
        return [f"{row[0].rstrip(':')}: {', '.join(row[1:])}" for row in rows]
    return [
        ", ".join(f"{head.rstrip('.:')}: {cell}" if head else cell for head, cell in zip(rows[0], row, strict=True))
        if len(row) == width
        else f"{row[0]}: {', '.join(row[1:])}"
        for row in rows[1:]
    ]


def _has_items(lines: list[_Line]) -> bool:
    return any(line.accepted for line in lines)


def _paragraphs(text: str) -> Iterator[tuple[list[_Line], str]]:
    """Lines without a blank line between, and the character of their underline, where a single line is underlined."""
    paragraph: list[_Line] = []
    for line in text.splitlines():
        rule = _RULE.fullmatch(line) if len(line) <= 200 else None
        may = line[:4].lstrip().startswith(("==", "#")) and len(line) <= 200
        heading = _MARKED_HEADING.fullmatch(line) if may else None
        if line.strip() and not rule and not heading:
            if _is_indented(line, paragraph):
                yield paragraph, ""
                paragraph = []
            paragraph.append(_line(line))
            continue
        if paragraph:
            single = rule and len(paragraph) == 1 and rule[1] in _UNDERLINES
            yield paragraph, rule[1] if rule and single else ""
            paragraph = []
        if heading:
            yield [_line(heading["title"] or heading["words"])], "=" if heading["md"] == "#" else "-"
    if paragraph:
        yield paragraph, ""


def _is_indented(line: str, above: Sequence[_Line]) -> bool:
    """Whether a line begins a paragraph by its indentation, below lines that were folded."""
    if not above or not line[0].isspace() or not ended(above[-1].text):
        return False
    indent = len(line.expandtabs(4)) - len(line.lstrip())
    widest = max(len(other.text) for other in above[-3:])
    folded = widest >= _NARROWEST and above[-1].indent < indent and not any(other.marker for other in above)
    return 1 < indent <= _DEEPEST_INDENT and folded


def _parted(lines: list[_Line]) -> Iterator[list[_Line]]:
    """A paragraph, parted before each numbered clause, and before and after each heading in capitals."""
    part: list[_Line] = []
    styles: set[str] = set()  # of the lists that the clauses are in
    for number, line in enumerate(lines):
        near = (*lines[max(0, number - 1) : number], *lines[number + 1 : number + 2])
        alone = line.over or (_is_in_capitals(line) and not any(other.text.isupper() for other in near))
        begins = line.over or line.clause or alone or (bool(part) and _begins_a_clause(line, part[-1]))
        if part and (begins or (line.accepted and line.style in styles and part[0].clause)):
            yield part
            part = []
        part.append(line)
        if line.accepted and not part[0].clause:
            styles.add(line.style)
        if alone:
            yield part
            part = []
    if part:
        yield part


def _begins_a_clause(line: _Line, above: _Line) -> bool:
    """Whether a line begins with the name and number of a clause, below the end of another: "§ 2º The fine …"."""
    return not line.accepted and ended(above.text) and _BEGUN_CLAUSE.match(line.text) is not None


def _is_in_capitals(line: _Line) -> bool:
    """Whether a line is a heading for its capitals."""
    text = line.text
    return (
        text.isupper() and not line.accepted and not line.clause and len(text) <= _MAX_HEADING
        and text[-1] not in ".!?:;,…" and any(len(word) > 3 and word.isalpha() for word in text.split())
        and not any(map(str.isdigit, text))
    )  # fmt: skip


def _is_numbered_heading(line: _Line) -> bool:
    """Whether an item that stands alone is a heading, by great Roman numbers, or in capitals: "II. Access"."""
    words = line.text[len(line.marker) :].strip()
    great = line.style.strip("().°º-–— ").startswith("great roman")
    if not line.numbered or not line.accepted or len(words) > _MAX_HEADING or words[-1] in ".!?:;,…":
        return False
    return (great or words.isupper()) and any(map(str.isalpha, words))


def _is_agenda(lines: list[_Line]) -> bool:
    """Whether the clauses of a paragraph are titles, not sentences."""
    if sum(bool(line.clause or line.accepted) for line in lines) < 2:
        return False
    return not any(line.text.endswith((":", ".", ";")) or (line.accepted and not line.numbered) for line in lines)


def _clause(lines: list[_Line], *, alone: bool, agenda: bool) -> Block:
    """A clause that leads into nothing: an item of an agenda, else a sentence, with or without its end mark."""
    text = joined([line.text for line in lines], BlockKind.ITEM).text
    found = _CLAUSE.match(text)
    if found and agenda:
        return Block(BlockKind.ITEM, text[found.end() :], len(lines[0].clause), found[1])
    open_ended = not alone and not ended(text) and text[-1] not in ":;,"
    return Block(BlockKind.PARAGRAPH, f"{text}." if open_ended else text)


def _line(line: str) -> _Line:
    text = line.strip()
    indent = len(line) - len(line.lstrip())
    if bullet := _BULLET.match(text):
        style = "✓" if text[0] in "✔✅☑" else text[0]
        return _Line(text, indent, accepted=True, marker=bullet[0].rstrip(" \t\ufe0f"), style=style)
    if _CROSS.match(text):
        return _Line(text, indent, accepted=True, style="✓")
    found = None if begins_with_move(text) else _NUMBER.match(text)
    if found and not (found[2].isdigit() and _MONTH.match(text[found.end() : found.end() + 12])):
        return _Line(text, indent, marker=found[0].strip(), numbered=True)
    return _Line(text, indent)


def _accept_numbers(lines: list[_Line]) -> None:
    """Accept numbers counting from the first on; any other is a part of its sentence: a year, a day, a page."""
    runs: dict[tuple[str, str, str], list[_Line]] = {}
    for line in lines:
        opening, label, closing = next(_NUMBER.finditer(line.text)).groups()
        for style, number in _readings(label):
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


def _without_labels(paragraphs: list[tuple[list[_Line], str]]) -> list[tuple[list[_Line], str]]:
    """The paragraphs of a poem without the labels of its stanzas; of any other text, all as it is."""
    bare: list[tuple[list[_Line], str]] = []
    for lines, underlined in paragraphs:
        kept = [line for line in lines if not is_stanza_label(line.text)]
        if kept and (verse := without_stanza_label(kept[0].text)) != kept[0].text:
            kept[0] = _Line(verse, kept[0].indent)
        if kept:
            bare.append((kept, underlined))
    labelled = bare != paragraphs and is_poem([[line.text for line in lines] for lines, _ in bare])
    return bare if labelled else paragraphs


def _take_numbers_of_stanzas(paragraphs: list[tuple[list[_Line], str]]) -> None:
    """Take the numbers of a hymn's stanzas from before its verses, or from above: they are sung by nobody."""
    firsts = [lines[0] for lines, _ in paragraphs if len(lines) > 1]
    numbered = [line for line in firsts if (line.accepted and line.numbered) or _LONE_NUMBER.fullmatch(line.text)]
    accepted = sum(line.accepted for lines, _ in paragraphs for line in lines)
    if len(numbered) < 2 or accepted != sum(line.accepted for line in numbered):
        return
    verses = {id(line): "" if not line.accepted else line.text[len(line.marker) :].strip() for line in numbered}
    stanzas = [[verses.get(id(line), line.text) for line in lines] for lines, _ in paragraphs]
    if is_poem([list(filter(None, lines)) for lines in stanzas]):
        for lines, _ in paragraphs:
            if (verse := verses.get(id(lines[0]))) == "":
                del lines[0]
            elif verse:
                lines[0] = _Line(verse, lines[0].indent)


def _accept_bare_numbers(lines: list[_Line]) -> None:
    """Accept "1 Melt", "2 Add", "3 Stir": steps, and no amounts, which are of few words and end in none."""
    run: list[_Line] = []
    for line in lines:
        found = _BARE_NUMBER.match(line.text)
        if found and int(found[2]) == len(run) + 1:
            run.append(line)
    words = sum(len(line.text.split()) - 1 for line in run)
    if len(run) > 2 and (2 * sum(ended(line.text) for line in run) >= len(run) or words > 4 * len(run)):
        for line in run:
            line.accepted = line.numbered = True
            line.marker, line.style = line.text.split()[0], "1"


def _accept_clauses(lines: list[_Line]) -> None:
    """Accept numbers of clauses that follow each other: 2.1 and 2.2, or 2.9 and 3.1; lone ones may be amounts."""
    before: _Line | None = None
    for line in lines:
        found = None if line.accepted else _CLAUSE.match(line.text)
        if not found:
            continue
        number = tuple(map(int, found[1].split(".")))
        line.style = found[1]
        if before is not None and _comes_after(tuple(map(int, before.style.split("."))), number):
            before.clause, line.clause = tuple(map(int, before.style.split("."))), number
        before = line
    _accept_titles_of_clauses(lines)


def _accept_titles_of_clauses(lines: list[_Line]) -> None:
    """Accept "3 Faults" as a title: above 3.1, or where clauses of 2 are above and none of 3 below."""
    above = 0
    for line, below in zip(lines, _next_clauses(lines), strict=True):
        if line.clause:
            above = line.clause[0]
        found = None if line.clause or line.accepted else _BARE_NUMBER.match(line.text)
        if found is None or len(line.text) > _MAX_HEADING or line.text[-1] in ".!?:;,…":
            continue
        number = int(found[2])
        if below[:2] == (number, 1) or (above and number == above + 1 and (not below or below[0] > number)):
            line.over, above = True, number


def _next_clauses(lines: list[_Line]) -> list[tuple[int, ...]]:
    """Of each line the number of the next clause below."""
    found: list[tuple[int, ...]] = []
    below: tuple[int, ...] = ()
    for line in reversed(lines):
        found.append(below)
        below = line.clause or below
    return found[::-1]


def _comes_after(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    depth = len(other)
    if depth > len(one):
        return other[: len(one)] == one and set(other[len(one) :]) == {1}
    if other[:-1] == one[: depth - 1] and other[-1] == one[depth - 1] + 1:
        return True
    return set(other[1:]) == {1} and other[0] == one[0] + 1


def _accept_dashes(paragraphs: list[list[_Line]]) -> None:
    """Accept dashes before items: words that somebody says end as sentences, and items of a list hardly."""
    dashed = [[line for line in lines if not line.accepted and _DASH.match(line.text)] for lines in paragraphs]
    single = [lines[0] for lines in dashed if len(lines) == 1]
    for run in (single, *(lines for lines in dashed if len(lines) > 1)):
        begun = [(line, found.end()) for line in run if (found := _DASH.match(line.text))]
        listed = sum(not ended(line.text) or line.text[at].islower() for line, at in begun)
        if len(begun) > 1 and 2 * listed >= len(begun) and not any("?" in line.text for line, _ in begun):
            for line, _ in begun:
                line.accepted, line.marker, line.style = True, line.text[0], "–"


def _accept_circles(lines: Sequence[_Line], *, led: bool = False) -> None:
    """Accept circles that are bullets, as "o" is a word, too; where the lines begin paragraphs, as in an RFC, by the
    space behind."""
    circles = [line for line in lines if _CIRCLE.match(line.text)]
    if (led and len(circles) > 1) or (
        circles and (lines[0].text.endswith(":") or any(line.text[1] == "\t" for line in circles))
    ):
        for line in circles:
            line.accepted, line.marker, line.style = True, "o", "o"


def _accept_pictures(lines: Sequence[_Line]) -> None:
    """Accept pictures before items, whatever they show, where several lines begin with one; a lone one adds nothing to
    its line."""
    pictured = [line for line in lines if not line.accepted and _PICTURE.match(line.text)]
    listed = len(pictured) + sum(line.style == "✓" for line in lines) > 1
    for line in pictured:
        marker = "" if _CROSS.match(line.text) else line.text.split(maxsplit=1)[0]
        if listed:
            line.accepted, line.style, line.marker = True, "✓", marker
        else:
            line.text = line.text[len(marker) :].strip()


def _accept_articles(lines: list[_Line]) -> None:
    """Accept "Artigo 4.º" on a line of its own as a heading, or else the title on the line below, for it."""
    for at, line in reversed(list(enumerate(lines))):
        if len(lines) < 2 or line.accepted or line.clause or not _ARTICLE.fullmatch(line.text):
            continue
        title = lines[at + 1] if at + 1 < len(lines) else None
        below = lines[at + 2].text if at + 2 < len(lines) else ""
        rubric = _RUBRIC.fullmatch(title.text) if title else None
        words = rubric["title"] if rubric else title.text if title else ""
        if title and not title.accepted and not title.clause and _names_an_article(words, below):
            del lines[at]
            title.over = title.article = True
            title.text = words
        else:
            line.over = line.article = True


def _names_an_article(text: str, below: str) -> bool:
    short = len(text) <= _MAX_ARTICLE_TITLE and len(text.split()) <= _MAX_ARTICLE_WORDS
    return short and text[0].isupper() and text[-1] not in ".!?:;,…" and not below[:1].islower()


def _readings(label: str) -> Iterator[tuple[str, int]]:
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


_ROMAN: Final = [
    f"{hundreds}{tens}{units}"
    for hundreds in ("", "c")
    for tens in ("", "x", "xx", "xxx", "xl", "l", "lx", "lxx", "lxxx", "xc")
    for units in ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
][1:]


def _blocks(lines: list[_Line]) -> Iterator[Block]:
    """A paragraph's items, where lines begin with the sign of an item, and the lines before and after the items."""
    levels = _levels(lines)
    pending: list[str] = []
    item: _Line | None = None
    for line in lines:
        after = item is not None and not line.accepted and _stands_after(line, item, pending)
        if after and item is not None and line.indent > item.indent:
            yield Block(BlockKind.HEADING, pending.pop().strip(), 3)
        elif (line.accepted or after) and pending:
            yield from _told(pending, item, levels, leads=line.accepted)
            pending = []
        if after:
            item = None
        if line.accepted:
            item = line
            pending.append(line.text[len(line.marker) :].lstrip("\ufe0f"))
        else:
            pending.append(line.text)
    yield from _told(pending, item, levels, leads=False)


def _levels(lines: list[_Line]) -> dict[int, int]:
    """The depth of each item, by its identity: by the indents, or where all have the same, by the kinds of signs."""
    items = [line for line in lines if line.accepted]
    indented = {id(line): line.indent for line in items}
    for style in {line.style for line in items if line.numbered}:
        alike = [line for line in items if line.style == style]
        if len({_column(line) for line in alike}) == 1:  # "  i.", " ii.", "iii.": ended, not begun, at the same place
            indented.update(dict.fromkeys(map(id, alike), max(line.indent for line in alike)))
    indents = sorted(set(indented.values()))
    if len(indents) > 1:
        return {id(line): 1 + indents.index(indented[id(line)]) for line in items}
    levels: dict[int, int] = {}
    open_styles: list[str] = []
    for before, line in zip([None, *lines], lines, strict=False):
        if not line.accepted:
            if before is not None and before.accepted and not line.text[0].islower() and line.indent <= before.indent:
                open_styles.clear()  # a new list is led into
            continue
        if line.style in open_styles:
            del open_styles[open_styles.index(line.style) + 1 :]
        else:
            open_styles.append(line.style)
        levels[id(line)] = len(open_styles)
    return levels


def _column(line: _Line) -> int:
    """Where the words of an item begin."""
    words = line.text[len(line.marker) :]
    return line.indent + len(line.text) - len(words.lstrip())


def _stands_after(line: _Line, item: _Line, pending: list[str]) -> bool:
    """Whether a line below an item is no part of it: not indented, and after the item's end."""
    if line.indent > item.indent:
        return len(pending) == 1 and _is_under_item(line, item)
    folded = len(pending[-1]) >= (_FOLDED_AGAIN if len(pending) > 1 else _FOLDED)
    if line.text.endswith(":") and not ended(pending[-1]) and not folded and len(line.text.split()) < _LEADS:
        return True  # "unless:", with a list of its own
    if line.text[0].isdigit() and pending[-1].endswith("?"):
        return True  # the answer to a numbered question: "5 euros"
    if not line.text[0].isupper():
        return False
    return ended(pending[-1]) or len(item.marker) + len(pending[-1]) + len(line.text.split()[0]) < _NARROWEST


def _is_under_item(line: _Line, item: _Line) -> bool:
    """Whether a line set in below a numbered one is its text, and that one a title: "2. Children", "   No child …"."""
    title = item.text[len(item.marker) :].strip()
    first = line.text.split()[0]
    if not item.numbered or not title[0].isupper() or title[-1] in ".!?:;,…-–" or not first[0].isupper():
        return False
    early = len(item.text) + len(first) < _NARROWEST and (len(line.text) >= _NARROWEST or ended(line.text))
    last = title.split()[-1]
    breaks_off = last.islower() and len(last) < 4  # "shall not"
    return early and len(title.split()) <= _MAX_ARTICLE_WORDS and not breaks_off


def _told(lines: list[str], item: _Line | None, levels: dict[int, int], *, leads: bool) -> Iterator[Block]:
    if item is not None:
        text = joined(lines, BlockKind.ITEM).text
        yield Block(BlockKind.ITEM, text, levels[id(item)], item.marker if item.numbered else "")
    elif leads:
        yield from _before_items(lines)
    else:
        yield from told_lines([lines])[0] or [joined(lines)]


def _before_items(lines: list[str]) -> Iterator[Block]:
    """The lead-in of the items, below lines ended on purpose."""
    width = max(map(len, lines))
    start = len(lines) - 1
    while start and _runs_on(lines[start - 1], lines[start], width):
        start -= 1
    above, lead = lines[:start], lines[start:]
    if len(above) == 1:
        heading = len(above[0]) <= _MAX_HEADING and above[0][-1] not in ".!?:;,…" and not above[0][0].islower()
        yield Block(BlockKind.HEADING, above[0], 3) if heading else joined(above)
    elif above:
        yield from told_lines([above])[0] or [joined(above)]
    yield Block(BlockKind.PARAGRAPH, joined(lead, BlockKind.ITEM).text)


def _runs_on(line: str, following: str, width: int) -> bool:
    """Whether a line goes on in the next."""
    if ended(line):
        return not line.endswith("?")
    if following[0].islower() or line[-1] in ",;-–":
        return True
    return width >= _NARROWEST and line[-1] != ":" and len(line) + 1 + len(following.split(maxsplit=1)[0]) > width


def _with_headings(blocks: list[Block]) -> list[Block]:
    """The blocks, with those as headings which are a line of their own, no sentence, and before prose; and with them
    all that are numbered as they are, and stand alone."""
    are_headings = [
        after is not None
        and (_is_over_clauses(block, after) or _is_heading(block, after))
        and not _is_next_item(blocks[:number], block)
        for number, (block, after) in enumerate(zip_longest(blocks, blocks[1:]))
    ]
    headed = [block for block, is_heading in zip(blocks, are_headings, strict=True) if is_heading and block.marker]
    styles = {_style(block) for block in headed}
    return [
        Block(BlockKind.HEADING, block.text, 2)
        if is_heading or (block.marker and _style(block) in styles and _is_alone(block, before, after))
        else block
        for before, block, after, is_heading in zip(
            [None, *blocks], blocks, [*blocks[1:], None], are_headings, strict=False
        )
    ]


def _without_contents(blocks: list[Block], left_out: Counter[str]) -> list[Block]:
    """The blocks without a list of their numbered headings, which stand again below, and are headings for that."""
    listed: dict[tuple[str, str], int] = {}
    again: dict[int, int] = {}
    for at, block in enumerate(blocks):
        if block.kind is BlockKind.ITEM and block.marker and len(block.text) <= 2 * _MAX_HEADING:
            title = (block.marker, re.sub(r"\W", "", block.text).casefold())
            first = listed.setdefault(title, at)
            if first != at:
                again[at] = first
    first, last = min(again.values(), default=0), max(again.values(), default=0)
    apart = all(at + 1 not in again for at in again)  # else they are the steps of two lists
    if len(again) < _FEWEST_CONTENTS or last - first + 1 != len(again) or last >= min(again) or not apart:
        return blocks
    lead = blocks[first - 1] if first else None
    if lead and lead.kind in {BlockKind.PARAGRAPH, BlockKind.HEADING} and len(lead.text) <= _MAX_HEADING:
        first -= 0 if lead.text.endswith((".", "!")) else 1
    left_out["contents"] += 1
    headed = [Block(BlockKind.HEADING, block.text, 2) if at in again else block for at, block in enumerate(blocks)]
    return headed[:first] + headed[last + 1 :]


def _style(block: Block) -> tuple[str, int]:
    """How an item is numbered, and how deep."""
    return re.sub(r"\d+", "1", block.marker), block.level


def _is_alone(block: Block, before: Block | None, after: Block | None) -> bool:
    """Whether a numbered line is by itself, and no sentence."""
    short = len(block.text) <= _MAX_HEADING and block.text[-1] not in ".!?:;,…" and not block.text[0].islower()
    listed = any(near is not None and near.marker and _style(near) == _style(block) for near in (before, after))
    return short and after is not None and not listed


def _with_letters_asked_for(blocks: list[Block]) -> list[Block]:
    """The blocks, with items that say their letter where the next words say one: "Answer: b)"."""
    found: list[Block] = []
    for listed, group in groupby(blocks, key=lambda block: _LETTER.fullmatch(block.marker) is not None):
        run = list(group)
        if not listed and found and _ANSWER.match(run[0].text):
            options = list(takewhile(lambda block: _LETTER.fullmatch(block.marker), reversed(found)))
            found[len(found) - len(options) :] = [
                replace(block, text=f"{block.marker.strip('(.)')}) {block.text}") for block in reversed(options)
            ]
        found += run
    return found


def _is_over_clauses(block: Block, after: Block) -> bool:
    """Whether a line numbered 2 stands above a line numbered 2.1."""
    number = block.marker.rstrip(".)")
    paragraph = after.kind is BlockKind.PARAGRAPH and after.text.startswith(f"{number}.1")
    return number.isdigit() and paragraph and not ended(block.text)


def _is_next_item(above: list[Block], block: Block) -> bool:
    """Whether an item goes on the list right above, by its number."""
    if not block.marker:
        return False
    for before in reversed(above):
        if before.kind is not BlockKind.ITEM:
            return False
        one, other = (set(_readings(marker.strip("(). \t-–—°º"))) for marker in (before.marker, block.marker))
        if any((style, number - 1) in one for style, number in other):
            return True
    return False


def _is_heading(block: Block, after: Block) -> bool:
    text = block.text
    if block.kind is not BlockKind.PARAGRAPH and not block.marker:
        return False
    above = len(text) <= _MAX_HEADING and after.kind is BlockKind.PARAGRAPH and not after.text.isupper()
    in_capitals = text.isupper() and sum(map(str.isalpha, text)) > 3 and not ended(text)
    is_chapter = _CHAPTER.fullmatch(text) is not None and (not ended(text) or len(text.split()) < _SENTENCE)
    return (above and (in_capitals or is_chapter)) or (
        len(text) <= _MAX_HEADING
        and text[-1] not in ".!?:;,…"
        and (text[0].isupper() or text[0].isdigit())
        and after.kind is BlockKind.PARAGRAPH
        and len(after.text) >= _LEAST_PROSE
        and not (after.text[0].islower() or _NUMBER.match(after.text) or _BULLET.match(after.text))
    )
