"""Speech: the engines, by the name that a setting or a request gives, and the one way from a text to Opus packets.

An engine's libraries are imported when it is first asked for, so that none costs a start of this service anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from common.errors import EngineRefused
from common.opus import encode
from common.settings import Settings
from tts.protocol import SpeechEngine, Warmable

__all__ = ["ENGINES", "SpeechEngine", "Warmable", "engine", "speak"]

ENGINES: Final = ("espeak", "google", "openai")


def engine(name: str, settings: Settings) -> SpeechEngine:
    """The engine of that name, ready to be kept and shared by threads. Raises EngineRefused where there is none."""
    match name:
        case "espeak":
            from tts.espeak import EspeakEngine

            return EspeakEngine()
        case "google":
            from tts.google import GoogleEngine

            return GoogleEngine(settings)
        case "openai":
            from tts.openai_compatible import OpenAIEngine

            return OpenAIEngine(settings)
    raise EngineRefused("engine_unknown", f"There is no speech engine {name!r}; there are {', '.join(ENGINES)}.")


def speak(
    engine: SpeechEngine, text: str, *, voice: str, language: str, pause_ms: int = 0, style: str = ""
) -> Iterator[bytes]:
    """One turn as Opus packets of 20 ms, each as soon as the engine has come so far; ends with `pause_ms` of silence.

    Raises EngineRefused, EngineBusy or EngineBroken, before the first packet where that is possible.
    """
    from tts.level import leveled

    spoken_by = engine.voice(voice, language)
    pcm = engine.synthesize(text, spoken_by, style)
    return encode(leveled(engine.describe(), spoken_by, pcm, pause_ms))
