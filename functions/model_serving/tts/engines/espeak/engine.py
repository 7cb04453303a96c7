"""espeak-ng: voices without need of a key, a network or a download, from the `espeakng-loader` wheel.

Formant synthesis at about a thousand times real time: a robot's voice, clear, at once, in every language here. Speaks
in worker processes (worker.py), as many at a time as the machine has cores.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from common import languages
from common.errors import EngineBroken, EngineRefused
from common.pronunciations import marked, unmarked
from functions.model_serving.tts.engines.espeak import worker
from functions.model_serving.tts.engines.espeak.phonemes import mnemonics
from functions.model_serving.tts.protocol import NO_SOUNDS, Description, Voice
from functions.model_serving.tts.speakable import require_latin_script, speakable
from functions.model_serving.tts.turns import Turns, require_short

SAMPLE_RATE: Final = 22_050
MAX_BYTES: Final = 2 * SAMPLE_RATE * 60 * 15
_RATE: Final = 158
"""Words a minute, where no better one is known for a language."""


@dataclass(frozen=True)
class _Parameters:
    """How a voice speaks a language: espeak-ng's name for both, words a minute, pitch and its range, of 100."""

    voice: str
    rate: int
    pitch: int
    range: int
    gain_db: float | None


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "voices.toml").read_text(encoding="utf-8"))


@cache
def _parameters(voice: str, language: str) -> _Parameters:
    """Look up a voice in a language. Raises KeyError for an unknown voice."""
    sound = _table()["voices"][voice]
    spoken = _table()["languages"].get(language, {})
    measured = spoken.get(voice, {})
    return _Parameters(
        voice=f"{spoken.get('name', language)}+{sound['variant']}",
        rate=measured.get("rate", _RATE),
        pitch=sound["pitch"],
        range=sound["range"],
        gain_db=measured.get("gain_db"),
    )


class EspeakEngine:
    """espeak-ng behind a pool of workers. `close()` ends them; a process that exits ends them too."""

    def __init__(self, workers: int | None = None) -> None:
        self._turns = Turns(workers)
        self._idle: list[_Worker] = []  # append and pop are atomic

    def describe(self) -> Description:
        known = languages.LANGUAGES
        voices = tuple(
            Voice(name, language, _parameters(name, language).gain_db)
            for name in _table()["voices"]
            for language in known
        )
        return Description("espeak", voices, known, SAMPLE_RATE, True, 0.0, given="words")

    def voice(self, name: str, language: str) -> Voice:
        if name not in _table()["voices"] or language not in languages.LANGUAGES:
            known = ", ".join(languages.LANGUAGES)
            detail = (
                f"The voice {name!r} does not speak {language!r} here; {', '.join(_table()['voices'])} speak {known}."
            )
            raise EngineRefused("engine_voice_unknown", detail)
        return Voice(name, language, _parameters(name, language).gain_db)

    def reads_ipa(self, ipa: str, voice: Voice) -> bool:
        return mnemonics(ipa, voice.language) is not None

    def synthesize(
        self, text: str, voice: Voice, style: str = "", sounds: Mapping[str, str] = NO_SOUNDS
    ) -> Iterator[bytes]:
        require_latin_script(text)
        require_short(text)
        parameters = _parameters(voice.name, voice.language)
        text, listed = marked(text, sounds)
        # No bracket is left in what is speakable: all that are there are these
        told = [f"[[{mnemonics(ipa, voice.language)}]]" for ipa in listed]
        asked = {
            "text": unmarked(speakable(text, voice.language), told),
            "phonemes": bool(told),
            "voice": parameters.voice,
            "rate": parameters.rate,
            "pitch": parameters.pitch,
            "range": parameters.range,
        }
        with self._worker() as own:
            yield from self._turns.giving_way(own.speak(json.dumps(asked).encode() + b"\n"))

    def phonemes(self, pieces: list[str], voice: str) -> list[str]:
        """Transcribe pieces of text, in words alone, into the International Phonetic Alphabet, as espeak-ng's `voice`
        of a language says them."""
        with self._worker() as own:
            told = b"".join(own.speak(json.dumps({"pieces": pieces, "voice": voice}).encode() + b"\n"))
        return list(json.loads(told))

    def warm_up(self) -> None:
        """Start a worker ahead of the first text, and have the worker say something, which loads everything needed for
        speech."""
        for _ in self.synthesize("Ready, 1.", self.voice("first", languages.DEFAULT)):
            pass

    def close(self) -> None:
        while self._idle:
            self._idle.pop().end()

    @contextmanager
    def _worker(self) -> Iterator[_Worker]:
        """Provide a worker for the caller alone. A worker interrupted in any way is ended rather than given back."""
        with self._turns.one():
            try:
                own = self._idle.pop()
            except IndexError:
                own = _Worker()
            try:
                yield own
            except BaseException:
                own.end()
                raise
            self._idle.append(own)


class _Worker:
    """A worker process, and the pipe to the process."""

    def __init__(self) -> None:
        import espeakng_loader

        files = (worker.__file__, espeakng_loader.get_library_path(), espeakng_loader.get_data_path())
        # -I -S: nothing of this program's environment or packages, which it does not need and which take time
        command = [sys.executable, "-I", "-S", *files]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603

    def speak(self, line: bytes) -> Iterator[bytes]:
        """Yield the answer to a line, PCM unless it asks for phonemes, until its end. Raises EngineBroken when the
        worker stumbles over the text, or hangs."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None  # noqa: S101
        assert stdout is not None  # noqa: S101
        total = 0
        try:
            stdin.write(line)
            stdin.flush()
            while True:
                (length,) = struct.unpack("<I", stdout.read(4))
                if length == 0:
                    return
                if length == worker.REFUSED:
                    raise EngineRefused("engine_text_refused", "The voice cannot speak this text.")
                pcm = stdout.read(length)
                total += len(pcm)
                if len(pcm) < length or total > MAX_BYTES:
                    break
                yield pcm
        except (OSError, struct.error):
            pass
        raise EngineBroken("engine_broken", "The voice broke down at this text.")

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
