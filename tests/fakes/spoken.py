"""What a stand-in for a hosted voice says, in real speech: espeak-ng at the 24,000 Hz that such voices come at."""

from __future__ import annotations

from functools import cache

import numpy as np

from functions.model_serving.tts.engines.espeak.engine import SAMPLE_RATE, EspeakEngine
from tests.fakes.speech import RATE
from tests.resampling import resampled


@cache
def _engine() -> EspeakEngine:
    return EspeakEngine()


@cache
def spoken(text: str, voice: str) -> bytes:
    """16-bit mono PCM at 24,000 Hz; a voice of the name "second", and any other as "first"."""
    engine = _engine()
    name = "second" if voice == "second" else "first"
    pcm = b"".join(engine.synthesize(text, engine.voice(name, "en")))
    shared = np.gcd(RATE, SAMPLE_RATE)
    samples = resampled(np.frombuffer(pcm, np.int16).astype(float), RATE // shared, SAMPLE_RATE // shared)
    return bytes(np.clip(samples, -32768, 32767).astype(np.int16).tobytes())
