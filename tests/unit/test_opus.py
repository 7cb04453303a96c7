"""The encoder: segments encoded apart and heard as one stream, whole and without a click, whatever libopus is there."""

from __future__ import annotations

import ctypes.util
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from opuslib.exceptions import OpusError

from common.ogg import packet_samples
from common.opus import Encoder, decode, encode, lookahead

Samples = NDArray[np.int16]


def voice_like(seconds: float, pitch: float, *, fade: int = 240) -> Samples:
    """A vowel: harmonics of `pitch` under a formant, faded in and out over `fade` samples as speech engines do."""
    time = np.arange(round(seconds * 48_000)) / 48_000
    formants = [(k * pitch, np.exp(-(((k * pitch - 700) / 400) ** 2)) + 0.1) for k in range(1, int(4_000 / pitch))]
    wave = sum(level * np.sin(2 * np.pi * frequency * time) for frequency, level in formants)
    wave = 9_000 * wave / np.abs(wave).max()
    if fade:
        ramp = np.linspace(0, 1, fade)
        wave[:fade] *= ramp
        wave[-fade:] *= ramp[::-1]
    samples: Samples = np.round(wave).astype(np.int16)
    return samples


def packets_of(samples: Samples) -> list[bytes]:
    return list(encode([samples.tobytes()]))


def heard(packets: list[bytes]) -> Samples:
    return np.frombuffer(b"".join(decode(packets)), "<i2")


SEGMENTS = [voice_like(0.513, 110), voice_like(0.7, 205), voice_like(0.4, 130), voice_like(0.4201, 190)]


def test_every_packet_lasts_20_ms() -> None:
    packets = packets_of(SEGMENTS[0])
    assert {packet_samples(packet) for packet in packets} == {960}
    assert len(packets) == -(-(len(SEGMENTS[0]) + lookahead()) // 960)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 5_000), max_size=12))
def test_it_does_not_matter_how_pcm_is_cut_into_pieces(sizes: list[int]) -> None:
    pcm = SEGMENTS[0].tobytes()
    cuts = [0, *(at for at in np.cumsum(sizes).tolist() if at < len(pcm)), len(pcm)]
    pieces = [pcm[start:end] for start, end in pairwise(cuts)]
    assert list(encode(pieces)) == packets_of(SEGMENTS[0])


def test_sound_is_the_same_at_half_the_rate() -> None:
    packets = [packet for segment in SEGMENTS for packet in packets_of(segment)]
    whole = heard(packets).astype(float)
    half = np.frombuffer(b"".join(decode(packets, 24_000)), "<i2").astype(float)
    assert len(half) * 2 == len(whole)
    spectra = [np.abs(np.fft.rfft(sound))[: len(half) // 3] / len(sound) for sound in (whole, half)]  # to 8 kHz
    assert np.abs(spectra[0] - spectra[1]).max() < 0.02 * spectra[0].max()


def test_a_damaged_packet_is_refused() -> None:
    with pytest.raises(OpusError):
        list(decode([b"\xff" * 3]))


def test_a_packet_is_given_out_before_the_segment_is_complete() -> None:
    def slow() -> Iterator[bytes]:
        yield bytes(1_920)
        raise AssertionError("asked for more than the first packet needs")

    assert packet_samples(next(encode(slow()))) == 960


def test_segments_encoded_apart_are_heard_whole_as_one_stream() -> None:
    """Each segment's samples are where they belong, from the first to the last, later by the lookahead alone."""
    encoded = [packets_of(segment) for segment in SEGMENTS]
    stream = heard([packet for packets in encoded for packet in packets])
    start = 0
    for segment, packets in zip(SEGMENTS, encoded, strict=True):
        at = start + lookahead()
        decoded = stream[at : at + len(segment)].astype(float)
        for part in (slice(None), slice(0, 2_400), slice(-2_400, None)):
            likeness = np.corrcoef(segment[part], decoded[part])[0, 1]
            assert likeness > 0.93, (part, likeness)
        start += 960 * len(packets)
    assert start == len(stream)


def test_the_last_sample_is_not_lost_where_a_segment_fills_its_packets() -> None:
    """960 samples need two packets: what the lookahead holds back comes out with the second."""
    full = voice_like(0.1, 150, fade=0)
    assert len(full) % 960 == 0
    stream = heard(packets_of(full)).astype(float)
    tail = stream[lookahead() + len(full) - 480 : lookahead() + len(full)]
    assert np.sqrt(np.mean(tail**2)) > 0.7 * np.sqrt(np.mean(full[-480:].astype(float) ** 2))


def test_a_segment_of_nothing_is_a_packet_of_silence() -> None:
    packets = list(encode([]))
    assert len(packets) == 1
    assert np.abs(heard(packets)).max() < 5


def test_no_click_at_a_boundary() -> None:
    """A decoder going on into a fresh encoder's packets hears the same as a fresh decoder, without a jump.

    Segments end with a pause; otherwise the decoder's memory of a loud end would color the next 100 ms.
    """
    pause = np.zeros(48_000 // 4, np.int16)
    encoded = [packets_of(np.concatenate((segment, pause))) for segment in SEGMENTS]
    stream = heard([packet for packets in encoded for packet in packets]).astype(int)
    start = 0
    for packets in encoded:
        end = start + 960 * len(packets)
        assert np.abs(stream[start:end] - heard(packets)).max() < 100  # -50 dB of full scale
        assert np.abs(np.diff(stream[max(0, start - 10) : start + 10])).max() < 20
        start = end


def test_threads_encode_side_by_side() -> None:
    alone = [packets_of(segment) for segment in SEGMENTS]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(packets_of, SEGMENTS * 4)) == alone * 4


def test_the_bit_rate_follows_what_is_asked() -> None:
    segment = voice_like(4, 140)
    rates = []
    for asked in (24_000, 32_000, 40_000):
        packets = list(encode([segment.tobytes()], bitrate=asked))
        rates.append(sum(map(len, packets)) * 8 / (len(packets) * 0.02))
        assert 0.5 * asked < rates[-1] < 1.1 * asked  # variable: what is easy to encode gets less
    assert rates == sorted(rates)


WITHOUT_A_SYSTEM_LIBRARY = """
import ctypes.util
ctypes.util.find_library = hidden = lambda name: None
{more}
from common.opus import Encoder
print(len([Encoder().packet(bytes(1920))]))
assert ctypes.util.find_library is hidden, "the lookup was not put back"
"""


def run_python(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


def test_the_libopus_of_pyav_serves_where_the_system_has_none() -> None:
    done = run_python(WITHOUT_A_SYSTEM_LIBRARY.format(more=""))
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr


def test_no_libopus_at_all_is_a_clear_error() -> None:
    done = run_python(WITHOUT_A_SYSTEM_LIBRARY.format(more="import sys; sys.modules['av'] = None"))
    assert "Misconfigured: libopus_missing" in done.stderr


def test_the_lookup_is_as_it_was() -> None:
    Encoder()
    assert ctypes.util.find_library.__module__ == "ctypes.util"
