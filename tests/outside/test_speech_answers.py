"""Answers of servers of OpenAI's speech API, and the heard sound: a tone of 440 Hz, for 2 s, or nothing."""

from __future__ import annotations

import base64
import io
import json
import math
import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from typing import Any

import av
import numpy as np
import pytest

from common.errors import AethercastError, EngineBroken, EngineRefused
from common.policy import POLICIES
from common.settings import Settings
from functions.model_serving import engine_calls
from functions.model_serving.tts.engines.openai import engine as hosted
from functions.model_serving.tts.engines.openai.answered import SAMPLE_RATE, container_of, pcm_of
from functions.model_serving.tts.engines.openai.engine import PROBE, OpenAIEngine
from functions.model_serving.tts.engines.openai.wrapped import unwrapped
from tests.fakes.speech import FakeSpeechServer

TEXT = "The tide comes in, and it goes out again."
HERTZ, SECONDS = 440, 2.0


@cache
def tone(rate: int, channels: int = 1, seconds: float = SECONDS) -> bytes:
    wave = 9000 * np.sin(2 * np.pi * HERTZ * np.arange(int(rate * seconds)) / rate)
    return bytes(np.repeat(wave.astype("<i2"), channels).tobytes())


@cache
def contained(container: str, codec: str, rate: int, layout: str = "mono", options: str = "") -> bytes:
    """The tone in a file."""
    out = io.BytesIO()
    with av.open(out, "w", format=container, options={"movflags": options} if options else {}) as file:
        stream: Any = file.add_stream(codec, rate=rate, layout=layout, options={"strict": "experimental"})
        resampler = av.AudioResampler(format=stream.codec_context.format, layout=layout, rate=rate, frame_size=1024)
        frame = av.AudioFrame(format="s16", layout="mono", samples=int(rate * SECONDS))
        frame.planes[0].update(tone(rate))
        frame.sample_rate = rate
        for whole in (frame, None):
            for part in resampler.resample(whole):
                file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    return out.getvalue()


def wav(pcm: bytes, rate: int, size: int) -> bytes:
    """A file claiming `size` bytes of samples."""
    form = struct.pack("<IHHIIHH", 16, 1, 1, rate, rate * 2, 2, 16)
    return b"RIFF" + struct.pack("<I", size) + b"WAVEfmt " + form + b"data" + struct.pack("<I", size) + pcm


