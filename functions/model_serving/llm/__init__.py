"""Language: the writers, by the name in the settings, the name of their folder in llm/engines/."""

from __future__ import annotations

from collections.abc import Iterator

from common.settings import Settings
from functions.model_serving.engine_folders import create_engine, engine_libraries
from functions.model_serving.llm import engines
from functions.model_serving.llm.narrator import Narrator
from functions.model_serving.llm.protocol import Request, Source, Turn, Writer

__all__ = ["Narrator", "Request", "Source", "Turn", "Writer", "engine", "libraries"]


def engine(settings: Settings) -> Writer:
    """Make the writer named by `language_engine`, for all threads. Raises EngineRefused for an unknown one."""
    writer: Writer = create_engine(engines, settings.language_engine, settings)
    return writer


def libraries() -> Iterator[str]:
    """Yield the modules that the engines on offer take, for load_on_start alone: to name them imports their
    packages."""
    settings = Settings.from_env()
    if settings.load_on_start:
        yield from engine_libraries(engines, settings.offered("language"))
