"""A single espeak-ng in a process of its own: text in on stdin, PCM out on stdout. Started by engine.py.

espeak-ng is a single global state in C: espeak-ng speaks a single text at a time, and a crash over a text takes the
process along. Here such a crash costs a worker, which is replaced, and never a server with everyone's requests.

The state outlives a text, too: the flutter of the pitch, the cycle of the glottis and the gain control go on where the
last text left them (static variables in its wavegen.c, which no call sets back), so no text ever sounded the same to
the sample. Each is therefore spoken by a fork of a worker that has never spoken, and is the same bytes whenever voiced
again. The fork costs 3 ms a text.

    in:  one JSON object a line: {"text", "phonemes", "voice", "rate", "pitch", "range"}, or {"pieces", "voice"}
    out: u32 little-endian length, then that many bytes of PCM, repeated; 0: the end of the text; 0xFFFFFFFF: refused;
         of pieces, instead of PCM, a JSON list of their phonemes in the International Phonetic Alphabet

Arguments: the library, its data folder. Uses the standard library alone, so a worker is up in a moment.
https://github.com/espeak-ng/espeak-ng/blob/master/src/include/espeak-ng/speak_lib.h
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import struct
import sys
from typing import Any, BinaryIO

REFUSED = 0xFFFFFFFF
DEADLINE_S = 20
"""For one text, which takes milliseconds: past this, it hangs."""
_SYNCHRONOUS = 2
_DONT_EXIT = 0x8000
_CHARS_UTF8 = 1
_PHONEMES = 0x100  # what is in [[ ]] are mnemonics
_IN_IPA = 2
_BUFFER_MS = 100
_RATE, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4
_VOLUME_PERCENT = 80  # so that no voice clips inside espeak-ng; the level is set afterwards
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


def main(library: str, data: str) -> None:
    # Whatever espeak-ng prints belongs with the errors, not into the sound
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    espeak = ctypes.CDLL(library)
    if espeak.espeak_Initialize(_SYNCHRONOUS, _BUFFER_MS, os.fsencode(data), _DONT_EXIT) < 0:
        sys.exit("espeak-ng cannot be started")

    def deliver(samples: int | None, count: int, _events: int | None) -> int:
        if samples and count:
            out.write(struct.pack("<I", count * 2) + ctypes.string_at(samples, count * 2))
            out.flush()
        return 0

    callback = _CALLBACK(deliver)  # kept by name: C does not keep it alive
    espeak.espeak_SetSynthCallback(callback)
    espeak.espeak_SetVoiceByName(b"en-us")  # lists all voices, which every fork would take 5 ms for
    for line in sys.stdin.buffer:
        speaker = os.fork()
        if not speaker:
            signal.alarm(DEADLINE_S)
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # nobody listens any more: no reason to go on
            asked = json.loads(line)
            (_transcribe if "pieces" in asked else _speak)(espeak, asked, out)
            os._exit(0)
        if os.waitpid(speaker, 0)[1]:
            sys.exit("espeak-ng broke down at a text")


def _transcribe(espeak: ctypes.CDLL, asked: dict[str, Any], out: BinaryIO) -> None:
    refused = espeak.espeak_SetVoiceByName(asked["voice"].encode())
    if not refused:
        told = json.dumps([_phonemes(espeak, piece) for piece in asked["pieces"]]).encode()
        out.write(struct.pack("<I", len(told)) + told)
    out.write(struct.pack("<I", REFUSED if refused else 0))
    out.flush()


def _phonemes(espeak: ctypes.CDLL, piece: str) -> str:
    espeak.espeak_TextToPhonemes.restype = ctypes.c_char_p
    rest, clauses = ctypes.c_char_p(piece.encode()), []
    while rest.value:
        clauses.append(espeak.espeak_TextToPhonemes(ctypes.byref(rest), _CHARS_UTF8, _IN_IPA).decode())
    return " ".join(clauses)


def _speak(espeak: ctypes.CDLL, asked: dict[str, Any], out: BinaryIO) -> None:
    text = str(asked["text"]).encode() + b"\0"
    refused = espeak.espeak_SetVoiceByName(str(asked["voice"]).encode())
    if not refused:
        parameters = ((_RATE, "rate"), (_PITCH, "pitch"), (_RANGE, "range"))
        for parameter, name in parameters:
            espeak.espeak_SetParameter(parameter, int(asked[name]), 0)
        espeak.espeak_SetParameter(_VOLUME, _VOLUME_PERCENT, 0)
        flags = _CHARS_UTF8 | (_PHONEMES if asked["phonemes"] else 0)
        refused = espeak.espeak_Synth(text, ctypes.c_size_t(len(text)), 0, 1, 0, flags, None, None)
    out.write(struct.pack("<I", REFUSED if refused else 0))
    out.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
