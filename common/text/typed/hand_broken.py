"""Lines that somebody broke by hand: verses, lists without signs, questions above answers, headings above their text.

Lines folded by a program at a width are a paragraph, and their ends mean nothing; any others were ended on purpose, and
what was parted so is not glued together again. Whether a text is a poem, or a list of questions, shows in all of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from common.text.blocks import Block, BlockKind
from common.text.sentences import ended

_NARROWEST: Final = 50
_NARROW: Final = 30
"""Characters. Prose is hardly folded to less than the first, and to less than the second never."""
_FOLDED: Final = 40
_VERSE_LINE: Final = 64
_VERSES: Final = 52
"""Characters of a verse on average, at most."""
_OF_A_POEM: Final = 0.7
_HEADING: Final = 80
_SHORT: Final = 5
"""Words of a heading right above its text."""
_LONGER, _SMALL = 9, 3
"""Words of one that no program parted so early from its text; and letters of a word that hardly ends one."""
_JOINT = re.compile(
    r"and|or|the|of|an?|to|with|for|by|und|oder|der|die|das|des|mit|von|für|et|ou|de|la|les?|du|une?|pour|avec|y|o|el|los"
    r"|las|del|con|por|e|il|lo|gli|di|da|per|[oa]s|uma?|dos?|com|para",
    re.IGNORECASE,
)
"""What ends no heading, in any language of podcasts."""
_AMOUNT_ENDS = re.compile(r"\d[\d.,:]*\s?\S{0,3}$")
_ITEM_OF_AGENDA = re.compile(r"[A-ZÀ-Þ]\w{1,9}\.? \d{1,2}\s?[:–—-]\s+\S")
"""With what is said on it below: "TOP 2: Budget"."""
_DAY = re.compile(r"\d{1,2}\.\s")
"""Of a month: "12. Mai"."""
_CLAUSE = re.compile(r"\d{1,2}(?:\.\d{1,2})+\.\s")
"""The number of one: "1.6. "."""
_ADDRESS = re.compile(r"\d{1,4}(?: ?(?:bis|ter|[A-Da-d]))?, [^\W\d]|(?:[A-Z]{1,2}-)?\d{4,5}(?:-\d{3})? [A-ZÀ-Þ]")
"""A house with its street, or a place with its code."""
_BETWEEN: Final = (" · ", " • ", " | ")
"""Signs between items on one line."""
_LABEL = re.compile(r"[^\W_a-zß-ÿ](?:[^:.!?\n]{0,40}|[^:.!?\n(]{0,40}\([^()\n]{1,80}\)\s?):\s+\S")
"""With what is meant by it, or without: "Rare (up to 1 of 1,000 people): a rash"."""
_ASKS = re.compile(r"(?:[QFPD]|Question|Frage|Pregunta|Pergunta|Domanda)\s?[.:]\s+(?=.*\?$)")
_ANSWERS = re.compile(r"(?:[AR]|Answer|Antwort|Réponse|Respuesta|Resposta|Risposta)\s?[.:]\s+(?=\S)")
_INNER_END = re.compile(r"[.!?]\s+[A-ZÀ-Þ]")
_PAUSES: Final = (",", ";", ":", ".", "!", "?", "…", "—", "–", "-", '"', "”", "»", "“", "’")


def told_lines(paragraphs: Sequence[Sequence[str]]) -> list[list[Block]]:
    """Return the blocks of each paragraph, given by its lines without space around; empty for a paragraph to be
    joined."""
    asked = _asks(paragraphs)
    if not asked and is_poem(paragraphs):
        return [
            [Block(BlockKind.VERSE, "\n".join(lines))] if len(lines) > 1 or (number and ended(lines[0])) else []
            for number, lines in enumerate(paragraphs)
        ]
    return [_pair(lines) or _told(lines, asked=asked) for lines in paragraphs]


def is_folded(lines: Sequence[str]) -> bool:
    """Tell whether a program broke the lines: it parted a word, or the next would never have fitted on a line."""
    if any(line[-2:-1].isalpha() and line[-1] == "-" and following[0].islower() for line, following in pairwise(lines)):
        return True
    width = max(map(len, lines), default=0)
    if not all(len(line) + 1 + len(following.split()[0]) > width for line, following in pairwise(lines)):
        return False
    goes_on = 2 * sum(line[0].islower() for line in lines[1:]) >= len(lines) - 1
    pauses = 2 * sum(line.endswith(_PAUSES) for line in lines) >= len(lines)
    return width >= _NARROWEST or (width >= _NARROW and goes_on and not pauses)


def _told(lines: Sequence[str], *, asked: bool) -> list[Block]:
    if len(lines) < 2:
        return []
    if asked and _is_question(lines):
        at = next((at for at in range(1, len(lines)) if _is_question(lines[at:]) and ended(lines[at - 1])), len(lines))
        rest = _rest(lines[at:], asked=True) if at < len(lines) else []
        return [Block(BlockKind.PARAGRAPH, lines[0]), *_rest(lines[1:at], asked=False), *rest]
    if _ITEM_OF_AGENDA.match(lines[0]) and len(lines[0]) <= _HEADING and not lines[0].endswith(_PAUSES):
        return [Block(BlockKind.HEADING, lines[0], 3), *_rest(lines[1:], asked=False)]
    if _labels(lines) > 1 and 2 * _labels(lines) >= len(lines):
        return _labelled(lines)
    if len(lines) < 4 and lines[0].endswith(",") and all(_is_name(line) for line in lines):
        return [Block(BlockKind.PARAGRAPH, f"{' '.join(lines)}.")]  # how a letter ends, which heads nothing
    if len(lines) == 2 and (parted := _parted(lines[1])) and not lines[0].endswith(_PAUSES):
        return _under(lines[0], parted, BlockKind.HEADING)
    if any(_ADDRESS.match(line) for line in lines[1:]) and max(map(len, lines)) <= _VERSE_LINE:
        return []
    if len(lines) > 2 and _is_over_a_list(lines):
        return _under(lines[0], lines[1:], BlockKind.HEADING)
    if is_folded(lines):
        return []
    if lines[0].endswith(":") and len(lines[0]) <= _HEADING and len(lines) > 2 and not is_folded(lines[1:]):
        return _under(lines[0], lines[1:], BlockKind.PARAGRAPH)
    if all(_AMOUNT_ENDS.search(line) and line[0].isupper() for line in lines) and max(map(len, lines)) <= _VERSE_LINE:
        return _items(lines)
    if _is_headed(lines):
        return [Block(BlockKind.HEADING, lines[0], 3), *_rest(lines[1:], asked=False)]
    return [] if max(map(len, lines)) > _VERSE_LINE or ended(lines[0]) else _told_short(lines)


def _told_short(lines: Sequence[str]) -> list[Block]:
    """Short lines: amounts, a list without signs, or a stanza."""
    if len(lines) > 2 and _is_amount(lines[1]) and _numbers(lines[1:]) and _names_things(lines[0]):
        return _under(lines[0], lines[1:], BlockKind.HEADING)
    paused = sum(line.endswith(_PAUSES) for line in lines)
    going_on = sum(not line[0].isupper() for line in lines[1:])
    prose = ended(lines[-1]) and not any(map(ended, lines[:-1])) and 2 * going_on >= len(lines) - 1
    if min(map(len, lines[:-1])) >= _FOLDED and (prose or going_on == len(lines) - 1) and not _numbers(lines):
        return []  # sentences go on over these ends, wherever somebody made them
    if _numbers(lines) or (len(lines) > 2 and 5 * paused <= 2 * len(lines)):
        return _items(lines)
    if len(lines) > 2 and 2 * paused >= len(lines) and all(line[0].isupper() for line in lines):
        return [Block(BlockKind.VERSE, "\n".join(lines))]
    return []


def _is_name(line: str) -> bool:
    words = line.rstrip(",").split()
    return 0 < len(words) < 4 and words[0][0].isupper() and not ended(line) and all(map(str.isalpha, "".join(words)))


def _parted(line: str) -> list[str]:
    """Return the items on a line, at least three, parted by the same sign."""
    parts = next((line.split(sign) for sign in _BETWEEN if line.count(sign) > 1), [])
    return [part.strip() for part in parts if part.strip()]


def _items(lines: Sequence[str]) -> list[Block]:
    return [Block(BlockKind.ITEM, line, 1) for line in lines]


def _under(line: str, items: Sequence[str], kind: BlockKind) -> list[Block]:
    """Return a list under its heading, or under its lead-in."""
    return [Block(kind, line, 3 if kind == BlockKind.HEADING else 0), *_items(items)]


def _rest(lines: Sequence[str], *, asked: bool) -> list[Block]:
    return _told(lines, asked=asked) or [Block(BlockKind.PARAGRAPH, " ".join(lines))]


def _is_question(lines: Sequence[str]) -> bool:
    """Tell whether a question stands on a line above its answer."""
    return len(lines) > 1 and lines[0].rstrip("*_ ").endswith("?") and not lines[1].rstrip("*_ ").endswith("?")


def _asks(paragraphs: Sequence[Sequence[str]]) -> bool:
    several = [lines for lines in paragraphs if len(lines) > 1]
    asking = sum(map(_is_question, several))
    return asking > 1 and 2 * asking >= len(several)


def _pair(lines: Sequence[str]) -> list[Block]:
    """Return a question and its answer without "Q." and "A.", as a pair alone makes no interview; nothing for other
    lines."""
    asks, answers = _ASKS.match(lines[0]), _ANSWERS.match(lines[1]) if len(lines) > 1 else None
    if not asks or not answers:
        return []
    said = " ".join((lines[0][asks.end() :], lines[1][answers.end() :], *lines[2:]))
    return [Block(BlockKind.PARAGRAPH, said)]


def is_poem(paragraphs: Sequence[Sequence[str]]) -> bool:
    """Tell whether nearly all lines are verses: short, most without a sentence's end, and with no signs of a list."""
    stanzas = [lines for lines in paragraphs if len(lines) > 1 and _may_be_verse(lines)]
    verses = [line for lines in stanzas for line in lines]
    title = 1 if paragraphs and len(paragraphs[0]) == 1 else 0
    if len(verses) < 3 or len(verses) < _OF_A_POEM * (sum(map(len, paragraphs)) - title):
        return False
    if any(character.isdigit() for line in verses for character in line):
        return False
    if sum(map(ended, verses)) > 0.75 * len(verses) or sum(map(len, verses)) > _VERSES * len(verses):
        return False
    if not any(line.endswith(_PAUSES) for line in verses):  # a list, unless its lines are long and stand in stanzas
        return len(stanzas) > 1 and sum(len(line.split()) for line in verses) > 3 * len(verses)
    return True


