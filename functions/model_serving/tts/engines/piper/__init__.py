"""Piper: neural voices in the languages that hibari has none of, fetched once."""

from __future__ import annotations

from common.settings import Settings
from functions.model_serving.tts.engines.piper.catalogue import Catalogue
from functions.model_serving.tts.engines.piper.engine import PiperEngine
from functions.model_serving.tts.protocol import SpeechEngine
from functions.model_serving.tts.weights import Web, Weights, folder_of, source_of

LIBRARIES = ("numpy", "onnxruntime", "requests")
OTHERWISE = "set SPEECH_ENGINE=hibari, which needs no such file"


def create(settings: Settings) -> SpeechEngine:
    catalogue = catalogue_of(settings)
    return PiperEngine(catalogue, weights_of(settings, catalogue))


def catalogue_of(settings: Settings) -> Catalogue:
    """Return the voices on offer by these settings."""
    every = Catalogue.read()
    return every if settings.speech_unsettled else every.settled()


def weights_of(settings: Settings, catalogue: Catalogue) -> Weights:
    """Return the files of these voices, wherever the settings have them come from."""
    published = Web(catalogue.address)
    return Weights(folder_of(settings), source_of(settings, published), published=published, otherwise=OTHERWISE)
