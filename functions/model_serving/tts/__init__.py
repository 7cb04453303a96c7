"""Speech: the engines, by the name in the settings, the name of their folder in tts/engines/, and the only way from a
text to Opus packets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from common.pronunciations import respelled
from common.settings import Settings
from functions.model_serving.engine_folders import create_engine, engine_libraries
from functions.model_serving.tts import engines
from functions.model_serving.tts.protocol import Description, Phonetic, SpeechEngine, Warmable
from functions.model_serving.tts.speakable import lines_spoken, links_spoken
from functions.model_serving.tts.style_prompt import style_prompt

__all__ = ["Description", "SpeechEngine", "Warmable", "engine", "libraries", "speak", "style_prompt"]


def engine(settings: Settings) -> SpeechEngine:
    """Make the engine named by `speech_engine`, for all threads. Raises EngineRefused for an unknown one."""
    made: SpeechEngine = create_engine(engines, settings.speech_engine, settings)
    return made


def libraries() -> Iterator[str]:
    """Yield the modules that the engines on offer take, for load_on_start alone: to name them imports their
    packages."""
    settings = Settings.from_env()
    if settings.load_on_start:
        yield from engine_libraries(engines, settings.offered("speech"))


def speak(
    engine: SpeechEngine,
    text: str,
    *,
    voice: str,
    language: str,
    pause_before_ms: int = 0,
    pause_ms: int = 0,
    style: str = "",
    pronunciations: Iterable[Mapping[str, Any]] = (),
) -> Iterator[bytes]:
    """Return a turn as Opus packets of 20 ms, each as soon as the engine has come so far (tts/level.py has packets of a
    voice of unknown level wait for its first 3 s); between silences of that length.

    Raises EngineRefused, EngineBusy or EngineBroken, before the first packet where possible.
    """
    from functions.model_serving.tts.level import leveled
    from functions.model_serving.tts.overshoot import encode_held_down
    from functions.model_serving.tts.sound import silence

    spoken_by = engine.voice(voice, language)
    described = engine.describe()
    written = links_spoken(lines_spoken(text), language)
    if isinstance(engine, Phonetic):
        said = respelled(written, pronunciations, reads_ipa=lambda ipa: engine.reads_ipa(ipa, spoken_by))
        pcm = engine.synthesize(said.text, spoken_by, style, said.sounds)
    else:
        pcm = engine.synthesize(respelled(written, pronunciations).text, spoken_by, style)
    turn = leveled(described, spoken_by, pcm, pause_ms)
    return encode_held_down(chain([silence(pause_before_ms)], turn))
