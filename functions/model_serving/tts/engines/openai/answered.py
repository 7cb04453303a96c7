"""The sound in a speech server's answer, under any media type: signed 16-bit mono PCM at 24,000 Hz.

The first bytes decide: a container (RIFF, MPEG frames, Ogg, FLAC, ADTS, MP4, WebM), which says its own rate and is
decoded by libav, behind whatever ID3 tags, file by file; a text, with no sound but for any wrapped within (wrapped.py);
else samples of 16 bits or in floats, at the rate and with the channels stated by the headers. Servers name these in
many ways, and often call everything `application/octet-stream`.
"""

from __future__ import annotations

import io
import re
import struct
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from email.message import Message
from itertools import chain, pairwise
from typing import Final

import av
from av.audio.resampler import AudioResampler
from av.container import InputContainer

from common.errors import EngineRefused
from functions.model_serving.tts.engines.openai.joined_files import files
from functions.model_serving.tts.engines.openai.wrapped import unwrapped

SAMPLE_RATE: Final = 24_000
MAX_BYTES: Final = 4 * 48_000 * 60 * 15
"""Of sound in one answer, 15 minutes at 48,000 Hz in stereo: past this, a server does not stop speaking."""
_HEAD_BYTES: Final = 4_096
"""85 ms of samples at 24,000 Hz: enough for two frames of MPEG audio, and soon there."""
_RATES: Final = range(8_000, 192_001)
_CHANNELS: Final = {1: "mono", 2: "stereo"}
_RATE: Final = re.compile(r"^(?:rate|.*sample-?rate)$", re.IGNORECASE)
_CHANNEL_COUNT: Final = re.compile(r"^(?:.*-)?channels$", re.IGNORECASE)
"""Names of headers and parameters with hyphens: `X-Sample-Rate`, `X-Audio-SampleRate`, `sample_rate`."""
_TAG: Final = b"ID3"
_SIGNATURES: Final = {
    b"RIFF": "wav", b"RF64": "wav", _TAG: "mp3", b"OggS": "ogg", b"fLaC": "flac", b"FORM": "aiff",
    b"\x1a\x45\xdf\xa3": "matroska", b".snd": "au", b"caff": "caf", b"BW64": "wav",
    b"\x30\x26\xb2\x75": "asf", b"#!AMR": "amr", b"wvpk": "wv",
}  # fmt: skip
_OTHER: Final = (
    b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"\x1f\x8b\x08", b"%PDF", b"BZh", b"\xfd7zXZ", b"RIFX",
)  # fmt: skip
"""Pictures, archives, documents, and sound that libav reads the wrong way round."""
_SAMPLES: Final = frozenset(
    {"audio/pcm", "audio/x-pcm", "audio/l16", "audio/raw", "audio/x-raw"}
    | {"application/octet-stream", "binary/octet-stream"}
    | {"audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"}  # without a file's beginning, it is its contents
)
"""Media types for samples, or for anything at all."""
_COMPANDED: Final = {
    "audio/basic": "mulaw", "audio/pcmu": "mulaw", "audio/mulaw": "mulaw", "audio/x-mulaw": "mulaw",
    "audio/pcma": "alaw", "audio/alaw": "alaw", "audio/x-alaw": "alaw",
}  # fmt: skip
"""Media types for samples as telephones have them, at 8,000 Hz unless stated otherwise (RFC 3551, section 4.5.14)."""


def pcm_of(headers: Mapping[str, str], pieces: Iterator[bytes], rate: Callable[[], int]) -> Iterator[bytes]:
    """Decode an answer as it comes. `rate` is asked for the Hz of samples without a rate in the headers.

    Raises EngineRefused "engine_no_sound" for a text, for nothing, for silence, for undecodable contents, and for an
    endless answer.
    """
    head, tagged = _first(pieces, _HEAD_BYTES), False
    if head.startswith(_TAG):
        pieces, tagged = _untagged(chain([head], pieces)), True
        head = _first(pieces, _HEAD_BYTES)
    kind, container = _stated(headers).get_content_type(), container_of(head) or ("mp3" if tagged else None)
    if container is None and (not head or _is_text(head)):
        if wrapped := unwrapped(chain([head], pieces), MAX_BYTES):
            yield from pcm_of(*wrapped, rate)
            return
        raise _no_sound("with a text" if head else "with nothing")
    if head.startswith(_OTHER):
        raise _no_sound("with a file")
    rest = chain([head], pieces)
    if container is None and kind in _SAMPLES:
        channels, stated_rate = int(_number(headers, _CHANNEL_COUNT) or 1), _stated_rate(headers)
        samples = _audible(_whole(rest, _ANY_SAMPLE, ragged=True))
        first = next(samples)  # before anything is asked about it
        rest = chain([first], samples)
        swapped = kind == "audio/l16" and _is_big_endian(head)
        sound = _resampled(rest, stated_rate or rate(), channels, swapped=swapped, floats=_in_floats(first))
    elif container:
        sound = _audible(chain.from_iterable(_of_file(file, container) for file in files(rest, container)))
    elif kind in _COMPANDED:
        stated = {"sample_rate": str(_stated_rate(headers) or 8_000)}
        sound = _audible(_decoded(rest, _COMPANDED[kind], stated))
    elif kind.startswith("audio/"):
        sound = _audible(_decoded(rest, None))
    else:
        raise _no_sound(f"with {kind}")
    yield from sound


