"""The speaker of each line, in a text with speakers named before their lines: interviews, plays, chats, minutes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import takewhile

from common.text.blocks import Block, BlockKind
from common.text.lines import joined
from common.text.sentences import ended

_WHEN = (
    r"\u200e?(?:\[[\d:.,/ \u202f-]{4,30}(?:[AP]M)?\]\s?"  # [12/03/2021, 10:11:12]
    r"|\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s\d{1,2}:\d\d(?::\d\d)?(?:\s?[AaPp]\.?\s?[Mm]\.?)?\s[-–]\s"
    r"|\(?\d{1,2}:\d\d(?::\d\d)?\)?\s)?"
)
_SPOKEN = re.compile(
    _WHEN
    + r"(?:>>\s?)?\*{0,2}([^\W\d_][\w.'’&/()-]{0,39}(?: [\w.'’&/()-]{1,39}){0,3})\*{0,2}(?:\s?:\*{0,2}|\s[—–])\s+(\S.*)"
)
_ASKS_OR_ANSWERS = (
    r"P(?:REGUNTA|ERGUNTA)?|R(?:ESPUESTA|ESPOSTA|ISPOSTA|ÉPONSE)?|Q(?:UESTION)?|A(?:NSWER|NTWORT)?"
    r"|D(?:OMANDA)?|F(?:RAGE)?"
)
_OF_HONOUR = "MRS?|MS|DR|ST|PROF|HR|FR|MM?E?|MLLE|SRA?|SIG|DOTT"
_BEFORE_A_STOP = re.compile(
    rf"(?P<qa>{_ASKS_OR_ANSWERS})\d{{0,3}}\s?[.:]\s*[-–—]?\s+(?P<answer>\S.*)"
    rf"|(?P<name>(?:(?:{_OF_HONOUR})\. ?|(?!(?:{_OF_HONOUR})\.))[A-ZÀ-Þ][A-ZÀ-Þ'’-]+"
    r"(?: [A-ZÀ-Þ'’-]+){0,2})(?:\s?[(\[][^()\[\]]{1,40}[)\]]|, [^.:\n]{2,40})?"
    r"\.\s?[–—-]?\s+(?P<said>\S.*)"
)
"""Letters of questions and answers, and the names in plays, in capitals: "DEV. Has it gone?"."""
_DIRECTED = re.compile(r"\s*[(\[][^()\[\]]*[)\]]$")
_DIRECTION = re.compile(r"[(\[][^()\[\]]{1,200}[)\]]\.?")
"""A stage direction on lines of its own."""
_TAGGED = re.compile(r"<(\w[\w ]{0,39})>\s*(\S.*?)\s*</\1>$")
_STAMPED = re.compile(_WHEN.removesuffix("?") + r"\S")
_CAPITALIZED = r"[A-ZÀ-Þ][\w'’-]*[a-zß-ÿ]"
_FULL_NAME = re.compile(rf"(?<!\w)(?=({_CAPITALIZED}(?: (?:[a-z]{{2,3}} ){{0,2}}{_CAPITALIZED})))")
_EARLY = 40
"""Characters in which a paragraph about somebody says who that is."""
_NAME = 40
_HEADING = 60
_LETTERS = frozenset("QAPRDF")
_NO_WORDS = re.compile(
    r"\u200e?(?:<[^<>]{1,40}>|[^()]{1,80} \((?:file attached|datei angehängt|fichier joint|archivo adjunto|"
    r"(?:arquivo|ficheiro) anexado|file allegato)\)|"
    r"\w+(?: card)? (?:omitted|weggelassen|absente?|omitid[oa]|ocultad[oa]|omess[oa])|"
    r"(?:(?:this message was|you) deleted(?: this message)?|diese nachricht wurde gelöscht|ce message a été supprimé|"
    r"se eliminó este mensaje|(?:esta )?mensagem (?:foi )?apagada|questo messaggio è stato eliminato)\.?)",
    re.IGNORECASE,
)
_EDITED = re.compile(
    r"\s*\u200e?<[^<>]{0,40}\b(?:edited|bearbeitet|modifié|modificat[oa]|editó|editad[oa])\b[^<>]{0,20}>$",
    re.IGNORECASE,
)
"""What WhatsApp writes in place of a message, or behind it."""


def spoken(line: str) -> tuple[str, str] | None:
    """Return the name and the words of a line beginning with its speaker's name and a colon, or tagged with the name;
    or with a name in capitals and a full stop, as plays are printed, or the letter of a question or an answer."""
    if stopped := _BEFORE_A_STOP.match(line):
        return (stopped["qa"][0], stopped["answer"]) if stopped["qa"] else (stopped["name"], stopped["said"])
    found = _SPOKEN.match(line) or _TAGGED.match(line)
    return (_DIRECTED.sub("", found[1]).rstrip("."), found[2]) if found and len(found[1]) <= _NAME else None


def lines_by_speakers(paragraphs: Sequence[Sequence[str]]) -> list[Block] | None:
    """Return the paragraphs' lines with their speakers, or None for paragraphs other than a conversation.

    Paragraphs are a conversation where at least two names come again, and most paragraphs begin with a name. Text
    between is a paragraph of its own: no speaker is made to say words not ascribed to that speaker by the text.
    """
    typed = [line.strip() for lines in paragraphs for line in lines]
    said = [found for line in typed if (found := spoken(line))]
    names = Counter(name for name, _ in said)
    again = {name for name, times in names.items() if times > 1}
    if len(again) < 2 or len(again) * 3 < len(names):
        return None
    begun = sum(bool(spoken(lines[0].strip()) or _STAMPED.match(lines[0].strip())) for lines in paragraphs)
    if begun * 2 < len(paragraphs) and len(said) * 2 < len(typed):
        return None
    if sum(ended(words) for _, words in said) * 2 < len(said) and not any(map(_is_stamped, typed)):
        return None  # "Allowed: dogs", "Forbidden: cats"
    blocks: list[Block] = []
    for paragraph in paragraphs:
        pending: list[str] = []
        speaker = ""
        for line in map(str.strip, paragraph):
            found = spoken(line)
            if speaker and _DIRECTION.fullmatch(line):
                blocks += [*_said(speaker, pending), Block(BlockKind.PARAGRAPH, line)]
                pending = []
            elif found or _STAMPED.match(line):
                blocks += _said(speaker, pending)
                speaker, pending = (found[0], [found[1]]) if found else ("", [])
            else:
                pending.append(line)
        goes_on = not speaker and bool(blocks) and {*again} <= _LETTERS and len(" ".join(pending)) > _HEADING
        if goes_on and blocks[-1].speaker and not speaks_of(" ".join(pending), introduced(blocks)):
            speaker = blocks[-1].speaker  # an answer of several paragraphs
        blocks += _said(speaker, pending)
    return blocks


def introduced(blocks: Sequence[Block]) -> frozenset[str]:
    """Return the full names in what stands before the first line of an interview: whose words these are."""
    before = takewhile(lambda block: not block.speaker, blocks)
    return full_names(" ".join(block.text for block in before))


def full_names(text: str) -> frozenset[str]:
    """List every two words with capitals in a row, as persons are introduced."""
    return frozenset(_FULL_NAME.findall(text))


def speaks_of(text: str, names: Iterable[str]) -> bool:
    """Tell whether a paragraph begins with one of these: who is asked says "I", and the name is said by the editor."""
    return any(0 <= text.find(name) < _EARLY for name in names)


def with_speakers(blocks: list[Block]) -> list[Block]:
    """Return the blocks, their paragraphs as speakers' lines where they are a conversation."""
    paragraphs = [[block.text] for block in blocks if block.kind is BlockKind.PARAGRAPH]
    if lines_by_speakers(paragraphs) is None:
        return blocks
    return [
        Block(BlockKind.LINE, found[1], speaker=found[0])
        if block.kind is BlockKind.PARAGRAPH and (found := spoken(block.text))
        else block
        for block in blocks
    ]


def _is_stamped(line: str) -> bool:
    return _STAMPED.match(line) is not None


def _said(speaker: str, lines: Sequence[str]) -> list[Block]:
    lines = [_EDITED.sub("", line) for line in lines if not _NO_WORDS.fullmatch(line)]
    if not lines:
        return []
    if not speaker:
        return [joined(lines)]
    return [Block(BlockKind.LINE, joined(lines, BlockKind.LINE).text, speaker=speaker)]
