"""espeak-ng: the voices that need no key, no network and no download, from the `espeakng-loader` wheel.

Formant synthesis at about a thousand times real time: a robot's voice, clear, at once, in every language here. Speaks
in worker processes (tts/espeak_worker.py), as many at a time as there are cores.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from common.errors import EngineBroken, EngineBusy, EngineRefused
from functions.model_serving.tts import espeak_worker
from functions.model_serving.tts.protocol import Description, Voice
from functions.model_serving.tts.speakable import require_latin_script, speakable

SAMPLE_RATE: Final = 22_050
MAX_CHARACTERS: Final = 5_000
WAIT_S: Final = 10.0
MAX_BYTES: Final = 2 * SAMPLE_RATE * 60 * 15


@dataclass(frozen=True)
class _Manner:
    """How a voice speaks a language: espeak-ng's names for both, words a minute, pitch and its range of 100."""

    voice: str
    rate: int
    pitch: int
    range: int
    gain_db: float


# Two of espeak-ng's variants that are free of roughness and echo and an octave apart: 240 and 100 Hz on average. The
# gains were measured with ffmpeg's ebur128 behind tts/sound.py, which tests/unit/test_tts_sound.py repeats.
_MANNERS: Final = {
    "first": {
        "en": _Manner("en-us+Annie", 158, 48, 55, 5.8),
        "es": _Manner("es+Annie", 160, 48, 55, 6.7),
        "fr": _Manner("fr+Annie", 140, 48, 55, 7.1),
        "de": _Manner("de+Annie", 155, 48, 55, 5.5),
        "pt": _Manner("pt-br+Annie", 160, 48, 55, 5.4),
        "it": _Manner("it+Annie", 160, 48, 55, 6.8),
    },
    "second": {
        "en": _Manner("en-us+max", 155, 50, 60, 8.6),
        "es": _Manner("es+max", 158, 50, 60, 9.5),
        "fr": _Manner("fr+max", 138, 50, 60, 10.1),
        "de": _Manner("de+max", 152, 50, 60, 9.2),
        "pt": _Manner("pt-br+max", 158, 50, 60, 8.2),
        "it": _Manner("it+max", 158, 50, 60, 10.0),
    },
}
LANGUAGES: Final = tuple(_MANNERS["first"])


class EspeakEngine:
    """espeak-ng behind a pool of workers. `close()` ends them; a process that exits ends them too."""

    def __init__(self, workers: int | None = None) -> None:
        self._free = threading.BoundedSemaphore(workers or os.cpu_count() or 1)
        self._idle: list[_Worker] = []  # append and pop are atomic

    def describe(self) -> Description:
        voices = tuple(
            Voice(name, language, manner.gain_db)
            for name, manners in _MANNERS.items()
            for language, manner in manners.items()
        )
        return Description("espeak", voices, LANGUAGES, SAMPLE_RATE, True, 0.0)

    def voice(self, name: str, language: str) -> Voice:
        try:
            return Voice(name, language, _MANNERS[name][language].gain_db)
        except KeyError:
            detail = (
                f"The voice {name!r} does not speak {language!r} here; first and second speak {', '.join(LANGUAGES)}."
            )
            raise EngineRefused("engine_voice_unknown", detail) from None

    def synthesize(self, text: str, voice: Voice, style: str = "") -> Iterator[bytes]:
        require_latin_script(text)
        if len(text) > MAX_CHARACTERS:
            detail = f"One turn of {len(text)} characters is more than the {MAX_CHARACTERS} that can be spoken at once."
            raise EngineRefused("engine_text_long", detail)
        manner = _MANNERS[voice.name][voice.language]
        asked = {
            "text": speakable(text, voice.language),
            "voice": manner.voice,
            "rate": manner.rate,
            "pitch": manner.pitch,
            "range": manner.range,
        }
        with self._worker() as worker:
            yield from worker.speak(json.dumps(asked).encode() + b"\n")

    def warm_up(self) -> None:
        """Start a worker ahead of the first text, and have it say something, which loads all that speaking takes."""
        for _ in self.synthesize("Ready, 1.", self.voice("first", "en")):
            pass

    def close(self) -> None:
        while self._idle:
            self._idle.pop().end()

    @contextmanager
    def _worker(self) -> Iterator[_Worker]:
        """A worker of one's own. One that was interrupted in any way is ended rather than given back."""
        if not self._free.acquire(timeout=WAIT_S):
            raise EngineBusy("engine_busy", "All voices are speaking at the moment.")
        try:
            try:
                worker = self._idle.pop()
            except IndexError:
                worker = _Worker()
            try:
                yield worker
            except BaseException:
                worker.end()
                raise
            self._idle.append(worker)
        finally:
            self._free.release()


class _Worker:
    """One worker process, and the pipe to it."""

    def __init__(self) -> None:
        import espeakng_loader

        files = (espeak_worker.__file__, espeakng_loader.get_library_path(), espeakng_loader.get_data_path())
        # -I -S: nothing of this program's environment or packages, which it does not need and which take time
        command = [sys.executable, "-I", "-S", *files]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603

    def speak(self, line: bytes) -> Iterator[bytes]:
        """PCM until the end of the text. Raises EngineBroken when the text trips the worker up, or makes it hang."""
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
                if length == espeak_worker.REFUSED:
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
