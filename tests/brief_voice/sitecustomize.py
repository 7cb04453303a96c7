"""A voice for two words of each turn: each Python process of the tests' shared stack imports this module by itself.

Most of what a podcast costs is its sound: a minute takes five seconds of a processor, and two words go all the ways of
a long speech. The sound of whole podcasts is heard by the tests of audio/, of the engines and of chaos/.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

ENGINE = "functions.model_serving.tts.engines.espeak.engine"
WORDS = 2


class BriefEngine(MetaPathFinder):
    """Finds the engine alone, and shortens its texts."""

    def find_spec(self, fullname: str, path: Any, target: ModuleType | None = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path) if fullname == ENGINE else None
        if spec and spec.loader:
            load = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                load(module)
                whole: Callable[[str, str], str] = vars(module)["speakable"]
                vars(module)["speakable"] = lambda text, language: " ".join(whole(text, language).split()[:WORDS])
                from functions.model_serving import tts
                from tests.fakes.kept_voice import keeping

                tts.speak = keeping(tts.speak, module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


sys.meta_path.insert(0, BriefEngine())
