"""Language: the writers, by the name in the settings. A writer's libraries are imported when it is first asked for."""

from __future__ import annotations

from typing import Final

from common.errors import EngineRefused
from common.settings import Settings
from functions.model_serving.llm.protocol import Request, Source, Turn, Writer

ENGINES: Final = ("extractive", "gemini", "openai")


def engine(settings: Settings) -> Writer:
    """The writer that `language_engine` names, to be shared by threads. Raises EngineRefused where there is none."""
    match settings.language_engine:
        case "extractive":
            from functions.model_serving.llm.extractive import ExtractiveWriter

            return ExtractiveWriter()
        case "gemini":
            from functions.model_serving.llm.dialogue import DialogueWriter
            from functions.model_serving.llm.gemini import GeminiModel

            return DialogueWriter(GeminiModel(settings), settings)
        case "openai":
            from functions.model_serving.llm.dialogue import DialogueWriter
            from functions.model_serving.llm.openai_compatible import OpenAIModel

            return DialogueWriter(OpenAIModel(settings), settings)
    known = ", ".join(ENGINES)
    raise EngineRefused("engine_unknown", f"There is no writer {settings.language_engine!r}; there are {known}.")


__all__ = ["ENGINES", "Request", "Source", "Turn", "Writer", "engine"]
