"""Packets without the peaks that only the codec makes: looked for in what a decoder gives, and held down there.

Opus describes a sibilant's spectrum, not its samples: what comes out may be 1 dB and more above what went in, whatever
the limiter before it (tts/sound.py). A ceiling low enough for the worst sibilant would cost every voice loudness. So
each packet is decoded at once. Where that is too high, encoder and decoder go back by two packets, the sound is lowered
around the peak, for 20 ms, and the two are encoded anew; what is encoded is not the same everywhere then, so they are
looked at again. A packet is given out once the next one is right, too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Final

from common.contract import PACKET_SAMPLES
from common.opus import Decoder, Encoder, frames

_HIGHEST: Final = round(32_768 * 10 ** (-1.5 / 20))
"""Of decoded samples: what lies between them may be 0.3 dB higher."""
_TRIES: Final = 6
_LOWER: Final = 0.97
_BLOCK: Final = PACKET_SAMPLES // 4
"""In each, the highest sample is seen to."""
_REACH: Final = PACKET_SAMPLES // 2
_SHAPE: Final = [(1 + math.cos(math.pi * distance / _REACH)) / 2 for distance in range(_REACH)]
"""How much of a dip there is, by the samples from its middle."""
_Dip = tuple[int, float]
"""The sample in its middle, counted from the first of two frames, and what that is multiplied by."""


def encode_held_down(pcm: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the packets of a segment, 16-bit mono PCM at 48 kHz, none of which decodes to a peak above -1 dBTP as far
    as lowering the sound can help; each a packet later than `encode` would have it."""
    codec = _Codec()
    two: list[bytes] = []
    for frame in frames(pcm, codec.lookahead):
        two.append(frame)
        if len(two) == 2:
            yield codec.both(two)
            del two[0]
    yield codec.last or codec.alone(two[0])


class _Codec:
    """An encoder, a decoder of its packets, and how both were before the last one."""

    def __init__(self) -> None:
        self._encoder, self._decoder = Encoder(), Decoder()
        self.lookahead = self._encoder.lookahead
        self._before = self._now()
        self.last = b""
        self._dips: list[_Dip] = []  # what reaches into the frames to come

    def alone(self, frame: bytes) -> bytes:
        """Encode the first frame."""
        self.last, _ = self._encoded(frame, 0)
        return self.last

    def both(self, two: list[bytes]) -> bytes:
        """Encode the second of two frames, and the first again if need be; return the first one's packet."""
        if not self.last:
            self.alone(two[0])
        between = self._now()
        first, dips = self.last, self._dips
        lowered = [two[0], _dipped(two[1], PACKET_SAMPLES, dips)]
        second, too_high = self._encoded(lowered[1], PACKET_SAMPLES)
        for _ in range(_TRIES):
            if not too_high:
                break
            dips = [*dips, *too_high]
            self._go_back(self._before)
            lowered = [_dipped(frame, at, too_high) for frame, at in zip(lowered, (0, PACKET_SAMPLES), strict=True)]
            first, too_high = self._encoded(lowered[0], 0)
            between = self._now()
            second, more = self._encoded(lowered[1], PACKET_SAMPLES)
            too_high += more
        two[1] = lowered[1]
        self._before, self.last = between, second
        self._dips = [(middle - PACKET_SAMPLES, factor) for middle, factor in dips if middle > _REACH * 3]
        return first

    def _encoded(self, frame: bytes, at: int) -> tuple[bytes, list[_Dip]]:
        """Return the packet of the frame that begins `at`, and the dips that it takes for its peaks."""
        packet = self._encoder.packet(frame)
        return packet, list(_too_high(self._decoder.pcm(packet), at - self.lookahead))

    def _now(self) -> tuple[bytes, bytes]:
        return self._encoder.state(), self._decoder.state()

    def _go_back(self, to: tuple[bytes, bytes]) -> None:
        self._encoder.go_back(to[0])
        self._decoder.go_back(to[1])


def _too_high(heard: bytes, at: int) -> Iterator[_Dip]:
    """Tell where decoded sound, whose first sample is the one `at`, is too high, and by what it is to be multiplied.

    A peak that is the last frame's, which is given out already, is lowered as far as the next one can.
    """
    samples = memoryview(heard).cast("h")
    if max(samples) <= _HIGHEST and min(samples) >= -_HIGHEST:
        return
    for start in range(0, PACKET_SAMPLES, _BLOCK):
        block = samples[start : start + _BLOCK].tolist()
        highest = max(map(abs, block))
        if highest > _HIGHEST:
            where = next(place for place, sample in enumerate(block) if abs(sample) == highest)
            yield max(_REACH, at + start + where), _LOWER * _HIGHEST / highest


def _dipped(frame: bytes, at: int, dips: list[_Dip]) -> bytes:
    """Return a frame, whose first sample is the one `at`, with the dips that reach into it."""
    near = [(middle - at, factor) for middle, factor in dips if -_REACH < middle - at < PACKET_SAMPLES + _REACH]
    if not near:
        return frame
    samples = memoryview(bytearray(frame)).cast("h")
    for place in range(PACKET_SAMPLES):
        factors = (
            1 - (1 - least) * _SHAPE[abs(place - middle)] for middle, least in near if abs(place - middle) < _REACH
        )
        samples[place] = int(samples[place] * min(factors, default=1.0))
    return samples.tobytes()
