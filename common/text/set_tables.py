"""Tables that are set in plain text by rules, bars, tabs or columns, wherever they stand among other lines.

Each line is looked at a bounded number of times, and is part of one table at most. What is no table by all of its lines
stays text: columns have to begin or end at the same place in each.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from common.text.tables import MAX_ROWS, sentences_of

_LONGEST = 500
"""Characters of a line of a table."""
_RULE = re.compile(r"[ \t]{0,20}[|+]?(?:[-=─]{2,200}[ \t|+]{1,20}){1,30}[-=─]{2,200}[|+]?[ \t]{0,20}")
_OF_DASHES = re.compile(r"[-=─]{2,}")
_GAP = re.compile(r"[ ]{2,}")
_WORD_OR_GAP = re.compile(r"\S+(?:[ ]\S+)*")
_LED = re.compile(r"(\S[^\n]{0,100}?)[ ]{0,3}(?:\.{4,300}|(?:[ ]\.){4,60})[ ]{0,3}(\S.{0,40})")
_FIGURE = re.compile(r"[-+\u2212–]?\d[\d.,:]{0,12}%?|[-–]")
_MARK = "\ue005"
_MARKED = re.compile(f"{_MARK}(\\d{{1,6}}){_MARK}")
Rows = tuple[list[list[str]], bool | None]
"""The cells of a table, and whether its first row names the columns, where that is known."""


def tables_apart(text: str, left_out: Counter[str]) -> tuple[str, list[list[str]]]:
    """Return the text with a mark in the place of each table, and the sentences of each; rows beyond a limit are
    counted."""
    if not re.search(r"\S {2}|[\t|;]|\.{4}|(?: \.){4}|-- +--|\d \d", text):
        return text, []
    tables: list[list[str]] = []
    parts: list[str] = []
    for blank, run in groupby(text.replace(_MARK, "").split("\n"), lambda line: not line.strip()):
        lines = list(run)
        parts += lines if blank or len(lines) < 2 else _marked(lines, tables, left_out)
    return "\n".join(parts), tables


def table_at(text: str) -> int | None:
    """Return the number of the table whose mark a text is."""
    found = _MARKED.fullmatch(text)
    return int(found[1]) if found else None


def _marked(lines: Sequence[str], tables: list[list[str]], left_out: Counter[str]) -> Iterator[str]:
    """Yield the lines of a paragraph, a mark in the place of those that are a table."""
    for begin, end, (cells, headed) in _found([line.expandtabs(8) for line in lines], lines):
        left_out["row"] += max(0, len(cells) - 1 - MAX_ROWS)
        told = sentences_of(cells[: MAX_ROWS + 1], headed=headed, limited=False)
        if told:
            yield from (*lines[:begin], "", f"{_MARK}{len(tables)}{_MARK}", "", *lines[end:])
            tables.append(told)
            return
    yield from lines


def _found(lines: Sequence[str], raw: Sequence[str]) -> Iterator[tuple[int, int, Rows]]:
    """Tell where a table begins and ends among lines, and its rows."""
    if max(map(len, lines)) > _LONGEST:
        return
    rules = [number for number, line in enumerate(lines) if _RULE.fullmatch(line)]
    if rules and (ruled := _ruled(lines, rules)):
        yield ruled
        return
    readers: list[tuple[Callable[[str], int], int, Callable[[Sequence[str]], Rows | None]]] = [
        (lambda line: line.strip(" |").count("|"), 1, _barred),
        (lambda line: 0 if "; " in line else line.count(";"), 2, _with_semicolons),
        (lambda line: bool(_LED.fullmatch(line.strip())), 1, _led),
    ]
    for signs, fewest, rows in readers:
        counts = [signs(line) for line in lines]
        for begin, end in _runs(counts, fewest):
            if (told := rows(lines[begin:end])) is not None:
                yield begin, end, told
                return
    yield from _tabbed(raw)
    yield from _by_figures(lines)
    yield from _by_columns(lines)


def _runs(counts: Sequence[int], fewest: int) -> Iterator[tuple[int, int]]:
    """Tell where equal numbers of signs stand in two lines in a row, or more."""
    at = 0
    for count, run in groupby(counts):
        length = len(list(run))
        if count >= fewest and length > 1:
            yield at, at + length
        at += length


def _ruled(lines: Sequence[str], rules: Sequence[int]) -> tuple[int, int, Rows] | None:
    """Return the rows of a table with a rule below its head; its columns are as wide as the dashes, or parted by
    bars."""
    rule = lines[rules[0]]
    begin, end = (rules[0], rules[-1] + 1) if rules[0] == 0 or len(rules) > 2 else (rules[0] - 1, len(lines))
    begin = min(begin, max(0, rules[0] - 1)) if "|" not in lines[rules[0] - 1] or len(rules) < 3 else begin
    of_rules = set(rules)
    inside = [number for number in range(begin, max(end, rules[-1] + 1)) if number not in of_rules]
    if not inside:
        return None
    if "|" in "".join(lines[number] for number in inside[:1]):
        inside = [number for number in inside if "|" in lines[number]]
        cells = [_between_bars(lines[number]) for number in inside]
        width = len(cells[0]) if cells else 0
        if any(len(row) != width for row in cells):
            return None
    else:
        starts = [found.start() for found in _OF_DASHES.finditer(rule)]
        if any(_is_cut(lines[number], starts) for number in inside):
            return None
        cells = _joined([_sliced(lines[number], starts) for number in inside])
    head = sum(number < rules[1 if rules[0] == begin and len(rules) > 1 else 0] for number in inside)
    if len(cells) < 2 or head > 1:
        return None
    return begin, max(inside[-1], rules[-1]) + 1, (cells, head == 1)


def _is_cut(line: str, starts: Sequence[int]) -> bool:
    return any(0 < start < len(line) and not line[start - 1].isspace() for start in starts)


def _sliced(line: str, starts: Sequence[int]) -> list[str]:
    return [line[start:end].strip() for start, end in zip(starts, [*starts[1:], len(line) + 1], strict=True)]


def _joined(rows: Sequence[list[str]]) -> list[list[str]]:
    """Return the rows with what goes on in the next line, whose first column is empty."""
    told: list[list[str]] = []
    for row in rows:
        if told and not row[0] and any(row):
            told[-1] = [f"{above} {cell}".strip() for above, cell in zip(told[-1], row, strict=True)]
        else:
            told.append(row)
    return told


def _between_bars(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _barred(lines: Sequence[str]) -> Rows | None:
    cells = list(map(_between_bars, lines))
    few = len(cells) < 3 and len(cells[0]) < 3
    if few or any("||" in line for line in lines) or any(len(row) != len(cells[0]) for row in cells):
        return None
    return cells, None


def _with_semicolons(lines: Sequence[str]) -> Rows | None:
    cells = [[cell.strip().strip('"') for cell in line.split(";")] for line in lines]
    return (cells, None) if len(lines) > 2 and cells[0][0] else None


def _led(lines: Sequence[str]) -> Rows | None:
    """Part a line at the dots that lead to a price or a page."""
    found = [match for line in lines if (match := _LED.fullmatch(line.strip()))]
    return [[match[1].strip(" ."), match[2]] for match in found], False


def _tabbed(lines: Sequence[str]) -> Iterator[tuple[int, int, Rows]]:
    """Yield a table set with tabs, whose last cells may be missing where they are empty."""
    rows = [line.rstrip().split("\t") for line in lines]
    even = len({line.count("\t") for line in map(str.strip, lines)}) == 1
    if not even and len(rows) > 2 and len(rows[0]) > 1 and all(1 < len(row) <= len(rows[0]) and row[0] for row in rows):
        yield 0, len(lines), ([[*row, *[""] * (len(rows[0]) - len(row))] for row in rows], None)


def _by_figures(lines: Sequence[str]) -> Iterator[tuple[int, int, Rows]]:
    """Yield a table whose columns are parted by single spaces: each row ends with a figure for each name but the
    first."""
    for begin in range(min(2, len(lines) - 2)):
        names = lines[begin].split()
        count = len(names) - 1
        if count < 2 or any(map(str.isdigit, lines[begin])) or max(map(len, names)) > 14 or _GAP.search(lines[begin]):
            continue
        end = begin + 1
        while end < len(lines) and _ends_with_figures(lines[end].split(), count):
            end += 1
        if end - begin > 2:
            rows = [line.split() for line in lines[begin + 1 : end]]
            yield begin, end, ([names, *([" ".join(row[:-count]), *row[-count:]] for row in rows)], True)
            return


def _ends_with_figures(words: Sequence[str], count: int) -> bool:
    before = words[:-count]
    return len(words) > count and all(map(_FIGURE.fullmatch, words[-count:])) and not _FIGURE.fullmatch(before[-1])


def _by_columns(lines: Sequence[str]) -> Iterator[tuple[int, int, Rows]]:
    """Yield a table whose columns begin at the same places, with other lines around, or cells that go on in the next
    line."""
    widths = [len(_WORD_OR_GAP.findall(line)) for line in lines]
    begin = next((number for number, width in enumerate(widths) if width > 1), len(lines))
    if begin == len(lines):
        return
    starts = [found.start() for found in _WORD_OR_GAP.finditer(lines[begin])]
    end = begin
    rows: list[list[str]] = []
    goes_on = 0
    while end < len(lines):
        found = {match.start(): match[0] for match in _WORD_OR_GAP.finditer(lines[end])}
        if not set(found) <= set(starts) or (len(found) < 2 and starts[0] in found):
            break
        goes_on += starts[0] not in found
        rows.append([found.get(start, "") for start in starts])
        end += 1
    told = _joined(rows)
    among = begin > 0 or end < len(lines)
    holes = any("" in row[: max(at for at, cell in enumerate(row) if cell)] for row in told)
    if len(told) > 2 and ((len(starts) > 2 and (among or holes)) or goes_on):
        plain = not any(character.isdigit() for cell in told[0] for character in cell)
        yield begin, end, (told, plain if goes_on else None)
