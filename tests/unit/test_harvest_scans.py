"""Pictures and scanned PDFs, read by a program that is a setting; without one they are refused with a clear word."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from common.settings import Settings
from functions.content_harvester import gather
from functions.content_harvester.source import Document, Source, Unreadable
from tests.documents import TIDES, pdf

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(20)
PROGRAM = """
import sys
picture = sys.stdin.buffer.read()
kind = "page" if picture[:3] == b"P5 " else "picture"
if kind == "page":
    size, pixels = picture[3:].split(b" 255\\n", 1)
    width, height = map(int, size.split())
    assert len(pixels) == width * height, "a page is whole"
print(f"This {kind} tells of the sea.\\n\\n" + sys.argv[1])
"""


def command(tmp_path: Path, program: str = PROGRAM) -> str:
    (tmp_path / "ocr.py").write_text(program)
    return shlex.join([sys.executable, str(tmp_path / "ocr.py"), TIDES[0]])


def read(document: Document, ocr_command: str) -> Source:
    (source,) = gather._read(Settings(ocr_command=ocr_command), document, "").sources
    return source


@pytest.mark.parametrize(
    ("document", "kind"),
    [(Document(PICTURE, "image/png", "sea.png"), "picture"), (pdf([]), "page")],
    ids=["picture", "scan"],
)
def test_what_is_pictures_is_read_by_the_program_that_is_set(tmp_path: Path, document: Document, kind: str) -> None:
    source = read(document, command(tmp_path))
    assert source.text == f"This {kind} tells of the sea.\n\n{TIDES[0]}"


def test_what_has_a_text_is_not_given_to_the_program(tmp_path: Path) -> None:
    assert "Twice a day" in read(pdf(list(TIDES)), command(tmp_path, "raise SystemExit(1)")).text


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("raise SystemExit(1)", "could not be recognised"),
        ("print(' 1 ')", "No text"),
        (None, "could not be recognised"),
    ],
    ids=["fails", "finds nothing", "is missing"],
)
def test_what_cannot_be_recognised_is_said(tmp_path: Path, script: str | None, said: str) -> None:
    ocr_command = command(tmp_path, script) if script else "no-such-program -"
    with pytest.raises(Unreadable) as raised:
        read(Document(PICTURE, "image/png", "sea.png"), ocr_command)
    assert said in raised.value.detail


def test_without_a_program_a_picture_is_refused_with_what_to_do() -> None:
    with pytest.raises(Unreadable) as raised:
        read(Document(PICTURE, "image/png", "sea.png"), "")
    assert "(OCR)" in raised.value.detail
