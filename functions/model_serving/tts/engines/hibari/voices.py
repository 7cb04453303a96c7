"""The hosts of one model. The model predicts pitch and spectral envelopes apart from each other, so another host is the
same reading out of a longer or shorter throat: at a lower or higher pitch, with its envelopes moved down or up. The
change costs nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_NOTHING_DB: Final = -12.0
"""The logarithm of what is above the highest frequency that was moved down."""
_HEADROOM: Final = 0.5
_HISS_FROM: Final = 4_000 // 20
"""The first of the 601 rows of 20 Hz that a hiss is in."""
_LOUDEST_HISS: Final = 0.8
"""The logarithm of its magnitude, on average over those rows: of one moment in fifty it is higher."""


@dataclass(frozen=True)
class Host:
    """`pitch` and `throat` as parts of the model's own; `gain_db` brings the host to the common level, as measured with
    ffmpeg's ebur128 behind tts/sound.py (tests/audio/test_hibari.py repeats the measurement)."""

    pitch: float
    throat: float
    gain_db: float


VOICES: Final = {
    "first": Host(1.0, 1.0, 16.6),
    "second": Host(0.58, 0.84, 11.8),
    "third": Host(0.76, 0.92, 15.6),
    "fourth": Host(1.22, 1.08, 15.6),
}


def spoken(model: Any, ids: list[int], host: Host, noise: np.random.Generator) -> bytes:
    """Speak a part by this host: 16-bit mono PCM at 24,000 Hz."""
    import numpy as np
    from hibari import dsp

    asked = {"ids": np.asarray([ids], np.int64), "speed": np.ones(1, np.float32)}
    harmonics, rotation, noises, free, phases, pitch = (part[0] for part in model.sess.run(None, asked))
    free = _softened(free)
    if host.throat != 1.0:
        harmonics, noises, free = (_lowered(part, host.throat, _NOTHING_DB) for part in (harmonics, noises, free))
        rotation, phases = (_lowered(part, host.throat, 0.0) for part in (rotation, phases))
        pitch = pitch * host.pitch
    sound = dsp.synth(harmonics, rotation, noises, free, phases, pitch, noise)
    return bytes((np.clip(sound * _HEADROOM, -1, 1) * 32767).astype("<i2").tobytes())


def _softened(free: NDArray[np.float32]) -> NDArray[np.float32]:
    """Hold down over-loud hisses: Opus turns such hisses into peaks beyond control of any limiter before Opus."""
    import numpy as np

    hiss = free[_HISS_FROM:]
    loudness = 0.5 * np.log(np.exp(2 * np.minimum(hiss, 7.0)).mean(axis=0))
    softened = free.copy()
    softened[_HISS_FROM:] -= np.maximum(0.0, loudness - _LOUDEST_HISS)
    return softened


def _lowered(part: NDArray[np.float32], throat: float, beyond: float) -> NDArray[np.float32]:
    """Move the content of each frequency, a row, to `throat` times the frequency."""
    import numpy as np

    bins = len(part)
    at = np.arange(bins) / throat
    below = np.minimum(at.astype(int), bins - 1)
    share = (at - np.floor(at))[:, None].astype(np.float32)
    moved = part[below] * (1 - share) + part[np.minimum(below + 1, bins - 1)] * share
    moved[at > bins - 1] = beyond
    return np.asarray(moved, np.float32)
