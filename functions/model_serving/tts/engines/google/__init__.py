"""Google Cloud Text-to-Speech."""

from __future__ import annotations

from common.settings import Settings
from functions.model_serving.tts.engines.google.engine import GoogleEngine
from functions.model_serving.tts.protocol import SpeechEngine

LIBRARIES = ("google.cloud.texttospeech", "google.cloud.texttospeech_v1.services.text_to_speech.transports")


def create(settings: Settings) -> SpeechEngine:
    return GoogleEngine(settings)
