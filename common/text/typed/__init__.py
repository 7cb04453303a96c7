"""Plain text as blocks: paragraphs, stanzas, lists, headings and the lines of speakers, by the text's layout.

Line by line, each looked at a bounded number of times, so that no text takes long. A line is read with the sign or
number before it (`signs`); which of those begin items or clauses shows among its neighbours (`items`, `clauses`); then
each paragraph becomes blocks (`tables`, `poems`, `headings`, `lists`, `hand_broken`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from common.text.blocks import Block, BlockKind
from common.text.conversation import lines_by_speakers
from common.text.lines import joined
from common.text.set_tables import table_at, tables_apart
from common.text.typed.clauses import accept_clauses, begins_a_clause, clause_of, is_agenda
from common.text.typed.hand_broken import told_lines
from common.text.typed.headings import heading_of, is_in_capitals, is_under_title, with_headings, without_contents
from common.text.typed.items import accept_numbers, accept_signs, refuse_dividers
from common.text.typed.lists import blocks_of_list, with_letters_asked_for
from common.text.typed.poems import take_numbers_of_stanzas, without_labels
from common.text.typed.signs import Line, Paragraph, has_items, paragraphs_of
from common.text.typed.tables import rows_of_table

_NOTE = re.compile(r"(?:\[\d{1,2}\]|[¹²³⁴-⁹][⁰¹²³⁴-⁹]?)[ \t]*(?=\S)")
_NOTE_SIGN = re.compile(r"(?:(?<=[^\W\d_]{4})|(?<=[.,;:!?”\"»’)]))[¹²³⁴-⁹][⁰¹²³⁴-⁹]?(?!\w)")


def typed_blocks(text: str, left_out: Counter[str] | None = None) -> list[Block]:
    """Return the blocks of a text without markup of any kind; rows of large tables are counted in `left_out`."""
    counts = Counter[str]() if left_out is None else left_out
    apart, tables = tables_apart(text, counts)
    blocks: list[Block] = []
    for block in _without_tables(apart, counts):
        number = table_at(block.text)
        blocks += [block] if number is None else [Block(BlockKind.TABLE, row) for row in tables[number]]
    return blocks


def _without_tables(text: str, counts: Counter[str]) -> list[Block]:
    """Return the blocks of a text whose tables are marks, but for those of a paragraph each."""
    paragraphs = without_labels(list(paragraphs_of(text)))
    if (spoken := lines_by_speakers([[line.text for line in lines] for lines, _ in paragraphs])) is not None:
        return _with_title(spoken, paragraphs[0][0])
    refuse_dividers(paragraphs)
    accept_numbers(paragraphs)
    take_numbers_of_stanzas(paragraphs)
    accept_signs(paragraphs)
    accept_clauses(paragraphs)
    _mark_notes(paragraphs)
    parted = [(part, underlined, lines) for lines, underlined in paragraphs for part in _parted(lines)]
    typed = iter(told_lines([[line.text for line in part] for part, _, _ in parted if not has_items(part)]))
    blocks: list[Block] = []
    for part, underlined, lines in parted:
        told = [] if has_items(part) else next(typed)
        if rows := rows_of_table(part, counts):
            blocks += (Block(BlockKind.TABLE, row) for row in rows)
        elif not blocks and not has_items(part) and is_under_title(part, told):
            blocks += [Block(BlockKind.HEADING, part[0].text, 1), joined([line.text for line in part[1:]])]
        elif part[0].style == "note":
            blocks += (Block(BlockKind.FOOTNOTE, line.text) for line in part)
        elif all(line.text.startswith(">") for line in part):
            blocks.append(joined([line.text.lstrip("> ") for line in part], BlockKind.QUOTATION))
        elif heading := heading_of(part, underlined, alone=len(part) == len(lines)):
            blocks.append(heading)
        elif part[0].clause and not told and not has_items(part):
            blocks.append(clause_of(part, alone=len(part) == len(lines), agenda=is_agenda(lines)))
        else:
            blocks += told or blocks_of_list(part)
    return with_letters_asked_for(with_headings(without_contents(blocks, counts)))


def _with_title(spoken: list[Block], first: list[Line]) -> list[Block]:
    """Put a play's title, and lines under the title, before its speakers' lines."""
    if spoken[0].speaker or not is_under_title(first, []):
        return spoken
    heading = Block(BlockKind.HEADING, first[0].text, 1)
    return [heading, joined([line.text for line in first[1:]]), *spoken[1:]]


def _mark_notes(paragraphs: list[Paragraph]) -> None:
    """Mark the lines of footnotes, and take the signs pointing to footnotes out."""
    notes = [lines for lines, _ in paragraphs[1:] if all(_NOTE.match(line.text) for line in lines)]
    if not notes:
        return
    for lines, _ in paragraphs:
        for line in lines:
            if any(lines is note for note in notes):
                line.style, line.accepted = "note", False
            else:
                line.text = _NOTE_SIGN.sub("", line.text)


def _parted(lines: list[Line]) -> Iterator[list[Line]]:
    """Yield a paragraph, parted before each numbered clause, and before and after each heading in capitals."""
    part: list[Line] = []
    styles: set[str] = set()  # of the lists that the clauses are in
    for number, line in enumerate(lines):
        near = (*lines[max(0, number - 1) : number], *lines[number + 1 : number + 2])
        alone = line.over or (is_in_capitals(line) and not any(other.text.isupper() for other in near))
        begins = line.over or line.clause or alone or (bool(part) and begins_a_clause(line, part[-1]))
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
