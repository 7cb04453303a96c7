"""How much of a voice's intelligibility a listener is left with: STOI between an engine's output and the heard audio.

Short-time objective intelligibility (Taal et al. 2011, https://doi.org/10.1109/TASL.2011.2114881) by pystoi: 1 is
nothing lost. It compares envelopes in time, so the two are aligned first; level does not matter to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from common.contract import PACKET_SAMPLES, SAMPLE_RATE
from common.opus import decode
from tests.resampling import resampled

Samples = NDArray[np.float64]


@dataclass(frozen=True)
class Turn:
    """One segment: the engine's output (16-bit PCM at `rate` Hz), and the range of packets heard."""

    pcm: bytes
    rate: int
    first_packet: int
    packets: int


def heard_samples(packets: Sequence[bytes], pre_skip: int) -> Samples:
    """The whole podcast as played by a single decoder, without the pre-skip."""
    return np.frombuffer(b"".join(decode(packets)), np.int16).astype(np.float64)[pre_skip:]


def intelligibility(turns: Sequence[Turn], heard: Samples) -> float:
    """STOI over a whole podcast: of each turn, weighted with its length."""
    from pystoi import stoi  # loads scipy

    scores, weights = [], []
    for turn in turns:
        said = _at_48k(turn)
        at = turn.first_packet * PACKET_SAMPLES
        part = heard[at : at + turn.packets * PACKET_SAMPLES]
        said, part = _aligned(said, part)
        if len(said) > SAMPLE_RATE // 2:  # the measure needs 30 frames of speech
            scores.append(float(stoi(said, part, SAMPLE_RATE)))
            weights.append(len(said))
    return float(np.average(scores, weights=weights))


def _at_48k(turn: Turn) -> Samples:
    said = np.frombuffer(turn.pcm, np.int16).astype(np.float64)
    shared = np.gcd(SAMPLE_RATE, turn.rate)
    return resampled(said, SAMPLE_RATE // shared, turn.rate // shared)


def _aligned(said: Samples, heard: Samples) -> tuple[Samples, Samples]:
    """Both from the same instant to the same instant: silence is taken off turns before they are heard."""
    from scipy.signal import correlate  # loaded with pystoi

    step = 8  # to find the offset 6 kHz will do
    rough = correlate(said[::step], heard[::step], "full", method="fft")
    lag = (int(np.argmax(rough)) - (len(heard[::step]) - 1)) * step
    fine = range(lag - step, lag + step + 1)
    lag = max(fine, key=lambda shift: _overlap(said, heard, shift))
    said, heard = said[max(0, lag) :], heard[max(0, -lag) :]
    length = min(len(said), len(heard))
    return said[:length], heard[:length]


def _overlap(said: Samples, heard: Samples, shift: int) -> float:
    said, heard = said[max(0, shift) :], heard[max(0, -shift) :]
    length = min(len(said), len(heard))
    return float(said[:length] @ heard[:length])