def _may_be_verse(lines: Sequence[str]) -> bool:
    if max(map(len, lines)) > _VERSE_LINE or (_labels(lines) > 1 and 2 * _labels(lines) >= len(lines)):
        return False
    return not lines[0].endswith(":") and not is_folded(lines)


def _labels(lines: Sequence[str]) -> int:
    return sum(_LABEL.match(line) is not None for line in lines)


def _labelled(lines: Sequence[str]) -> list[Block]:
    """ "Present: Ann", "Absent: Bob": a row each, with its continuation below; not an item, which would go on a list
    above. The line over them is their heading, or leads into them."""
    found: list[Block] = []
    for line in lines:
        before = found[-1].text if found else ""
        if before and (line[0].islower() or before.endswith((",", ";"))):
            found[-1] = replace(found[-1], text=f"{before} {line}")
        elif _LABEL.match(line) or ": " in line[:_HEADING] or (found and not ended(line)):
            found.append(Block(BlockKind.TABLE, line))
        else:
            found.append(Block(BlockKind.PARAGRAPH, line))
    if found[0].kind == BlockKind.PARAGRAPH and not found[0].text.endswith(_PAUSES):
        found[0] = replace(found[0], kind=BlockKind.HEADING, level=3)
    return found


def _is_over_a_list(lines: Sequence[str]) -> bool:
    """Tell whether the first line is a heading, since all below are alike, as it is not: in what they end or begin
    with."""
    first, below = lines[0], lines[1:]
    if first.endswith(_PAUSES) or not first[0].isupper() or len(first.split()) > _SHORT or is_folded(lines):
        return False
    if not any(map(str.isdigit, first)) and sum(_AMOUNT_ENDS.search(line) is not None for line in below) > 1:
        return all(_AMOUNT_ENDS.search(line) or len(line.split()) < 4 for line in below)
    words = {line.split()[0] for line in below}
    if len(below) > 2 and len(words) == 1 and words != {first.split()[0]}:
        return all(any(map(str.isdigit, line)) for line in below)
    titled = all(word[0].isupper() for word in first.split() if len(word) > 3) and len(first.split()) > 1
    return titled and 4 * sum(line[0].islower() or not line[0].isalpha() for line in below) >= 3 * len(below)


