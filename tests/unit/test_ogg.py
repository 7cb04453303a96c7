"""Ogg Opus files, held to RFC 3533 and RFC 7845, to other people's readers, and to whatever is thrown at the reader."""

from __future__ import annotations

import io
import random
import struct

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.ogg import OggError, OpusWriter, crc32, packet_samples, read_opus, write_opus

TOC_20_MS = bytes([(31 << 3)])  # CELT, full band, 20 ms, one frame, mono


def packet(size: int, seed: int = 0) -> bytes:
    return TOC_20_MS + random.Random(seed).randbytes(size - 1)


def pages(data: bytes) -> list[bytes]:
    starts = [at for at in range(len(data)) if data.startswith(b"OggS", at)]
    return [data[start:end] for start, end in zip(starts, [*starts[1:], len(data)], strict=True)]


def resealed(page: bytes, **changes: int) -> bytes:
    """The page with header fields changed, and a checksum that is right again."""
    at = {"version": (4, "B"), "flags": (5, "B"), "granule": (6, "<q"), "serial": (14, "<I"), "sequence": (18, "<I")}
    changed = bytearray(page)
    for name, value in changes.items():
        struct.pack_into(at[name][1], changed, at[name][0], value)
    changed[22:26] = bytes(4)
    struct.pack_into("<I", changed, 22, crc32(changed))
    return bytes(changed)


def bitwise_crc32(data: bytes) -> int:
    """Ogg's checksum as RFC 3533 defines it, bit by bit."""
    register = 0
    for byte in data:
        register ^= byte << 24
        for _ in range(8):
            register = (register << 1 ^ 0x04C11DB7 if register & 0x80000000 else register << 1) & 0xFFFFFFFF
    return register


PACKETS = [packet(40 + 7 * n % 90, n) for n in range(120)]
FILE = write_opus(PACKETS, 312, serial=9, tags={"TITLE": "Über uns"})


@given(st.binary(max_size=300))
def test_the_checksum_is_that_of_the_standard(data: bytes) -> None:
    assert crc32(data) == bitwise_crc32(data)


@given(
    st.lists(st.integers(1, 1276), max_size=130),
    st.integers(0, 3840),
    st.dictionaries(st.text("ABCXYZ_", min_size=1, max_size=9), st.text(max_size=40), max_size=4),
)
def test_what_is_written_is_read_again(sizes: list[int], pre_skip: int, tags: dict[str, str]) -> None:
    packets = [packet(size, n) for n, size in enumerate(sizes)]
    file = read_opus(write_opus(packets, pre_skip, serial=1, tags=tags))
    assert (file.packets, file.pre_skip, file.tags) == (packets, pre_skip, tags)
    assert (file.channels, file.granule) == (1, 960 * len(packets))


@pytest.mark.parametrize("size", [254, 255, 256, 509, 510, 511, 1020, 1275, 1276])
def test_packets_of_the_sizes_at_which_lacing_changes(size: int) -> None:
    packets = [packet(size, n) for n in range(60)]
    assert read_opus(write_opus(packets, 312, serial=1)).packets == packets


@pytest.mark.parametrize("length", [1, 254, 64_000, 65_000, 65_025, 200_000])
def test_tags_may_span_pages(length: int) -> None:
    assert read_opus(write_opus(PACKETS, 312, serial=1, tags={"NOTE": "x" * length})).tags == {"NOTE": "x" * length}


def test_pages_carry_the_flags_and_the_clock_of_the_standard() -> None:
    found = [struct.unpack_from("<4sBBqII", page) for page in pages(FILE)]
    assert [flags for _, _, flags, *_ in found] == [2, 0, 0, 0, 4]
    assert [granule for _, _, _, granule, *_ in found] == [0, 0, 48_000, 96_000, 115_200]
    assert [sequence for *_, sequence in found] == [0, 1, 2, 3, 4]
    assert {serial for *_, serial, _ in found} == {9}


def test_the_same_packets_make_the_same_bytes() -> None:
    assert write_opus(PACKETS, 312, serial=9, tags={"TITLE": "Über uns"}) == FILE


def test_the_end_can_be_cut_short_within_the_last_page() -> None:
    assert read_opus(write_opus(PACKETS, 312, serial=1, final_granule=115_000)).granule == 115_000
    for outside in (95_999, 115_201):
        with pytest.raises(ValueError, match="final granule"):
            write_opus(PACKETS, 312, serial=1, final_granule=outside)


def test_the_writer_holds_back_no_more_than_a_page() -> None:
    written = bytearray()
    writer = OpusWriter(written.extend, 312, serial=9, tags={"TITLE": "Über uns"})
    for number, each in enumerate(PACKETS):
        writer.add(each)
        assert len(pages(bytes(written))) == 2 + number // 50
    writer.close()
    assert bytes(written) == FILE


@pytest.mark.parametrize("wrong", [b"", bytes([30 << 3]), bytes([(31 << 3) | 1, 0]), bytes([(31 << 3) | 3]), b"\x18ab"])
def test_a_packet_that_does_not_last_20_ms_is_turned_down(wrong: bytes) -> None:
    with pytest.raises(ValueError, match="20 ms"):
        write_opus([wrong], 312, serial=1)


