"""Speech, as callers of AIMS have it made: what is asked of `/v1/speech` for a segment, and its answer.

The sound of a segment, and of a breath that is heard before a voice is chosen, is asked for in the same words, so that
one may stand for the other (common/openings.py).
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, Final, Self

from common.hosts import hosts_of
from common.pauses import BREATHS_MS
from common.records import Segment, Wishes

PATH: Final = "/v1/speech"


def wanted(wishes: Wishes, segment: Segment, *, calls: int, stored_as: str = "", **others: Any) -> dict[str, Any]:
    """Ask for a segment's sound, in the voice and style of its podcast, for so many calls of a paid engine at most.

    `stored_as` is the object's name, none for sound that is only handed over; `others` are told as they are, in place
    of what the podcast has.
    """
    personas = {host["name"]: host["persona"] for host in hosts_of(wishes)}
    return {
        "engine": wishes.speech_engine,
        "text": segment.text,
        "voice": segment.voice,
        "language": segment.language,
        "style": wishes.style,
        "persona": personas.get(segment.speaker, ""),
        "pronunciations": wishes.pronunciations,
        "pause_before_ms": segment.pause_before_ms,
        "pause_ms": BREATHS_MS[segment.kind],
        "object": stored_as,
        "retried": False,
        "calls": calls,
        "return_sound": not stored_as,
        **others,
    }


@dataclass(frozen=True)
class Speech:
    """AIMS's answer: a segment's audio, whether the words are `other_words` than requested, and the calls of a paid
    engine. The `sound` itself, as Ogg Opus, is there where it was asked for and made just now, with the `version` of
    the engines."""

    uri: str
    packets: int
    pre_skip: int
    duration_ms: int
    engine: str
    characters: int
    other_words: bool
    calls: int
    sound: bytes
    version: str

    @classmethod
    def read(cls, answer: Any) -> Self:
        """Read the answer. Raises KeyError, TypeError or ValueError for anything else."""
        return cls(
            uri=str(answer["uri"]),
            packets=int(answer["packets"]),
            pre_skip=int(answer["pre_skip"]),
            duration_ms=int(answer["duration_ms"]),
            engine=str(answer["engine"]),
            characters=int(answer["characters"]),
            other_words=bool(answer.get("other_words")),
            calls=int(answer.get("calls", 0)),
            sound=base64.b64decode(answer.get("sound", ""), validate=True),
            version=str(answer.get("version", "")),
        )

    @classmethod
    def read_sound(cls, answer: Any) -> Self:
        """Read an answer required to have sound, and the version of that sound. Raises as `read`."""
        return cls.read({**answer, "sound": answer["sound"], "version": answer["version"]})
