"""Piper's neural voices, in six languages, run by onnxruntime at some six times real time on a single core.

https://github.com/rhasspy/piper: a voice is a VITS network from phonemes to samples. The phonemes are espeak-ng's, said
by its worker, a process of its own; of Piper's own code nothing is needed. A language without a voice here is spoken by
espeak-ng itself.

The network draws its noise from a state of its own, which each use moves on. A turn therefore has a session to itself,
begun anew from the same state (0.3 s), so a text is the same bytes whenever voiced again.
"""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from common.errors import EngineBusy
from common.pronunciations import marked, split_at_marks
from functions.model_serving.tts.engines.espeak.engine import EspeakEngine
from functions.model_serving.tts.engines.piper.catalogue import Catalogue, Host, Model
from functions.model_serving.tts.level import gain_to_target
from functions.model_serving.tts.parts import sentence_parts
from functions.model_serving.tts.protocol import NO_SOUNDS, Description, Voice
from functions.model_serving.tts.sound import joined
from functions.model_serving.tts.speakable import require_latin_script, speakable
from functions.model_serving.tts.turns import WAIT_S, Turns, require_short
from functions.model_serving.tts.weights import Weights

LONGEST_PART: Final = 220
"""Characters that are made at once, some 15 s of speech: what a listener waits for is the first part."""
_HEADROOM: Final = 0.5
_LEVEL_DB: Final = -9.0
"""Of each part, to the common level. The network speaks one sentence louder than the next."""
_SEED: Final = 16
_PAUSES: Final = re.compile(r"([,;:.!?]+)(?=\s|$)")
_OTHER_LANGUAGE: Final = re.compile(r"\([a-z-]+\)")
"""espeak-ng's note within the phonemes that a word is said as in another language."""


class PiperEngine:
    """Models are fetched and read at the first text of a language, and shared by all threads."""

    def __init__(self, catalogue: Catalogue, weights: Weights, turns: int | None = None) -> None:
        self._hosts = catalogue.hosts
        self._weights = weights
        self._others = EspeakEngine()
        self._turns = Turns(turns)
        self._loading = threading.Lock()
        self._loaded: dict[str, _Voiced] = {}

    def describe(self) -> Description:
        others = self._others.describe()
        voices = tuple(self.voice(voice.name, voice.language) for voice in others.voices)
        return Description("piper", voices, others.languages, others.sample_rate, True, 0.0, given="words")

    def voice(self, name: str, language: str) -> Voice:
        host = self._hosts.get(language, {}).get(name)
        return Voice(name, language, -_LEVEL_DB, host.rate) if host else self._others.voice(name, language)

    def reads_ipa(self, ipa: str, voice: Voice) -> bool:
        host = self._host(voice)
        return self._model(host.model).knows(ipa) if host else self._others.reads_ipa(ipa, voice)

    def synthesize(
        self, text: str, voice: Voice, style: str = "", sounds: Mapping[str, str] = NO_SOUNDS
    ) -> Iterator[bytes]:
        host = self._host(voice)
        if host is None:
            yield from self._others.synthesize(text, voice, style, sounds)
            return
        require_latin_script(text)
        require_short(text)
        with self._turns.one():
            model = self._model(host.model)
            session = model.session()
            text, listed = marked(text, sounds)
            parts = sentence_parts(speakable(text, voice.language), LONGEST_PART, voice.language)
            made = (model.spoken(session, self._phonemes(part, listed, host.model), host) for part in parts)
            yield from self._turns.giving_way(joined(([pcm] for pcm in made), host.rate))

    def warm_up(self) -> None:
        """Load the networks of a language's voices whose files are here already, as loading takes longest the first
        time. Nothing is fetched."""
        self._others.warm_up()
        for language, hosts in self._hosts.items():
            if all(self._weights.present(file) for host in hosts.values() for file in host.model.files):
                for _ in self.synthesize("A.", self.voice("first", language)):
                    pass
                return

    def close(self) -> None:
        self._others.close()

    def _host(self, voice: Voice) -> Host | None:
        return self._hosts.get(voice.language, {}).get(voice.name)

    def _model(self, model: Model) -> _Voiced:
        """Return the model, fetched and read if need be, by one caller for all. Raises EngineBroken where it cannot be
        had."""
        if found := self._loaded.get(model.name):
            return found
        if not self._loading.acquire(timeout=WAIT_S):
            raise EngineBusy("engine_busy", "The voices are being fetched.")
        try:
            if model.name not in self._loaded:
                settings, weights = (self._weights.path(file) for file in model.files)
                self._loaded[model.name] = _Voiced.read(settings, weights)
            return self._loaded[model.name]
        finally:
            self._loading.release()

    def _phonemes(self, text: str, listed: list[str], model: Model) -> str:
        """Transcribe a part into phonemes, with signs for pauses; words with a sound of their own keep theirs."""
        pieces = [(piece, number) for piece, number in split_at_marks(text) if piece or number is not None]
        words = [_PAUSES.split(piece) for piece, number in pieces if number is None]
        spoken = iter(self._others.phonemes([each for piece in words for each in piece[::2]], model.phonemes))
        signs = iter(words)
        return " ".join(_said(next(signs), spoken) if number is None else listed[number] for _, number in pieces)


