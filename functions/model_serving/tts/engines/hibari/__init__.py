"""The default voices: hibari's for English, espeak-ng's for every other language."""

from __future__ import annotations

from common.settings import Settings
from functions.model_serving.tts.engines.hibari.engine import HibariEngine
from functions.model_serving.tts.protocol import SpeechEngine


def create(_settings: Settings) -> SpeechEngine:
    return HibariEngine()
