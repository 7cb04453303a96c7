"""How loud each voice is: known beforehand, or learned from what it has said so far.

A voice whose gain is not known begins as it is. What it says is measured on the side, and brings its next turns to the
common level; within a turn the gain stays, for a level that moves in mid-sentence is worse than one a little off.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Iterator
from typing import Final

from common.filters import Chain
from tts.protocol import Description, Voice
from tts.sound import TARGET_LUFS, shaped

_MAX_GAIN_DB: Final = 12.0
_GATE_LUFS: Final = -70.0
_FORGET: Final = 0.8
"""How much of what was heard before still counts after each further turn."""


class LevelMemory:
    """The gain of each voice, learned turn by turn; shared by threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._heard: dict[tuple[str, str], tuple[float, float]] = {}

    def gain_db(self, engine: str, voice: Voice) -> float:
        if voice.gain_db is not None:
            return voice.gain_db
        with self._lock:
            energy, seconds = self._heard.get((engine, voice.name), (0.0, 0.0))
        if not energy:
            return 0.0
        gain = TARGET_LUFS - 10 * math.log10(energy / seconds)
        return max(-_MAX_GAIN_DB, min(_MAX_GAIN_DB, gain))

    def learn(self, engine: str, voice: Voice, lufs: float, seconds: float) -> None:
        """Take in that `voice` was heard for so many seconds at so many LUFS, before any gain."""
        with self._lock:
            energy, heard = self._heard.get((engine, voice.name), (0.0, 0.0))
            self._heard[engine, voice.name] = (
                energy * _FORGET + seconds * 10 ** (lufs / 10),
                heard * _FORGET + seconds,
            )


class Loudness:
    """Measures 16-bit mono PCM on its way past: integrated loudness after ITU-R BS.1770, by ffmpeg's `ebur128`."""

    def __init__(self, rate: int) -> None:
        self._chain = Chain(rate, ("ebur128", "metadata=1:framelog=quiet"))
        self._rate = rate
        self._samples = 0
        self.lufs = -math.inf

    @property
    def seconds(self) -> float:
        return self._samples / self._rate

    def measured(self, pcm: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in pcm:
            self._samples += len(chunk) // 2
            for frame in self._chain.through(chunk):
                integrated = float(frame.metadata["lavfi.r128.I"])
                self.lufs = integrated if integrated > _GATE_LUFS else -math.inf
            yield chunk


_memory = LevelMemory()


def leveled(
    engine: Description, voice: Voice, pcm: Iterable[bytes], pause_ms: int, memory: LevelMemory = _memory
) -> Iterator[bytes]:
    """One turn of `voice` at the common level, as tts/sound.py shapes it."""
    gain_db = memory.gain_db(engine.engine, voice)
    if voice.gain_db is not None:
        yield from shaped(pcm, rate=engine.sample_rate, gain_db=gain_db, pause_ms=pause_ms)
        return
    loudness = Loudness(engine.sample_rate)
    yield from shaped(loudness.measured(pcm), rate=engine.sample_rate, gain_db=gain_db, pause_ms=pause_ms)
    if math.isfinite(loudness.lufs):
        memory.learn(engine.engine, voice, loudness.lufs, loudness.seconds)
