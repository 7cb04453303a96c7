"""Engines, each a folder under tts/engines/ or llm/engines/, by the name of that folder.

The folder's package has `create(settings)`, which returns the engine, and may name in `LIBRARIES` the modules that the
engine imports at its first use. The package is imported on first use: so libraries of unused engines cost a start of
this service nothing.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

from common.errors import EngineRefused
from common.settings import Settings


def engine_names(engines: ModuleType) -> tuple[str, ...]:
    """List the engines in the package `engines`, in alphabetical order."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(engines.__path__)))


def create_engine(engines: ModuleType, name: str, settings: Settings) -> Any:
    """Make the engine of a given name in the package `engines`. Raises EngineRefused for an unknown name."""
    known = engine_names(engines)
    if name not in known:
        raise EngineRefused("engine_unknown", f"There is no engine {name!r}; there are {', '.join(known)}.")
    return import_module(f"{engines.__name__}.{name}").create(settings)


def engine_libraries(engines: ModuleType, names: Iterable[str]) -> Iterator[str]:
    """Yield the modules of these engines in the package `engines`, and those that they would import later; of known
    ones."""
    for name in set(names) & set(engine_names(engines)):
        package = f"{engines.__name__}.{name}"
        yield from (package, *getattr(import_module(package), "LIBRARIES", ()))
