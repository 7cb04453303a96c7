"""Transcripts that were copied out of programs: the time before the words, or beside the speaker's name.

YouTube copies a time above or before each caption; Teams, Slack, Zoom and Otter a name and a time above each turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from functions.content_harvester.cues import Cue, cues_of_lines

_TIME = r"[\[(]?(?:(?P<h>\d{1,2}):)?(?P<m>\d{1,2}):(?P<s>\d\d)(?:[.,]\d{1,3})?(?:\s?(?P<half>[AaPp])\.?[Mm]\.?)?[\])]?"
_NAME = r"\[?(?P<name>[^\W\d_][\w.'’-]{0,30}(?: [\w.'’-]{1,30}){0,3})\]?"
_ALONE = re.compile(rf"(?:{_NAME}:?[ \t]{{1,20}})?{_TIME}:?")
_NAMED = re.compile(rf"{_NAME}(?:\t| {{2,20}})\[?\(?\d.*")
"""As Otter writes it, and nobody by hand."""
_ADDED = re.compile(
    r"Transcribed by https?://\S{1,100}|Search in video|"
    r"\d{1,2} (?:hours?|minutes?|seconds?)(?:, \d{1,2} (?:minutes?|seconds?)){0,2}|Chapter \d{1,3}: .{1,100}"
)
"""By Otter, and by YouTube for who hears the page."""
_LED = re.compile(rf"{_TIME}[ \t]+(?P<said>\S.*)")
_OPEN = re.compile(r"[\w)%]$")
_WHO = re.compile(_NAME)
_FEWEST = 3
_LONGEST = 100
_AT_ONCE_S = 20
_BEGINS_WITHIN_S = 60
"""A film's first caption; the times of a schedule begin later."""


def cues_of_stamped(text: str) -> list[Cue] | None:
    """Read the words, speakers and times of such a transcript; None for any other text."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    lines = [line for line in lines if not _ADDED.fullmatch(line)]
    alone = [at for at, line in enumerate(lines) if len(line) <= _LONGEST and _ALONE.fullmatch(line)]
    two = len(alone) == 2 and alone[0] == 0 and all(_NAMED.fullmatch(lines[at]) for at in alone)
    two = two or _are_two_turns(lines, alone)
    if (two or len(alone) >= _FEWEST) and 4 * len(alone) >= len(lines):
        cues = list(_below_their_stamps(lines, alone))
    elif len(lines) >= _FEWEST and all(map(_LED.match, lines)):
        found = [match for line in lines if (match := _LED.match(line))]
        cues = _messages([cue for stamp in found for cue in cues_of_lines([stamp["said"]], _seconds(stamp), 0.0)])
    else:
        return None
    in_order = all(before.start <= cue.start for before, cue in pairwise(cues))
    if not in_order or not (any(cue.speaker for cue in cues) or cues[0].start < _BEGINS_WITHIN_S):
        return None
    ends = [*(cue.start for cue in cues[1:]), cues[-1].start + 1]
    return [Cue(cue.text, cue.speaker, cue.start, end) for cue, end in zip(cues, ends, strict=True) if cue.text]


def _are_two_turns(lines: Sequence[str], alone: Sequence[int]) -> bool:
    """Tell whether two speakers say something, the first at the beginning: a schedule's times begin later."""
    stamps = [stamp for at in alone if (stamp := _ALONE.fullmatch(lines[at])) and stamp["name"]]
    if len(stamps) != 2 or alone[0] != 0 or alone[1] in {1, len(lines) - 1}:
        return False
    return stamps[0]["name"] != stamps[1]["name"] and _seconds(stamps[0]) < _AT_ONCE_S


def _messages(cues: Sequence[Cue]) -> list[Cue]:
    """Return the messages of a chat, of which one who writes two in a row ends the first, with or without a mark."""
    return [
        replace(cue, text=f"{cue.text}.") if cue.speaker == following.speaker != "" and _OPEN.search(cue.text) else cue
        for cue, following in pairwise([*cues, Cue("")])
    ]


def _below_their_stamps(lines: Sequence[str], stamps: Sequence[int]) -> Iterator[Cue]:
    """Slack sets the name on a line of its own, above the time."""
    above = [at for at in stamps if at and _WHO.fullmatch(lines[at - 1]) and not _ALONE.fullmatch(lines[at])["name"]]  # type: ignore[index]
    names = [lines[at - 1] for at in above]
    named_above = len(above) == len(stamps) and len(set(names)) < len(names)
    for at, end in pairwise([*stamps, len(lines) + named_above]):
        stamp = _ALONE.fullmatch(lines[at])
        if stamp is not None:
            said = " ".join(lines[at + 1 : end - named_above])
            yield Cue(said, lines[at - 1] if named_above else stamp["name"] or "", _seconds(stamp))


def _seconds(stamp: re.Match[str]) -> float:
    """Return a time of the day, which names no seconds where it says which half, or since the beginning."""
    if stamp["half"]:
        return (int(stamp["m"]) % 12 + 12 * (stamp["half"].lower() == "p")) * 3600.0 + int(stamp["s"]) * 60
    return int(stamp["h"] or 0) * 3600.0 + int(stamp["m"]) * 60 + int(stamp["s"])