def _of_file(pieces: Iterator[bytes], container: str) -> Iterator[bytes]:
    head = _first(pieces, _HEAD_BYTES)
    rest = chain([head], pieces)
    if plain := _plain_wav(head):
        samples_at, length, rate, channels = plain
        yield from _resampled(_cut(rest, samples_at, length), rate, channels, swapped=False)
    else:
        yield from _decoded(rest, container)


def stated_rate(headers: Mapping[str, str], pieces: Iterator[bytes]) -> tuple[int | None, int]:
    """Read an answer to its end: the Hz stated by the answer or its container, and how many samples it has without
    one."""
    data = b"".join(pieces)
    if wrapped := unwrapped([data], MAX_BYTES):
        headers, sound = wrapped
        data = b"".join(sound)
    container = container_of(data[:_HEAD_BYTES])
    if container is None:
        middle = len(data) // 2 // _ANY_SAMPLE * _ANY_SAMPLE
        return _stated_rate(headers), len(data) // (4 if _in_floats(data[middle : middle + _HEAD_BYTES]) else 2)
    try:
        with av.open(_Reader(iter([data])), "r", format=container) as file:
            return file.streams.audio[0].rate, 0
    except (av.FFmpegError, IndexError):
        return None, 0


def container_of(head: bytes) -> str | None:
    """Name the container with such a beginning, as libav does; None for anything else."""
    for signature, name in _SIGNATURES.items():
        if head.startswith(signature):
            return name
    if head[4:8] == b"ftyp":
        return "mp4"
    if _frames_follow(head, _mpeg_frame_bytes):
        return "mp3"
    return "aac" if _frames_follow(head, _adts_frame_bytes) else None