def _is_headed(lines: Sequence[str]) -> bool:
    """Tell whether the first line is a heading above sentences."""
    first, second = lines[0], lines[1]
    begins = first[0].isupper() or first[0].isdigit() or first[0] in "§¿"
    if len(first) > _HEADING or first.endswith(_PAUSES) or not begins:
        return False
    whole = ended(lines[-1]) or _INNER_END.search(" ".join(lines[1:]))  # whose last full stop was forgotten
    if not second[0].isupper() or not whole:
        return False
    words = first.split()
    if _JOINT.fullmatch(words[-1]) or (first.isupper() and second.isupper()):
        return False  # it goes on: "THIS SOFTWARE IS PROVIDED "AS IS" AND"
    if len(second) > _VERSE_LINE:
        return True
    on_purpose = len(words) <= _LONGER and len(words[-1]) > _SMALL and len(f"{first} {second.split()[0]}") < _NARROWEST
    return (len(words) <= _SHORT or on_purpose) and all(map(ended, lines[1:]))


def _numbers(lines: Sequence[str]) -> bool:
    """Tell whether the lines are amounts of things."""
    return 3 * sum(map(_is_amount, lines)) >= len(lines)


def _is_amount(line: str) -> bool:
    of_another_kind = _DAY.match(line) or _ADDRESS.match(line) or _CLAUSE.match(line)
    return (line[0].isdigit() and not of_another_kind) or line[0] in "½¼¾⅓⅔"


def _names_things(line: str) -> bool:
    """Tell whether a line names the list below: "Ingredients"."""
    return line[0].isupper() and len(line.split()) <= _SHORT
