"""The browser's containers, read by FFmpeg twice: decoded by a library, and by a strict program."""

from __future__ import annotations

import base64
import io
import json
import subprocess
from pathlib import Path

import av
import pytest

from tests.browser import node
from tests.browser.scripted_podcast import pre_skip, tone_packets

WRAP = """
import { initSegment, mediaSegment } from "./media/NAME.js";
const { preSkip, packets } = JSON.parse(await new Response(process.stdin).text());
const bytes = packets.map((packet) => Uint8Array.from(Buffer.from(packet, "base64")));
const half = bytes.length >> 1;
process.stdout.write(Buffer.concat([
  initSegment({ preSkip, channels: 1 }), mediaSegment(0, bytes.slice(0, half)), mediaSegment(half, bytes.slice(half)),
]));
"""


@pytest.fixture(params=["webm", "mp4"])
def wrapped(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Forty seconds of tones in a container, as the page makes it."""
    given = {"preSkip": pre_skip(), "packets": [base64.b64encode(packet).decode() for packet in tone_packets()]}
    done = subprocess.run(
        [node.program("node"), "--input-type=module", "-e", WRAP.replace("NAME", request.param)],
        input=json.dumps(given).encode(),
        capture_output=True,
        cwd=node.WEB,
        timeout=60,
        check=True,
    )
    path = tmp_path / f"tones.{request.param}"
    path.write_bytes(done.stdout)
    return path


def test_every_packet_is_read_back_where_it_was_put(wrapped: Path) -> None:
    with av.open(io.BytesIO(wrapped.read_bytes()), "r") as container:
        stream = container.streams.audio[0]
        assert stream.codec_context.name == "opus"
        assert stream.codec_context.sample_rate == 48_000
        packets = [packet for packet in container.demux(stream) if packet.size]
    assert [bytes(packet) for packet in packets] == tone_packets()
    starts = [float(packet.pts * packet.time_base) for packet in packets if packet.pts is not None]
    assert starts == pytest.approx([starts[0] + number * 0.02 for number in range(len(starts))], abs=0.001)


def test_it_decodes_to_its_length_without_complaint(wrapped: Path) -> None:
    checked = subprocess.run(
        ["ffmpeg", "-v", "warning", "-xerror", "-i", str(wrapped), "-f", "s16le", "-"],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr.decode()
    samples = len(checked.stdout) // 2
    assert samples == pytest.approx(len(tone_packets()) * 960, abs=960), "to within one packet: the encoder's delay"
    assert checked.stderr.decode() == ""
