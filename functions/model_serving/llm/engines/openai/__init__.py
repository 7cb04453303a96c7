"""Servers of OpenAI's API."""

from __future__ import annotations

from common.settings import Settings
from functions.model_serving.llm.dialogue.writer import DialogueWriter
from functions.model_serving.llm.engines.openai.model import OpenAIModel
from functions.model_serving.llm.protocol import Writer


def create(settings: Settings) -> Writer:
    return DialogueWriter(OpenAIModel(settings), settings)
