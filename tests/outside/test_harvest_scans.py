"""Pictures and scanned PDFs, read by a program that is a setting; without one they are refused with a clear word."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from common.settings import Settings
from functions.content_harvester import gather
from functions.content_harvester.archives import Archive
from functions.content_harvester.kinds import kind_of
from functions.content_harvester.source import Document, Source, Unreadable
from tests.documents import TIDES, open_document, paragraph, pdf, presentation, with_files, word_xml

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


PICTURED = word_xml(paragraph("<w:r><w:drawing/></w:r>"))
OFFICES = [
    with_files(PICTURED, {f"word/media/image{number}.png": PICTURE for number in range(1, 12)}),
    with_files(presentation("<p:pic/>"), {"ppt/media/image1.JPG": PICTURE}),
    with_files(open_document("<text:p><draw:frame/></text:p>"), {"Pictures/10A.png": PICTURE}),
]


@pytest.mark.parametrize("data", OFFICES, ids=["DOCX", "PPTX", "ODT"])
def test_an_office_document_of_pictures_alone_is_read_likewise_and_else_called_so(tmp_path: Path, data: bytes) -> None:
    document = Document(data, "", "scans")
    assert f"This picture tells of the sea.\n\n{TIDES[0]}" in read(document, command(tmp_path)).text
    with pytest.raises(Unreadable) as raised:
        read(document, "")
    assert "pictures alone. A program that recognises text (OCR)" in raised.value.detail


def test_pictures_are_read_in_the_order_of_their_numbers() -> None:
    assert Archive(OFFICES[0]).pictures == [f"word/media/image{number}.png" for number in range(1, 12)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<svg xmlns='http://www.w3.org/2000/svg'><text>Sea</text></svg>", "drawing"),
        ("<!-- made --><kml xmlns='http://www.opengis.net/kml/2.2'><name>Sea</name></kml>", "XML"),
        ("<opml version='2.0'><body><outline text='Sea'/></body></opml>", "list of feeds (OPML)"),
    ],
)
def test_drawings_and_lists_in_xml_are_no_text(text: str, said: str) -> None:
    with pytest.raises(Unreadable) as raised:
        kind_of(Document(text.encode(), "", "sea"))
    assert said in raised.value.detail


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