def _said(piece: list[str], spoken: Iterator[str]) -> str:
    """Return the phonemes of words and the signs between them, of a piece split at its signs."""
    said = ""
    for number, each in enumerate(piece):
        said += each[0] if number % 2 else f" {_OTHER_LANGUAGE.sub('', next(spoken))}"
    return said.strip()


@dataclass(frozen=True)
class _Voiced:
    """A model as read: `ids` of each phoneme, `noise` of sounds and of their lengths."""

    path: Path
    ids: Mapping[str, list[int]]
    noise: tuple[float, float]
    pace: float
    speakers: int

    @classmethod
    def read(cls, settings: Path, weights: Path) -> _Voiced:
        told = json.loads(settings.read_text(encoding="utf-8"))
        drawn = told["inference"]
        noise = (drawn["noise_scale"], drawn["noise_w"])
        return cls(weights, told["phoneme_id_map"], noise, drawn["length_scale"], told["num_speakers"])

    def knows(self, ipa: str) -> bool:
        return all(each in self.ids for each in unicodedata.normalize("NFD", ipa))

    def session(self) -> Any:
        """Begin the network from its first state, for a turn and a thread."""
        import onnxruntime

        onnxruntime.set_seed(_SEED)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # What is optimized is not faster, and takes a second more to load
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        return onnxruntime.InferenceSession(self.path, options, providers=["CPUExecutionProvider"])

    def spoken(self, session: Any, phonemes: str, host: Host) -> bytes:
        """Phonemes as 16-bit mono PCM, at the host's rate."""
        import numpy as np

        ids = np.asarray([self._ids(phonemes)], np.int64)
        noise, noise_of_lengths = self.noise
        scales = [noise, self.pace * host.pace * host.throat, noise_of_lengths]
        asked = {
            "input": ids,
            "input_lengths": np.asarray([ids.shape[1]], np.int64),
            "scales": np.asarray(scales, np.float32),
        }
        if self.speakers > 1:
            asked["sid"] = np.asarray([host.speaker], np.int64)
        sound = session.run(None, asked)[0].ravel() * _HEADROOM
        made = bytes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
        leveled = sound * 10 ** ((gain_to_target(made, host.rate) + _LEVEL_DB) / 20)
        return bytes((np.clip(leveled, -1, 1) * 32767).astype("<i2").tobytes())

    def _ids(self, phonemes: str) -> list[int]:
        """Return the numbers of phonemes as in the network's training: from `^` to `$`, each followed by a blank,
        `_`."""
        known = [self.ids[each] for each in unicodedata.normalize("NFD", phonemes) if each in self.ids]
        return [number for each in (self.ids["^"], *known) for number in (*each, *self.ids["_"])] + self.ids["$"]
