"""Stand-ins for hosted voices: a server of OpenAI's `/v1/audio/speech`, and Google's service over its own types.

Both speak a tone of 10 ms a character, or what they are given to speak with, as fast as they are told: real engines
take a while to the first sound, and then go on at some multiple of real time.
"""

from __future__ import annotations

import io
import math
import struct
import time
import wave
from collections import deque
from collections.abc import Callable, Iterator
from concurrent import futures
from dataclasses import dataclass
from functools import cache
from threading import Event
from types import TracebackType
from typing import Any, Self

import grpc
from google.cloud import texttospeech

from tests.fakes.web import FakeEngine

RATE = 24_000
MS_A_CHARACTER = 10
"""Some six times as fast as people speak: what is heard of it is measured by its length alone."""
Sound = Callable[[str, str], bytes]
"""From a text and a voice's name to 16-bit mono PCM at 24,000 Hz."""


@cache
def tone(text: str, voice: str) -> bytes:
    """MS_A_CHARACTER at -12 dBFS, 200 Hz, or 300 for voices with an "a" in their names."""
    hertz = 300 if "a" in voice.lower() else 200
    samples = RATE * MS_A_CHARACTER * len(text) // 1000
    return struct.pack(
        f"<{samples}h", *(int(8192 * math.sin(2 * math.pi * hertz * at / RATE)) for at in range(samples))
    )


@dataclass(frozen=True)
class Pace:
    """How soon the first sound comes, and how many times as fast as it is heard the rest does."""

    first_s: float = 0.0
    speed: float = math.inf

    def out(self, pcm: bytes, piece_ms: int = 100) -> Iterator[bytes]:
        """The same sound in pieces, each no sooner than the pace allows."""
        began = time.perf_counter() + self.first_s
        size = 2 * RATE * piece_ms // 1000
        for at in range(0, len(pcm), size):
            due = began + (at / 2 / RATE) / self.speed
            if (wait := due - time.perf_counter()) > 0:
                time.sleep(wait)
            yield pcm[at : at + size]


class FakeSpeechServer(FakeEngine):
    """`/v1/audio/speech`, streamed."""

    kind = "audio/pcm;rate=24000"

    def __init__(self, sound: Sound = tone, pace: Pace | None = None) -> None:
        super().__init__()
        self.sound = sound
        self._pace = pace or Pace()

    def answer(self, body: dict[str, Any], path: str) -> Iterator[bytes]:
        assert path == "/v1/audio/speech"
        return self._pace.out(self.sound(body["input"], body["voice"]))


class FakeGoogleSpeech:
    """`google.cloud.texttospeech.v1.TextToSpeech`: StreamingSynthesize and SynthesizeSpeech, with failures on order.

    `faults` are gRPC statuses, consumed a call at a time; "cut" is UNAVAILABLE after the first piece, "stall" says
    nothing until the server is closed.
    """

    def __init__(self, sound: Sound = tone, pace: Pace | None = None) -> None:
        self.faults: deque[grpc.StatusCode | str] = deque()
        self.requests: list[Any] = []
        self._closing = Event()
        self._sound = sound
        self._pace = pace or Pace()
        self._server = grpc.server(futures.ThreadPoolExecutor(16))
        self._server.add_generic_rpc_handlers([self._handlers()])
        self.port = self._server.add_insecure_port("127.0.0.1:0")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.stop(0).wait()

    def _handlers(self) -> grpc.GenericRpcHandler:
        types = texttospeech
        return grpc.method_handlers_generic_handler(
            "google.cloud.texttospeech.v1.TextToSpeech",
            {
                "StreamingSynthesize": grpc.stream_stream_rpc_method_handler(
                    self._stream,
                    types.StreamingSynthesizeRequest.deserialize,
                    types.StreamingSynthesizeResponse.serialize,
                ),
                "SynthesizeSpeech": grpc.unary_unary_rpc_method_handler(
                    self._whole, types.SynthesizeSpeechRequest.deserialize, types.SynthesizeSpeechResponse.serialize
                ),
            },
        )

    def _stream(self, asked: Iterator[Any], context: grpc.ServicerContext) -> Iterator[Any]:
        config, said = next(asked).streaming_config, next(asked).input
        self.requests.append((config, said))
        fault = self._fault(context)
        assert config.streaming_audio_config.audio_encoding == texttospeech.AudioEncoding.PCM
        for piece in self._pace.out(self._sound(said.text, config.voice.name)):
            yield texttospeech.StreamingSynthesizeResponse(audio_content=piece)
            if fault == "cut":
                context.abort(grpc.StatusCode.UNAVAILABLE, "cut")

    def _whole(self, asked: Any, context: grpc.ServicerContext) -> Any:
        self.requests.append(asked)
        self._fault(context)
        pcm = self._sound(asked.input.text, asked.voice.name)
        file = io.BytesIO()
        with wave.open(file, "wb") as out:
            out.setparams((1, 2, RATE, 0, "NONE", ""))
            out.writeframes(pcm)
        return texttospeech.SynthesizeSpeechResponse(audio_content=file.getvalue())

    def _fault(self, context: grpc.ServicerContext) -> str:
        fault = self.faults.popleft() if self.faults else ""
        if isinstance(fault, grpc.StatusCode):
            context.abort(fault, "the project secret-project-17 is over its quota")
        if fault == "stall":
            self._closing.wait()
        return str(fault)
