"""Ogg Opus files, held to two independent readers: opusinfo, which is strict, and ffprobe."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from common.ogg import write_opus

TOC_20_MS = bytes([(31 << 3)])  # CELT, full band, 20 ms, one frame, mono
PACKETS = [TOC_20_MS + bytes([n]) * (40 + 7 * n % 90) for n in range(120)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file.opus"
    path.write_bytes(write_opus(PACKETS, 312, serial=9, tags={"TITLE": "Über uns"}))
    return path


def test_opusinfo_finds_nothing_to_complain_about(file: Path) -> None:
    told = subprocess.run(["opusinfo", file], capture_output=True, text=True, check=True)
    assert "WARNING" not in told.stdout + told.stderr
    assert "Pre-skip: 312" in told.stdout


def test_ffprobe_measures_packets_times_20_ms(file: Path) -> None:
    command = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0"]
    told = subprocess.run([*command, file], capture_output=True, text=True, check=True)
    assert not told.stderr
    assert float(told.stdout) == pytest.approx(len(PACKETS) * 0.020)
