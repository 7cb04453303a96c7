"""Gemini."""

from __future__ import annotations

from common.settings import Settings
from functions.model_serving.llm.dialogue.writer import DialogueWriter
from functions.model_serving.llm.engines.gemini.model import GeminiModel
from functions.model_serving.llm.protocol import Writer

LIBRARIES = ("google.genai", "google.genai.errors", "google.genai.types", "httpx2")


def create(settings: Settings) -> Writer:
    return DialogueWriter(GeminiModel(settings), settings)
