"""The clauses of laws and contracts: their numbers, where these count, and their titles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from common.text.blocks import Block, BlockKind
from common.text.chess import begins_with_move
from common.text.plain.words import is_ended

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
LABELLED_FIGURE = re.compile(r"[A-ZÀ-Þ][^:.]{2,40}: [^:]{0,30}\d")
"""What leads into no list below: "Last updated: March 3, 2024"."""
_RUN_IN = re.compile(r"(?P<title>[A-ZÀ-Þ][\w'’-]{3,}(?: [\w'’-]+){0,3})\.(?:\s+(?=[\"“«„¿¡(]?[A-ZÀ-Þ])|$)")
"""The heading of a clause, on its line: "Duration. The contract ends …"."""
_STYLE = re.compile(r"\w+")
_LONG_ITEM: Final = 110
"""Characters: items that are longer on average are points of an argument, each a paragraph."""
NUMBERED_KINDS: Final = {BlockKind.PARAGRAPH, BlockKind.HEADING}


def with_clauses(blocks: Sequence[Block]) -> list[Block]:
    """Let numbered clauses and long points be the paragraphs they are; a list below a clause or point stays a list."""
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
        if block.marker and style != following and style[2] <= following[2] and not is_ended(block.text)
        if style[2] == top_level or following[2] == style[2]
    }
    top = [block for block in run if block.level == run[0].level]
    ended_ones = sum(is_ended(block.text) for block in top)
    long = sum(len(block.text) for block in top) > _LONG_ITEM * len(top) and (not lead_in or is_ended(lead_in))
    clauses = top[0].marker == "(1)" and not lead_in.endswith(":")
    sole = [
        block
        for block, style, following in zip(run, styles, [*styles[1:], styles[0]], strict=True)
        if style in leading and following == style
    ]
    if leading and (lead_in.endswith(":") or (sole and not any(is_ended(block.text) for block in sole))):
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
        _CLAUSE.match(block.text) if block.kind in NUMBERED_KINDS and not begins_with_move(block.text) else None
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


def with_titles_apart(blocks: Sequence[Block]) -> list[Block]:
    """Set the titles of clauses apart as headings, where most have one: "Duration. The contract …"."""
    clauses = [bool(block.marker) and block.kind in NUMBERED_KINDS for block in blocks]
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
