"""Speech: the engines, by the name in the settings, and the one way from a text to Opus packets.

An engine's libraries are imported when it is first asked for, so that none costs a start of this service anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final

from common.errors import EngineRefused
from common.opus import encode
from common.settings import Settings
from functions.model_serving.tts.manner import manner
from functions.model_serving.tts.protocol import Description, SpeechEngine, Warmable
from functions.model_serving.tts.speakable import links_spoken

__all__ = ["ENGINES", "Description", "SpeechEngine", "Warmable", "engine", "manner", "speak"]

ENGINES: Final = ("espeak", "google", "openai")


def engine(settings: Settings) -> SpeechEngine:
    """The engine that `speech_engine` names, to be shared by threads. Raises EngineRefused where there is none."""
    match settings.speech_engine:
        case "espeak":
            from functions.model_serving.tts.espeak import EspeakEngine

            return EspeakEngine()
        case "google":
            from functions.model_serving.tts.google import GoogleEngine

            return GoogleEngine(settings)
        case "openai":
            from functions.model_serving.tts.openai_compatible import OpenAIEngine

            return OpenAIEngine(settings)
    known = ", ".join(ENGINES)
    raise EngineRefused("engine_unknown", f"There is no speech engine {settings.speech_engine!r}; there are {known}.")


def speak(
    engine: SpeechEngine,
    text: str,
    *,
    voice: str,
    language: str,
    pause_before_ms: int = 0,
    pause_ms: int = 0,
    style: str = "",
) -> Iterator[bytes]:
    """One turn as Opus packets of 20 ms, each as soon as the engine has come so far (tts/level.py has those of a voice
    whose level is unknown wait for its first 3 s); between silences of that length.

    Raises EngineRefused, EngineBusy or EngineBroken, before the first packet where that is possible.
    """
    from functions.model_serving.tts.level import leveled
    from functions.model_serving.tts.sound import silence

    spoken_by = engine.voice(voice, language)
    pcm = engine.synthesize(links_spoken(text, language), spoken_by, style)
    turn = leveled(engine.describe(), spoken_by, pcm, pause_ms)
    return encode(chain([silence(pause_before_ms)], turn))