def chunked_wav(bits: int, rate: int, *, more: bytes = b"", size: int | None = None, extensible: bool = False) -> bytes:
    """A file of `bits` a sample, with `more` chunks before its samples, claiming `size` bytes."""
    if bits == 8:
        data = bytes((sample >> 8) + 128 for sample in array("h", tone(rate)))
    else:
        samples = np.frombuffer(tone(rate), np.uint8).reshape(-1, 2)
        data = np.pad(samples, ((0, 0), (bits // 8 - 2, 0))).tobytes()
    width = bits // 8
    form = struct.pack("<HHIIHH", 0xFFFE if extensible else 1, 1, rate, rate * width, width, bits)
    if extensible:
        form += struct.pack("<HHI", 22, bits, 4) + bytes.fromhex("0100000000001000800000aa00389b71")
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + more
    body += b"data" + struct.pack("<I", len(data) if size is None else size) + data
    return b"RIFF" + struct.pack("<I", len(body) if size is None else size) + body


def chunk(name: bytes, size: int) -> bytes:
    return name + struct.pack("<I", size) + bytes(size + size % 2)


def tagged(mp3: bytes, size: int) -> bytes:
    """A file with a picture of so many bytes in its ID3 tag (https://id3.org/id3v2.3.0)."""
    picture = b"\0image/png\0\3\0\x89PNG\r\n\x1a\n" + bytes([255, 251, 144, 0]) * (size // 4)
    frame = b"APIC" + struct.pack(">IH", len(picture), 0) + picture
    sizes = bytes(len(frame) >> shift & 127 for shift in (21, 14, 7, 0))
    return b"ID3\3\0\0" + sizes + frame + mp3


def streamed_wav(rate: int, size: int) -> bytes:
    """A WAV file as sent by servers of a still unknown length."""
    return wav(tone(rate), rate, size)


@cache
def in_floats(rate: int, channels: int = 1, seconds: float = SECONDS) -> bytes:
    """The same tone in 32-bit floats."""
    return array("f", (sample / 32_768 for sample in array("h", tone(rate, channels, seconds)))).tobytes()


def swapped(pcm: bytes) -> bytes:
    samples = array("h", pcm)
    samples.byteswap()
    return samples.tobytes()


class Server(FakeSpeechServer):
    """Answers with bytes of the test's choice, whatever it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.kind = "audio/pcm"  # type: ignore[misc]
        self.data = b""
        self.probed: bytes | None = None
        """In answer to the known sentence."""

    def answer(self, body: dict[str, Any], path: str) -> Iterator[bytes]:
        data = self.probed if body["input"] == PROBE and self.probed is not None else self.data
        return (data[at : at + 8_000] for at in range(0, len(data), 8_000))


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def engine_at(server: FakeSpeechServer, **more: Any) -> OpenAIEngine:
    return OpenAIEngine(replace(Settings(), speech_base_url=server.url, **more))


def spoken(engine: OpenAIEngine, text: str = TEXT) -> bytes:
    return b"".join(engine.synthesize(text, engine.voice("first", "en")))


def assert_tone(pcm: bytes, level: float = 1.0) -> None:
    samples = array("h", pcm)
    assert len(samples) / SAMPLE_RATE == pytest.approx(SECONDS, rel=0.05)
    middle = samples[SAMPLE_RATE // 2 : SAMPLE_RATE * 3 // 2]
    rises = sum(before < 0 <= after for before, after in pairwise(middle))
    assert rises == pytest.approx(HERTZ, rel=0.01)
    assert max(middle) == pytest.approx(9000 * level, rel=0.2)


@dataclass(frozen=True)
class Answer:
    """`probes`: the rate is not stated, so a known sentence is needed."""

    data: bytes
    kind: str = "audio/pcm"
    headers: dict[str, str] = field(default_factory=dict)
    probes: bool = False
    level: float = 1.0
    """Of one channel of several, in what was made of one."""


STATED = {
    "X-Audio-Sample-Rate": Answer(tone(44_100), headers={"X-Audio-Sample-Rate": "44100"}),
    "X-Sample-Rate": Answer(tone(22_050), headers={"X-Sample-Rate": "22050"}),
    "octets and headers": Answer(
        tone(48_000), "application/octet-stream", {"X-Audio-Sample-Rate": "48000", "X-Audio-Channels": "1"}
    ),
    "rate parameter": Answer(tone(22_050), "audio/pcm;rate=22050"),
    "rate in quotes": Answer(tone(16_000), 'audio/pcm; Rate="16000"'),
    "L16, little-endian": Answer(tone(16_000), "audio/L16; rate=16000; channels=1"),
    "L16, network order": Answer(swapped(tone(16_000)), "audio/L16;rate=16000"),
    "stereo": Answer(tone(24_000, 2), headers={"X-Audio-Channels": "2", "X-Audio-Sample-Rate": "24000"}),
    "floats": Answer(in_floats(16_000), headers={"X-Sample-Rate": "16000"}),
    "floats in stereo": Answer(in_floats(22_050, 2), "audio/pcm; rate=22050; channels=2"),
    "floats at our rate": Answer(in_floats(24_000), "audio/pcm;rate=24000"),
    "floats after silence": Answer(bytes(40_002 * 4) + in_floats(24_000), "audio/pcm;rate=24000"),
    "an odd byte": Answer(tone(16_000) + b"\x01", "audio/pcm;rate=16000"),
    "wav": Answer(contained("wav", "pcm_s16le", 24_000), "audio/wav"),
    "wav, 22,050 Hz": Answer(contained("wav", "pcm_s16le", 22_050), "audio/x-wav"),
    "wav in floats": Answer(contained("wav", "pcm_f32le", 16_000), "audio/wav"),
    "wav as octets": Answer(contained("wav", "pcm_s16le", 24_000), "application/octet-stream"),
    "wav as pcm": Answer(contained("wav", "pcm_s16le", 24_000)),
    "wav of unknown length": Answer(streamed_wav(24_000, 0xFFFFFFFF), "audio/wav"),
    "wav of no length": Answer(streamed_wav(22_050, 0), "audio/wav"),
    "mp3": Answer(contained("mp3", "libmp3lame", 24_000), "audio/mpeg"),
    "mp3 as octets": Answer(contained("mp3", "libmp3lame", 44_100), "application/octet-stream"),
    "mp3 without a type": Answer(contained("mp3", "libmp3lame", 24_000), ""),
    "mp3 without a tag": Answer(contained("mp3", "libmp3lame", 24_000).partition(b"\xff\xf3")[2], "audio/mpeg"),
    "opus": Answer(contained("ogg", "libopus", 48_000), "audio/ogg"),
    "flac": Answer(contained("flac", "flac", 24_000), "audio/flac"),
    "aac": Answer(contained("adts", "aac", 24_000), "audio/aac"),
    "vorbis": Answer(contained("ogg", "vorbis", 44_100, "stereo"), "application/ogg", level=0.7),
    "m4a, streamed": Answer(contained("mp4", "aac", 44_100, options="frag_keyframe+empty_moov"), "audio/mp4"),
    "m4a, read from its end": Answer(contained("mp4", "aac", 44_100), "audio/mp4"),
    "webm": Answer(contained("webm", "libopus", 48_000), "audio/webm"),
    "aiff": Answer(contained("aiff", "pcm_s16be", 22_050), "audio/aiff"),
    "mp3 in stereo": Answer(contained("mp3", "libmp3lame", 44_100, "stereo"), "audio/mpeg", level=0.7),
    "mp3 with a picture": Answer(tagged(contained("mp3", "libmp3lame", 44_100), 200_000), "audio/mpeg"),
    "wav in stereo": Answer(contained("wav", "pcm_s16le", 44_100, "stereo"), "audio/wav", level=0.7),
    **{
        f"wav of {bits} bits{kind}{length}": Answer(
            chunked_wav(bits, 22_050, more=more, size=size, extensible=bool(kind)), "audio/wav"
        )
        for bits in (8, 16, 24, 32)
        for kind in ("", ", extensible")
        for length, size in (("", None), (", streamed", 0xFFFFFFFF), (", of no length", 0), (", of 2 GiB", 0x7FFFFFFF))
        for more in (b"",)
    },
    "wav with a list": Answer(chunked_wav(16, 22_050, more=chunk(b"LIST", 71)), "audio/wav"),
    "wav with a long list": Answer(chunked_wav(16, 22_050, more=chunk(b"LIST", 9_001)), "audio/wav"),
    "wav with a long list, streamed": Answer(
        chunked_wav(16, 22_050, more=chunk(b"LIST", 9_000), size=0xFFFFFFFF), "audio/wav"
    ),
    "wav that says it is samples": Answer(chunked_wav(24, 16_000), "audio/pcm;rate=24000"),
    "mp3 that says it is wav": Answer(contained("mp3", "libmp3lame", 24_000), "audio/wav"),
    "samples that say they are wav": Answer(tone(24_000), "audio/wav", {"X-Sample-Rate": "24000"}),
    "mu-law": Answer(contained("mulaw", "pcm_mulaw", 8_000), "audio/basic"),
    "mu-law at a rate": Answer(contained("mulaw", "pcm_mulaw", 16_000), "audio/PCMU;rate=16000"),
    "A-law": Answer(contained("alaw", "pcm_alaw", 8_000), "audio/PCMA"),
    "wav in mu-law": Answer(contained("wav", "pcm_mulaw", 8_000), "audio/wav"),
    "au": Answer(contained("au", "pcm_mulaw", 8_000), "audio/basic"),
    "caf": Answer(contained("caf", "pcm_s16le", 22_050), "audio/x-caf"),
    "8,000 Hz": Answer(tone(8_000), "audio/pcm;rate=8000"),
    "another header": Answer(tone(16_000), headers={"X-Audio-SampleRate": "16000"}),
    "a rate in Hz": Answer(tone(16_000), headers={"Audio-Sample-Rate": "16000 Hz"}),
    "sample_rate parameter": Answer(tone(22_050, 2), "audio/x-pcm; sample_rate=22050; channels=2"),
}


def base64_of(sound: bytes) -> str:
    return base64.b64encode(sound).decode()


def cut(sound: bytes, size: int = 4_800) -> list[bytes]:
    return [sound[at : at + size] for at in range(0, len(sound), size)]


DONE = {"type": "speech.audio.done", "usage": {"input_tokens": 14, "output_tokens": 101, "total_tokens": 115}}


def events(pieces: list[bytes], *more: Any, before: Any = (), end: str = "\n", **named: str) -> bytes:
    """As OpenAI's `stream_format: "sse"` has them; or with a field and a type by another name."""
    [(name, kind)] = named.items() if named else [("audio", "speech.audio.delta")]
    told = [*before, *({"type": kind, name: base64_of(piece)} for piece in pieces), *(more or [DONE])]
    lines = [f"event: {each['type']}{end}data: {json.dumps(each)}{end}{end}" for each in told]
    return "".join(lines).encode()


def lines(answers: list[dict[str, Any]], between: str = "\n") -> bytes:
    return between.join(map(json.dumps, answers)).encode()


MP3, AAC = contained("mp3", "libmp3lame", 24_000), contained("adts", "aac", 24_000)
STATED |= {
    "aac behind a tag": Answer(tagged(AAC, 120), "audio/aac"),
    "aac behind a tag, as octets": Answer(tagged(AAC, 120), "application/octet-stream"),
    "aac behind a picture": Answer(tagged(AAC, 20_000), "audio/aac"),
    "aac behind two tags": Answer(tagged(tagged(AAC, 120), 9_000), "audio/aac"),
    "flac behind a tag": Answer(tagged(contained("flac", "flac", 24_000), 120), "audio/flac"),
    "mp3 behind two tags": Answer(tagged(tagged(MP3, 120), 120), "audio/mpeg"),
    **{
        f"{name} in json": Answer(json.dumps(answer).encode(), "application/json")
        for name, answer in {
            "mp3": {"audioContent": base64.b64encode(MP3).decode()},
            "wav": {"data": [{"audio": base64.b64encode(streamed_wav(22_050, 0)).decode(), "words": ["The", "tide"]}]},
            "samples": {"id": "x" * 500, "audio": base64.b64encode(tone(16_000)).decode(), "sample_rate": 16_000},
            "a link of data": {"url": f"data:audio/mpeg;base64,{base64.b64encode(MP3).decode()}"},
            "base64 for links": {"audio": base64.urlsafe_b64encode(AAC).decode().rstrip("=")},
        }.items()
    },
}
PCM, NUMBERS = tone(24_000), array("f", in_floats(16_000)).tolist()
SAYS_RATE = {"type": "speech.audio.start", "sample_rate": 24_000}
EVENTS = {
    "samples": events(cut(PCM), before=[SAYS_RATE]),
    "samples in tiny pieces": events(cut(PCM, 98), before=[SAYS_RATE]),
    "another rate": events(cut(tone(16_000)), before=[{"type": "start", "sample_rate": "16000"}]),
    "a file in pieces, its header alone": events([streamed_wav(24_000, 0)[:44], *cut(PCM)]),
    "a file each": events([wav(piece, 24_000, len(piece)) for piece in cut(PCM, 9_600)]),
    "a file each, of unknown length": events([wav(piece, 24_000, 0) for piece in cut(PCM, 9_600)]),
    "mp3": events(cut(MP3, 700)),
    "all of it at the end": events([], {"type": "speech.audio.done", "audio": base64_of(MP3)}),
    "all of it once more at the end": events(cut(MP3), {"type": "speech.audio.done", "audio": base64_of(MP3)}),
    "lines as in Windows": b": ping\r\n\r\nretry: 100\r\n\r\n" + events(cut(MP3), end="\r\n"),
    "lines as in old Macs": events(cut(MP3), end="\r"),
    "no end": events(cut(MP3)).rstrip(),
    "an end in words": events(cut(MP3)) + b"data: [DONE]\n\n",
    "no JSON": "".join(f"data:{base64_of(piece)}\n\n" for piece in cut(streamed_wav(24_000, 0))).encode(),
    "a conversation": events(
        cut(MP3),
        before=[{"type": "response.output_audio_transcript.delta", "delta": "The tide comes in and goes out Here"}],
        delta="response.output_audio.delta",
    ),
}  # fmt: skip
WRAPPED = {
    "a line each": lines([{"result": {"audioContent": base64_of(wav(piece, 24_000, 0))}} for piece in cut(PCM)]),
    "a line each, with times": lines(
        [{"audio_base64": base64_of(piece), "starts": [0.25] * 900, "words": ["a"] * 900} for piece in cut(MP3, 700)]
    ),
    "one after the other": lines([{"audio": base64_of(piece)} for piece in cut(MP3)], ""),
    "a list": json.dumps([{"audio": base64_of(piece)} for piece in cut(MP3)]).encode(),
    "a list of pieces": json.dumps({"chunks": [base64_of(piece) for piece in cut(MP3)]}).encode(),
    "over many lines": json.dumps({"a": {"b": [1]}, "audio": base64_of(MP3)}, indent=2).encode(),
    "behind a mark": b"\xef\xbb\xbf" + lines([{"audio": base64_of(MP3)}]),
    "numbers": lines([{"audio": [NUMBERS], "sampling_rate": 16_000}]),
    "whole numbers": lines([{"samples": array("h", tone(16_000)).tolist(), "sample_rate": 16_000}]),
    "hexadecimal": lines([{"data": {"audio": MP3.hex(), "status": 2}, "base_resp": {"status_code": 0}}]),
    "a type": lines([{"inlineData": {"mimeType": "audio/L16;codec=pcm;rate=16000", "data": base64_of(tone(16_000))}}]),
    "stereo": lines([{"audio": base64_of(tone(22_050, 2)), "sample_rate": 22_050, "channels": 2}]),
    "digits alone": base64_of(MP3).encode(),
    "digits alone, in lines": base64.encodebytes(MP3),
    "a string": json.dumps(base64_of(MP3)).encode(),
    "a link of data alone": f"data:audio/mpeg;base64,{base64_of(MP3)}".encode(),
}  # fmt: skip
STATED |= {f"events: {name}": Answer(data, "text/event-stream; charset=utf-8") for name, data in EVENTS.items()}
STATED |= {f"events by another type: {kind}": Answer(EVENTS["mp3"], kind) for kind in ("application/json", "audio/pcm")}
STATED |= {f"text: {name}": Answer(data, "application/json") for name, data in WRAPPED.items()}
STATED |= {
    "a rate in kHz": Answer(tone(16_000), headers={"X-Sample-Rate": "16 kHz"}),
    "a rate in kHz, in parts": Answer(tone(22_050), "audio/pcm; rate=22.05"),
    "wav that states its first part": Answer(streamed_wav(24_000, 9_600), "audio/wav"),
    "wav and a list behind": Answer(streamed_wav(24_000, len(PCM)) + chunk(b"LIST", 71), "audio/wav"),
    "wav and the header of nothing": Answer(streamed_wav(24_000, len(PCM)) + wav(b"", 24_000, 0), "audio/wav"),
}  # fmt: skip
STATED["mp3 without a tag"] = Answer(b"\xff\xf3" + STATED["mp3 without a tag"].data, "application/octet-stream")


@pytest.mark.parametrize("name", STATED)
def test_sound_is_taken_for_what_it_is(server: Server, name: str) -> None:
    answer = STATED[name]
    server.data, server.kind, server.more_headers = answer.data, answer.kind, answer.headers  # type: ignore[misc]
    assert_tone(spoken(engine_at(server)), answer.level)
    assert len(server.requests) == 1


@pytest.mark.parametrize("rate", [24_000, 22_050, 16_000, 44_100, 48_000])
def test_a_rate_that_is_not_stated_is_what_a_known_sentence_says(server: Server, rate: int) -> None:
    """The length of a known sentence, from a server of bare samples in every format."""
    server.data = tone(rate)
    engine = engine_at(server)
    for _ in range(3):
        assert_tone(spoken(engine))
    assert [body["input"] for body in server.requests] == [TEXT, PROBE, TEXT, TEXT]  # found out once


@pytest.mark.parametrize("rate", [24_000, 16_000, 44_100])
def test_a_rate_of_samples_in_json_is_what_a_known_sentence_says_too(server: Server, rate: int) -> None:
    server.data = b'{"audio": "' + base64.b64encode(tone(rate)) + b'"}'
    assert_tone(spoken(engine_at(server)))
    assert len(server.requests) == 2


@pytest.mark.parametrize("joined", [tagged(MP3, 300) * 2, MP3 + b"TAG" + bytes(125) + MP3, tagged(AAC, 300) + AAC])
def test_files_that_a_server_joins_are_heard_to_the_end(server: Server, joined: bytes) -> None:
    server.data, server.kind = joined, "audio/mpeg"  # type: ignore[misc]
    assert len(spoken(engine_at(server))) / 2 / SAMPLE_RATE == pytest.approx(2 * SECONDS, rel=0.05)


FILES = (
    "wav", "wav, 22,050 Hz", "wav in floats", "wav in mu-law", "wav of no length", "wav of unknown length",
    "wav of 8 bits", "wav of 24 bits, streamed", "wav with a long list", "wav and a list behind", "opus", "vorbis",
    "flac", "mp3", "aac", "m4a, streamed", "m4a, read from its end", "webm", "aiff", "au", "caf",
)  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_for_each_sentence_is_one_sound(name: str) -> None:
    """Neither is one left out, nor a header heard, wherever the pieces of the answer end."""
    data = STATED[name].data
    whole = data + data + data
    for size in (4_800, 1_001):
        heard = b"".join(pcm_of({"Content-Type": "audio/x-any"}, iter(cut(whole, size)), lambda: 0))
        samples = np.frombuffer(heard, np.int16).astype(float)
        assert len(samples) / SAMPLE_RATE == pytest.approx(3 * SECONDS, rel=0.07)
        assert np.abs(samples).max() < 12_500


def test_files_of_different_rates_are_each_heard_at_their_own(server: Server) -> None:
    server.data = wav(tone(24_000), 24_000, len(tone(24_000))) + wav(tone(16_000), 16_000, 0) + wav(PCM, 24_000, 0)
    heard = spoken(engine_at(server))
    for at in range(3):
        assert_tone(heard[2 * 2 * SAMPLE_RATE * at :][: 2 * 2 * SAMPLE_RATE])


def test_sound_in_events_is_handed_on_before_the_server_has_finished(server: Server) -> None:
    server.data, server.kind = EVENTS["samples"] * 20, "text/event-stream"  # type: ignore[misc]
    server.faults.append("hang")
    engine = engine_at(server)
    assert next(engine.synthesize(TEXT, engine.voice("first", "en")))  # the server is still holding the rest back


def test_an_error_told_after_some_sound_is_a_failure_in_mid_answer(server: Server) -> None:
    server.data = events(cut(PCM), {"type": "error", "error": {"message": "out of memory"}}, before=[SAYS_RATE])
    server.kind = "text/event-stream"  # type: ignore[misc]
    with pytest.raises(EngineBroken, match="engine_broke_off"):
        spoken(engine_at(server))


def test_a_text_in_events_is_read_no_further_than_an_answer_may_be_long(monkeypatch: pytest.MonkeyPatch) -> None:
    read = 0

    def endless(piece: bytes) -> Iterator[bytes]:
        nonlocal read
        while True:
            read += len(piece)
            yield piece

    for piece in (b"data: x\n\n" * 900, b"x" * 5_000, b"data: x" * 900, b'{"a": 1}\n' * 900, b"x}\n" * 900):
        assert unwrapped(endless(piece), 9_000) is None
    assert read < 5 * 5 * 12_000


@pytest.mark.parametrize("rate", [24_000, 16_000, 44_100])
def test_a_rate_of_floats_is_what_a_known_sentence_says_too(server: Server, rate: int) -> None:
    server.data = in_floats(rate)
    assert_tone(spoken(engine_at(server)))


class Dripping(FakeSpeechServer):
    """Sends a byte now and then, and never ends."""

    def answer(self, body: dict[str, Any], path: str) -> Iterator[bytes]:
        while not self.closing.wait(0.02):
            yield b"\x01"


@pytest.mark.parametrize("kind", ["audio/pcm;rate=24000", "audio/mpeg", "audio/wav"])
def test_a_server_that_drips_is_left_in_time(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosted, "ANSWER_S", 0.3)
    with Dripping() as server, engine_calls.counted(2) as calls:
        server.kind = kind  # type: ignore[misc]
        with pytest.raises(EngineBroken, match="engine_slow"):
            spoken(engine_at(server))
        assert calls.made == len(server.requests) == 2


def test_an_answer_is_given_up_before_who_asked_for_it_gives_up() -> None:
    assert hosted.SILENCE_S < hosted.ANSWER_S < POLICIES["voice_forge"].deadline.total_seconds()


def test_a_known_sentence_may_state_the_rate_where_samples_do_not(server: Server) -> None:
    server.data, server.probed = tone(16_000), streamed_wav(16_000, 0xFFFFFFFF)[:5_000]
    assert_tone(spoken(engine_at(server)))
    assert server.requests[1]["response_format"] == "wav"


def test_a_rate_may_be_set(server: Server) -> None:
    server.data = tone(22_050)
    assert_tone(spoken(engine_at(server, speech_sample_rate=22_050)))
    assert len(server.requests) == 1


NO_SOUND = {
    "empty": (b"", "audio/pcm"),
    "silence": (bytes(48_000), "audio/pcm"),
    "a silent file": (wav(bytes(48_000), 24_000, 48_000), "audio/wav"),
    "json": (b'{"error": "CUDA out of memory"}', "application/json"),
    "json as octets": (b'{"error": "model is not loaded"}' * 100, "application/octet-stream"),
    "json as pcm": ('{"error": "modèle non chargé"}'.encode() * 20, "audio/pcm"),
    "a plain sentence": (b"Rate limit exceeded", "text/plain"),
    "a plain sentence as mu-law": (b"Internal error", "audio/basic"),
    "html": (b"<html><body>Bad gateway</body></html>", "text/html"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "image/png"),
    "base64 of nothing audible in json": (b'{"audio": "' + base64.b64encode(bytes(9_000)) + b'"}', "application/json"),
    "a long sentence in json": (json.dumps({"error": "out of memory " * 90}).encode(), "application/json"),
    "json that is cut off": (b'{"audio": "' + base64.b64encode(tone(24_000)), "application/json"),
    "events of an error": (events([], {"type": "error", "error": {"message": "out"}}), "text/event-stream"),
    "events without sound": (
        events([], DONE, before=[{"type": "speech.text.delta", "delta": "tide"}]),
        "text/event-stream",
    ),
    "a link to it in json": (b'{"url": "https://speech.example/a.mp3", "status": "succeeded"}', "application/json"),
    **{
        f"a text in {encoding}": (("Modèle non chargé à côté. " * 30).encode(encoding), "application/octet-stream")
        for encoding in ("latin-1", "cp1252", "utf-16", "utf-8-sig")
    },
    **{
        f"a file of another kind: {begins!r}": (begins + bytes(range(256)) * 20, "application/octet-stream")
        for begins in (
            b"RIFX",
            b"\x89PNG\r\n\x1a\n",
            b"\xff\xd8\xff\xe0",
            b"PK\x03\x04",
            b"\x1f\x8b\x08\x00",
            b"%PDF-1.7",
        )
    },
    "tags alone": (tagged(b"", 900) * 3, "audio/aac"),
    "a page of html": (b"<!doctype html><title>502</title>" * 50, "audio/mpeg"),
    "samples that say they are mp3": (tone(24_000), "audio/mpeg"),
    "a tag and nothing behind it": (tagged(b"", 5_000), "audio/mpeg"),
    "a broken wav": (b"RIFF\xff\xff\xff\xffWAVEjunk", "audio/wav"),
    "no rate that there is": (tone(24_000), "audio/pcm;rate=3"),
    "channels": (tone(24_000), "audio/pcm;rate=24000;channels=9"),
}


@pytest.mark.parametrize("name", NO_SOUND)
def test_what_is_no_sound_is_refused_and_asked_for_once(server: Server, name: str) -> None:
    server.data, server.kind = NO_SOUND[name]  # type: ignore[misc]
    with engine_calls.counted(6) as calls, pytest.raises(EngineRefused) as raised:
        spoken(engine_at(server))
    assert raised.value.code == "engine_no_sound"
    assert len(server.requests) == calls.made == 1


def test_a_container_that_is_cut_off_is_a_failure_in_mid_answer(server: Server) -> None:
    server.data, server.kind = STATED["wav of unknown length"].data, "audio/wav"  # type: ignore[misc]
    server.faults.append("cut")
    with pytest.raises(EngineBroken, match="engine_broke_off"):
        spoken(engine_at(server))


@pytest.mark.parametrize("success", [200, 201, 203, 206])
def test_a_success_may_have_another_number(server: Server, success: int) -> None:
    server.data, server.success = STATED["mp3"].data, success
    assert_tone(spoken(engine_at(server)))
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("400", "Unsupported format"),
        ("400", "Invalid output_format: raw"),
        ("400", "No encoder for this codec"),
        ("406", ""),
        ("415", "<html><title>415 Unsupported Media Type</title></html>"),
        ("500", '{"detail": "400: pcm is not supported"}'),
        ("501", "Streaming of pcm"),
    ],
)
def test_a_format_is_turned_down_in_many_ways(server: Server, status: str, told: str) -> None:
    server.refusal = told.encode()
    server.faults.append(status)
    server.data, server.kind = STATED["wav"].data, "audio/wav"  # type: ignore[misc]
    with engine_calls.counted(6) as calls:
        assert_tone(spoken(engine_at(server)))
    assert [body["response_format"] for body in server.requests] == ["pcm", "wav"]
    assert calls.made == 1


def test_a_format_is_not_given_up_for_a_request_that_is_turned_down_in_any(server: Server) -> None:
    server.refusal = b'{"error": {"message": "invalid format of text"}}'
    server.faults.extend(["400"] * 3)
    engine = engine_at(server)
    with pytest.raises(EngineRefused):
        spoken(engine)
    server.data = STATED["wav"].data
    assert_tone(spoken(engine))
    assert server.requests[-1]["response_format"] == "pcm"


def test_a_format_that_a_server_does_not_have_is_asked_for_no_more(server: Server) -> None:
    server.refusal = b'{"detail": [{"loc": ["body", "response_format"], "msg": "Input should be \'mp3\'"}]}'
    server.faults.extend(["422", "422"])
    server.data, server.kind = STATED["mp3"].data, "audio/mpeg"  # type: ignore[misc]
    engine = engine_at(server)
    with engine_calls.counted(6) as calls:
        for _ in range(2):
            assert_tone(spoken(engine))
    assert [body["response_format"] for body in server.requests] == ["pcm", "wav", "mp3", "mp3"]
    assert calls.made == 2  # what is turned down is not paid for


class Terse(FakeSpeechServer):
    """Says no more than `limit` characters at once."""

    kind = "audio/pcm;rate=24000"
    limit = 100
    status = "400"

    def fault_for(self, body: dict[str, Any]) -> str:
        return self.status if len(body["input"]) > self.limit else ""


def test_a_turn_longer_than_a_server_allows_is_said_in_sentences() -> None:
    text = " ".join(f"This is sentence number {number} of a turn that is long." for number in range(8))
    with Terse() as server, engine_calls.counted(6) as calls:
        server.refusal = b'{"error": {"message": "input too long"}}'
        engine = engine_at(server)
        assert spoken(engine, text)
        said = [body["input"] for body in server.requests if len(body["input"]) <= server.limit]
        assert " ".join(said) == text
        assert all(part.endswith(".") for part in said)
        server.requests.clear()
        assert spoken(engine, text)  # its limit is known by now
        assert all(len(body["input"]) <= server.limit for body in server.requests)
        assert calls.made == 2 * len(said)


@pytest.mark.parametrize(
    ("told", "sentences", "asked"),
    [
        ("input too long", 4, 5),  # a third of it is shorter than a sentence
        ("input too long: at most 100 characters are allowed, and 247 were given", 4, 3),
        ("string_too_long: should have at most 4096 characters", 4, 5),
    ],
)
def test_it_takes_few_requests_to_find_what_a_server_allows(told: str, sentences: int, asked: int) -> None:
    text = " ".join(f"Sentence number {number} of a turn of some length." for number in range(sentences))
    with Terse() as server, engine_calls.counted(6) as calls:
        server.refusal = json.dumps({"error": {"message": told}}).encode()
        assert spoken(engine_at(server), text)
        assert len(server.requests) <= asked
        assert calls.made <= 4


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("400", b'{"error": {"message": "The text must be under 100 characters."}}'),
        ("400", b'{"detail": "Input should be shorter."}'),
        ("400", b'{"message": "Text exceeds what this model takes."}'),
        ("422", b'{"detail": [{"type": "string_too_long", "loc": ["body", "input"], "ctx": {"max_length": 100}}]}'),
        ("413", b""),
        ("413", b"<html><head><title>413 Request Entity Too Large</title></head></html>"),
    ],
)
def test_a_text_that_is_too_long_is_told_in_many_ways(status: str, told: bytes) -> None:
    text = " ".join(f"Sentence number {number} of a turn of some length." for number in range(4))
    with Terse() as server, engine_calls.counted(6) as calls:
        server.refusal, server.status = told, status
        assert spoken(engine_at(server), text)
        assert len(server.requests) <= 5
        assert calls.made <= 4


