"""Ogg Opus files: packets of 20 ms in and out, without a decoder.

Pages after RFC 3533 (https://www.rfc-editor.org/rfc/rfc3533), Opus in them after RFC 7845. The same packets are always
written as the same bytes. Files to be read come from anywhere: whatever is wrong with a file is an OggError, found in
time linear in its size.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from common.contract import PACKET_SAMPLES, SAMPLE_RATE

VENDOR: Final = "Aethercast"
PACKETS_A_PAGE: Final = 50
"""One second, as RFC 7845, section 9.1 has it: small enough to seek and stream well, and 2 % of overhead."""

_CONTINUED, _FIRST, _LAST = 1, 2, 4
_PAGE = struct.Struct("<4sBBqIIIB")
_CRC_AT = 22
_HEAD = struct.Struct("<8sBBHIhB")
_NO_PACKET_ENDS = -1  # granule position of a page within a single long packet
_MAX_SEGMENTS = 255


class OggError(ValueError):
    """The data is no whole Ogg Opus stream of 20 ms packets; the text says why."""


@dataclass(frozen=True)
class OpusFile:
    """`pre_skip`: samples of 48 kHz to drop at the start. `granule`: samples from there to the end, pre-skip included.

    `tags` has its names in upper case, and of a name given several times the first value.
    """

    pre_skip: int
    channels: int
    packets: list[bytes]
    tags: dict[str, str]
    granule: int


class OpusWriter:
    """Writes one Ogg Opus stream page by page, holding back no more than a page. Call `close()` to end it.

    `write` is called with one or more whole pages of bytes each time; `serial` is any number of 32 bits.
    """

    def __init__(
        self,
        write: Callable[[bytes], object],
        pre_skip: int,
        *,
        serial: int,
        channels: int = 1,
        tags: Mapping[str, str] | None = None,
        packets_a_page: int = PACKETS_A_PAGE,
    ) -> None:
        self._write = write
        self._serial = serial
        self._packets_a_page = packets_a_page
        self._pages = 0
        self._granule = 0
        self._waiting: list[bytes] = []
        self._lacing = b""
        head = _HEAD.pack(b"OpusHead", 1, channels, pre_skip, SAMPLE_RATE, 0, 0)
        self._write_packet(head, _FIRST)
        self._write_packet(_comment_header(tags or {}), 0)

    def add(self, packet: bytes) -> None:
        """Take one packet of 20 ms. Raises ValueError for anything else."""
        if packet_samples(packet) != PACKET_SAMPLES:
            raise ValueError("not an Opus packet of 20 ms")
        lacing = _lacing(packet)
        if len(self._waiting) == self._packets_a_page or len(self._lacing) + len(lacing) > _MAX_SEGMENTS:
            self._flush(0, self._granule + len(self._waiting) * PACKET_SAMPLES)
        self._waiting.append(packet)
        self._lacing += lacing

    def close(self, final_granule: int | None = None) -> None:
        """Write the last page. `final_granule`, in samples, cuts the end short (RFC 7845, section 4.4).

        Raises ValueError where it lies before the last page or beyond its packets.
        """
        end = self._granule + len(self._waiting) * PACKET_SAMPLES
        final = end if final_granule is None else final_granule
        if not self._granule <= final <= end:
            raise ValueError(f"a final granule of {final} is not within the last page, {self._granule} to {end}")
        self._flush(_LAST, final)

    def _flush(self, flags: int, granule: int) -> None:
        self._write(self._page(flags, granule, self._lacing, b"".join(self._waiting)))
        self._granule = granule
        self._waiting.clear()
        self._lacing = b""

    def _write_packet(self, packet: bytes, flags: int) -> None:
        """Write a header packet on pages of its own, however long it is."""
        lacing = _lacing(packet)
        pages = []
        for first in range(0, len(lacing), _MAX_SEGMENTS):
            part = lacing[first : first + _MAX_SEGMENTS]
            granule = _NO_PACKET_ENDS if first + _MAX_SEGMENTS < len(lacing) else 0
            body = packet[first * 255 : first * 255 + sum(part)]
            pages.append(self._page(flags | (_CONTINUED if first else 0), granule, part, body))
        self._write(b"".join(pages))

    def _page(self, flags: int, granule: int, lacing: bytes, body: bytes) -> bytes:
        head = _PAGE.pack(b"OggS", 0, flags, granule, self._serial, self._pages, 0, len(lacing))
        page = bytearray().join((head, lacing, body))
        struct.pack_into("<I", page, _CRC_AT, crc32(page))
        self._pages += 1
        return bytes(page)


def write_opus(
    packets: Sequence[bytes],
    pre_skip: int,
    *,
    serial: int,
    tags: Mapping[str, str] | None = None,
    final_granule: int | None = None,
) -> bytes:
    """Return a whole Ogg Opus file of mono packets of 20 ms each. Raises ValueError for other packets."""
    pages: list[bytes] = []
    writer = OpusWriter(pages.append, pre_skip, serial=serial, tags=tags)
    for packet in packets:
        writer.add(packet)
    writer.close(final_granule)
    return b"".join(pages)


def read_opus(data: bytes) -> OpusFile:
    """Take a whole Ogg Opus file apart. Raises OggError for anything but one complete stream of 20 ms packets.

    Complete means: every page is present with the right checksum, from the first to the page marked as last.
    """
    pages = _pages(data)
    packets = _packets(pages)
    head = next(packets, None)
    if head is None:
        raise OggError("the stream has no packet")
    channels, pre_skip = _parse_head(head[0])
    comment = next(packets, None)
    if comment is None:
        raise OggError("the stream has no comment header")
    tags = _parse_tags(comment[0])
    audio: list[bytes] = []
    granule = 0
    for packet, granule in packets:  # noqa: B007 - the last one is wanted
        if packet_samples(packet) != PACKET_SAMPLES:
            raise OggError(f"audio packet {len(audio)} does not last 20 ms")
        audio.append(packet)
    return OpusFile(pre_skip, channels, audio, tags, granule)


def packet_samples(packet: bytes) -> int:
    """Tell how long an Opus packet lasts, in samples of 48 kHz; 0 where it is malformed (RFC 6716, section 3.1)."""
    if not packet:
        return 0
    config, code = packet[0] >> 3, packet[0] & 3
    if config < 12:  # SILK: 10, 20, 40, 60 ms
        frame = (480, 960, 1920, 2880)[config & 3]
    elif config < 16:  # hybrid: 10, 20 ms
        frame = (480, 960)[config & 1]
    else:  # CELT: 2.5, 5, 10, 20 ms
        frame = (120, 240, 480, 960)[config & 3]
    if code == 3:
        return frame * (packet[1] & 63) if len(packet) > 1 else 0
    return frame * (1, 2, 2)[code]


_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def crc32(data: bytes | bytearray) -> int:
    """Ogg's checksum of a page with a checksum field of zero: CRC-32 shifting left, from 0, not inverted.

    The checksum mirrors zlib's, which shifts right, starts from and ends by inverting all bits: so mirror bits, and
    invert.
    """
    mirrored = zlib.crc32(data.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int.from_bytes(mirrored.to_bytes(4, "little").translate(_REVERSED), "big")


@dataclass(frozen=True)
class _Page:
    flags: int
    granule: int
    lacing: bytes
    body: bytes


def _pages(data: bytes) -> Iterator[_Page]:
    """Yield all pages of a logical stream. Raises OggError where one is missing, damaged or another's."""
    at = number = stream = 0
    last = False
    while at < len(data):
        if last:
            raise OggError("there is more after the end of the stream")
        if len(data) - at < _PAGE.size:
            raise OggError(f"page {number} ends within its header")
        magic, version, flags, granule, serial, sequence, checksum, segments = _PAGE.unpack_from(data, at)
        if magic != b"OggS" or version != 0:
            raise OggError(f"page {number} does not begin as an Ogg page")
        body = at + _PAGE.size + segments
        lacing = data[at + _PAGE.size : body]
        end = body + sum(lacing)
        if len(lacing) < segments or len(data) < end:
            raise OggError(f"page {number} is cut short")
        page = bytearray(data[at:end])
        page[_CRC_AT : _CRC_AT + 4] = bytes(4)
        if crc32(page) != checksum:
            raise OggError(f"page {number} has a wrong checksum")
        if number == 0:
            stream = serial
        if serial != stream or sequence != number or bool(flags & _FIRST) != (number == 0):
            raise OggError(f"page {number} is missing, or belongs to another stream")
        last = bool(flags & _LAST)
        yield _Page(flags, granule, lacing, data[body:end])
        at = end
        number += 1
    if not last:
        raise OggError("the stream breaks off before its end")


