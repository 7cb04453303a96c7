"""From packets to sound at -16 LUFS: the level that podcasts are published at (EBU R 128's measure).

Whoever forged a turn has brought its voice near that level already, by what was known of the voice. Here the whole turn
is there, so it is measured and set right: one pass is enough, and no more than a turn is ever held.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import chain

import av

from common.filters import Chain
from common.opus import decode
from common.wire import PACKET_SAMPLES, SAMPLE_RATE

TARGET_LUFS = -16.0
_MAX_GAIN_DB = 8.0
"""More than that is no level to set right: it is a turn that is meant to be so, or silence."""
_CEILING = 10 ** (-3.0 / 20)
"""Of samples: leaves 2 dB to what lies between samples and to what a lossy codec makes of a limited peak."""
_GATE_LUFS = -60.0


def leveled(turns: Iterable[list[bytes]], pre_skip: int) -> Iterator[av.AudioFrame]:
    """The sound of all turns: signed 16-bit mono at 48 kHz, without the `pre_skip` samples before its beginning."""
    drop = pre_skip * 2
    for pcm in _decoded(turns):
        yield from _set_right(pcm[drop:])
        drop = 0


def _decoded(turns: Iterable[list[bytes]]) -> Iterator[bytes]:
    """The PCM of each turn, through one decoder: that is how the turns were encoded to be heard."""
    lengths: list[int] = []

    def noted() -> Iterator[list[bytes]]:
        for packets in turns:
            lengths.append(len(packets))
            yield packets

    pieces: list[bytes] = []
    for piece in decode(chain.from_iterable(noted())):
        pieces.append(piece)
        if len(pieces) == lengths[0]:
            yield b"".join(pieces)
            pieces.clear()
            del lengths[0]


def _set_right(pcm: bytes) -> Iterator[av.AudioFrame]:
    gain = _gain_db(pcm)
    limit = f"limit={_CEILING:.4f}:attack=2:release=60:level=0:latency=1"
    filters = Chain(
        SAMPLE_RATE,
        ("volume", f"volume={gain:.2f}dB:precision=float"),
        ("alimiter", limit),
        ("aformat", "sample_fmts=s16"),
    )
    for piece in _pieces(pcm):
        yield from filters.through(piece)
    yield from filters.end()


def _gain_db(pcm: bytes) -> float:
    """What brings this turn to the target; 0 for what is too short or too soft to have a loudness."""
    meter = Chain(SAMPLE_RATE, ("ebur128", "metadata=1:framelog=quiet"))
    lufs = -math.inf
    for piece in _pieces(pcm):
        for frame in meter.through(piece):
            lufs = float(frame.metadata["lavfi.r128.I"])
    return max(-_MAX_GAIN_DB, min(_MAX_GAIN_DB, TARGET_LUFS - lufs)) if lufs > _GATE_LUFS else 0.0


def _pieces(pcm: bytes) -> Iterator[bytes]:
    """A tenth of a second each."""
    size = 2 * PACKET_SAMPLES * 5
    for at in range(0, len(pcm), size):
        yield pcm[at : at + size]