@pytest.mark.parametrize("words", [41, 60, 90])
def test_a_turn_without_any_mark_takes_few_requests_too(words: int) -> None:
    text = " ".join(["water"] * words)
    with Terse() as server, engine_calls.counted(6) as calls:
        server.refusal = b'{"error": {"message": "input too long"}}'
        server.limit = math.ceil(len(text) / 2.4)
        assert spoken(engine_at(server), text)
        assert len(server.requests) == 4
        assert calls.made == 3


def test_a_turn_in_parts_does_not_outspend_a_budget_that_is_spent() -> None:
    text = " ".join(f"This is sentence number {number} of a turn that is long." for number in range(8))
    with Terse() as server, engine_calls.counted(0) as calls:
        engine = engine_at(server)
        engine._longest = Terse.limit
        with pytest.raises(EngineRefused, match="engine_calls_spent"):
            spoken(engine, text)
        assert (calls.made, server.requests) == (0, [])


def test_a_turn_that_is_turned_down_for_another_reason_is_not_said_in_parts(server: Server) -> None:
    server.refusal = b'{"error": {"message": "against our policy"}}'
    server.faults.append("400")
    with pytest.raises(EngineRefused, match="engine_text_refused"):
        spoken(engine_at(server), TEXT * 3)
    assert len(server.requests) == 1


