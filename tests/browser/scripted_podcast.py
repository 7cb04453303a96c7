"""A podcast that a test writes: pace, end and sound of a scripted stream.

What is heard tells the time: second N sounds at `frequency_hz(N)`, so that a test can hold the sound in the browser
against its clock.
"""

from __future__ import annotations

import math
import struct
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from common import contract
from common.opus import Encoder, frames

PACKETS_A_SECOND = 1000 // contract.PACKET_MS
TONES = 40
REPEATED = contract.SAMPLE_RATE // 20
"""Samples, after which a tone of any multiple of 20 Hz begins anew."""
HOSTS = ("Ada", "Ben")
NO_OPUS = b"\xff"
"""A packet of several frames that ends before it says how many (RFC 6716, section 3.2.5)."""


def frequency_hz(second: int) -> int:
    """The tone that second `second` of every scripted podcast sounds at."""
    return 400 + 60 * (second % TONES)


@cache
def tone_packets() -> list[bytes]:
    """A packet for each 20 ms of the TONES seconds repeated by all scripted podcasts."""
    encoder = Encoder(bitrate=32_000)
    return [packet for second in range(TONES) for packet in map(encoder.packet, frames([_tone(second)], 0))]


def _tone(second: int) -> bytes:
    """A second's sound: the tone goes round a whole number of times in each REPEATED samples, and so does its end."""
    step = 2 * math.pi * frequency_hz(second) / contract.SAMPLE_RATE
    samples = (int(12_000 * math.sin(step * sample)) for sample in range(REPEATED))
    return struct.pack(f"<{REPEATED}h", *samples) * (contract.SAMPLE_RATE // REPEATED)


@cache
def silent_packet() -> bytes:
    """Of a pause that goes on."""
    encoder = Encoder(bitrate=32_000)
    return [encoder.packet(bytes(2 * contract.PACKET_SAMPLES)) for _ in range(50)][-1]


@cache
def pre_skip() -> int:
    return Encoder().lookahead


@dataclass
class Script:
    """How the next podcast goes. Times in seconds, `rate` in seconds of audio a second."""

    seconds: float = 12
    segment_s: float = 3
    first_after: float = 0.0
    burst: float = 6.0
    rate: float = 20.0
    holds_at: float | None = None
    """No more than this many seconds are made until a test lets go by setting it to None."""
    title: str = "How lighthouses work"
    lines: tuple[str, ...] = (
        "A lighthouse is a promise, kept every night by a lens that bends a small flame into a long, bright line.",
        "So the lamp itself was never the clever part. Fresnel saw that, and cut the glass down to thin rings.",
        "Ships forty kilometers out could read the rhythm of the flashes, and know which headland it was.",
        "Each light has its own signature. Sailors call it the character of the light, and it is on every chart.",
    )
    sources: tuple[dict[str, Any], ...] = (
        {"title": "Lighthouse", "url": "https://example.org/lighthouse", "author": None, "date": "2026-01-02"},
        {"title": "Fresnel lens", "url": "https://example.org/fresnel", "author": "A. Keeper", "date": None,
         "left_out": {"reference": 31, "table": 2, "math": 1}},
    )  # fmt: skip
    source_problems: tuple[dict[str, str], ...] = (
        {
            "url": "https://example.org/gone",
            "code": "source_not_found",
            "message": "example.org: there is nothing here.",
        },
    )
    fails_with: tuple[str, str] | None = None
    """Code and message of the error that ends the podcast after `seconds`, instead of its end."""
    show: str | None = None
    """What it is an episode of."""
    completes: bool = True
    """Whether the finished file is there once all packets are."""
    pauses: tuple[tuple[float, float], ...] = ()
    """From when to when nothing is said."""
    broken: tuple[int, ...] = ()
    """Numbers of packets that no decoder takes."""


@dataclass
class Podcast:
    workflow_id: str
    script: Script
    began: float = field(default_factory=time.monotonic)
    minutes: int = contract.DEFAULT_MINUTES
    draft: bool = False
    """Nothing is voiced until it is approved."""
    edits: dict[int, str] = field(default_factory=dict)
    """Texts by segment, in place of the script's own; "" for a segment that was taken out."""
    cancelled_at: float | None = None
    """On the monotonic clock: what was forged until then is all that there is."""
    complete_at_once: bool = False
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def total(self) -> int:
        return round(self.script.seconds * PACKETS_A_SECOND)

    @property
    def available(self) -> int:
        """How many packets have been forged by now."""
        if self.draft:
            return 0
        if self.complete_at_once:
            return self.total
        elapsed = (self.cancelled_at or time.monotonic()) - self.began - self.script.first_after
        made = self.script.burst + elapsed * self.script.rate if elapsed >= 0 else 0
        if self.script.holds_at is not None:
            made = min(made, self.script.holds_at)
        packets = min(self.total, int(made * PACKETS_A_SECOND))
        length = round(self.script.segment_s * PACKETS_A_SECOND)
        return packets if self.cancelled_at is None else packets // length * length  # no turn is there by half

    @property
    def state(self) -> str:
        if self.cancelled_at:
            return "CANCELLED"
        if self.available < self.total or not (self.script.completes or self.script.fails_with):
            return "GENERATING"
        return "FAILED" if self.script.fails_with else "COMPLETED"

    def packets(self, first: int, to: int) -> list[bytes]:
        tones = tone_packets()
        packets = [tones[number % len(tones)] for number in range(first, to)]
        for number in self.script.broken:
            if first <= number < to:
                packets[number - first] = NO_OPUS
        for begin, end in self.script.pauses:
            for number in range(max(first, round(begin * PACKETS_A_SECOND)), min(to, round(end * PACKETS_A_SECOND))):
                packets[number - first] = silent_packet()
        return packets

    def _is_voiced(self, first: int, length: int) -> bool:
        if self.cancelled_at:
            return first + min(length, self.total - first) <= self.available
        return not self.draft

    def segments(self) -> list[dict[str, Any]]:
        """Every segment, `first_packet` besides the fields of its document."""
        length = round(self.script.segment_s * PACKETS_A_SECOND)
        return [
            {
                "index": index,
                "kind": "cold_open" if index == 0 else "turn",
                "speaker": HOSTS[index % len(HOSTS)],
                "text": self.edits.get(index, self.script.lines[index % len(self.script.lines)]),
                "chapter": ("", "The lamp", "The lens", "The sea")[min(3, (index + 1) // 2)],
                "source": None if index == 0 else index % 2,
                "state": "FORGED",
                "packets": min(length, self.total - first) if self._is_voiced(first, length) else None,
                "first_packet": first,
            }
            for index, first in enumerate(range(0, self.total, length))
            if self.edits.get(index) != ""
        ]