def _untagged(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the same without the tags before it, which may be before more than MPEG audio
    (https://id3.org/id3v2.4.0-structure, 3.1)."""
    rest = next(pieces, b"")
    while True:
        while len(rest) < _TAG_HEADER and (piece := next(pieces, b"")):
            rest += piece
        if not rest.startswith(_TAG) or len(rest) < _TAG_HEADER:
            break
        size = _TAG_HEADER * (2 if rest[5] & 16 else 1)
        size += sum((byte & 127) << 7 * place for place, byte in enumerate(reversed(rest[6:10])))
        while rest and size >= len(rest):
            size -= len(rest)
            rest = next(pieces, b"")
        rest = rest[size:]
    yield rest
    yield from pieces


_TAG_HEADER: Final = 10
"""Bytes; a footer is as long."""


def _plain_wav(head: bytes) -> tuple[int, int | None, int, int] | None:
    """Return the start of the samples in a WAV file of 16-bit samples, their length in bytes where known, rate and
    channels; None for any other file. libav would wait for a second of the file before giving out anything."""
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return None
    at, form = 12, None
    while at + 8 <= len(head):
        name, size = struct.unpack_from("<4sI", head, at)
        if name == b"fmt " and at + 24 <= len(head):
            form = struct.unpack_from("<HHIIHH", head, at + 8)
        elif name == b"data":
            if form is None or form[0] != 1 or form[5] != 16:
                return None
            return at + 8, size if 0 < size < _STREAMED_WAV else None, form[2], form[1]
        at += 8 + size + size % 2
    return None


_STREAMED_WAV: Final = 0x7FFF0000
"""As long, or longer, is a file whose length was not known when it began."""


def _cut(pieces: Iterable[bytes], start: int, length: int | None) -> Iterator[bytes]:
    """So many bytes from `start` on; None: all of them. Samples behind are said as well, unless a chunk of the file
    begins: servers that begin before knowing the length state the first part's."""
    pieces = iter(pieces)
    for piece in pieces:
        part, start = piece[start:], max(0, start - len(piece))
        if length is not None:
            part, rest = part[:length], part[length:]
            length -= len(part)
            if not length:
                yield part
                rest += _first(pieces, 8 - len(rest)) if len(rest) < 8 else b""
                if not _CHUNK_BEGINS.match(rest):
                    yield rest
                    yield from pieces
                return
        if part:
            yield part


_CHUNK_BEGINS: Final = re.compile(rb".{0,7}\Z|\x00?[A-Za-z][\w ]{3}.{3}\x00", re.DOTALL)
"""Too little for anything, or a name and a size below 16 MiB."""


def _frames_follow(head: bytes, size: Callable[[bytes], int]) -> bool:
    """Tell whether a frame begins here and the next at the first frame's end: samples may look like the beginning of a
    single frame."""
    first = size(head[:6])
    return first > 0 and size(head[first : first + 6]) > 0


def _mpeg_frame_bytes(header: bytes) -> int:
    """Tell how long a frame of MPEG audio, layer III, is (ISO/IEC 11172-3, 2.4.1.3); 0 for what is none."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return 0
    version, bits, rate, padding = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3, header[2] >> 1 & 1
    if version == 1 or bits in {0, 15} or rate == 3:
        return 0
    first = version == 3
    kbits = (_MPEG_1_KBITS if first else _MPEG_2_KBITS)[bits]
    hertz = (44_100, 48_000, 32_000)[rate] // {3: 1, 2: 2, 0: 4}[version]
    return (144_000 if first else 72_000) * kbits // hertz + padding


_MPEG_1_KBITS: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MPEG_2_KBITS: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


def _adts_frame_bytes(header: bytes) -> int:
    """Tell how long a frame of AAC in ADTS is (ISO/IEC 13818-7, 6.2); 0 for what is none."""
    if len(header) < 6 or header[0] != 0xFF or header[1] & 0xF6 != 0xF0 or header[2] >> 2 & 15 > 12:
        return 0
    return (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5


def _is_text(head: bytes) -> bool:
    """Tell whether all bytes are printed characters in any usual encoding, as 256 bytes of sound never are."""
    start = head[:256]
    if encoding := next((name for mark, name in _MARKS.items() if start.startswith(mark)), None):
        text = start.decode(encoding, "ignore")
    else:
        try:
            text = start.decode()
        except UnicodeDecodeError as error:
            # Cut off within a character; or in an encoding of one byte for each, few of which are beyond ASCII
            if error.start < 250 and sum(byte > 127 for byte in start) > len(start) // 4:
                return False
            text = start[: error.start].decode() if error.start >= 250 else start.decode("latin-1")
    return all((ord(character) >= 32 and character != "\x7f") or character.isspace() for character in text)


_MARKS: Final = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def _is_big_endian(head: bytes) -> bool:
    """Tell whether samples are smoother read the other way round. RFC 3551, section 4.5.11, has L16 in network order,
    and most servers naming L16 send little-endian."""
    little = array("h", head[: len(head) // 2 * 2])
    big = array("h", little)
    big.byteswap()
    return _roughness(big) < _roughness(little)


def _roughness(samples: array[int]) -> int:
    return sum(abs(after - before) for before, after in pairwise(samples))


def _in_floats(data: bytes) -> bool:
    """Tell whether samples are numbers from -1 to 1 in 32 bits, as voices compute them. Samples of 16 bits, taken for
    such, are next to nothing or beyond all bounds."""
    numbers = [abs(number) for number in array("f", data[: len(data) // 4 * 4]) if number]
    likely = sum(_SOFTEST < number < _LOUDEST for number in numbers)
    return len(numbers) >= _FEWEST and likely > 0.95 * len(numbers)


_SOFTEST, _LOUDEST, _FEWEST = 1e-6, 1.5, 32


def _stated(headers: Mapping[str, str]) -> Message:
    stated = Message()
    stated["Content-Type"] = headers.get("Content-Type") or "application/octet-stream"
    return stated


def _number(headers: Mapping[str, str], name: re.Pattern[str]) -> float | None:
    """Return the first number of at least 1 under such a name: among the parameters of the media type, then the
    headers."""
    parameters = _stated(headers).get_params() or []
    for told, value in (*parameters, *headers.items()):
        number = re.match(r"\s*(\d{1,9}(?:\.\d{1,9})?)", value) if name.match(told.replace("_", "-")) else None
        if number and float(number[1]) >= 1:
            return float(number[1])
    return None


def _stated_rate(headers: Mapping[str, str]) -> int | None:
    """Read a rate in Hz; "24 kHz" and "22.05" are told as well."""
    rate = _number(headers, _RATE)
    return None if rate is None else round(rate * 1000 if rate < _LEAST_KHZ else rate)


_LEAST_KHZ: Final = 200
"""No rate in Hz is as low, none in kHz as high."""


def _first(pieces: Iterator[bytes], size: int) -> bytes:
    head = bytearray()
    for piece in pieces:
        head += piece
        if len(head) >= size:
            break
    return bytes(head)


def _resampled(
    pieces: Iterable[bytes], rate: int, channels: int, *, swapped: bool, floats: bool = False
) -> Iterator[bytes]:
    if rate not in _RATES or channels not in _CHANNELS:
        raise _no_sound(f"with {channels} channels at {rate} Hz")
    resampler = AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
    plain = (rate, channels, swapped, floats) == (SAMPLE_RATE, 1, False, False)
    kind, width = ("flt", 4) if floats else ("s16", 2)
    for samples in _whole(pieces, width * channels):
        if plain:
            yield samples
            continue
        frame = av.AudioFrame(format=kind, layout=_CHANNELS[channels], samples=len(samples) // (width * channels))
        frame.planes[0].update(_swapped(samples) if swapped else samples)
        frame.sample_rate = rate
        yield from _bytes_of(resampler.resample(frame))
    if not plain:
        yield from _bytes_of(resampler.resample(None))


def _swapped(data: bytes) -> bytes:
    samples = array("h", data)
    samples.byteswap()
    return samples.tobytes()


_ANY_SAMPLE: Final = 8
"""Bytes, of which samples of every width and channels fill a whole number."""


def _whole(pieces: Iterable[bytes], size: int, *, ragged: bool = False) -> Iterator[bytes]:
    """Yield the same bytes in pieces of whole samples of the given size; a rest at the end, too, where it may be
    `ragged`."""
    rest = b""
    for piece in pieces:
        rest += piece
        if whole := len(rest) // size * size:
            yield rest[:whole]
            rest = rest[whole:]
    if ragged and rest:
        yield rest


def _decoded(
    pieces: Iterator[bytes], container: str | None, stated: Mapping[str, str] | None = None
) -> Iterator[bytes]:
    resampler = AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
    reader = _Reader(pieces)
    source = _whole_file(pieces) if container == "mp4" else reader
    try:
        options = {**(_AT_ONCE if container else {}), **(stated or {})}
        with av.open(source, "r", format=container, options=options) as file:
            for frame in _frames(file):
                yield from _bytes_of(resampler.resample(frame))
            yield from _bytes_of(resampler.resample(None))
    except (av.FFmpegError, IndexError):
        if reader.failed is None:
            raise _no_sound("with what cannot be decoded") from None
    if reader.failed is not None:
        raise reader.failed


def _frames(file: InputContainer) -> Iterator[av.AudioFrame]:
    """Yield every frame that can be decoded. Servers that join files leave their tags in between, which are none."""
    left_out = 0
    for packet in file.demux(audio=0):
        try:
            yield from (frame for frame in packet.decode() if isinstance(frame, av.AudioFrame))
        except av.InvalidDataError:
            left_out += 1
            if left_out > _MOST_LEFT_OUT:
                raise


_MOST_LEFT_OUT: Final = 100
_AT_ONCE: Final = {"probesize": "4096", "analyzeduration": "0"}
"""A container that is known need not be listened to first."""


class _Reader:
    """An answer as it comes, for libav to read. `failed` is the answer's error, which libav would take for the end."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, b""
        self.failed: Exception | None = None

    def read(self, size: int) -> bytes:
        while not self._rest:
            try:
                self._rest = next(self._pieces)
            except StopIteration:
                return b""
            except Exception as error:  # noqa: BLE001 - whatever it was, it is raised where libav is left
                self.failed = error
                return b""
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken


def _whole_file(pieces: Iterable[bytes]) -> io.BytesIO:
    """Return an answer to be read from its end, where an MP4 file may say what is in it."""
    whole = io.BytesIO()
    for piece in pieces:
        if whole.tell() > MAX_BYTES:
            raise _no_sound("with a file that does not end")
        whole.write(piece)
    whole.seek(0)
    return whole


def _bytes_of(frames: Iterable[av.AudioFrame]) -> Iterator[bytes]:
    for frame in frames:
        yield bytes(frame.planes[0])[: 2 * frame.samples]


def _audible(sound: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the same sound from the first not wholly silent piece on. Raises EngineRefused where none comes."""
    total, heard = 0, False
    for piece in sound:
        total += len(piece)
        if total > MAX_BYTES:
            raise _no_sound("with sound that does not end")
        heard = heard or any(piece)
        if heard:
            yield piece
    if not heard:
        raise _no_sound("with silence" if total else "with nothing")


def _no_sound(how: str) -> EngineRefused:
    return EngineRefused("engine_no_sound", f"The speech server answered {how}, and not with speech.")
