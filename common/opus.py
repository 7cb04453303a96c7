"""Opus (RFC 6716): speech in, packets of 20 ms out, and back. 48 kHz, mono, signed 16-bit little-endian PCM throughout.

Segments are encoded apart, by the voice forge, and heard as a single stream. So each is padded with silence to whole
packets including the encoder's lookahead: decoded one after the other by one decoder, every segment comes out whole,
later by that constant lookahead (the stream's pre-skip), with nothing lost at a boundary.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import importlib.util
import threading
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Final

from common.contract import PACKET_MS, PACKET_SAMPLES, SAMPLE_RATE
from common.errors import Misconfigured

BITRATE: Final = 32_000
COMPLEXITY: Final = 10
"""129 times real time on one core, against 177 at 5. But below 8 the encoder's noise shaping is unstable: in 1 of 120
turns of a synthetic voice it answered silence with a burst at full scale (libopus 1.3.1 and 1.6.1 alike); at 8 and
above in none of 1,920."""
_SAMPLE_BYTES = 2
_PACKET_BYTES = PACKET_SAMPLES * _SAMPLE_BYTES
_MAX_OPUS_BYTES = 1276  # RFC 6716, section 3.4: a frame is 1,275 bytes at most, and one byte says what it is
_loading = threading.Lock()


class Encoder:
    """Encodes one segment, a frame of `frames` at a time; one thread at a time.

    `lookahead` is by how many samples the decoded sound is late. Bit rate in bit/s, variable around it.
    """

    def __init__(self, *, bitrate: int = BITRATE, complexity: int = COMPLEXITY) -> None:
        opuslib = _opuslib()
        self._encoder = opuslib.Encoder(SAMPLE_RATE, 1, opuslib.APPLICATION_AUDIO)
        self._encoder.bitrate = bitrate
        self._encoder.complexity = complexity
        self._encoder.signal = opuslib.SIGNAL_VOICE
        self._encode = opuslib.api.encoder.encode
        self.lookahead: int = self._encoder.lookahead

    def packet(self, frame: bytes) -> bytes:
        """Return the packet of the next frame, 960 samples."""
        return bytes(self._encode(self._encoder.encoder_state, frame, PACKET_SAMPLES, _MAX_OPUS_BYTES))

    def state(self) -> bytes:
        """List all that it goes on from: one block of memory, which its library says may be copied as such."""
        return ctypes.string_at(self._encoder.encoder_state, _opuslib().api.encoder.libopus_get_size(1))

    def go_back(self, state: bytes) -> None:
        """Go on from an earlier state of this encoder."""
        ctypes.memmove(self._encoder.encoder_state, state, len(state))


class Decoder:
    """Decodes one segment, a packet of 20 ms at a time; its state can be gone back to, as an encoder's. `rate`, in Hz,
    of what comes out: 48,000, or 24,000, 16,000, 12,000 or 8,000 without what lies above half of that."""

    def __init__(self, rate: int = SAMPLE_RATE) -> None:
        opuslib = _opuslib()
        self._decoder = opuslib.Decoder(rate, 1)
        self._samples = rate * PACKET_MS // 1000
        self._sound = (ctypes.c_int16 * self._samples)()
        # The library's own method for this takes a sample at a time out of a pointer: twice the time of the decoding
        self._decode = opuslib.api.decoder.libopus_decode
        self._error = opuslib.exceptions.OpusError

    def pcm(self, packet: bytes) -> bytes:
        """Return the sound in a packet: 1,920 bytes at 48,000 Hz. Raises opuslib's OpusError for a damaged packet."""
        samples = self._decode(self._decoder.decoder_state, packet, len(packet), self._sound, self._samples, 0)
        if samples < 0:
            raise self._error(samples)
        return bytes(self._sound)[: samples * _SAMPLE_BYTES]

    def state(self) -> bytes:
        return ctypes.string_at(self._decoder.decoder_state, _opuslib().api.decoder.libopus_get_size(1))

    def go_back(self, state: bytes) -> None:
        ctypes.memmove(self._decoder.decoder_state, state, len(state))


def frames(pcm: Iterable[bytes | memoryview], lookahead: int) -> Iterator[bytes]:
    """PCM in pieces of any size as frames of 960 samples, each as soon as filled, and then silence until the last
    sample is through an encoder that is late by `lookahead` samples."""
    waiting = bytearray()
    for piece in chain(pcm, [bytes(lookahead * _SAMPLE_BYTES)]):
        waiting += piece
        whole = len(waiting) - len(waiting) % _PACKET_BYTES
        yield from (bytes(waiting[at : at + _PACKET_BYTES]) for at in range(0, whole, _PACKET_BYTES))
        del waiting[:whole]
    if waiting:
        yield bytes(waiting.ljust(_PACKET_BYTES, b"\0"))


def encode(
    pcm: Iterable[bytes | memoryview], *, bitrate: int = BITRATE, complexity: int = COMPLEXITY
) -> Iterator[bytes]:
    """Yield the packets of a segment, each as soon as filled by `pcm`."""
    encoder = Encoder(bitrate=bitrate, complexity=complexity)
    yield from map(encoder.packet, frames(pcm, encoder.lookahead))


def decode(packets: Iterable[bytes], rate: int = SAMPLE_RATE) -> Iterator[bytes]:
    """PCM at `rate` of packets of 20 ms heard one after the other, 20 ms each; the pre-skip is the caller's to drop."""
    decoder = Decoder(rate)
    for packet in packets:
        yield decoder.pcm(packet)


@cache
def lookahead() -> int:
    """Return by how many samples the sound of every `Encoder` is late: the `pre_skip` of its Ogg Opus file."""
    return Encoder().lookahead


def _opuslib() -> ModuleType:
    """Return the module `opuslib`, bound to an available libopus."""
    with _loading:  # two threads at their first segment must not both exchange find_library
        return _bound_opuslib()


@cache
def _bound_opuslib() -> ModuleType:
    """Import opuslib with a libopus: the system's, else the one inside PyAV's wheel.

    opuslib asks `ctypes.util.find_library` for it at import, once and in no other way, and a platform without package
    manager has none to be found. The wheel's has a mangled name unknown to such a search, hence the exchange for the
    moment of the import. Raises Misconfigured where neither exists.
    """
    found = ctypes.util.find_library
    location = found("opus") or _wheel_libopus()
    if location is None:
        raise Misconfigured("libopus_missing", "install libopus, or the Python package av, which carries one")
    try:
        ctypes.util.find_library = lambda name: location if name == "opus" else found(name)
        import opuslib
        import opuslib.api.encoder
    finally:
        ctypes.util.find_library = found
    for name in ("encoder", "decoder"):
        # Declaring the fixed arguments is what makes a variadic call right on every platform (ctypes, "Calling
        # variadic functions"); opuslib leaves them out, and Apple's ARM calling convention then loses the value
        api = getattr(opuslib.api, name)
        api.libopus_ctl.argtypes = (getattr(api, f"{name.title()}Pointer"), ctypes.c_int)
    return opuslib  # type: ignore[no-any-return]


def _wheel_libopus() -> str | None:
    """Return the libopus inside PyAV's wheel, wherever put by the platform's repair tool."""
    spec = importlib.util.find_spec("av")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    for folder in (package.parent / "av.libs", package / ".dylibs"):
        for library in sorted(folder.glob("*opus-*")) + sorted(folder.glob("libopus.*")):
            return str(library)
    return None
