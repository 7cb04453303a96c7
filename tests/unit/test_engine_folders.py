"""An engine is one folder: found by name, with all its files."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from common.errors import EngineRefused
from common.settings import Settings
from functions.model_serving import llm, tts
from functions.model_serving.engine_folders import engine_names

PARROT = """
def create(settings):
    return f"parrot of {settings.speech_engine} and {settings.language_engine}"
"""


@pytest.mark.parametrize(("engines", "known"), [(tts.engines, {"espeak", "hibari"}), (llm.engines, {"extractive"})])
def test_the_engines_are_the_folders(engines: ModuleType, known: set[str]) -> None:
    folders = {path.parent.name for folder in engines.__path__ for path in Path(folder).glob("*/__init__.py")}
    assert known <= folders == set(engine_names(engines))


def test_a_folder_is_all_that_an_engine_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "parrot"
    folder.mkdir()
    (folder / "__init__.py").write_text(PARROT)
    for package in (tts.engines, llm.engines):
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
        monkeypatch.delitem(sys.modules, f"{package.__name__}.parrot", raising=False)
    settings = Settings(speech_engine="parrot", language_engine="parrot")
    assert str(tts.engine(settings)) == str(llm.engine(settings)) == "parrot of parrot and parrot"


@pytest.mark.parametrize("name", ["", "none", "engine", "../espeak", "espeak.engine"])
def test_an_engine_that_is_no_folder_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(EngineRefused, match=f"there are {', '.join(engine_names(tts.engines))}."):
        tts.engine(Settings(speech_engine=name))
    with pytest.raises(EngineRefused, match=f"there are {', '.join(engine_names(llm.engines))}."):
        llm.engine(Settings(language_engine=name))
