"""Loudness of speech, and filters to the publishing level of podcasts: -16 LUFS integrated.

The measure is that of EBU R 128 (https://tech.ebu.ch/publications/r128, after ITU-R BS.1770), taken and set by
libavfilter's `ebur128`, `volume` and `alimiter` (https://ffmpeg.org/ffmpeg-filters.html). Needs PyAV.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from common.filters import Chain

TARGET_LUFS: Final = -16.0
SILENCE_LUFS: Final = -70.0
"""The measure's gate: nothing is softer."""


def loudness(pcm: bytes, rate: int) -> float:
    """Measure the integrated loudness of 16-bit mono PCM at `rate` Hz, in LUFS; SILENCE_LUFS where it has none."""
    lufs = SILENCE_LUFS
    meter = Chain(rate, ("ebur128", "metadata=1:framelog=quiet"))
    for piece in tenths_of_a_second(pcm, rate):
        for frame in meter.through(piece):
            lufs = float(frame.metadata["lavfi.r128.I"])
    return lufs


def amplifier(gain_db: float, ceiling_db: float) -> tuple[tuple[str, str], ...]:
    """Filters for a Chain that amplify by `gain_db`, keep samples below `ceiling_db`, and give out 16-bit samples."""
    return (
        ("volume", f"volume={gain_db:.2f}dB:precision=float"),
        ("alimiter", f"limit={10 ** (ceiling_db / 20):.4f}:attack=2:release=60:level=0:latency=1"),
        ("aformat", "sample_fmts=s16"),
    )


def amplified(pcm: bytes, rate: int, gain_db: float, ceiling_db: float) -> bytes:
    """Amplify and limit 16-bit mono PCM at `rate` Hz."""
    chain = Chain(rate, *amplifier(gain_db, ceiling_db))
    frames = [frame for piece in tenths_of_a_second(pcm, rate) for frame in chain.through(piece)]
    return b"".join(bytes(frame.planes[0])[: frame.samples * 2] for frame in (*frames, *chain.end()))


def tenths_of_a_second(pcm: bytes, rate: int) -> Iterator[bytes]:
    """Cut 16-bit mono PCM into pieces of 100 ms, so that filters hold no more than a piece at once."""
    size = 2 * (rate // 10)
    for at in range(0, len(pcm), size):
        yield pcm[at : at + size]
