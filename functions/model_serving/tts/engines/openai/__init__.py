"""Servers of OpenAI's API."""

from __future__ import annotations

from common.settings import Settings
from functions.model_serving.tts.engines.openai.engine import OpenAIEngine
from functions.model_serving.tts.protocol import SpeechEngine


def create(settings: Settings) -> SpeechEngine:
    return OpenAIEngine(settings)
