"""Sound whose packets say which they are, and its segments."""

from __future__ import annotations

from functools import lru_cache

from common.records import Segment
from common.wire import unpack_packets
from streamer.catalog.segment_audio import SegmentAudio
from tests.streaming.listeners import frames_of


@lru_cache(maxsize=1 << 16)
def packet(number: int) -> bytes:
    """A packet that says which it is."""
    return b"\xf8" + number.to_bytes(4, "big") + bytes(number % 7)


def ready_segment(index: int, packets: int, state: str = "FORGED") -> Segment:
    said = {"index": index, "kind": "turn", "speaker": "Ada", "text": "…", "chapter": "", "pre_skip": 312}
    return Segment.of({**said, "packets": packets, "state": state})


def audio_of(first: int, packets: int) -> SegmentAudio:
    return SegmentAudio(ready_segment(0, packets), first, [packet(first + at) for at in range(packets)])


def numbers(data: bytes) -> list[int]:
    """The packets' numbers in a run of frames, each checked to be the packet of that number."""
    found: list[int] = []
    for opcode, payload in frames_of(data):
        if opcode == 2:
            first, packets = unpack_packets(payload)
            assert packets == [packet(first + at) for at in range(len(packets))]
            found += range(first, first + len(packets))
    return found
