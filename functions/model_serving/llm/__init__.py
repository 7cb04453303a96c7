"""Language: the writers, by the name in the settings, the name of their folder in llm/engines/."""

from __future__ import annotations

from common.settings import Settings
from functions.model_serving.engine_folders import create_engine
from functions.model_serving.llm import engines
from functions.model_serving.llm.narrator import Narrator
from functions.model_serving.llm.protocol import Request, Source, Turn, Writer

__all__ = ["Narrator", "Request", "Source", "Turn", "Writer", "engine"]


def engine(settings: Settings) -> Writer:
    """Make the writer named by `language_engine`, for all threads. Raises EngineRefused for an unknown one."""
    writer: Writer = create_engine(engines, settings.language_engine, settings)
    return writer
