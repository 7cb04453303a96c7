"""hibari: natural English, whole in a wheel of 16 MB, some sixty times as fast as real time, on a single core.

https://github.com/MMWilliams/hibari, Apache-2.0. hibari speaks English alone; other languages are espeak-ng's here, and
so is English where hibari cannot be loaded, which is said in the log.

One model, two hosts (voices.py). Each turn is spoken by a single thread, as many turns at a time as the machine has
cores; and sentence by sentence, so the first is heard while the next is made.
"""

from __future__ import annotations

import gc
import hashlib
import logging
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from functions.model_serving.tts.engines.espeak.engine import EspeakEngine
from functions.model_serving.tts.engines.hibari import lexicon
from functions.model_serving.tts.engines.hibari.voices import VOICES, spoken
from functions.model_serving.tts.parts import sentence_parts
from functions.model_serving.tts.protocol import NO_SOUNDS, Description, Voice
from functions.model_serving.tts.sound import joined
from functions.model_serving.tts.speakable import require_latin_script, speakable
from functions.model_serving.tts.turns import Turns, require_short

logger = logging.getLogger(__name__)

LANGUAGE: Final = "en"
SAMPLE_RATE: Final = 24_000
LONGEST_PART: Final = 220
"""Characters that are made at once, some 15 s of speech: what a listener waits for is the first part."""


class HibariEngine:
    """The model is loaded once, by `warm_up` or the first text, and shared by all threads."""

    def __init__(self, turns: int | None = None) -> None:
        self._others = EspeakEngine()
        self._turns = Turns(turns)
        self._loading = threading.Lock()
        self._phonemizing = threading.Lock()

    def describe(self) -> Description:
        others = self._others.describe()
        voices = tuple(self.voice(voice.name, voice.language) for voice in others.voices)
        return Description("hibari", voices, others.languages, others.sample_rate, True, 0.0, given="words")

    def voice(self, name: str, language: str) -> Voice:
        if language == LANGUAGE and name in VOICES and self._model is not None:
            return Voice(name, language, VOICES[name].gain_db, SAMPLE_RATE)
        return self._others.voice(name, language)

    def reads_ipa(self, ipa: str, voice: Voice) -> bool:
        """Tell whether a voice reads IPA: espeak-ng's do, but the model has phonemes of its own."""
        return not self._speaks(voice) and self._others.reads_ipa(ipa, voice)

    def synthesize(
        self, text: str, voice: Voice, style: str = "", sounds: Mapping[str, str] = NO_SOUNDS
    ) -> Iterator[bytes]:
        if not self._speaks(voice):
            yield from self._others.synthesize(text, voice, style, sounds)
            return
        require_latin_script(text)
        require_short(text)
        with self._turns.one():
            parts = sentence_parts(speakable(text, LANGUAGE), LONGEST_PART, LANGUAGE)
            yield from self._turns.giving_way(joined((self._part(part, voice) for part in parts), SAMPLE_RATE))

    def warm_up(self) -> None:
        """Load the model and both kinds of voices, and have the voices say something, which loads everything needed for
        speech. The other voices start beside the network, which is loaded outside of Python, and after the libraries,
        which are loaded within: what Python does side by side takes as long as one after the other."""
        with self._loading, suppress(Exception):  # of which `_loaded` tells
            _libraries()
        with ThreadPoolExecutor(1) as beside:
            others = beside.submit(self._others.warm_up)
            if self._model is not None:
                for _ in self.synthesize("Ready, 1. Zorblax.", self.voice("first", LANGUAGE)):
                    pass
            others.result()

    def close(self) -> None:
        self._others.close()

    def _speaks(self, voice: Voice) -> bool:
        return voice.language == LANGUAGE and self._model is not None

    def _part(self, text: str, voice: Voice) -> Iterator[bytes]:
        """Yield a sentence, or a part of a sentence: the same bytes whenever spoken again."""
        import numpy as np

        with self._phonemizing:
            phonemes = self._model.phonemize(text)
        for number, each in enumerate(phonemes):
            seed = hashlib.sha256(f"{voice.name} {number} {text}".encode()).digest()[:8]
            noise = np.random.default_rng(int.from_bytes(seed))
            yield spoken(self._model, self._model.ids(each), VOICES[voice.name], noise)

    @property
    def _model(self) -> Any:
        with self._loading:
            return self._loaded

    @cached_property
    def _loaded(self) -> Any:
        """The model, or None where no model can be had."""
        try:
            return _load()
        except Exception as error:  # noqa: BLE001 - whatever a library of another platform fails with
            logger.warning("espeak-ng speaks English, too: hibari cannot be loaded (%s)", error)
            return None


def _load() -> Any:
    """Load the two halves of the model at once: the network outside of Python, the lexicon within."""
    _libraries()
    from hibari import Hibari, g2p

    g2p._load_json = lambda name: lexicon.read(Path(g2p.ASSETS), name)
    with _without_collecting(), ThreadPoolExecutor(1) as beside:
        words = beside.submit(g2p.G2P)
        network = Hibari(threads=1, g2p=lambda sentence: words.result()(sentence))  # noqa: PLW0108 - not there yet
        words.result()
    return network


def _libraries() -> None:
    """Import what the model takes."""
    with _without_scipy():
        import hibari.g2p  # noqa: F401
        import onnxruntime  # noqa: F401


@contextmanager
def _without_scipy() -> Iterator[None]:
    """Have hibari transform with numpy. It takes SciPy where something else has brought it here: at the same speed, but
    other bytes of the same text, and half a second until it is loaded."""
    name = "scipy.fft"
    there = sys.modules.get(name)
    # None tells the import system that there is none
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]
        if there is not None:
            sys.modules[name] = there


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Look for no garbage while a lexicon is read: there is none among its many entries."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
