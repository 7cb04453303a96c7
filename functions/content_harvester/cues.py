"""The words said at a time of a film or a talk, and how they join to what each speaker said."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from common.text.blocks import Block, BlockKind
from common.text.conversation import spoken
from common.text.sentences import ended

_PAUSE_S = 2.0
_PARAGRAPH = 700
"""Characters; a longer paragraph ends with its sentence, and one of four times as many wherever it is."""
TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d\d)(?:[.,:](\d{1,3}))?"
_VOICE = re.compile(r"<v(?:\.[^\s>]{0,100})?[ \t]+([^<>]{1,100})>")
_TAG = re.compile(r"</?[^<>\n]{0,200}>|\{\\[^{}]{0,100}\}")
_NOISE = re.compile(
    r"\[[^\[\]]{1,60}\]|\([^()a-z]{2,60}\)|\((?:music|applause|laughter|laughs|laughing)[^()]{0,40}\)|(?<![♪♫#])[♪♫#]{1,9}[^♪♫]{0,200}[♪♫]+|[♪♫]",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\[([^\W\d_][\w .'-]{0,38})\]:?\s+(?=\w)")
_CREDITS = 2
_CREDIT = re.compile(
    r"[-–—~*= ]{0,5}(?:(?:https?://)?(?:www\.)?[\w-]{2,40}\.(?:com|org|net|info|tv|ws|me)/?|(?:(?:(?:sub-?titles?|subs|"
    r"captions?|captioned|sync(?:ed|hronized)?|ripped|downloaded|encoded|transcribed|transcript|transcription|translated|"
    r"translation|corrected|corrections|resync)\b[ \w,:&-]{0,40}?\b(?:by|from)|untertitel(?:ung)?(?: im auftrag)? "
    r"(?:von|des|der)|übersetzung(?: von)?|sous-titr\w{1,10}(?: \w{1,12}){0,2} (?:par|de|pour)|traduction(?: de)?|"
    r"subtítulos?(?: \w{1,12}){0,2} (?:por|de)|traducción(?: de)?|legendas?(?: \w{1,12}){0,2} (?:por|pel[oa]|de)|"
    r"tradução(?: de)?|sottotitoli(?: \w{1,12}){0,2} (?:da|di|a cura di|dalla)|traduzione(?: di)?)\b)[ :]"
    r"(?:[^.!?]|\.(?=\S)){0,80}\.?)[-–—~*= ]{0,5}",
    re.IGNORECASE,
)
_GUEST = re.compile(r"\s*\((?:guest|external|unverified|gast|extern|invité|invitado|convidado|ospite)\)", re.IGNORECASE)
"""What Teams adds to a name."""
_TURN = re.compile(r"(?:>>|[-–—](?=[\s\"“„«'‘¿¡…]|[^\W\d_]))\s*")


@dataclass(frozen=True)
class Cue:
    """The words said from `start` to `end`, in seconds, and their speaker, where known.

    `turns`: another speaks than before, whoever it is.
    """

    text: str
    speaker: str = ""
    start: float = 0.0
    end: float = 0.0
    turns: bool = False


def seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, fraction = parts
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0) + float(f"0.{fraction or 0}")


def cues_of_lines(lines: Sequence[str], start: float, end: float) -> Iterator[Cue]:
    """Yield a cue for each voice or turn in the lines of one."""
    speaker, words, turns = "", list[str](), False
    for line in lines:
        parts = _VOICE.split(line)
        for number, part in enumerate(parts):
            said = html.unescape(_TAG.sub("", part)).strip()
            named = _GUEST.sub("", part).strip() if number % 2 else ""
            turn = _TURN.match(said) if not number % 2 else None
            if turn and said[turn.end() :][:1].islower() and turn.end() == 1:
                turn = None  # "or so": a dash within a sentence
            if turn:
                said = said[turn.end() :]
            label = spoken(said) if not named else None
            bracketed = _LABEL.match(said) if not named else None
            if (named or turn or label or bracketed) and words:
                yield Cue(" ".join(words), speaker, start, end, turns)
                speaker, words, turns = "", [], False
            turns = turns or turn is not None
            if named:
                speaker = named
            elif label and len(label[0].split()) <= 3 and label[0][0].isupper():
                speaker, said = label
                words.append(said)
            elif bracketed and bracketed[1].istitle():
                speaker = bracketed[1]
                words.append(said[bracketed.end() :])
            elif said:
                words.append(said)
    if words:
        yield Cue(" ".join(words), speaker, start, end, turns)


def blocks_of_cues(cues: Sequence[Cue]) -> list[Block]:
    """Join cues to the words of a breath: until another speaks, a while is silent, or a paragraph is full.

    Captions that roll repeat the line before; the repeated line is said once. Where a speaker is named now and then,
    the lines after are theirs; the lines before the first name are without a speaker.
    """
    cues = _without_credits(cues)
    named = any(cue.speaker for cue in cues)
    blocks: list[Block] = []
    pending, speaker, end, last = "", "", 0.0, ""
    for cue in _unrolled(cues):
        text = " ".join(_NOISE.sub(" ", cue.text).split())
        if not text or (text == last and cue.start <= end + _PAUSE_S):
            continue
        last = text
        other = cue.turns or (bool(cue.speaker) and cue.speaker != speaker)
        silent = cue.start - end > _PAUSE_S and (ended(pending) or cue.start - end > 2 * _PAUSE_S)
        full = len(pending) > _PARAGRAPH and (ended(pending) or len(pending) > 4 * _PARAGRAPH)
        if pending and (other or silent or full):
            blocks.append(_said(pending, speaker))
            pending = ""
        if named and (cue.speaker or cue.turns):
            speaker = cue.speaker
        pending, end = f"{pending} {text}".strip(), cue.end
    if pending:
        blocks.append(_said(pending, speaker))
    return blocks


def _without_credits(cues: Sequence[Cue]) -> Sequence[Cue]:
    """Leave out cues at either end that name the captions' makers, as no speaker says those."""
    told = [" ".join(f"{cue.speaker}: {cue.text}".removeprefix(": ").split()) for cue in cues]
    within = [number for number, text in enumerate(told) if not _CREDIT.fullmatch(text)]
    begin = next((number for number in within if number <= _CREDITS), 0)
    end = next((number for number in reversed(within) if number >= len(cues) - 1 - _CREDITS), len(cues) - 1)
    return cues[begin : end + 1]


def _unrolled(cues: Sequence[Cue]) -> Iterator[Cue]:
    """Yield the cues, each without the words still shown from the cue before."""
    before = ""
    for cue in cues:
        text = " ".join(cue.text.split())
        if before and text.startswith(before):
            fresh = text[len(before) :].strip()
        else:
            fresh = text[_overlap(before, text) :].strip()
        before = text
        if fresh:
            yield replace(cue, text=fresh)


def _overlap(before: str, text: str) -> int:
    """Return the length of the beginning of `text` repeating the end of the text before, in whole words: three or more,
    as fewer are chance."""
    words, following = before.split()[-40:], text.split()[:40]
    for count in range(min(len(words), len(following)), 2, -1):
        if words[-count:] == following[:count]:
            return len(" ".join(following[:count]))
    return 0


def _said(text: str, speaker: str) -> Block:
    return Block(BlockKind.LINE, text, speaker=speaker) if speaker else Block(BlockKind.PARAGRAPH, text)