@pytest.mark.parametrize("faults", [["500"] * 9, ["cut"] * 9, ["500", "503", "500", "500", "500"]])
def test_no_more_is_asked_for_than_the_budget_allows(server: Server, faults: list[str]) -> None:
    server.faults.extend(faults)
    server.data, server.kind = tone(24_000), "audio/pcm;rate=24000"  # type: ignore[misc]
    engine = engine_at(server)
    with engine_calls.counted(2) as calls:
        for _ in range(4):
            with pytest.raises(AethercastError):
                spoken(engine)
        with pytest.raises(EngineRefused, match="engine_calls_spent"):
            spoken(engine)
    assert calls.made == 2
    assert len(server.requests) - faults[: len(server.requests)].count("503") == 2


@pytest.mark.parametrize("name", ["af_bella(2)+af_sky(1)", "voices/Ada, calm.wav", "Zoë", "en_US-lessac-medium"])
def test_a_voice_goes_by_the_name_that_its_server_has(server: Server, name: str) -> None:
    server.data, server.kind = tone(24_000), "audio/pcm;rate=24000"  # type: ignore[misc]
    engine = engine_at(server)
    assert b"".join(engine.synthesize(TEXT, engine.voice(name, "en")))
    assert server.requests[0]["voice"] == name


def test_samples_that_begin_as_a_frame_of_mp3_does_are_samples() -> None:
    assert container_of(b"\xff\xfb\x90\x00" + tone(24_000)[:4_000]) is None