def _packets(pages: Iterator[_Page]) -> Iterator[tuple[bytes, int]]:
    """Yield each packet with the granule position of the page it ends on. Header packets have pages of their own."""
    unfinished: list[bytes] = []
    headers = 2
    for page in pages:
        if bool(page.flags & _CONTINUED) != bool(unfinished):
            raise OggError("a packet that spans pages lacks its beginning or its end")
        start = end = 0
        ended = 0
        for segment in page.lacing:
            end += segment
            if segment == 255:
                continue
            packet = page.body[start:end]
            if unfinished:
                packet = b"".join((*unfinished, packet))
                unfinished.clear()
            yield packet, page.granule
            start = end
            ended += 1
        if page.lacing and page.lacing[-1] == 255:
            unfinished.append(page.body[start:])
        if headers and (ended > 1 or (ended and unfinished)):
            raise OggError("a header packet shares its page")
        headers = max(0, headers - ended)
    if unfinished:
        raise OggError("the last packet is cut short")


def _lacing(packet: bytes) -> bytes:
    return b"\xff" * (len(packet) // 255) + bytes((len(packet) % 255,))


def _comment_header(tags: Mapping[str, str]) -> bytes:
    """Return an OpusTags packet (RFC 7845, section 5.2). Raises ValueError for a name that Vorbis comments cannot
    have."""
    parts = [b"OpusTags", _counted(VENDOR), struct.pack("<I", len(tags))]
    for name, value in tags.items():
        if not name or "=" in name or not all(" " <= character <= "}" for character in name):
            raise ValueError(f"{name!r} cannot be the name of a tag")
        parts.append(_counted(f"{name}={value}"))
    return b"".join(parts)


def _counted(text: str) -> bytes:
    encoded = text.encode("utf-8", "replace")
    return struct.pack("<I", len(encoded)) + encoded


def _parse_head(packet: bytes) -> tuple[int, int]:
    """Channels and pre-skip of an OpusHead packet (RFC 7845, section 5.1)."""
    if len(packet) < _HEAD.size or not packet.startswith(b"OpusHead"):
        raise OggError("the stream is not Opus")
    _, version, channels, pre_skip, _, _, mapping = _HEAD.unpack_from(packet)
    if version >> 4 or mapping != 0 or channels not in {1, 2}:
        raise OggError("the stream is of a kind of Opus other than plain mono or stereo")
    return channels, pre_skip


def _parse_tags(packet: bytes) -> dict[str, str]:
    """Return the comments of an OpusTags packet (RFC 7845, section 5.2); what follows them is padding."""
    if not packet.startswith(b"OpusTags"):
        raise OggError("the comment header is missing")
    at = 8
    tags: dict[str, str] = {}

    def take() -> bytes:
        nonlocal at
        (length,) = struct.unpack_from("<I", packet, at)
        at += 4 + length
        if at > len(packet):
            raise OggError("the comment header is cut short")
        return packet[at - length : at]

    try:
        take()
        (count,) = struct.unpack_from("<I", packet, at)
        at += 4
        for _ in range(count):
            name, _, value = take().decode("utf-8").partition("=")
            tags.setdefault(name.upper(), value)
    except struct.error:
        raise OggError("the comment header is cut short") from None
    except UnicodeDecodeError:
        raise OggError("the comment header is not UTF-8") from None
    return tags
