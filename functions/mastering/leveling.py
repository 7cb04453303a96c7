"""From packets to sound at the level that podcasts are published at (common/loudness.py).

The forge has brought each voice near that level already, by the known level of the voice. Here the whole turn is
present, so its level is measured and set right: a single pass is enough, and no more than a turn is ever held.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

import av

from common.contract import SAMPLE_RATE as PACKETS_RATE
from common.filters import Chain
from common.loudness import TARGET_LUFS, amplifier, loudness, tenths_of_a_second
from common.opus import decode

SAMPLE_RATE = 24_000
"""Of the sound given out. No engine's voice has more (each one's PCM is of 24,000 Hz or less), so nothing is lost of it
above half of that, and all that is done to the sound from here on takes half the time."""
_MAX_GAIN_DB = 8.0
"""More than that is no level to set right: it is a turn that is meant to be so, or silence."""
_CEILING_DB = -3.0
"""Of samples: leaves 2 dB to what lies between samples and to what a lossy codec makes of a limited peak."""
_GATE_LUFS = -60.0


def leveled(turns: Iterable[list[bytes]], pre_skip: int) -> Iterator[av.AudioFrame]:
    """Yield the sound of all turns: signed 16-bit mono at SAMPLE_RATE, without the `pre_skip` samples, of 48 kHz,
    before its beginning."""
    drop = pre_skip * SAMPLE_RATE // PACKETS_RATE * 2
    for pcm in _decoded(turns):
        yield from _set_right(pcm[drop:])
        drop = 0


def _decoded(turns: Iterable[list[bytes]]) -> Iterator[bytes]:
    """Yield the PCM of each turn, through one decoder: as the turns were encoded to be heard."""
    lengths: list[int] = []

    def noted() -> Iterator[list[bytes]]:
        for packets in turns:
            lengths.append(len(packets))
            yield packets

    pieces: list[bytes] = []
    for piece in decode(chain.from_iterable(noted()), SAMPLE_RATE):
        pieces.append(piece)
        if len(pieces) == lengths[0]:
            yield b"".join(pieces)
            pieces.clear()
            del lengths[0]


def _set_right(pcm: bytes) -> Iterator[av.AudioFrame]:
    filters = Chain(SAMPLE_RATE, *amplifier(_gain_db(pcm), _CEILING_DB))
    for piece in tenths_of_a_second(pcm, SAMPLE_RATE):
        yield from filters.through(piece)
    yield from filters.end()


def _gain_db(pcm: bytes) -> float:
    """Return the gain that brings this turn to the target; 0 for turns too short or too soft to have a loudness."""
    lufs = loudness(pcm, SAMPLE_RATE)
    return max(-_MAX_GAIN_DB, min(_MAX_GAIN_DB, TARGET_LUFS - lufs)) if lufs > _GATE_LUFS else 0.0
