"""espeak-ng: voices that need nothing."""

from __future__ import annotations

from common.settings import Settings
from functions.model_serving.tts.engines.espeak.engine import EspeakEngine
from functions.model_serving.tts.protocol import SpeechEngine


def create(_settings: Settings) -> SpeechEngine:
    return EspeakEngine()
