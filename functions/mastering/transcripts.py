"""What was said, when and by whom: WebVTT, SubRip, and the JSON of the Podcasting 2.0 namespace.

https://www.w3.org/TR/webvtt1/, https://podcasting2.org/docs/podcast-namespace/tags/transcript. What is read at
once in a player that shows captions is told by captions.py; the JSON, which readers search and quote, has whole turns.
"""

from __future__ import annotations

import html
import json

from functions.mastering.captions import captions
from functions.mastering.episode import Episode


def webvtt(episode: Episode) -> str:
    """Speakers are voice tags, which players style and readers tell from what is said."""
    cues = (
        f"{clock(caption.start_ms)} --> {clock(caption.end_ms)}\n<v {_escaped(turn.speaker)}>"
        + "\n".join(map(_escaped, caption.lines))
        + "\n"
        for turn in episode.turns
        for caption in captions(turn)
    )
    return "\n".join((f"WEBVTT\nLanguage: {episode.language}\n", *cues))


def subrip(episode: Episode) -> str:
    """Return the form that the most players read. The format knows no speakers, so their names begin the lines; nor
    escapes, so what players would take for tags is set in other brackets."""
    plain = str.maketrans("<>", "\u2039\u203a")
    every = (caption for turn in episode.turns for caption in captions(turn, f"{turn.speaker}: "))
    cues = (
        f"{number}\n{clock(caption.start_ms, ',')} --> {clock(caption.end_ms, ',')}\n"
        + "\n".join(caption.lines).translate(plain)
        + "\n"
        for number, caption in enumerate(every, start=1)
    )
    return "\n".join(cues)


def podcast_json(episode: Episode) -> str:
    segments = [
        {
            "speaker": turn.speaker,
            "startTime": turn.start_ms / 1000,
            "endTime": turn.end_ms / 1000,
            "body": turn.text,
        }
        for turn in episode.turns
    ]
    return json.dumps({"version": "1.0.0", "segments": segments}, ensure_ascii=False)


def clock(ms: int, point: str = ".") -> str:
    """1,234,560 -> 00:20:34.560"""
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{ms:03}"


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)
