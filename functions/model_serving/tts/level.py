"""Loudness of each voice: known beforehand, or measured over the first seconds of every turn.

A turn is held back until its first seconds have come, and brought to the common level by its own sound alone: so a turn
comes out the same on every instance, and the first turn of a voice like its tenth. From then on the gain stays, for a
level moving in mid-sentence is worse than a level a little off.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from common.loudness import SILENCE_LUFS, TARGET_LUFS, amplified, loudness
from functions.model_serving.tts.protocol import Description, Voice
from functions.model_serving.tts.sound import CEILING_DB, shaped

_MEASURED_S: Final = 3.0
_LEAST_S: Final = 1.0
"""What is shorter is measured several times over: the measure's blocks are of 0.4 s."""
_MAX_GAIN_DB: Final = 20.0
_MOST_LOST_DB: Final = 3.0
_OF_WHAT_IS_LOST: Final = 1.3
"""Of a voice with high peaks, the limiter takes loudness with the peaks; and of whatever is added, some more."""


def leveled(engine: Description, voice: Voice, pcm: Iterable[bytes], pause_ms: int) -> Iterator[bytes]:
    """Yield a turn of `voice` at the common level, as shaped by tts/sound.py."""
    rate, gain_db = engine.rate_of(voice), voice.gain_db
    if gain_db is None:
        rest = iter(pcm)
        beginning = _first(rest, 2 * round(rate * _MEASURED_S))
        gain_db = gain_to_target(beginning, rate)
        pcm = chain([beginning], rest)
    yield from shaped(pcm, rate=rate, gain_db=gain_db, pause_ms=pause_ms)


def _first(pieces: Iterator[bytes], size: int) -> bytes:
    """Return the first pieces, as many as make up the given number of bytes."""
    beginning = bytearray()
    for piece in pieces:
        beginning += piece
        if len(beginning) >= size:
            break
    return bytes(beginning)


def gain_to_target(pcm: bytes, rate: int) -> float:
    """Return the dB by which a sound, 16-bit mono PCM, is to be amplified to be at the common level once limited."""
    whole = pcm[: len(pcm) // 2 * 2]
    if not whole:
        return 0.0
    measured = whole * math.ceil(2 * rate * _LEAST_S / len(whole))
    lufs = loudness(measured, rate)
    if lufs <= SILENCE_LUFS:
        return 0.0
    gain_db = max(-_MAX_GAIN_DB, min(_MAX_GAIN_DB, TARGET_LUFS - lufs))
    lost_db = TARGET_LUFS - loudness(amplified(measured, rate, gain_db, CEILING_DB), rate)
    return gain_db + max(0.0, min(_MOST_LOST_DB, _OF_WHAT_IS_LOST * lost_db))
