"""`nox -s podcast` before the first sound: accepted files, and reports of the files read."""

from __future__ import annotations

import argparse
import io
from pathlib import Path

import pytest
from rich.console import Console

from client.aethercast import Podcast
from local.podcast import _file, _show_sources, left_out_words


def test_what_was_read_and_left_out_is_said() -> None:
    source = {"title": "Of tides", "url": None, "author": "Jane Doe", "date": None}
    podcast = Podcast(
        *("0" * 32, "GENERATING", "Of tides", "en", "2026-05-04T09:30:00+00:00", {"harvest": "DONE"}),
        sources=[{**source, "left_out": {"reference": 31, "table": 1, "code": 2}}, {**source, "left_out": {}}],
        source_problems=[{"url": "scan.pdf", "code": "source_empty", "message": "scan.pdf: [there] is no text."}],
    )
    shown = io.StringIO()
    _show_sources(podcast, Console(file=shown, width=120))
    assert shown.getvalue().splitlines() == [
        "Read: Of tides · Jane Doe",
        "      left out: 31 references, 1 table, 2 pieces of code",
        "Read: Of tides · Jane Doe",
        "Not read: scan.pdf: [there] is no text.",
    ]


def test_one_of_a_kind_is_one() -> None:
    assert (
        left_out_words({"math": 1, "footnote": 2, "table": 0, "contents": 1})
        == "1 formula, 2 notes, 1 list of contents"
    )


def test_a_file_of_any_kind_is_taken_and_an_empty_one_is_not(tmp_path: Path) -> None:
    full, empty = tmp_path / "a.pdf", tmp_path / "b.pdf"
    full.write_bytes(b"%PDF-1.7\xff")
    empty.write_bytes(b"")
    assert _file(str(full)) == full
    for name in (empty, tmp_path, tmp_path / "missing"):
        with pytest.raises(argparse.ArgumentTypeError):
            _file(str(name))