@pytest.mark.parametrize(
    ("toc", "samples"),
    [(b"\x00", 480), (b"\x08", 960), (b"\x18", 2880), (b"\x60", 480), (b"\x68", 960), (b"\x80", 120), (b"\xf8", 960),
     (b"\xf1", 960), (b"\xf3\x02", 960), (b"\xf3", 0), (b"", 0)],
)  # fmt: skip
def test_the_duration_of_a_packet_is_in_its_first_bytes(toc: bytes, samples: int) -> None:
    assert packet_samples(toc) == samples


def broken() -> dict[str, tuple[str, bytes]]:
    """The reader's output, and a file wrong in a single respect, its checksums right again."""
    head, tags, first, second, last = pages(FILE)
    rest = first + second + last
    long = pages(write_opus(PACKETS, 312, serial=9, tags={"NOTE": "x" * 70_000}))
    two_frames = first.replace(PACKETS[3][:9], bytes([(31 << 3) | 1]) + PACKETS[3][1:9])
    return {
        "nothing": ("breaks off", b""),
        "no Ogg": ("does not begin", b"RIFF" + FILE),
        "cut in a header": ("within its header", FILE[:20]),
        "cut in a page": ("cut short", FILE[:-1]),
        "cut between pages": ("breaks off", head + tags + first),
        "only a header": ("no comment header", resealed(head, flags=6)),
        "a page missing": ("page 2 is missing", head + tags + second + last),
        "a page twice": ("page 3 is missing", head + tags + first + rest),
        "more after the end": ("after the end", FILE + b"x"),
        "another stream after the end": ("after the end", FILE + FILE),
        "another stream between": ("page 2 .* another", head + tags + resealed(first, serial=1) + second + last),
        "no first page": ("page 0 is missing", tags + rest),
        "a first page in the middle": ("page 2", head + tags + resealed(first, flags=2) + second + last),
        "another version of Ogg": ("page 0 does not begin", resealed(head, version=1) + tags + rest),
        "a bit flipped": ("wrong checksum", FILE[:-9] + bytes([FILE[-9] ^ 1]) + FILE[-8:]),
        "not Opus": ("not Opus", resealed(head.replace(b"OpusHead", b"theora!!")) + tags + rest),
        "a packet from nowhere": ("spans pages", head + tags + resealed(first, flags=1) + second + last),
        "a packet without end": ("spans pages", b"".join((*long[:2], resealed(long[2], flags=0), *long[3:]))),
        "a packet that ends the file": ("last packet is cut short", long[0] + resealed(long[1], flags=4)),
        "a packet of 40 ms": ("packet 3 does not last", head + tags + resealed(two_frames) + second + last),
        "three channels": ("plain mono or stereo", resealed(head[:37] + b"\x03" + head[38:]) + tags + rest),
        "another version of Opus": ("plain mono or stereo", resealed(head[:36] + b"\x10" + head[37:]) + tags + rest),
        "tags cut short": ("header is cut", head + resealed(tags.replace(b"\x0f\0\0\0", b"\x7f\0\0\0")) + rest),
        "tags not UTF-8": ("not UTF-8", head + resealed(tags.replace("Ü".encode(), b"\xff\xff")) + rest),
        "tags of another codec": ("header is missing", head + resealed(tags.replace(b"OpusTags", b"vorbis!!")) + rest),
    }


@pytest.mark.parametrize("flaw", broken())
def test_a_malformed_file_is_refused(flaw: str) -> None:
    told, data = broken()[flaw]
    with pytest.raises(OggError, match=told):
        read_opus(data)


@given(st.binary(max_size=400))
def test_the_reader_raises_nothing_but_ogg_errors_for_noise(data: bytes) -> None:
    with pytest.raises(OggError):
        read_opus(data)


@given(st.data())
def test_the_reader_raises_nothing_but_ogg_errors_for_mutated_pages(data: st.DataObject) -> None:
    """Pages changed, repeated, dropped and swapped, their checksums made right again to get past that first door."""
    found = [bytearray(page) for page in pages(write_opus(PACKETS[:60], 312, serial=9, tags={"A": "b" * 300}))]
    for _ in range(data.draw(st.integers(1, 4))):
        page = data.draw(st.sampled_from(found))
        page[data.draw(st.integers(0, len(page) - 1))] = data.draw(st.integers(0, 255))
    order = data.draw(st.lists(st.sampled_from(range(len(found))), max_size=6) | st.just(list(range(len(found)))))
    mutated = b"".join(resealed(bytes(found[number])) for number in order)
    try:
        file = read_opus(mutated)
    except OggError:
        return
    assert all(packet_samples(each) == 960 for each in file.packets)


def test_other_readers_find_the_same_packets() -> None:
    with av.open(io.BytesIO(FILE), "r") as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.codec_context.sample_rate) == ("opus", 48_000)
        assert [bytes(each) for each in container.demux(stream) if each.size] == PACKETS
        assert stream.metadata["TITLE"] == "Über uns"
